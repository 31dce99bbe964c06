from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

from ecsweb.domain.container_ordering import Condition, Dependency, Progress, Verdict, has_cycle, verdict
from ecsweb.domain.lifecycle import (
    OUT_OF_MEMORY,
    VANISHED,
    ContainerView,
    ObservedStatus,
    Operation,
    TaskView,
    next_steps,
    task_after,
)
from ecsweb.domain.statuses import ContainerStatus, DesiredStatus, StopCode, TaskStatus
from tests.domain.made import LONG_AGO, NOW, container, observed, view

CREATED, RUNNING, PAUSED, EXITED = ObservedStatus
PENDING, RUNS, STOPPED = ContainerStatus


def operations(task: TaskView) -> list[Operation]:
    return [step.operation for step in next_steps(task, now=NOW)]


@pytest.mark.parametrize(
    ("found", "wanted", "operation"),
    [
        pytest.param(container(), True, Operation.CREATE, id="nothing there: create"),
        pytest.param(container(observed=observed(CREATED)), True, Operation.START, id="created: start"),
        pytest.param(container(observed=observed(RUNNING)), True, Operation.REPORT_RUNNING, id="runs: report"),
        pytest.param(
            container(last_status=RUNS, runtime_id="abc", observed=observed(RUNNING)), True, None, id="as it should be"
        ),
        pytest.param(
            container(last_status=RUNS, runtime_id="abc"), True, Operation.REPORT_STOPPED, id="vanished: report"
        ),
        pytest.param(
            container(last_status=RUNS, observed=observed(EXITED, exit_code=1)),
            True,
            Operation.REPORT_STOPPED,
            id="exited: report",
        ),
        pytest.param(
            container(observed=observed(EXITED, exit_code=0, started_at=LONG_AGO)),
            True,
            Operation.REPORT_RUNNING,
            id="ran and ended between two looks: RUNNING first",
        ),
        pytest.param(
            container(last_status=RUNS, is_kill_requested=True, observed=observed(RUNNING)),
            True,
            Operation.KILL,
            id="kill asked for",
        ),
        pytest.param(container(), False, Operation.REPORT_STOPPED, id="never made and not wanted"),
        pytest.param(container(observed=observed(CREATED)), False, Operation.REPORT_STOPPED, id="made, not wanted"),
        pytest.param(
            container(last_status=RUNS, observed=observed(RUNNING)), False, Operation.SIGNAL, id="stop: ask first"
        ),
        pytest.param(
            container(last_status=RUNS, observed=observed(RUNNING), stop_signalled_at=NOW),
            False,
            Operation.WAIT,
            id="wait",
        ),
        pytest.param(
            container(last_status=RUNS, observed=observed(RUNNING), stop_signalled_at=NOW - timedelta(seconds=30)),
            False,
            Operation.KILL,
            id="then kill",
        ),
        pytest.param(container(last_status=RUNS, observed=observed(PAUSED)), False, Operation.KILL, id="paused: kill"),
        pytest.param(
            container(last_status=STOPPED, observed=observed(RUNNING)), True, Operation.KILL, id="started again by hand"
        ),
        pytest.param(
            container(last_status=STOPPED, observed=observed(CREATED)), True, Operation.REMOVE, id="could not start"
        ),
        pytest.param(container(last_status=STOPPED, observed=observed(EXITED)), True, None, id="over"),
    ],
)
def test_the_next_step(found: ContainerView, wanted: bool, operation: Operation | None) -> None:
    assert operations(view(found, wanted=wanted)) == ([operation] if operation else [])


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        pytest.param(container(last_status=RUNS, runtime_id="abc"), VANISHED, id="vanished"),
        pytest.param(
            container(last_status=RUNS, observed=observed(EXITED, exit_code=137, oom_killed=True)),
            OUT_OF_MEMORY,
            id="OOM",
        ),
        pytest.param(
            container(observed=observed(EXITED, exit_code=127, error="no such file")),
            "CannotStartContainerError: no such file",
            id="refused to start",
        ),
        pytest.param(container(last_status=RUNS, observed=observed(EXITED, exit_code=3)), "", id="just ended"),
    ],
)
def test_the_reason_of_a_container(found: ContainerView, reason: str) -> None:
    assert next_steps(view(found), now=NOW)[0].reason == reason


def test_waiting_says_until_when() -> None:
    found = container(
        last_status=RUNS, observed=observed(RUNNING), stop_signalled_at=NOW, stop_timeout=timedelta(seconds=3)
    )

    assert next_steps(view(found, wanted=False), now=NOW)[0].until == NOW + timedelta(seconds=3)


def test_a_container_waits_for_the_one_it_depends_on_and_stops_before_it() -> None:
    after = (Dependency("db", Condition.START),)
    waiting = view(container("app", depends_on=after), container("db"))
    ready = view(container("app", depends_on=after), container("db", last_status=RUNS, started_at=LONG_AGO))
    ending = view(
        container("app", last_status=RUNS, depends_on=after, observed=observed(RUNNING)),
        container("db", last_status=RUNS, observed=observed(RUNNING)),
        wanted=False,
    )

    assert operations(waiting) == [Operation.CREATE]
    assert operations(ready)[0] is Operation.CREATE
    assert operations(ending) == [Operation.SIGNAL]


