"""What is about learning is not part of a cluster's story; what a call did is said in its own words."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils.translation import override

from ecsweb.api.learning import LEARNING
from ecsweb.api.registry import OUR_OPERATIONS, is_reading
from ecsweb.learn.cutting import CHAOS, cut
from ecsweb.models import Account, Event
from ecsweb.web.sentences.calls import call_sentence
from ecsweb.web.views.cutting import _told
from tests.world import REGION, World

MODULES = ("lessons", "guesses", "plays", "scenes", "quiz", "progress")


def test_every_operation_about_learning_is_known_as_one() -> None:
    found = {name for name, made in OUR_OPERATIONS.items() if made.__module__.rsplit(".", 1)[-1] in MODULES}

    assert {name for name in found if not is_reading(name)} == LEARNING


def test_pages_do_not_tell_of_learning(client: Client, world: World) -> None:
    world.register("web")
    world.call("CreateService", cluster="demo", serviceName="gate", taskDefinition="web", desiredCount=0)
    world.call("StartPlay", kind="scene", actions=[{"pause": 1, "params": {"service": "gate"}}])
    world.call("AnswerQuestion", question="gate", given="gate", isRight=True)
    assert Event.objects.filter(detail__operation="StartPlay").exists(), "the log itself keeps everything"

    pages = [
        "/timeline/",
        "/timeline/?kind=calls",
        "/clusters/demo/panel/service/gate/",
        "/clusters/demo/services/gates/",
        "/clusters/demo/tasks/gate/",
    ]
    for address in pages:
        text = client.get(address, headers={"Accept-Language": "en"}).content.decode()
        assert "StartPlay" not in text, address
        assert "AnswerQuestion" not in text, address


def test_the_captions_of_a_cut_scene_say_what_the_call_does(world: World) -> None:
    world.launch()
    world.register("web")
    world.call("CreateService", cluster="demo", serviceName="gate", taskDefinition="web", desiredCount=3)
    world.call("RunTask", cluster="demo", taskDefinition="web", count=2)
    world.call("UpdateService", cluster="demo", service="gate", desiredCount=1)

    found = cut(Account.objects.get(), REGION, 0, 10**6, _told)

    said = {one["call"]: one["say"] for one in found.actions if "call" in one}
    assert said["CreateService"] == {
        "en": "The service gate of 3 is created.",
        "ko": "태스크 3개짜리 gate 서비스를 만듭니다.",
    }
    assert said["UpdateService"]["en"] == "The service gate wants 1 now."
    assert not any("Somebody called" in one["en"] or "호출" in one["ko"] for one in said.values())


@pytest.mark.parametrize("operation", sorted(CHAOS))
def test_each_kind_of_chaos_has_its_sentence(operation: str) -> None:
    with override("ko"):
        korean = call_sentence(operation, {})

    assert korean
    assert korean != call_sentence(operation, {})


@pytest.mark.parametrize("count", [None, True, "3", -1, 10**30])
def test_odd_parameters_break_no_sentence(count: object) -> None:
    for operation in ("RunTask", "CreateService", "UpdateService", "StartTask", "DeleteService"):
        assert call_sentence(operation, {"count": count, "desiredCount": count, "containerInstances": count})
