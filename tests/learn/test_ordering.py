"""Things in the right order are made for real; a wrong order says how far it is right and what does not belong."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
from django.test import Client

from ecsweb.api.principal import root_of
from ecsweb.learn.doing import make_it_real
from ecsweb.learn.live import Live, with_cluster
from ecsweb.learn.ordering import Ordering, document_of, judge, orderings
from ecsweb.models import QuizAnswer, Task
from ecsweb.web.views.ordering import shuffled
from tests.world import ACCOUNT, REGION, World

HANGUL = re.compile(r"[가-힣]")
EACH = pytest.mark.parametrize("ordering", orderings().values(), ids=lambda one: str(one.key))


def keys(ordering: Ordering) -> list[str]:
    return [line.key for line in ordering.lines]


def positions(order: list[str]) -> dict[str, str]:
    """Return the form of an order."""
    return {f"position-{key}": str(place) for place, key in enumerate(order, start=1)}


def answer(client: Client, key: str, order: list[str]) -> str:
    page = client.post(f"/learn/check/order/{key}/", positions(order), headers={"Accept-Language": "en"})
    assert page.status_code == 200
    return page.content.decode()


@EACH
def test_each_is_whole_and_in_both_languages(ordering: Ordering) -> None:
    texts = [ordering.title, ordering.ask, ordering.because]
    texts += [line.text for line in (*ordering.lines, *ordering.others) if not line.code]
    texts += [line.why for line in ordering.others]

    assert len(ordering.lines) >= 4
    assert ordering.others
    for text in texts:
        assert HANGUL.search(text.ko), text
        assert not HANGUL.search(text.en), text


def test_there_are_enough() -> None:
    assert len(orderings()) >= 6


@EACH
def test_the_order_of_the_file_is_right_and_what_is_shown_first_is_not(ordering: Ordering) -> None:
    order = keys(ordering)

    assert judge(ordering, order).is_right
    assert not judge(ordering, [line.key for line, _place in shuffled(ordering, [])]).is_right
    assert not judge(ordering, order[:-1]).is_right
    for stray in ordering.others:
        judged = judge(ordering, [*order, stray.key])
        assert not judged.is_right
        assert judged.misconception == stray.misconception
    backwards = judge(ordering, order[::-1])
    assert not backwards.is_right
    assert not backwards.strays


def test_fields_of_a_document_may_stand_in_any_order() -> None:
    ordering = orderings()["lines-of-a-definition"]
    other = ["open", "containers", "ports", "essential", "name", "memory", "image", "shut", "family", "close"]

    assert judge(ordering, other).is_right
    assert not judge(ordering, ["open", "name", *[key for key in keys(ordering)[1:] if key != "name"]]).is_right
    assert document_of([ordering.lines[0], ordering.lines[1], ordering.lines[-1]]) == {"family": "check-web"}


def test_calls_that_do_not_wait_for_each_other_may_change_places() -> None:
    ordering = orderings()["steps-to-a-service"]

    assert judge(ordering, ["definition", "cluster", "instance", "service"]).is_right
    wrong = judge(ordering, ["cluster", "definition", "service", "instance"])
    assert not wrong.is_right
    assert wrong.good == 2


def test_an_order_never_breaks() -> None:
    chance = random.Random(7)
    for ordering in orderings().values():
        names = [line.key for line in (*ordering.lines, *ordering.others)] + ["no-such-line", ""]
        for _ in range(50):
            judge(ordering, chance.choices(names, k=chance.randrange(14)))


def test_a_registered_definition_and_a_service_come_of_it(client: Client, world: World) -> None:
    wrong = answer(client, "lines-of-a-definition", ["open", "cluster", "close"])
    assert "belongs to no cluster" in wrong
    assert world.call("ListTaskDefinitions")["taskDefinitionArns"] == []

    right = answer(client, "lines-of-a-definition", keys(orderings()["lines-of-a-definition"]))
    assert "/task-definitions/check-web:1/" in right
    assert "aws ecs register-task-definition" in right

    right = answer(client, "steps-to-a-service", ["cluster", "definition", "instance", "service"])
    world.converge()
    service = world.call("DescribeServices", cluster="midterm", services=["check-1"])["services"][0]
    assert (service["runningCount"], service["desiredCount"]) == (2, 2)
    assert "/clusters/midterm/services/check-1/" in right
    assert list(QuizAnswer.objects.order_by("pk").values_list("is_right", "misconception")) == [
        (False, "M29"),
        (True, ""),
        (True, ""),
    ]


@EACH
def test_each_runs_for_real(world: World, ordering: Ordering) -> None:
    world.launch()
    world.register()
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=1)
    world.converge()
    principal = root_of(ACCOUNT, REGION, origin="learn")
    names: dict[str, Any] = {"run": 1}
    if ordering.about:
        names |= with_cluster(Live(principal).search(ordering.about)[0])

    done = make_it_real(ordering, keys(ordering), names, principal)
    world.converge(seconds=60)

    assert done
    assert [one.refused for one in done if one.refused] == []
    assert all(one.page for one in done)
    again = make_it_real(ordering, keys(ordering), {**names, "run": 2}, principal)
    refusals = [one.refused for one in again if one.refused]
    assert refusals == [] or ordering.about, refusals


def test_what_was_predicted_happens(world: World) -> None:
    """The states, the order of start and the rounds that the lines speak of are those of the task that really runs."""
    principal = root_of(ACCOUNT, REGION, origin="learn")
    for key in ("states-of-a-task", "order-of-start"):
        make_it_real(orderings()[key], keys(orderings()[key]), {"run": 1}, principal)
    world.converge(seconds=60)

    once = Task.objects.get(task_definition__family="check-states")
    order = Task.objects.get(task_definition__family="check-order")
    started = {one.name: one for one in order.containers.all()}
    assert once.last_status == "STOPPED"
    assert order.last_status == "RUNNING"
    assert started["migrate"].exit_code == 0


def test_who_has_no_service_is_told_what_is_needed(client: Client, world: World) -> None:
    page = client.get("/learn/check/order/a-service-heals/", headers={"Accept-Language": "en"}).content.decode()

    assert "a running task of a service" in page
    assert client.get("/learn/check/order/no-such-thing/").status_code == 404


@pytest.mark.parametrize("value", ["x", "99999", "-1", "١", "1" * 4000])
def test_a_strange_position_is_no_position(client: Client, world: World, value: str) -> None:
    page = client.post("/learn/check/order/states-of-a-task/", {"position-running": value})

    assert page.status_code == 200
    assert QuizAnswer.objects.get().given == ""
