"""A task on an engine that does one step at a time, while people stop, pause, kill and remove its containers.

Whatever they do: statuses only go forward, an essential container's end ends the task, a stop ends in STOPPED, and a
task that is as it should be asks for no step (I1, I7; `ecs-facts.md` 4).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ecsweb.domain.container_ordering import Condition, Dependency
from ecsweb.domain.lifecycle import (
    DEPENDENCY_ERROR,
    ContainerView,
    Observed,
    ObservedStatus,
    Operation,
    Step,
    next_steps,
    task_after,
)
from ecsweb.domain.restarts import RestartPolicy
from ecsweb.domain.statuses import ContainerStatus, DesiredStatus, StopCode, TaskStatus
from tests.domain.made import NOW, container, view

ORDER = list(ContainerStatus)


@dataclass
class Engine:
    """The task as the database knows it, with what the engine shows in each container's `observed`."""

    containers: dict[int, ContainerView]
    last_status: TaskStatus = TaskStatus.PENDING
    wanted: bool = True
    now: datetime = NOW

    def steps(self) -> tuple[Step, ...]:
        found = view(*self.containers.values(), wanted=self.wanted, status=self.last_status)
        return next_steps(found, now=self.now)

    def look(self) -> tuple[Step, ...]:
        steps = self.steps()
        for step in steps:
            before = self.containers[step.container_pk]
            after = self._done(before, step)
            assert ORDER.index(after.last_status) >= ORDER.index(before.last_status)
            self.containers[before.pk] = after
        outcome = task_after(view(*self.containers.values(), wanted=self.wanted, status=self.last_status))
        assert outcome.last_status is self.last_status or self.last_status.may_become(outcome.last_status)
        self.last_status, self.wanted = outcome.last_status, outcome.desired_status is DesiredStatus.RUNNING
        self.now += timedelta(seconds=5)
        return steps

    def _done(self, found: ContainerView, step: Step) -> ContainerView:
        if step.operation.startswith("report"):
            return self._reported(found, step)
        match step.operation:
            case Operation.SIGNAL:
                return replace(found, stop_signalled_at=self.now)
            case Operation.WAIT:
                return found
            case Operation.CREATE:
                assert found.observed is None
                return replace(found, runtime_id="abc", observed=Observed("abc", ObservedStatus.CREATED))
            case _:
                assert found.observed is not None
                return replace(found, observed=self._changed(found.observed, step.operation))

    def _reported(self, found: ContainerView, step: Step) -> ContainerView:
        match step.operation:
            case Operation.REPORT_RUNNING:
                return replace(found, last_status=ContainerStatus.RUNNING, started_at=self.now)
            case Operation.REPORT_STOPPED:
                failed = step.reason.startswith(DEPENDENCY_ERROR)
                stopped = replace(found, last_status=ContainerStatus.STOPPED, exit_code=step.exit_code)
                return replace(stopped, is_dependency_failed=failed)
            case Operation.REPORT_RESTARTED:
                assert found.observed is not None
                return replace(found, started_at=found.observed.started_at)
            case _:
                return replace(found, health_status=step.health)

    def _changed(self, seen: Observed, operation: Operation) -> Observed | None:
        if operation is Operation.REMOVE:
            return None
        if operation is Operation.KILL:
            return replace(seen, status=ObservedStatus.EXITED, exit_code=137, finished_at=self.now)
        return self._started(seen, operation)

    def _started(self, seen: Observed, operation: Operation) -> Observed:
        is_again = operation is Operation.RESTART
        assert seen.status is (ObservedStatus.EXITED if is_again else ObservedStatus.CREATED)
        assert self.wanted
        return replace(seen, status=ObservedStatus.RUNNING, started_at=self.now, finished_at=None)

    def meddle(self, kind: str, index: int) -> None:
        """Do to one container what somebody does at the engine, or ask for the task's end."""
        found = list(self.containers.values())[index % len(self.containers)]
        seen = found.observed
        if kind == "stop task":
            self.wanted = False
        elif kind == "ask kill":
            self.containers[found.pk] = replace(found, is_kill_requested=True)
        elif seen is not None:
            self.containers[found.pk] = replace(found, observed=meddled(seen, kind, self.now))


def meddled(seen: Observed, kind: str, now: datetime) -> Observed | None:
    match kind, seen.status:
        case "remove", _:
            return None
        case "exit", ObservedStatus.RUNNING:
            return replace(seen, status=ObservedStatus.EXITED, exit_code=0, finished_at=now)
        case "pause", ObservedStatus.RUNNING:
            return replace(seen, status=ObservedStatus.PAUSED)
        case "start again", ObservedStatus.EXITED | ObservedStatus.PAUSED:
            return replace(seen, status=ObservedStatus.RUNNING)
        case _:
            return seen


@st.composite
def tasks(draw: st.DrawFn) -> Engine:
    """Draw up to four containers, the first essential; each may depend on earlier ones."""
    made: list[ContainerView] = []
    for index in range(draw(st.integers(1, 4))):
        essential = index == 0 or draw(st.booleans())
        names = [c.name for c in made]
        on = draw(st.lists(st.sampled_from(names), unique=True, max_size=2)) if names else []
        conditions = [draw(st.sampled_from([Condition.START, Condition.COMPLETE, Condition.SUCCESS])) for _ in on]
        dependencies = tuple(Dependency(name, condition) for name, condition in zip(on, conditions, strict=True))
        policy = draw(st.sampled_from([None, RestartPolicy(attempt_period=timedelta(seconds=7))]))
        made.append(container(f"c{index}", essential=essential, depends_on=dependencies, restart_policy=policy))
    return Engine({c.pk: c for c in made})


MEDDLING = st.tuples(
    st.sampled_from(["exit", "pause", "remove", "start again", "ask kill", "stop task", "nothing"]), st.integers(0, 3)
)


@settings(max_examples=200, deadline=None)
@given(engine=tasks(), history=st.lists(st.tuples(MEDDLING, st.integers(0, 3)), max_size=10))
def test_a_task_goes_forward_only_and_a_stop_always_ends(
    engine: Engine, history: list[tuple[tuple[str, int], int]]
) -> None:
    for (kind, index), looks in history:
        engine.meddle(kind, index)
        for _ in range(looks):
            engine.look()
    engine.wanted = False
    for _ in range(40):
        engine.look()

    assert engine.last_status is TaskStatus.STOPPED
    assert engine.steps() == ()
    live = [c.observed for c in engine.containers.values() if c.observed is not None]
    assert all(seen.status is ObservedStatus.EXITED for seen in live)


@settings(max_examples=100, deadline=None)
@given(engine=tasks())
def test_a_task_left_alone_comes_to_rest(engine: Engine) -> None:
    for _ in range(100):
        engine.look()

    # What waits for the end of one that runs on gives up after its start timeout, and the task ends.
    assert engine.steps() == ()
    assert engine.last_status in {TaskStatus.RUNNING, TaskStatus.STOPPED}


def test_a_container_that_ran_and_ended_before_its_task_did_not_fail_to_start() -> None:
    ran = container(last_status=ContainerStatus.STOPPED, started_at=NOW)

    assert task_after(view(ran, container("b"))).stop_code is StopCode.ESSENTIAL_CONTAINER_EXITED


def test_an_engine_s_old_error_is_no_reason_for_the_end_of_what_ran() -> None:
    seen = Observed("abc", ObservedStatus.EXITED, exit_code=1, error="an old error")
    found = container(last_status=ContainerStatus.RUNNING, runtime_id="abc", observed=seen)

    assert next_steps(view(found, status=TaskStatus.RUNNING), now=NOW)[0].reason == ""
