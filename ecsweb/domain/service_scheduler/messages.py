"""Service event messages, ECS's literal texts (`ecs-facts.md` 6.8).

SIMPLIFIED: what only a fault or a limit of AWS itself makes ECS say is never said here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ecsweb.domain.capacity.fargate import LIMIT, LIMIT_REACHED
from ecsweb.domain.capacity.waiting import EMPTY_PROVIDER, NO_PROVIDER_INSTANCES, WAITING_LIMIT
from ecsweb.domain.placement.filters import AGENT, ATTRIBUTE, CPU, MEMORY, PORTS
from ecsweb.domain.placement.scheduler import ACCOUNT_LIMIT, NO_INSTANCES, Decision
from ecsweb.domain.service_scheduler.replica import DEPLOYMENT_BLOCKED

_TAIL = " For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
_CLOSEST = {
    CPU: "has insufficient CPU units available.",
    MEMORY: "has insufficient memory available.",
    PORTS: "is already using a port required by your task.",
    ATTRIBUTE: "is missing an attribute required by your task.",
    AGENT: 'encountered error "AGENT".',
}


def _ids(task_ids: Sequence[str]) -> str:
    return " ".join(f"(task {task_id})" for task_id in task_ids)


def subject(service: str, task_set_id: str) -> str:
    """Return what a message names as the service: with its task set where it is about one."""
    return f"{service}, taskSet {task_set_id}" if task_set_id else service


def started(service: str, task_ids: Sequence[str], *, replaced: int = 0) -> str:
    """Return the message about started tasks; AWS keeps the plural for one. `replaced` of them are for ill ones."""
    stem = f"(service {service}) has started {len(task_ids)} tasks: {_ids(task_ids)}."
    return f"{stem} Amazon ECS replaced {replaced} tasks due to an unhealthy status." if replaced else stem


def failed_health_checks(service: str, task_id: str) -> str:
    """Return the message about a task that is stopped for its health."""
    return f"(service {service}) (task {task_id}) failed container health checks."


def constraint_violated(service: str, task_id: str) -> str:
    """Return the message about a DAEMON's task whose instance no longer meets the constraints.

    SIMPLIFIED: AWS publishes the event's name, not its words.
    """
    return f"(service {service}) (task {task_id}) no longer satisfies the placement constraints of the service."


def stopped(service: str, task_ids: Sequence[str]) -> str:
    """Return the message about stopped running tasks."""
    return f"(service {service}) has stopped {len(task_ids)} running tasks: {_ids(task_ids)}."


def stopped_pending(service: str, count: int) -> str:
    """Return the message about tasks stopped before they ran."""
    return f"(service {service}) stopped {count} pending tasks."


def deployment_completed(service: str, deployment_id: str) -> str:
    """Return the message at the end of a roll-out."""
    return f"(service {service}) (deployment {deployment_id}) deployment completed."


def deployment_failed(service: str, deployment_id: str) -> str:
    """Return the message of a tripped circuit breaker."""
    return f"(service {service}) (deployment {deployment_id}) deployment failed: tasks failed to start."


def deployment_stopped(service: str, deployment_id: str) -> str:
    """Return the message of a deployment that somebody stopped.

    SIMPLIFIED: AWS's words for it are not published.
    """
    return f"(service {service}) (deployment {deployment_id}) deployment stopped by user."


def rolling_back(service: str, deployment_id: str) -> str:
    """Return the message of the way back to an earlier deployment."""
    return f"(service {service}) rolling back to deployment {deployment_id}."


def steady(service: str) -> str:
    """Return the message of steady state."""
    return f"(service {service}) has reached a steady state."


def impaired(service: str) -> str:
    """Return the message when tasks keep failing before RUNNING."""
    return f"(service {service}) is unable to consistently start tasks successfully.{_TAIL}"


def unplaced(service: str, decision: Decision) -> str:
    """Return the message when no instance met all requirements, naming the closest one."""
    stem = f"(service {service}) was unable to place a task because no container instance met all of its requirements."
    closest = decision.closest
    if decision.reason == NO_INSTANCES or closest is None or closest.exclusion is None:
        return f"{stem} Reason: No Container Instances were found in your cluster.{_TAIL}"
    why = _CLOSEST.get(closest.exclusion.rule, f'encountered error "{closest.exclusion.rule}".')
    return f"{stem} The closest matching (container-instance {closest.instance.instance_id}) {why}{_TAIL}"


def blocked(service: str) -> str:
    """Return the message when minimum and maximum percent leave no move."""
    return (
        f"(service {service}) was unable to stop or start tasks during a deployment because of the service deployment "
        "configuration. Update the minimumHealthyPercent or maximumPercent value and try again."
    )


def no_provider_instances(service: str) -> str:
    """Return the message when a capacity provider without managed scaling has no instances."""
    return f"(service {service}) was unable to reach steady state. Reason: {NO_PROVIDER_INSTANCES}"


def waiting_limit(service: str) -> str:
    """Return the message when as many tasks of the cluster wait for capacity as may."""
    return (
        f"(service {service}) was unable to place tasks in your cluster because the tasks provisioning capacity limit "
        "was exceeded."
    )


def not_balanced(service: str, counts: Sequence[tuple[str, int]]) -> str:
    """Return the message at the beginning of a step of AZ rebalancing."""
    return f"(service {service}) is not AZ balanced with {_zones(counts)}. AZ Rebalancing in progress."


def started_to_rebalance(service: str, zone: str, task_id: str) -> str:
    """Return the message about the task that was started in the emptier zone."""
    return f"(service {service}) has started 1 tasks in {zone} to AZ Rebalance: (task {task_id})."


def stopped_to_rebalance(service: str, zone: str, task_id: str) -> str:
    """Return the message about the task that was stopped in the fuller zone."""
    return f"(service {service}) has stopped 1 running tasks in {zone} due to AZ rebalancing: (task {task_id})."


def balanced(service: str, counts: Sequence[tuple[str, int]]) -> str:
    """Return the message at the end of AZ rebalancing."""
    return f"(service {service}) is AZ balanced with {_zones(counts)}."


def _zones(counts: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"{count} tasks in {zone}" for zone, count in counts)


def protected(service: str, deployment_id: str, count: int) -> str:
    """Return the message when protected tasks keep a service from scaling in."""
    return (
        f"(service {service}) was unable to reach steady state because (taskSet {deployment_id}) was unable to scale "
        f"in due to (reason {count} tasks under protection)"
    )


def placement_reason(code: str) -> str:
    """Return ECS's code for the event of a placement failure (`ecs-facts.md` 4.3, 6.8); nothing for what has none."""
    silent = dict.fromkeys((DEPLOYMENT_BLOCKED, LIMIT, ACCOUNT_LIMIT, WAITING_LIMIT), "")
    return {**silent, NO_INSTANCES: "NO ACTIVE INSTANCES"}.get(code, code)


# What is said without looking at an instance.
_ABOUT_ALL: Mapping[str, Callable[[str], str]] = {
    DEPLOYMENT_BLOCKED: blocked,
    EMPTY_PROVIDER: no_provider_instances,
    WAITING_LIMIT: waiting_limit,
}


def placement_failure(service: str, code: str, decision: Decision | None) -> str | None:
    """Return the message for a new placement failure, or None when nothing is to be said."""
    if code in _ABOUT_ALL:
        return _ABOUT_ALL[code](service)
    if code in {LIMIT, ACCOUNT_LIMIT}:
        return f"(service {service}) was unable to place a task. Reason: {LIMIT_REACHED}."
    return unplaced(service, decision) if code and decision else None
