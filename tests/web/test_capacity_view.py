"""The picture's second view, by reservations, and the search in it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from ecsweb.models import Cluster, Task
from ecsweb.web.diagrams.cluster_picture import Ghost, Share, TaskBox, ghost, matches, shares
from ecsweb.web.pictures import cluster_picture
from tests.world import World


def box(**fields: Any) -> TaskBox:
    values = {"tint": "tint-0", "letter": "W", "owner": "web", "is_leaving": False, "chips": ()}
    return TaskBox(task_id="abc123", family_revision="web:2", last_status="RUNNING", **{**values, **fields})


def test_shares_sum_what_each_revision_reserves() -> None:
    found = shares([("web:1", 128, 64), ("db:1", 256, 512), ("web:1", 128, 64)], {"web:1": "tint-1"})

    assert found == (Share("db:1", "tint-none", 1, 256, 512), Share("web:1", "tint-1", 2, 256, 128))


def test_a_ghost_stands_where_the_free_room_begins_and_says_what_is_missing() -> None:
    line = {"excluded_by": "RESOURCE:MEMORY", "wanted": 4096, "available": 1000}

    assert ghost("web", ("W", "tint-0"), line, {"MEM": 2000, "CPU": 2048}) == Ghost(
        "web", "W", "tint-0", "MEM", "MiB", 4096, 1000, 50.0, 50.0
    )
    assert Ghost("web", "W", "t", "MEM", "MiB", 4096, 1000, 50.0, 50.0).missing == 3096
    assert ghost("web", ("W", "t"), {**line, "excluded_by": "AGENT"}, {"MEM": 1, "CPU": 1}) is None


@pytest.mark.parametrize(
    ("words", "is_found"), [("web:2", True), ("WEB running", True), ("abc", True), ("web stopped", False), ("%", False)]
)
def test_a_task_is_found_by_each_word_of_what_is_looked_for(words: str, is_found: bool) -> None:
    assert matches(box(), words) is is_found


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_view_shows_reservations_and_what_did_not_fit(world: World, client: Client, language: str) -> None:
    world.launch()
    world.register()
    world.register("big", memory=4000)
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=3)
    world.call("CreateService", cluster="demo", serviceName="big", taskDefinition="big", desiredCount=1)
    world.converge(seconds=5)

    page = client.get("/clusters/demo/?view=capacity", headers={"Accept-Language": language}).content.decode()

    [instance] = cluster_picture(Cluster.objects.get()).instances
    assert instance.shares == (Share("web:1", instance.shares[0].tint, 3, 192, 192),)
    assert instance.ghosts[0].missing == 4000 - (1966 - 192)
    assert str(instance.ghosts[0].missing) in page
    assert "bar__ghost" in page


@pytest.mark.django_db
def test_a_search_draws_what_matches_and_counts_all(world: World, client: Client) -> None:
    world.launch()
    world.register()
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=2)
    world.call("RunTask", cluster="demo", taskDefinition="web")
    world.converge()
    direct = Task.objects.get(service=None)

    page = client.get(f"/clusters/demo/?q={direct.task_id[:8]}", headers={"Accept-Language": "en"}).content.decode()

    assert f'id="task-{direct.task_id}"' in page
    assert page.count("data-moves") == 2
    assert "desired 2 · running 2" in page
    assert client.get("/clusters/demo/?q=%00%22%3E<script>").status_code == 200
