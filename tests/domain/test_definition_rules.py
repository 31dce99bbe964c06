"""What a definition's fields may be and become, one after the other (`ecs-facts.md` 2.2-2.7)."""

from __future__ import annotations

from typing import Any

import pytest

from ecsweb.domain.errors import ClientException
from ecsweb.domain.task_definitions import normalised, required_attributes


def document(**fields: Any) -> dict[str, Any]:
    container = {"name": "app", "image": "busybox", "memory": 64, **fields.pop("container", {})}
    return {"family": "web", "containerDefinitions": [container], **fields}


@pytest.mark.parametrize("units", [128, 196_608])
def test_task_cpu_is_from_128_to_196608_units(units: int) -> None:
    assert normalised(document(cpu=str(units)))["cpu"] == str(units)


@pytest.mark.parametrize("units", [127, 196_609])
def test_task_cpu_is_not_beyond_its_bounds(units: int) -> None:
    with pytest.raises(ClientException):
        normalised(document(cpu=str(units)))


@pytest.mark.parametrize(
    ("fields", "attribute"),
    [
        pytest.param({"container": {"privileged": True}}, "privileged-container", id="privileged"),
        pytest.param({"container": {"healthCheck": {"command": ["CMD", "x"]}}}, "container-health-check", id="health"),
        pytest.param({"taskRoleArn": "arn:aws:iam::123456789012:role/x"}, "task-iam-role", id="task role"),
        pytest.param({"cpu": "256"}, "task-cpu-mem-limit", id="task cpu"),
        pytest.param(
            {"container": {"logConfiguration": {"logDriver": "syslog"}}}, "logging-driver.syslog", id="log driver"
        ),
    ],
)
def test_what_a_definition_asks_for_is_an_attribute_that_the_instance_must_have(
    fields: dict[str, Any], attribute: str
) -> None:
    asked = {name.split(".capability.")[-1] for name in required_attributes(normalised(document(**fields)))}
    plain = {name.split(".capability.")[-1] for name in required_attributes(normalised(document()))}

    assert asked - plain >= {attribute}
