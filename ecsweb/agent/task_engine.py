"""The agent of one container instance: for each task, look, take the next step, report, until nothing is left to do.

Row first, name chosen first, container second: killed anywhere and run again, it finds by name and label what it had
made and goes on. What is to be done is decided in `domain.lifecycle`; this module only carries it out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings

from ecsweb.agent import labels
from ecsweb.agent.engine import (
    ContainerSpec,
    Engine,
    EngineContainer,
    EngineError,
    EngineUnavailable,
    NameTaken,
    NoSuchContainer,
    NoSuchImage,
)
from ecsweb.agent.failpoints import hit
from ecsweb.agent.logs import keep_log
from ecsweb.agent.observe import by_engine_name, network_bindings, observed
from ecsweb.agent.secrets import SecretMissing, secrets_of
from ecsweb.agent.translate import Identities, to_spec
from ecsweb.agent.volumes import ensure_volumes, remove_volumes_of_task
from ecsweb.controlplane import state_changes
from ecsweb.controlplane.installation import install_id
from ecsweb.controlplane.state_changes import ContainerStateChange
from ecsweb.domain.lifecycle import Operation, Step, next_steps
from ecsweb.domain.statuses import ContainerStatus
from ecsweb.models import Container, Task

logger = logging.getLogger(__name__)

# More rounds than any task needs: a guard against an engine that contradicts itself.
MOST_ROUNDS = 60
LOOK_AGAIN = timedelta(milliseconds=300)

Clock = Callable[[], datetime]


class VolumeRefused(Exception):
    """A volume that a container mounts cannot be had."""


@dataclass(slots=True)
class TaskDriver:
    """Drives one task. `containers` is what the engine showed of it, by engine name, kept up to date by each call."""

    engine: Engine
    clock: Clock
    containers: dict[str, EngineContainer] = field(default_factory=dict)
    next_look_at: datetime | None = None

    def drive(self, task_pk: int) -> datetime | None:
        """Take steps until nothing is left to do now; return when time alone will ask for more, if ever.

        Raises EngineUnavailable when the engine is gone; everything done until then is recorded.
        """
        for _round in range(MOST_ROUNDS):
            task = load_task(task_pk)
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
            if not self._take(task, work):
                return min([*waits, now + LOOK_AGAIN])
        logger.error("task %s did not come to rest in %d rounds", task_pk, MOST_ROUNDS)
        return self.clock() + LOOK_AGAIN

    def _recognise(self, task: Task, shown: Iterable[EngineContainer]) -> None:
        """Know the task's containers by the names they were given, whatever they are called now."""
        known = {row.runtime_id: row.engine_name for row in task.containers.all() if row.runtime_id}
        self.containers = by_engine_name(shown, known)

    def _take(self, task: Task, steps: list[Step]) -> bool:
        """Carry out the steps; False when the engine needs a moment before it is worth looking again."""
        rows = {container.pk: container for container in task.containers.all()}
        results = [self._carry_out(task, rows[step.container_pk], step) for step in steps]
        return all(results)

    def _carry_out(self, task: Task, container: Container, step: Step) -> bool:
        operations: Mapping[Operation, Callable[[Task, Container, Step], bool]] = {
            Operation.CREATE: self._create,
            Operation.START: self._start,
            Operation.RESTART: self._restart,
            Operation.SIGNAL: self._signal,
            Operation.KILL: self._kill,
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
            spec = self._spec(task, container)
            image_id = self._prepare(task, spec)
            self._ensure_network(task)
            self._ensure_volumes(task, container)
            made = self.engine.create(spec)
        except EngineUnavailable:
            raise
        except SecretMissing as error:
            return self._refused(container, f"ResourceInitializationError: {error}")
        except VolumeRefused as error:
            return self._refused(container, f"CannotCreateVolumeError: {error}")
        except NoSuchImage as error:
            return self._refused(container, f"CannotPullContainerError: {error}")
        except NameTaken:
            state_changes.choose_another_engine_name(container.pk, taken=container.engine_name)
            return True
        except EngineError as error:
            return self._failed(container, "CannotCreateContainerError", error)
        hit("after_create")
        state_changes.submit_container_created(container.pk, runtime_id=made.runtime_id, image_id=image_id)
        hit("after_create_db")
        self.containers[container.engine_name] = made
        state_changes.submit_engine_call(task, operation="create", detail=_told(spec, made), at=self.clock())
        return True

    def _spec(self, task: Task, container: Container) -> ContainerSpec:
        definition = task.task_definition
        documents = {c["name"]: c for c in definition.document["containerDefinitions"]}
        account = task.cluster.account.account_id
        identities = Identities(
            install=install_id(),
            account=account,
            region=task.cluster.region,
            cluster=task.cluster.name,
            instance_id=task.container_instance.instance_id,
            task_id=task.task_id,
            task_arn=task.arn,
            family=definition.family,
            revision=definition.revision,
            engine_name=container.engine_name,
            network=labels.network_name(install_id(), task.container_instance.instance_id),
            launch_type=task.launch_type,
        )
        return to_spec(
            container_definition=documents[container.name],
            task_definition=definition.document,
            identities=identities,
            mode="class" if settings.ECSWEB_MODE == "class" else "solo",
            overrides=task.overrides,
            secrets=secrets_of(task, documents[container.name]),
            engine_names={one.name: one.engine_name for one in task.containers.all()},
        )

    def _ensure_network(self, task: Task) -> None:
        """Make sure of the instance's network; a task without network needs none."""
        if task.task_definition.document.get("networkMode") != "none":
            name = labels.network_name(install_id(), task.container_instance.instance_id)
            self.engine.ensure_network(name, network_labels(task))

    def _ensure_volumes(self, task: Task, container: Container) -> None:
        try:
            ensure_volumes(self.engine, task, container.name)
        except EngineUnavailable:
            raise
        except EngineError as error:
            raise VolumeRefused(str(error)) from error

    def _prepare(self, task: Task, spec: ContainerSpec) -> str:
        began = self.clock()
        image_id = self.engine.prepare_image(spec.image)
        state_changes.submit_pull(task.pk, started_at=began, stopped_at=self.clock())
        return image_id

    def _start(self, task: Task, container: Container, _step: Step) -> bool:
        made = self.containers[container.engine_name]
        if not container.runtime_id:
            # Adopted after a crash between create and its record: the name and all labels are ours.
            state_changes.submit_container_created(container.pk, runtime_id=made.runtime_id, image_id=made.image_id)
        hit("before_start")
        try:
            started = self.engine.start(made.runtime_id)
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

    def _report_restarted(self, _task: Task, container: Container, _step: Step) -> bool:
        made = self.containers[container.engine_name]
        return state_changes.submit_container_restarted(
            container.pk,
            started_at=made.started_at or self.clock(),
            network_bindings=network_bindings(made.ports),
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

    def _look_again(self, task: Task) -> bool:
        """Look at the task's containers again; False while the engine still shows what was just signalled."""
        before = {name: container.status for name, container in self.containers.items()}
        shown = self.engine.list_containers(labels={labels.TASK: task.task_id})
        self._recognise(task, shown)
        self.next_look_at = self.clock() + LOOK_AGAIN
        return {name: container.status for name, container in self.containers.items()} != before

    def _report_running(self, _task: Task, container: Container, _step: Step) -> bool:
        made = self.containers[container.engine_name]
        change = ContainerStateChange(
            ContainerStatus.RUNNING,
            at=self.clock(),
            runtime_id=made.runtime_id,
            started_at=made.started_at or self.clock(),
            network_bindings=network_bindings(made.ports),
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
        task = load_task(task_pk)
        if task is not None:
            remove_volumes_of_task(self.engine, task)
        state_changes.forget_task(task_pk)


def load_task(task_pk: int) -> Task | None:
    """Return the task with everything a step reads, or None when it is gone."""
    rows = Task.objects.select_related(
        "cluster__account", "container_instance", "task_definition__account", "deployment"
    ).prefetch_related("containers")
    return rows.filter(pk=task_pk).first()


def network_labels(task: Task) -> Mapping[str, str]:
    """Return the labels of a container instance's network."""
    return {
        labels.INSTALL: install_id(),
        labels.ACCOUNT: task.cluster.account.account_id,
        labels.INSTANCE: task.container_instance.instance_id,
    }


def _told(spec: ContainerSpec, made: EngineContainer) -> dict[str, object]:
    """Return what the engine was told, for the learner: no values of the environment, which may be secret."""
    return {
        "id": made.runtime_id,
        "name": spec.name,
        "image": spec.image,
        "command": list(spec.command or ()),
        "environment": sorted(spec.environment),
        "labels": dict(spec.labels),
        "memory": spec.memory,
        "cpuShares": spec.cpu_shares,
        "network": spec.network,
        "mounts": [f"{m.volume}:{m.path}{':ro' if m.read_only else ''}" for m in spec.mounts],
        "ports": [f"{p.host_ip}:{p.host_port or ''}->{p.container_port}/{p.protocol}" for p in spec.ports],
    }
