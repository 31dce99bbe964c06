"""The picture's geometry, mostly without rows."""

from __future__ import annotations

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from ecsweb.models import Cluster
from ecsweb.web.diagrams.cluster_picture import BAR_WIDTH, TINTS, TaskBox, bar, dots, mood, tints
from ecsweb.web.pictures import cluster_picture
from tests.world import World


def box(place: int, status: str = "RUNNING") -> TaskBox:
    return TaskBox(f"{place:032x}", "web:1", "tint-0", "W", "web", status, is_leaving=False, chips=())


def test_a_bar_stacks_what_each_revision_reserves() -> None:
    made = bar(
        "CPU", 2048, "", [("web:1", 256), ("log:1", 128), ("web:1", 256)], {"web:1": "tint-1", "log:1": "tint-0"}
    )

    assert [(s.x, s.width, s.tint) for s in made.segments] == [(0.0, 6.25, "tint-0"), (6.25, 25.0, "tint-1")]
    assert (made.used, made.total) == (640, 2048)


def test_a_full_bar_ends_at_its_end_and_an_unknown_total_draws_nothing() -> None:
    full = bar("MEM", 90, "MiB", [("a:1", 30), ("b:1", 30), ("c:1", 30)], {})

    assert sum(s.width for s in full.segments) == pytest.approx(BAR_WIDTH, abs=0.1)
    assert bar("MEM", 0, "MiB", [("a:1", 30)], {}).segments == ()


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(1, 9)), unique=True, min_size=2))
def test_a_revision_keeps_its_tint_when_others_are_registered_and_shares_none_needlessly(
    registered: list[tuple[str, int]],
) -> None:
    names = [f"{family}:{revision}" for family, revision in registered]
    found = tints(names)

    assert {name: found[name] for name in names[:-1]} == tints(names[:-1])
    assert len(set(found.values())) == min(len(names), TINTS)


@pytest.mark.parametrize(
    ("status", "steady", "failure", "rolling", "word"),
    [
        ("ACTIVE", True, "", False, "steady"),
        ("ACTIVE", False, "", False, "recovering"),
        ("ACTIVE", False, "", True, "deploying"),
        ("ACTIVE", False, "RESOURCE:CPU", True, "no-room"),
        ("DRAINING", True, "", False, "leaving"),
    ],
)
def test_the_mood_of_a_service(status: str, steady: bool, failure: str, rolling: bool, word: str) -> None:
    assert mood(status=status, is_steady=steady, failure=failure, is_rolling_out=rolling) == word


def test_a_service_whose_task_sets_are_too_few_says_so_instead_of_recovering() -> None:
    assert mood(status="ACTIVE", is_steady=False, failure="", is_rolling_out=False, is_short=True) == "short"
    assert mood(status="ACTIVE", is_steady=False, failure="", is_rolling_out=True, is_short=True) == "deploying"


def test_dots_are_what_is_wanted_and_no_more_than_twenty() -> None:
    marks = dots(desired=3, running=["tint-1"], pending=["tint-2"])

    assert marks == ("running tint-1", "pending tint-2", "missing")
    assert len(dots(desired=500, running=["tint-1"] * 3, pending=[])) == 20


@pytest.mark.django_db
def test_a_service_has_two_tints_while_it_is_deployed(world: World) -> None:
    world.launch()
    for _ in range(2):
        world.register()
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web:1", desiredCount=1)
    world.converge()
    world.call("UpdateService", cluster="demo", service="web", taskDefinition="web:2")
    world.reconcile()

    [service] = cluster_picture(Cluster.objects.get()).services
    assert len({mark.split()[-1] for mark in service.dots}) == 2


def test_on_a_projector_what_the_cluster_uses_stands_apart_from_other_revisions(world: World, client: Client) -> None:
    for family in ("web", "spare", "idle"):
        world.register(family)
    assert len(cluster_picture(Cluster.objects.get()).used_definitions) == 3, "where nothing runs all are offered"
    world.launch()
    world.call("RunTask", cluster="demo", taskDefinition="web")
    world.call("CreateService", cluster="demo", serviceName="spare", taskDefinition="spare", desiredCount=0)
    world.converge()

    picture = cluster_picture(Cluster.objects.get())
    assert {one.family for one in picture.used_definitions} == {"web", "spare"}
    assert {one.family for one in picture.other_definitions} == {"idle"}

    page = client.get("/clusters/demo/?projector=1", headers={"Accept-Language": "ko"}).content.decode()
    used, rest = page.split('id="definitions-rest"')
    assert "1개 더" in rest
    assert ['id="definition-web-1"' in used, 'id="definition-idle-1"' in used] == [True, False]
    assert 'id="definition-idle-1"' in rest
    page = client.get("/clusters/demo/?projector=0").content.decode()
    assert "definitions-rest" not in page
    assert page.count('id="definition-idle-1"') == 1
