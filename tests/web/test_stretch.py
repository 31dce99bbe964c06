"""Look at that stretch again: only what came between the deed and the answer, from its start to its end."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from ecsweb.models import Cluster, LessonStatus
from ecsweb.web.timeline.bar import bar_of, events_of
from ecsweb.web.timeline.stretch import Stretch
from tests.learn.learners import Learner
from tests.web.test_guesses import busy, first, let_it_come, predict, told
from tests.world import World

__all__ = ["busy"]


def link_in(page: str) -> str:
    """Return where "Look at that stretch again" leads."""
    found = re.search(r'href="([^"]*from=[^"]*)"\s*>↶', page)
    assert found is not None, page
    return unescape(found[1])


def steps(client: Client, address: str) -> list[str]:
    """Go through the stretch by its links, to its end; return the pages."""
    pages = [client.get(address, headers={"Accept-Language": "en"}).content.decode()]
    while found := re.search(r'data-step="next"\s+href="([^"]+)"', pages[-1]):
        assert len(pages) < 60
        pages.append(client.get(unescape(found[1]), headers={"Accept-Language": "en"}).content.decode())
    return pages


def test_the_stretch_of_a_prediction_holds_only_what_came_of_it(client: Client, busy: World) -> None:
    address = predict(client, "KillContainer", f"{first().task_id}~app", running="3")
    let_it_come(busy)
    page = told(client, busy, address)
    # What follows, and what belongs to somebody else, is not of it.
    busy.register("later")
    busy.call("UpdateService", cluster="demo", service="web", desiredCount=5)
    busy.converge()

    pages = steps(client, link_in(page))

    assert len(pages) > 2
    assert "So it was before." in pages[0]
    assert "data-slow" in pages[0], "it plays by itself"
    assert all("Here the stretch ends." not in one for one in pages[:-1])
    assert "Here the stretch ends." in pages[-1]
    assert "later" not in pages[-1].split('id="timeline-track"')[1]
    assert address in unescape(pages[-1]), "a way back to the question"


def test_a_bar_of_a_stretch_knows_no_other_event(busy: World) -> None:
    cluster = Cluster.objects.get()
    own = list(events_of(cluster).filter(cluster=cluster).order_by("sequence").values_list("sequence", flat=True))
    stretch = Stretch(own[3], own[6])

    bar = bar_of(cluster, {}, at=own[3], begins=1, stretch=stretch)

    assert (bar.first, bar.last, bar.event) == (own[4], own[6], None)
    assert bar.track.marks or bar.track.densities
    assert all(own[3] < mark.sequence <= own[6] for mark in bar.track.marks)
    assert all(own[3] < column.sequence <= own[6] for column in bar.track.densities)


@pytest.mark.parametrize("query", ["from=9&until=3", "from=x&until=9", "until=9", "from=-1&until=99999999999999999999"])
def test_what_is_no_stretch_is_the_whole_timeline(client: Client, busy: World, query: str) -> None:
    page = client.get(f"/clusters/demo/?{query}&at=9", headers={"Accept-Language": "en"}).content.decode()

    assert "stretch" not in page
    assert "Back to live" in page


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_the_way_back_leads_nowhere_else(client: Client, busy: World, back: str) -> None:
    page = client.get("/clusters/demo/", {"from": "5", "until": "9", "at": "5", "back": back}).content.decode()

    assert f'href="{back}"' not in page


def test_a_lab_plays_the_stretch_between_the_prediction_and_what_came(
    client: Client, db: None, settings: object
) -> None:
    settings.ECSWEB_ENGINE_SLOTS = 0  # type: ignore[attr-defined] # — pytest-django's settings have no stub
    learner, lab = Learner(World()), "keep-three"
    client.post(f"/learn/lessons/{lab}/start/")
    learner.until(lambda: learner.run(lab).status == LessonStatus.OPEN, seconds=60, what="the lab opens")
    lesson = learner.lesson(lab)
    for step in lesson.steps:
        if step.predict is not None:
            client.post(f"/learn/lessons/{lab}/steps/{step.id}/predict/", {"choice": step.predict.right})
        client.post(f"/learn/lessons/{lab}/steps/{step.id}/do/")
        learner.until(lambda step=step: step.id in learner.run(lab).passed_steps, seconds=120, what=step.id)
        if step.predict is not None:
            break

    run = learner.run(lab)
    address = link_in(client.get(f"/learn/lessons/{lab}/", headers={"Accept-Language": "en"}).content.decode())
    said, passed = run.predictions[step.id]["sequence"], run.passed_steps[step.id]["sequence"]
    assert f"from={said}&until={passed}" in address
    assert "Here the stretch ends." in steps(client, address)[-1]
