"""A service over time and a roll-out as a bar: what the log tells, in a number of queries that does not grow."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from ecsweb.models import Event, Service
from ecsweb.web import steps
from ecsweb.web.charts import SmallChart
from tests.world import World

pytestmark = pytest.mark.django_db
PAGE = "/clusters/demo/services/web/"


@pytest.fixture
def serving(world: World) -> World:
    world.launch()
    world.register()
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=2)
    world.converge()
    return world


def chart_of(world: World) -> SmallChart:
    with translation.override("en"):
        return steps.steps_chart(Service.objects.get(status="ACTIVE"), now=world.clock.now)


def text_of(client: Client, url: str, language: str = "en") -> str:
    response = client.get(url, headers={"Accept-Language": language})
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def counts(chart: SmallChart, column: int) -> list[str]:
    """Return the numbers that follow each other in a column of the table, oldest first."""
    found: list[str] = []
    for row in reversed(chart.rows):
        if not found or found[-1] != row.values[column]:
            found.append(row.values[column])
    return found


def test_running_and_desired_are_told_from_the_beginning(serving: World) -> None:
    chart = chart_of(serving)

    assert [curve.value for curve in chart.curves] == ["2", "2"]
    assert "2 of 2 tasks run now" in chart.sentence
    assert "between 0 and 2 ran" in chart.sentence


def test_a_killed_container_is_a_step_down_and_its_replacement_one_up(serving: World) -> None:
    serving.clock.forward(3600)
    serving.kill(serving.tasks()[0]["taskArn"])
    serving.step_all()
    serving.clock.forward(5)
    serving.converge()
    serving.clock.forward(5)

    chart = chart_of(serving)

    assert counts(chart, 0) == ["2", "1", "2"]
    assert counts(chart, 1) == ["2"]
    assert "between 1 and 2 ran" in chart.sentence
    assert chart.begin in {"−10 min", "−10분"}


def test_a_new_desired_count_is_a_step_of_the_other_line(serving: World) -> None:
    serving.call("UpdateService", cluster="demo", service="web", desiredCount=4)
    serving.converge()

    chart = chart_of(serving)

    assert [curve.value for curve in chart.curves] == ["4", "4"]
    assert counts(chart, 1)[-1] == "4"
    assert "4 of 4 tasks run now" in chart.sentence


def test_the_log_says_what_the_database_says(serving: World) -> None:
    serving.call("UpdateService", cluster="demo", service="web", desiredCount=1)
    serving.converge()
    serving.kill(serving.tasks()[0]["taskArn"])
    serving.converge()

    described = serving.service("web")

    assert chart_of(serving).curves[0].value == str(described["runningCount"]) == "1"


def test_a_service_of_the_same_name_begins_anew(serving: World) -> None:
    serving.call("DeleteService", cluster="demo", service="web", force=True)
    serving.converge()
    serving.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=0)

    assert "0 of 0 tasks run now" in chart_of(serving).sentence
    assert "between 0 and 0 ran" in chart_of(serving).sentence


def test_what_the_log_no_longer_tells_is_not_guessed(serving: World, monkeypatch: pytest.MonkeyPatch) -> None:
    serving.clock.forward(3600)
    serving.call("CreateCluster", clusterName="other")
    monkeypatch.setattr(steps, "LOOKS_BACK", 1)

    chart = chart_of(serving)

    assert [curve.value for curve in chart.curves] == ["2", "2"]
    assert "between 2 and 2 ran" in chart.sentence


def test_the_queries_do_not_grow_with_the_log(serving: World) -> None:
    service = Service.objects.select_related("cluster").get()

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            steps.steps_chart(service)
        return len(caught)

    before = queries()
    for _ in range(3):
        serving.kill(serving.tasks()[0]["taskArn"])
        serving.converge()

    assert queries() == before <= 6


def test_the_page_draws_it_and_asks_for_more(serving: World, client: Client) -> None:
    page = text_of(client, PAGE)

    assert 'role="img" aria-label="2 of 2 tasks run now' in page
    assert "실행 중이에요" in text_of(client, f"{PAGE}steps/", "ko")
    assert "<html" not in text_of(client, f"{PAGE}steps/")


def test_a_roll_out_is_a_bar_of_new_and_old(serving: World, client: Client) -> None:
    assert "progress__bar" not in text_of(client, PAGE)
    serving.register()
    serving.call("UpdateService", cluster="demo", service="web", taskDefinition="web:2")
    serving.reconcile()

    page = text_of(client, PAGE)

    assert 'role="img" aria-label="New, web:2: 0 run and 2 start. Old, web:1: 2 run and 0 start. 2 are wanted."' in page
    assert re.search(r'progress__run progress__run--new" x="0.0" width="0.0"', page)
    assert re.search(r'progress__start progress__start--new" x="0.0" width="50.0"', page)
    assert re.search(r'progress__run " x="50.0" width="50.0"', page)
    assert "새 리비전 web:2" in text_of(client, PAGE, "ko")


def test_the_bar_tells_what_failed_to_start(serving: World, client: Client) -> None:
    serving.register(image="ecsweb/crash:1")
    serving.call("UpdateService", cluster="demo", service="web", taskDefinition="web:2")
    serving.register(image="no/such:1")
    serving.call("UpdateService", cluster="demo", service="web", taskDefinition="web:3")
    for _ in range(4):
        serving.reconcile()
        serving.step_all()
        serving.clock.forward(1)

    failed = Event.objects.filter(detail_type="ECS Task State Change", detail__lastStatus="STOPPED")
    assert failed.exists()
    assert re.search(r"New, web:3: 0 run and \d start. \d failed to start. ", text_of(client, PAGE))
