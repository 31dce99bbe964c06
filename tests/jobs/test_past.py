"""Whatever happens in a world: the fold of its log is what its rows say (`design.md`, principle 8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecsweb.controlplane import timeline
from ecsweb.domain.timeline.past import Past
from ecsweb.models import Account, Cluster, ContainerInstance, Service, Task, TaskDefinition
from ecsweb.web.timeline.past_rows import rows_of_past
from tests.jobs.test_eventually import ACTIONS, PHASES, Step
from tests.world import World


def instance(row: ContainerInstance) -> tuple[Any, ...]:
    place = (row.instance_id, row.instance_type, row.availability_zone, row.registered_cpu, row.registered_memory)
    return (*place, row.status, row.agent_connected, str(row.agent_condition))


def task(row: Task) -> tuple[Any, ...]:
    containers = [
        (c.name, c.essential, c.last_status, c.exit_code, c.reason, c.network_bindings) for c in row.containers.all()
    ]
    owner = row.service.name if row.service and row.service.status != "INACTIVE" else None
    what = (row.task_id, row.task_definition.family_revision, owner, row.last_status, row.desired_status)
    return (
        *what,
        row.container_instance and row.container_instance.instance_id,
        row.cpu,
        row.memory,
        row.stop_code,
        containers,
    )


def service(row: Service) -> tuple[Any, ...]:
    live = sorted(
        (d.deployment_id, d.status, d.task_definition.family_revision)
        for d in row.deployments.all()
        if d.status != "INACTIVE"
    )
    revision = row.task_definition.family_revision if row.task_definition else ""
    return (row.name, row.status, row.desired_count, revision, row.is_steady, row.placement_failure, live)


def listed(rows: Any, look: Callable[[Any], tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted((look(row) for row in rows), key=lambda values: str(values[0]))


def folded_is_kept() -> None:
    account = Account.objects.get()
    past: Past = timeline.past_at(account, account.last_sequence)
    rows = rows_of_past(past, Cluster.objects.get())

    assert listed(rows.instances, instance) == listed(ContainerInstance.objects.exclude(status="INACTIVE"), instance)
    live = Task.objects.exclude(last_status="STOPPED").filter(is_purged=False)
    assert listed(rows.tasks, task) == listed(live.filter(~Q(container_instance__status="INACTIVE")), task)
    assert listed(rows.services, service) == listed(Service.objects.exclude(status="INACTIVE"), service)
    active = TaskDefinition.objects.filter(status="ACTIVE")
    assert {row.family_revision for row in active} <= {row.family_revision for row in rows.definitions}


def live_and_look(world: World, history: list[Step]) -> None:
    world.launch(zone="a")
    for family, container in (("web", {}), ("broken", {"image": "nowhere/nothing:1"})):
        world.register(family, **container)
    world.register("restarting", restartPolicy={"enabled": True, "restartAttemptPeriod": 60})
    world.register("checked", healthCheck={"command": ["CMD-SHELL", "exit 0"], "interval": 5})
    world.call("CreateService", cluster="demo", serviceName="one", taskDefinition="web", desiredCount=2)
    for action, number in history:
        ACTIONS[action](world, number)
        if number % 5 == 0:
            timeline.note_checkpoint(Account.objects.get(), now=world.clock())
        folded_is_kept()


@settings(
    max_examples=25,
    deadline=None,
    phases=PHASES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.tuples(st.sampled_from(sorted(ACTIONS)), st.integers(0, 60)), min_size=5, max_size=25))
def test_the_fold_of_the_log_is_what_the_rows_say(
    world: World, monkeypatch: pytest.MonkeyPatch, history: list[Step]
) -> None:
    monkeypatch.setattr(timeline, "CHECKPOINT_EVERY", 20)
    with transaction.atomic():
        live_and_look(World(), history)
        transaction.set_rollback(True)
    assert not Task.objects.exists()
