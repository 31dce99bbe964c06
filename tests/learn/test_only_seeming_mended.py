"""Ways that make an incident look mended without mending it: none of them passes."""

from __future__ import annotations

import msgspec
import pytest

from ecsweb.learn.lessons.schema import Action
from tests.learn.learners import TICK, Learner

# As long as every check of an incident wants to be right, and as much again.
LONG_ENOUGH = 10
WEB = {"name": "app", "image": "ecsweb/web:1", "memory": 64, "cpu": 64, "portMappings": [{"containerPort": 80}]}
HELPER = {"name": "warmup", "image": "ecsweb/once:1", "memory": 32, "cpu": 32, "essential": False}
WORKER = {"name": "app", "image": "ecsweb/worker:1", "memory": 64, "cpu": 64}
OPEN = [{"name": "OPEN", "value": "9-18"}]
YES = {"command": ["CMD-SHELL", "exit 0"], "interval": 5, "timeout": 2, "retries": 1}
SILENT = "containerInstances[?!agentConnected].containerInstanceArn | [0]"
DRAINED = "containerInstances[?status=='DRAINING'].containerInstanceArn | [0]"
IDLE = "containerInstances[?runningTasksCount==`0`].containerInstanceArn"


def does(call: str, /, **params: object) -> dict[str, object]:
    return {"call": call, "params": {"cluster": "{cluster}", **params}}


def registers(*containers: object) -> dict[str, object]:
    return {"call": "RegisterTaskDefinition", "params": {"family": "{family}", "containerDefinitions": containers}}


def runs(service: str = "{service}", **params: object) -> dict[str, object]:
    return does("UpdateService", service=service, **params)


def instance(query: str) -> dict[str, object]:
    return {"ask": {"of": "DescribeContainerInstances", "params": {"cluster": "{cluster}"}, "query": query}}


def launches(kind: str) -> dict[str, object]:
    document = f'{{"instanceType": "{kind}", "availabilityZone": "ap-northeast-2c"}}'
    return does("RegisterContainerInstance", instanceIdentityDocument=document)


def forgets(query: str) -> dict[str, object]:
    return does("DeregisterContainerInstance", force=True, containerInstance=instance(query))


NEWEST = {"taskDefinition": "{family}"}
WAYS: dict[str, tuple[str, list[dict[str, object]]]] = {
    "another program in the shop": ("closed-shop", [registers(WORKER), runs(**NEWEST)]),
    "a paper without its page": ("never-opens", [registers(WORKER), runs(**NEWEST)]),
    "the helper is only written down": ("pulled-down", [registers(WEB), runs(**NEWEST), registers(WEB, HELPER)]),
    "no door at all": ("second-door", [registers({**WEB, "portMappings": []}), runs("{family}", **NEWEST)]),
    "small machines for the large one": (
        "third-missing",
        [forgets(SILENT), launches("t3.nano"), launches("t3.nano")],
    ),
    "both on one machine": ("one-of-two", [forgets(DRAINED), registers(WEB), runs(**NEWEST)]),
    "by hand, and one more machine": (
        "one-machine-silent",
        [does("StartTask", containerInstances=instance(IDLE), **NEWEST), launches("t3.small")],
    ),
    "a check that always says yes": ("always-replaced", [registers({**WEB, "healthCheck": YES}), runs(**NEWEST)]),
    "the old setting on another program": ("way-back", [registers({**WORKER, "environment": OPEN}), runs(**NEWEST)]),
    "a service that wants nothing is left": (
        "wrong-place",
        [
            does("CreateService", serviceName="{service}", desiredCount=1, **NEWEST),
            does("UpdateService", cluster="{other}", service="{service}", desiredCount=0),
        ],
    ),
}


@pytest.mark.parametrize(("lesson_id", "actions"), [pytest.param(*way, id=name) for name, way in WAYS.items()])
def test_what_only_seems_mended_does_not_pass(
    learner: Learner, lesson_id: str, actions: list[dict[str, object]]
) -> None:
    learner.begin(lesson_id)
    learner.act(lesson_id, msgspec.convert(actions, list[Action]))

    for _turn in range(int(LONG_ENOUGH / TICK)):
        learner.tick()

    assert learner.run(lesson_id).passed_steps == {}
