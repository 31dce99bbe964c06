"""Restart policies and start timeouts (`ecs-facts.md` 2.6)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ecsweb.domain.container_ordering import Condition, Dependency
from ecsweb.domain.lifecycle import ContainerView, ObservedStatus, Operation, Step, next_steps, task_after
from ecsweb.domain.restarts import RestartPolicy, restart_policy_of
from ecsweb.domain.statuses import ContainerStatus, DesiredStatus, StopCode, TaskStatus
from ecsweb.domain.timeouts import START_TIMEOUT, start_timeout
from tests.domain.made import NOW, container, observed, view

POLICY = RestartPolicy(frozenset({3}), timedelta(seconds=60))


def ran(seconds: float, exit_code: int = 1, **fields: Any) -> ContainerView:
    started_at = NOW - timedelta(seconds=seconds)
    seen = observed(ObservedStatus.EXITED, exit_code=exit_code, started_at=started_at, finished_at=NOW)
    values: dict[str, Any] = {"restart_policy": POLICY, "started_at": started_at, "runtime_id": "abc", "observed": seen}
    return container(**{**values, "last_status": ContainerStatus.RUNNING, **fields})


def step_of(found: ContainerView, *, wanted: bool = True) -> Step:
    (step,) = next_steps(view(found, wanted=wanted, status=TaskStatus.RUNNING), now=NOW)
    return step


@pytest.mark.parametrize(
    ("found", "operation"),
    [
        pytest.param(ran(60), Operation.RESTART, id="ran for the period"),
        pytest.param(ran(59.9), Operation.REPORT_STOPPED, id="ran for less"),
        pytest.param(ran(900, exit_code=0), Operation.RESTART, id="any exit code"),
        pytest.param(ran(900, exit_code=3), Operation.REPORT_STOPPED, id="ignored exit code"),
        pytest.param(ran(900, essential=False), Operation.RESTART, id="not essential"),
        pytest.param(ran(900, restart_policy=None), Operation.REPORT_STOPPED, id="no policy"),
    ],
)
def test_an_exited_container_is_restarted_if_it_ran_for_the_period_and_its_exit_code_is_not_ignored(
    found: ContainerView, operation: Operation
) -> None:
    assert step_of(found).operation is operation


def test_a_container_that_is_meant_to_stop_is_not_restarted() -> None:
    assert step_of(ran(900), wanted=False).operation is Operation.REPORT_STOPPED


def test_a_newer_start_of_a_running_container_is_a_restart_whoever_saw_to_it() -> None:
    seen = observed(ObservedStatus.RUNNING, started_at=NOW)
    found = ran(900, observed=seen)

    assert step_of(found).operation is Operation.REPORT_RESTARTED
    assert next_steps(view(ran(0, observed=seen), status=TaskStatus.RUNNING), now=NOW) == ()


@pytest.mark.parametrize(
    ("definition", "policy"),
    [
        ({}, None),
        ({"restartPolicy": {"enabled": False}}, None),
        ({"restartPolicy": {"enabled": True}}, RestartPolicy(frozenset(), timedelta(seconds=30))),
        (
            {"restartPolicy": {"enabled": True, "ignoredExitCodes": [0, 1], "restartAttemptPeriod": 60}},
            RestartPolicy(frozenset({0, 1}), timedelta(seconds=6)),
        ),
    ],
)
def test_the_restart_period_is_300_s_by_default_and_divided_by_the_speed(
    definition: dict[str, Any], policy: RestartPolicy | None
) -> None:
    assert restart_policy_of(definition, speed=10) == policy


def waiting(condition: Condition, *, since: float) -> tuple[ContainerView, ContainerView]:
    first = container(
        "first",
        last_status=ContainerStatus.RUNNING,
        runtime_id="abc",
        started_at=NOW - timedelta(seconds=since),
        start_timeout=timedelta(seconds=20),
        observed=observed(ObservedStatus.RUNNING, started_at=NOW - timedelta(seconds=since)),
    )
    return first, container("second", essential=False, depends_on=(Dependency("first", condition),))


@pytest.mark.parametrize("condition", [Condition.COMPLETE, Condition.SUCCESS, Condition.HEALTHY])
def test_a_dependency_is_waited_for_until_its_start_timeout_is_over(condition: Condition) -> None:
    first, second = waiting(condition, since=15)
    (step,) = next_steps(view(first, second), now=NOW)
    assert (step.operation, step.until) == (Operation.WAIT, NOW + timedelta(seconds=5))

    first, second = waiting(condition, since=20)
    (step,) = next_steps(view(first, second), now=NOW)
    assert step.operation is Operation.REPORT_STOPPED
    assert step.reason == (
        f"TaskDependencyError: container first did not meet the condition {condition} within its start timeout"
    )


def test_a_dependency_that_cannot_be_met_stops_the_task_also_where_the_container_is_not_essential() -> None:
    first = container("first", last_status=ContainerStatus.RUNNING, started_at=NOW)
    second = container("second", essential=False, last_status=ContainerStatus.STOPPED, is_dependency_failed=True)

    outcome = task_after(view(first, second))

    assert (outcome.desired_status, outcome.stop_code) == (DesiredStatus.STOPPED, StopCode.TASK_FAILED_TO_START)


@pytest.mark.parametrize(("definition", "seconds"), [({}, 180), ({"startTimeout": 5}, 5)])
def test_the_start_timeout_is_three_minutes_where_nothing_is_said(definition: dict[str, Any], seconds: int) -> None:
    assert timedelta(seconds=180) == START_TIMEOUT
    assert start_timeout(definition) == timedelta(seconds=seconds)