def test_a_dependency_that_can_never_be_met_stops_the_container() -> None:
    failed = container("job", essential=False, last_status=STOPPED, exit_code=1, started_at=LONG_AGO)
    found = view(container("app", depends_on=(Dependency("job", Condition.SUCCESS),)), failed)

    step = next_steps(found, now=NOW)[0]

    assert (step.operation, step.reason[:19]) == (Operation.REPORT_STOPPED, "TaskDependencyError")


@pytest.mark.parametrize(
    ("condition", "other", "expected"),
    [
        (Condition.START, Progress(PENDING), Verdict.WAIT),
        (Condition.START, Progress(RUNS, has_started=True), Verdict.READY),
        (Condition.START, Progress(STOPPED, exit_code=0, has_started=True), Verdict.READY),
        (Condition.COMPLETE, Progress(RUNS, has_started=True), Verdict.WAIT),
        (Condition.COMPLETE, Progress(STOPPED, exit_code=9, has_started=True), Verdict.READY),
        (Condition.COMPLETE, Progress(STOPPED), Verdict.NEVER),
        (Condition.SUCCESS, Progress(STOPPED, exit_code=0, has_started=True), Verdict.READY),
        (Condition.SUCCESS, Progress(STOPPED, exit_code=9, has_started=True), Verdict.NEVER),
        (Condition.HEALTHY, Progress(RUNS, has_started=True), Verdict.WAIT),
    ],
)
def test_conditions_of_depends_on(condition: Condition, other: Progress, expected: Verdict) -> None:
    assert verdict(Dependency("other", condition), other) is expected


def test_circles_of_dependencies() -> None:
    assert has_cycle({"a": ["b"], "b": ["a"]})
    assert has_cycle({"a": ["a"]})
    assert not has_cycle({"a": ["b", "elsewhere"], "b": []})


@pytest.mark.parametrize(
    ("task", "status", "wanted", "code"),
    [
        pytest.param(view(container(last_status=RUNS)), "RUNNING", "RUNNING", None, id="all run"),
        pytest.param(
            view(container(last_status=RUNS), container("log")), "PENDING", "RUNNING", None, id="one still pending"
        ),
        pytest.param(
            view(container(last_status=RUNS), container("job", essential=False, last_status=STOPPED)),
            "RUNNING",
            "RUNNING",
            None,
            id="a side-car that ended does not hold it back",
        ),
        pytest.param(
            view(container(last_status=STOPPED, started_at=LONG_AGO), status=TaskStatus.RUNNING),
            "STOPPED",
            "STOPPED",
            StopCode.ESSENTIAL_CONTAINER_EXITED,
            id="the essential one ended",
        ),
        pytest.param(
            view(
                container(last_status=STOPPED, started_at=LONG_AGO),
                container("log", essential=False, last_status=RUNS),
                status=TaskStatus.RUNNING,
            ),
            "STOPPING",
            "STOPPED",
            StopCode.ESSENTIAL_CONTAINER_EXITED,
            id="the essential one ended, the other is stopped after it",
        ),
        pytest.param(
            view(container(last_status=STOPPED)),
            "STOPPED",
            "STOPPED",
            StopCode.TASK_FAILED_TO_START,
            id="never started",
        ),
        pytest.param(
            view(container(last_status=STOPPED, started_at=LONG_AGO), wanted=False, status=TaskStatus.STOPPING),
            "STOPPED",
            "STOPPED",
            None,
            id="asked for: keeps its own stop code",
        ),
        pytest.param(
            view(container(), container("b", last_status=STOPPED), wanted=False), "PENDING", "STOPPED", None, id="half"
        ),
    ],
)
def test_a_task_after_its_containers(task: TaskView, status: str, wanted: str, code: StopCode | None) -> None:
    outcome = task_after(task)

    assert (outcome.last_status, outcome.desired_status, outcome.stop_code) == (status, wanted, code)


def test_statuses_only_go_forward() -> None:
    order = list(TaskStatus)

    for earlier, later in product(order, order):
        assert earlier.may_become(later) == (order.index(later) > order.index(earlier))
    assert [status for status in order if status.is_terminal] == [TaskStatus.STOPPED]


@pytest.mark.parametrize("before", [s for s in TaskStatus if not s.is_terminal])
def test_no_outcome_leads_back(before: TaskStatus) -> None:
    for statuses in product(ContainerStatus, repeat=2):
        for wanted in (True, False):
            found = view(
                *(container(f"c{i}", last_status=s) for i, s in enumerate(statuses)), wanted=wanted, status=before
            )
            outcome = task_after(found)
            assert outcome.last_status is before or before.may_become(outcome.last_status)
            assert wanted or outcome.desired_status is DesiredStatus.STOPPED
