"""The agent of one container instance: for each task, look, take the next step, report, until nothing is left to do.

Row first, name chosen first, container second: killed anywhere and run again, it finds by name and label what it had
made and goes on. What is to be done is decided in `domain.lifecycle`; this module only carries it out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from ecsweb.agent import labels
from ecsweb.agent.engine import (
    ContainerSpec,
    Engine,
    EngineContainer,
    EngineError,
    EngineTimeout,
    EngineUnavailable,
    NameTaken,
    NoSuchContainer,
    NoSuchImage,
)
from ecsweb.agent.failpoints import hit
from ecsweb.agent.logs import keep_log
from ecsweb.agent.observe import bindings_of, by_engine_name, observed
from ecsweb.agent.secrets import SecretMissing
from ecsweb.agent.specs import definition_of, network_labels, spec_of, told
from ecsweb.agent.volumes import ensure_volumes, remove_volumes_of_task
from ecsweb.controlplane import state_changes
from ecsweb.controlplane.chaos import is_broken
from ecsweb.controlplane.installation import install_id
from ecsweb.controlplane.state_changes import ContainerStateChange
from ecsweb.domain.burdens import SCRIPTS, Burden
from ecsweb.domain.lifecycle import Operation, Step, next_steps
from ecsweb.domain.networks import PAUSE
from ecsweb.domain.statuses import ContainerStatus
from ecsweb.models import Container, Task

logger = logging.getLogger(__name__)

# More rounds than any task needs: a guard against an engine that contradicts itself.
MOST_ROUNDS = 60
LOOK_AGAIN = timedelta(milliseconds=300)

Clock = Callable[[], datetime]


class VolumeRefused(Exception):
    """A volume that a container mounts cannot be had."""


class ManifestGone(NoSuchImage):
    """The image that the deployment began with is no longer there, whatever its tag means now."""


# The agent's names for what keeps a container from being made (`ecs-facts.md` 4.4).
# SIMPLIFIED: those which tell apart why a registry or Docker refused are not: the text after the name says it.
ERROR_NAMES: Mapping[type[Exception], str] = {
    SecretMissing: "ResourceInitializationError",
    VolumeRefused: "CannotCreateVolumeError",
    ManifestGone: "CannotPullImageManifestError",
    NoSuchImage: "CannotPullContainerError",
}


@dataclass(slots=True)
class TaskDriver:
    """Drives one task. `containers` is what the engine showed of it, by engine name, kept up to date by each call."""

    engine: Engine
    clock: Clock
    containers: dict[str, EngineContainer] = field(default_factory=dict)
    next_look_at: datetime | None = None

    def drive(self, known: Task) -> datetime | None:
        """Take steps until nothing is left to do now; return when time alone will ask for more, if ever.

        `known` may be some moments old: it tells whether there is work, and work is done by a fresh look only.
        Raises EngineUnavailable when the engine is gone; everything done until then is recorded.
        """
        task: Task | None = known
        for turn in range(MOST_ROUNDS):
            if turn:
                task = load_task(known.pk)
            if task is None:
                return None
            self._recognise(task, self.containers.values())
            now = self.clock()
            shown = {name: observed(container) for name, container in self.containers.items()}
            steps = next_steps(state_changes.view_of(task, shown), now=now)
            waits = [step.until for step in steps if step.until is not None]
            work = [step for step in steps if step.operation is not Operation.WAIT]
            if not work:
                return min([*waits, *([self.next_look_at] if self.next_look_at else [])], default=None)
            if turn and not self._take(task, work):
                return min([*waits, now + LOOK_AGAIN])
        logger.error("task %s did not come to rest in %d rounds", known.pk, MOST_ROUNDS)
        return self.clock() + LOOK_AGAIN

    def _recognise(self, task: Task, shown: Iterable[EngineContainer]) -> None:
        """Know the task's containers by the names they were given, whatever they are called now."""
        known = {row.runtime_id: row.engine_name for row in task.all_containers if row.runtime_id}
        self.containers = by_engine_name(shown, known)

    def _take(self, task: Task, steps: list[Step]) -> bool:
        """Carry out the steps; False when the engine needs a moment before it is worth looking again."""
        rows = {container.pk: container for container in task.all_containers}
        results = [self._carry_out(task, rows[step.container_pk], step) for step in steps]
        return all(results)

    def _carry_out(self, task: Task, container: Container, step: Step) -> bool:
        operations: Mapping[Operation, Callable[[Task, Container, Step], bool]] = {
            Operation.CREATE: self._create,
            Operation.START: self._start,
            Operation.RESTART: self._restart,
            Operation.SIGNAL: self._signal,
            Operation.KILL: self._kill,
            Operation.BURDEN: self._burden,
            Operation.REPORT_RUNNING: self._report_running,
            Operation.REPORT_RESTARTED: self._report_restarted,
            Operation.REPORT_STOPPED: self._report_stopped,
            Operation.REPORT_HEALTH: self._report_health,
            Operation.REMOVE: self._remove,
        }
        return operations[step.operation](task, container, step)

    def _create(self, task: Task, container: Container, _step: Step) -> bool:
        hit("before_create")
        try:
            spec = self._prepared(task, container, spec_of(task, container))
            self._ensure_network(task)
            self._ensure_volumes(task, container)
            made = self.engine.create(spec)
        except EngineTimeout as error:
            return self._timed_out(container, "created", error)
        except EngineUnavailable:
            raise
        except (SecretMissing, VolumeRefused, NoSuchImage) as error:
            return self._refused(container, f"{ERROR_NAMES[type(error)]}: {error}")
        except NameTaken:
            state_changes.choose_another_engine_name(container.pk, taken=container.engine_name)
            return True
        except EngineError as error:
            return self._failed(container, "CannotCreateContainerError", error)
        hit("after_create")
        self._record(container, made)
        hit("after_create_db")
        self.containers[container.engine_name] = made
        state_changes.submit_engine_call(task, operation="create", detail=told(spec, made), at=self.clock())
        return True

    def _ensure_network(self, task: Task) -> None:
        """Make sure of the instance's network; a task without network needs none."""
        if task.task_definition.document.get("networkMode") != "none":
            name = labels.network_name(install_id(), task.host.instance_id)
            self.engine.ensure_network(name, network_labels(task))

    def _ensure_volumes(self, task: Task, container: Container) -> None:
        try:
            ensure_volumes(self.engine, task, container.name)
        except EngineUnavailable:
            raise
        except EngineError as error:
            raise VolumeRefused(str(error)) from error

    def _prepared(self, task: Task, container: Container, spec: ContainerSpec) -> ContainerSpec:
        """Make sure of the image, and use the very one that the deployment began with (`ecs-facts.md` 2.7)."""
        if is_broken(task.cluster.account, container.image):
            raise NoSuchImage(f"manifest for {container.image} not found: manifest unknown")
        began = self.clock()
        image_id = self.engine.prepare_image(spec.image)
        state_changes.submit_pull(task.pk, started_at=began, stopped_at=self.clock())
        wanted = state_changes.resolve_image(task, container.name, image_id)
        if wanted == image_id:
            return spec
        try:
            self.engine.prepare_image(wanted)
        except NoSuchImage as error:
            raise ManifestGone("manifest unknown: Requested image not found") from error
        return replace(spec, image=wanted)

    def _record(self, container: Container, made: EngineContainer) -> None:
        digest = self.engine.image_digest(made.image)
        state_changes.submit_container_created(container.pk, runtime_id=made.runtime_id, image_digest=digest)

    def _timed_out(self, container: Container, state: str, error: EngineTimeout) -> bool:
        """Say that an engine that lives did not do it in time; raises EngineUnavailable where it lives no more."""
        self.engine.ping()
        minutes, seconds = divmod(round(error.seconds), 60)
        reason = f"Could not transition to {state}; timed out after waiting {minutes}m{seconds}s"
        return self._refused(container, f"DockerTimeoutError: {reason}")

    def _start(self, task: Task, container: Container, _step: Step) -> bool:
        made = self.containers[container.engine_name]
        if not container.runtime_id:
            # Adopted after a crash between create and its record: the name and all labels are ours.
            self._record(container, made)
        hit("before_start")
        try:
            started = self.engine.start(made.runtime_id)
        except EngineTimeout as error:
            return self._timed_out(container, "started", error)
        except EngineUnavailable:
            raise
        except NoSuchContainer:
            self.containers.pop(container.engine_name, None)
            return True
        except EngineError as error:
            if error.temporary:
                # Somebody may have removed the network since the container was created: the next try finds it again.
                self._ensure_network(task)
            return self._failed(container, "CannotStartContainerError", error)
        hit("after_start")
        self.containers[container.engine_name] = started
        state_changes.submit_engine_call(
            task, operation="start", detail={"container": container.name, "id": made.runtime_id}, at=self.clock()
        )
        return True

    def _restart(self, task: Task, container: Container, _step: Step) -> bool:
        """Start an exited container again; the next look finds it running and counts it."""
        made = self.containers[container.engine_name]
        keep_log(self.engine, container, runtime_id=made.runtime_id, is_complete=False, clock=self.clock)
        try:
            started = self.engine.restart(made.runtime_id)
        except EngineUnavailable:
            raise
        except NoSuchContainer:
            self.containers.pop(container.engine_name, None)
            return True
        except EngineError as error:
            return self._failed(container, "CannotStartContainerError", error)
        self.containers[container.engine_name] = started
        state_changes.submit_engine_call(
            task, operation="start", detail={"container": container.name, "id": made.runtime_id}, at=self.clock()
        )
        return True

    def _report_restarted(self, task: Task, container: Container, _step: Step) -> bool:
        made = self.containers[container.engine_name]
        return state_changes.submit_container_restarted(
            container.pk,
            started_at=made.started_at or self.clock(),
            network_bindings=bindings_of(made, definition_of(task, container)),
            at=self.clock(),
        )

    def _failed(self, container: Container, name: str, error: EngineError) -> bool:
        if error.temporary:
            logger.warning("%s of %s, tried again: %s", name, container.engine_name, error)
            return False
        return self._refused(container, f"{name}: {error}")

    def _refused(self, container: Container, reason: str) -> bool:
        change = ContainerStateChange(ContainerStatus.STOPPED, at=self.clock(), reason=reason)
        return state_changes.submit_container_state_change(container.pk, change)

    def _signal(self, task: Task, container: Container, _step: Step) -> bool:
        made = self.containers[container.engine_name]
        try:
            self.engine.signal(made.runtime_id)
        except NoSuchContainer:
            self.containers.pop(container.engine_name, None)
            return True
        except EngineUnavailable:
            raise
        except EngineError as error:
            # The stop timeout runs on, and SIGKILL follows it.
            logger.warning("stop signal of %s: %s", container.engine_name, error)
            state_changes.submit_reason(container.pk, f"CannotStopContainerError: {error}")
        hit("during_stop")
        state_changes.submit_stop_signalled(container.pk, at=self.clock())
        state_changes.submit_engine_call(
            task, operation="stop", detail={"container": container.name, "id": made.runtime_id}, at=self.clock()
        )
        return self._look_again(task)

    def _kill(self, task: Task, container: Container, _step: Step) -> bool:
        made = self.containers[container.engine_name]
        try:
            self.engine.signal(made.runtime_id, "SIGKILL")
        except NoSuchContainer:
            self.containers.pop(container.engine_name, None)
            return True
        state_changes.submit_killed(container.pk)
        state_changes.submit_engine_call(
            task, operation="kill", detail={"container": container.name, "id": made.runtime_id}, at=self.clock()
        )
        return self._look_again(task)

    def _burden(self, task: Task, container: Container, _step: Step) -> bool:
        made, burden = self.containers[container.engine_name], Burden(container.burden)
        detail = {"container": container.name, "id": made.runtime_id, "script": SCRIPTS[burden]}
        try:
            self.engine.burden(made.runtime_id, burden)
        except EngineUnavailable:
            raise
        except NoSuchContainer:
            self.containers.pop(container.engine_name, None)
            return True
        except EngineError as error:
            # No shell inside, for example: it cannot be done, and the log says so.
            detail["error"] = str(error)
        state_changes.submit_burdened(container.pk)
        state_changes.submit_engine_call(task, operation="exec", detail=detail, at=self.clock())
        return True

    def _look_again(self, task: Task) -> bool:
        """Look at the task's containers again; False while the engine still shows what was just signalled."""
        before = {name: container.status for name, container in self.containers.items()}
        shown = self.engine.list_containers(labels={labels.TASK: task.task_id})
        self._recognise(task, shown)
        self.next_look_at = self.clock() + LOOK_AGAIN
        return {name: container.status for name, container in self.containers.items()} != before

    def _report_running(self, task: Task, container: Container, _step: Step) -> bool:
        made = self.containers[container.engine_name]
        if container.name == PAUSE:
            state_changes.submit_network_up(task, address=made.address, mac=made.mac_address)
        change = ContainerStateChange(
            ContainerStatus.RUNNING,
            at=self.clock(),
            runtime_id=made.runtime_id,
            started_at=made.started_at or self.clock(),
            network_bindings=bindings_of(made, definition_of(task, container)),
        )
        is_accepted = state_changes.submit_container_state_change(container.pk, change)
        hit("after_start_db")
        return is_accepted

    def _report_stopped(self, _task: Task, container: Container, step: Step) -> bool:
        made = self.containers.get(container.engine_name)
        if made is not None and made.started_at is not None:
            keep_log(self.engine, container, runtime_id=made.runtime_id, is_complete=True, clock=self.clock)
        change = ContainerStateChange(
            ContainerStatus.STOPPED,
            at=self.clock(),
            runtime_id=made.runtime_id if made else "",
            exit_code=step.exit_code,
            reason=step.reason,
            started_at=made.started_at if made else None,
        )
        return state_changes.submit_container_state_change(container.pk, change)

    def _report_health(self, _task: Task, container: Container, step: Step) -> bool:
        return state_changes.submit_container_health(container.pk, step.health, at=self.clock())

    def _remove(self, _task: Task, container: Container, _step: Step) -> bool:
        made = self.containers.pop(container.engine_name)
        hit("before_remove")
        self.engine.remove(made.runtime_id)
        hit("after_remove")
        return True

    def purge(self, task_pk: int) -> None:
        """Remove all engine containers of the task at once, then its row: the end of retention, or of a reset."""
        for made in self.containers.values():
            hit("before_remove")
            self.engine.remove(made.runtime_id)
            hit("after_remove")
        volumes = Task.objects.filter(pk=task_pk).values_list("task_definition__document__volumes", flat=True).first()
        task = load_task(task_pk) if volumes else None
        if task is not None:
            remove_volumes_of_task(self.engine, task)
        state_changes.forget_task(task_pk)


def load_tasks(of: Q) -> QuerySet[Task]:
    """Return tasks with everything a step reads, in two queries however many they are."""
    rows = Task.objects.select_related(
        "cluster__account", "container_instance", "task_definition__account", "deployment"
    )
    return state_changes.with_all_containers(rows).filter(of)


def load_task(task_pk: int) -> Task | None:
    """Return the task with everything a step reads, or None when it is gone."""
    return load_tasks(Q(pk=task_pk)).first()
