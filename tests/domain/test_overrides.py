from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecsweb.domain.errors import ClientException, EcsError
from ecsweb.domain.overrides import overridden
from ecsweb.domain.resources import demand_of
from ecsweb.domain.task_definitions import normalised

DOCUMENT = normalised({"family": "web", "containerDefinitions": [{"name": "app", "image": "web", "memory": 64}]})


def app(**fields: Any) -> dict[str, Any]:
    return {"containerOverrides": [{"name": "app", **fields}]}


def test_without_overrides_the_definition_stays_as_it_is() -> None:
    assert overridden(DOCUMENT, {}) == DOCUMENT


def test_amounts_are_written_as_in_a_definition() -> None:
    made = overridden(DOCUMENT, {"cpu": "1 vCPU", "memory": "0.5 GB", **app(cpu=512)})

    assert (made["cpu"], made["memory"], made["containerDefinitions"][0]["cpu"]) == ("1024", "512", 512)
    assert demand_of(made).cpu == 1024


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        pytest.param({"cpu": "much"}, "Invalid 'cpu' setting for task.", id="task cpu is no number"),
        pytest.param({"cpu": "-5"}, "Invalid 'cpu' setting for task.", id="task cpu negative"),
        pytest.param({"memory": "9" * 400}, "Invalid 'memory' setting for task.", id="task memory beyond all bounds"),
        pytest.param(
            {"memory": "32"},
            "The 'memory' setting for container 'app' is greater than for the task",
            id="task memory below its container's",
        ),
        pytest.param(
            app(memory=-5),
            "Invalid setting for container 'app'. 'memory' must be at least 6 MiB.",
            id="memory negative",
        ),
        pytest.param(
            app(memoryReservation=65), "'memory' must be greater than or equal to 'memoryReservation'", id="soft limit"
        ),
        pytest.param(app(cpu=-1), "Invalid setting for container: 'cpu' must not be negative.", id="cpu negative"),
        pytest.param(
            app(environment=[{"value": "x"}]),
            "Environment variable names must be non-empty and without '='.",
            id="variable without a name",
        ),
    ],
)
def test_what_a_registration_would_refuse_an_override_cannot_ask_for(overrides: dict[str, Any], message: str) -> None:
    with pytest.raises(ClientException) as refused:
        overridden(DOCUMENT, overrides)

    assert refused.value.message == message


SOME_TEXT = st.text(max_size=12) | st.from_regex(r"-?\d+(\.\d+)? ?(vcpu|GB)?", fullmatch=True)


@given(cpu=SOME_TEXT, memory=SOME_TEXT, container_cpu=st.integers(), container_memory=st.integers())
def test_a_demand_is_never_negative_whatever_is_asked(
    cpu: str, memory: str, container_cpu: int, container_memory: int
) -> None:
    overrides = {"cpu": cpu, "memory": memory, **app(cpu=container_cpu, memory=container_memory)}
    try:
        demand = demand_of(overridden(DOCUMENT, overrides))
    except EcsError:
        return

    assert min(demand.cpu, demand.memory) >= 0
