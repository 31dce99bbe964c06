"""Container health checks (`ecs-facts.md` 2.6) and what a service makes of them (6.1, 6.5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ecsweb.domain.container_health import check_health_check, has_health_check, health_check_of, task_health
from ecsweb.domain.container_ordering import Condition, Dependency, Progress, Verdict, verdict
from ecsweb.domain.errors import ClientException
from ecsweb.domain.service_scheduler.healthy import is_healthy
from ecsweb.domain.service_scheduler.plan import ServicePlan
from ecsweb.domain.service_scheduler.scheduler import plan
from ecsweb.domain.snapshots import ServiceSnapshot, TaskSnapshot
from ecsweb.domain.statuses import ContainerStatus, HealthStatus, SchedulingStrategy
from tests.domain.made import NOW, PACE, cluster, instance, service, task

H, U, N = HealthStatus.HEALTHY, HealthStatus.UNHEALTHY, HealthStatus.UNKNOWN


def test_defaults_are_30_s_interval_5_s_timeout_3_retries_and_no_start_period() -> None:
    found = health_check_of({"healthCheck": {"command": ["CMD", "true"]}})

    assert found is not None
    assert (found.interval, found.timeout, found.retries, found.start_period) == (30, 5, 3, 0)


def test_an_images_own_check_is_ignored_unless_the_definition_has_one() -> None:
    assert health_check_of({"image": "with-a-check"}) is None


REFUSED: dict[str, dict[str, Any]] = {
    "Health check interval must be less than or equal to the maximum allowed value 300 for container 'app'": {
        "interval": 301
    },
    "Health check interval must be greater than or equal to the minimum allowed value 5 for container 'app'": {
        "interval": 4
    },
    "Health check timeout must be less than or equal to the maximum allowed value 60 for container 'app'": {
        "timeout": 61
    },
    "Health check retries must be greater than or equal to the minimum allowed value 1 for container 'app'": {
        "retries": 0
    },
    "Health check startPeriod must be less than or equal to the maximum allowed value 300 for container 'app'": {
        "startPeriod": 301
    },
    "Health check command must be specified for container 'app'": {"command": ["CMD-SHELL"]},
}


@pytest.mark.parametrize("message", REFUSED)
def test_numbers_out_of_range_are_refused(message: str) -> None:
    asked = {"command": ["CMD-SHELL", "true"], **REFUSED[message]}

    with pytest.raises(ClientException) as caught:
        check_health_check({"name": "app", "healthCheck": asked}, "containerDefinitions.0")
    assert caught.value.message == message
    assert caught.value.field.startswith("containerDefinitions.0.healthCheck")


@pytest.mark.parametrize(
    ("containers", "health"),
    [
        ([(True, H), (True, H)], H),
        ([(True, H), (True, N)], N),
        ([(True, U), (True, N)], U),
        ([(True, H), (False, U)], H),
        ([(False, H)], N),
    ],
)
def test_task_health_looks_at_essential_containers_only(
    containers: list[tuple[bool, HealthStatus]], health: HealthStatus
) -> None:
    assert task_health(containers) is health


def test_only_checks_of_essential_containers_make_a_tasks_health_known() -> None:
    check = {"command": ["CMD", "true"]}

    assert has_health_check({"containerDefinitions": [{"healthCheck": check}]})
    assert not has_health_check({"containerDefinitions": [{}, {"essential": False, "healthCheck": check}]})


def test_a_dependency_on_healthy_waits_for_the_check_and_ends_with_the_container() -> None:
    dependency = Dependency("db", Condition.HEALTHY)
    running = Progress(ContainerStatus.RUNNING, has_started=True)

    assert verdict(dependency, running) is Verdict.WAIT
    assert verdict(dependency, replace(running, is_healthy=True)) is Verdict.READY
    assert verdict(dependency, Progress(ContainerStatus.STOPPED, exit_code=0, has_started=True)) is Verdict.NEVER


def checked(health: HealthStatus, **fields: Any) -> TaskSnapshot:
    return task(has_health_check=True, health_status=health, **fields)


def first(found: ServiceSnapshot, machines: int = 2) -> ServicePlan:
    instances = tuple(instance(pk) for pk in range(1, machines + 1))
    return plan(cluster(found, instances=instances), now=NOW, pace=PACE).services[0]


def test_a_task_with_a_check_counts_when_healthy_and_one_without_after_a_while() -> None:
    assert is_healthy(checked(H, started_at=NOW), now=NOW, pace=PACE)
    assert not is_healthy(checked(N), now=NOW, pace=PACE)
    assert not is_healthy(task(started_at=NOW), now=NOW, pace=PACE)
    assert is_healthy(task(started_at=NOW - PACE.healthy_after), now=NOW, pace=PACE)


def test_the_replacement_of_an_unhealthy_task_starts_first_where_the_maximum_allows() -> None:
    ill = checked(U)
    made = first(service(ill, checked(H), desired=2))

    assert (len(made.starts), made.stops, made.replaced) == (1, (), 1)


def test_the_unhealthy_task_goes_when_its_replacement_is_healthy() -> None:
    ill = checked(U)

    waiting = first(service(ill, checked(H), checked(N), desired=2))
    done = first(service(ill, checked(H), checked(H), desired=2))

    assert not waiting.stops
    assert [(stop.task_pk, stop.is_unhealthy) for stop in done.stops] == [(ill.pk, True)]


def test_without_room_unhealthy_tasks_are_stopped_one_after_the_other_keeping_the_minimum() -> None:
    found = service(checked(U), checked(U), desired=2, minimum_healthy_percent=50, maximum_percent=100)
    made = first(found)

    assert (len(made.starts), len(made.stops)) == (0, 1)


def test_unhealthy_within_the_grace_period_is_forgiven_until_it_ends() -> None:
    ill = checked(U, started_at=NOW - timedelta(seconds=10))
    found = service(ill, desired=1, health_check_grace_period=timedelta(seconds=60))
    made = first(found)

    assert not made.starts
    assert made.next_look_at == NOW + timedelta(seconds=50)


def test_a_service_is_steady_only_with_healthy_tasks() -> None:
    assert first(service(checked(N), desired=1, is_steady=True)).is_steady is False
    assert first(service(checked(H), desired=1)).is_steady is True


def test_an_unhealthy_daemon_is_replaced_on_its_instance() -> None:
    ill = checked(U)
    daemon = service(ill, desired=1, scheduling_strategy=SchedulingStrategy.DAEMON, minimum_healthy_percent=0)
    made = first(daemon, machines=1)

    assert [(stop.task_pk, stop.is_unhealthy) for stop in made.stops] == [(ill.pk, True)]
