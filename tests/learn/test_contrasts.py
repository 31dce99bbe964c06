"""Each ready-made contrast, set up in a world and hit by its disaster, shows the difference that it speaks of."""

from __future__ import annotations

import copy
import re
from dataclasses import fields
from datetime import datetime
from typing import Any

import pytest
import yaml
from django.test import Client
from pytest_django.fixtures import Settings

from ecsweb.api.principal import root_of
from ecsweb.controlplane.accounts import open_account
from ecsweb.domain.twins import Aspect, Difference, differences
from ecsweb.learn.contrasts import (
    FILE,
    BadContrastError,
    Contrast,
    contrast_of,
    contrasts,
    find_contrast,
    set_up,
    standing,
    take_down,
)
from ecsweb.models import Cluster, TaskDefinition
from ecsweb.web.twins.actions import apply, calls_of
from ecsweb.web.twins.sides import LEFT, RIGHT, Chosen, side_of
from tests.world import ACCOUNT, REGION, World

pytestmark = pytest.mark.django_db
HANGUL = re.compile(r"[가-힣]")
PRINCIPAL = root_of(ACCOUNT, REGION, origin="page")


@pytest.fixture
def world(within_class_quotas: None, world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world whose calls carry the world's own time, so that what is before and after an action is clear."""
    monkeypatch.setattr("django.utils.timezone.now", world.clock)
    open_account(ACCOUNT)
    return world


def settle(world: World) -> None:
    """Let everything come to rest, the stops too that wait until new tasks count as healthy."""
    for _ in range(3):
        world.converge()
        world.clock.forward(5)


def pair_of(made: Contrast) -> tuple[Chosen, Chosen]:
    rows = {row.name: row for row in Cluster.objects.select_related("account")}
    left, right = (rows[one.name] for one in (made.left, made.right))
    return Chosen(LEFT, f"cluster:{left.name}", left), Chosen(RIGHT, f"cluster:{right.name}", right)


def compared(made: Contrast, since: datetime | None = None) -> dict[Aspect, Difference]:
    left, right = (side_of(one, since=since, told=()) for one in pair_of(made))
    return {line.aspect: line for line in differences(left, right, is_after_action=since is not None)}


def after_the_disaster(world: World, key: str) -> tuple[dict[Aspect, Difference], dict[Aspect, Difference]]:
    """Set the contrast up and let the disaster befall both; return how the sides compare before it and at rest."""
    contrast = find_contrast(key)
    assert contrast is not None
    made = set_up(PRINCIPAL, contrast)
    settle(world)
    before, since = compared(made), world.clock.now
    for side in pair_of(made):
        calls = calls_of(made.action, side, made.choice)
        assert len(calls) == 1
        assert apply(PRINCIPAL, side, calls).refusal is None
    settle(world)
    return before, compared(made, since=since)


def test_the_direct_task_stays_dead_and_the_service_is_back_to_what_it_wants(world: World) -> None:
    before, after = after_the_disaster(world, "direct-and-service")

    assert (before[Aspect.RUNNING].left, before[Aspect.RUNNING].right) == (1, 1)
    assert (after[Aspect.RUNNING].left, after[Aspect.RUNNING].right) == (0, 1)
    assert (after[Aspect.DESIRED].left, after[Aspect.DESIRED].right) == (None, 1)
    assert (after[Aspect.FATES].left, after[Aspect.FATES].right) == ((("alone", 1),), (("replaced", 1),))
    assert not after[Aspect.ENDED].is_different


def test_a_replica_keeps_its_number_and_a_daemon_one_on_each_instance(world: World) -> None:
    before, after = after_the_disaster(world, "replica-and-daemon")

    assert not before[Aspect.RUNNING].is_different
    assert before[Aspect.STRATEGY].is_different
    assert (after[Aspect.RUNNING].left, after[Aspect.RUNNING].right) == (2, 1)
    assert (after[Aspect.DESIRED].left, after[Aspect.DESIRED].right) == (2, 1)
    assert after[Aspect.FATES].left == (("replaced", 1),)
    assert after[Aspect.FATES].right == (("released", 1),)


def test_an_essential_container_ends_its_task_and_a_side_car_only_itself(world: World) -> None:
    before, after = after_the_disaster(world, "essential-and-side-car")

    assert not before[Aspect.CONTAINERS].is_different
    assert (after[Aspect.ENDED].left, after[Aspect.ENDED].right) == ((("EssentialContainerExited", 1),), ())
    assert after[Aspect.CONTAINERS].left == (("running", 2),)
    assert after[Aspect.CONTAINERS].right == (("ended", 1), ("running", 1))
    assert not after[Aspect.RUNNING].is_different


def test_a_forced_deployment_keeps_the_revision_that_each_service_was_given(world: World) -> None:
    before, after = after_the_disaster(world, "revision-1-and-2")

    expected = ((("page-1:1", 2),), (("page-1:2", 2),))
    for found in (before, after):
        assert (found[Aspect.REVISIONS].left, found[Aspect.REVISIONS].right) == expected
    assert after[Aspect.FATES].left == after[Aspect.FATES].right == (("replaced", 2),)


def test_binpack_loses_all_where_spread_loses_half(world: World) -> None:
    before, after = after_the_disaster(world, "spread-and-binpack")

    assert before[Aspect.PER_INSTANCE].left == (("i-01", 2), ("i-02", 2))
    assert sorted(dict(before[Aspect.PER_INSTANCE].right).values()) == [0, 4]  # type: ignore[arg-type]
    assert before[Aspect.PER_INSTANCE].is_different
    assert after[Aspect.FATES].left == (("replaced", 2),)
    assert after[Aspect.FATES].right == (("replaced", 4),)
    assert (after[Aspect.RUNNING].left, after[Aspect.RUNNING].right) == (4, 4)


@pytest.mark.parametrize("contrast", contrasts(), ids=lambda one: str(one.key))
def test_every_text_is_there_in_both_languages(contrast: Contrast) -> None:
    names = [field.name for field in fields(Contrast) if field.name.endswith(("_en", "_ko"))]

    assert len(names) == 6
    for name in names:
        text = getattr(contrast, name)
        assert bool(HANGUL.search(text)) == name.endswith("_ko") or name == "title_ko"
        assert len(text.split()) <= 80


def test_there_are_the_five(world: World) -> None:
    assert [one.key for one in contrasts()] == [
        "direct-and-service",
        "replica-and-daemon",
        "essential-and-side-car",
        "revision-1-and-2",
        "spread-and-binpack",
    ]


def test_a_second_one_takes_the_next_number_and_the_first_can_be_taken_down(world: World) -> None:
    contrast = contrasts()[0]
    first, second = set_up(PRINCIPAL, contrast), set_up(PRINCIPAL, contrast)
    world.converge()

    assert (first.left.name, second.right.name) == ("direct-1", "service-2")
    take_down(PRINCIPAL, first)
    take_down(PRINCIPAL, first)

    left = Cluster.objects.filter(status="ACTIVE").values_list("name", flat=True)
    assert sorted(left) == ["demo", "direct-2", "service-2"]
    # A revision's number is never used twice, so neither is the number of a contrast.
    assert set_up(PRINCIPAL, contrast).left.name == "direct-3"
    assert TaskDefinition.objects.filter(family__startswith="kept-").count() == 3


def test_a_contrast_is_known_by_its_clusters(world: World) -> None:
    found = standing("direct-and-service", "direct-7", "service-7")

    assert found is not None
    assert found.left.name == "direct-7"
    assert standing("direct-and-service", "direct-7", "service-8") is None
    assert standing("direct-and-service", "demo", "service-7") is None
    assert standing("nothing", "direct-7", "service-7") is None


def entry() -> dict[str, Any]:
    return dict(copy.deepcopy(yaml.safe_load(FILE.read_text(encoding="utf-8"))[0]))


@pytest.mark.parametrize(
    "change",
    [
        {"title_ko": ""},
        {"question_en": None},
        {"disaster": {"action": "earthquake"}},
        {"disaster": "kill"},
        {"left": {"name": "direct-{n}"}},
        {"left": {"name": "direct", "calls": []}},
        {"shared": [{"NoSuchOperation": {}}]},
        {"shared": [{"CreateCluster": "demo"}]},
        {"shared": ["CreateCluster"]},
        {"more": "than it has"},
    ],
    ids=str,
)
def test_an_entry_that_is_not_complete_is_refused(change: dict[str, Any]) -> None:
    contrast_of(entry())
    with pytest.raises(BadContrastError):
        contrast_of({**entry(), **change})


@pytest.mark.parametrize("member", sorted(entry()))
def test_an_entry_that_lacks_something_is_refused(member: str) -> None:
    found = entry()
    del found[member]
    with pytest.raises(BadContrastError):
        contrast_of(found)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_page_shows_them_all(world: World, client: Client, language: str, settings: Settings) -> None:
    settings.ECSWEB_MODE = "solo"
    page = client.get("/twins/", headers={"Accept-Language": language}).content.decode()

    for one in contrasts():
        assert (one.question_ko if language == "ko" else one.question_en) in page
