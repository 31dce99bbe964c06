"""Container instances in AWS's shape."""

from __future__ import annotations

from collections.abc import Iterable

from ecsweb.controlplane.descriptions.shapes import Shape, present
from ecsweb.domain.statuses import BEFORE_RUNNING, STATUSES_BEFORE_STOPPED, TaskStatus
from ecsweb.models import ContainerInstance


def _resource(name: str, value: int | Iterable[str]) -> Shape:
    """Return a Resource, which always carries every member (`ecs-facts.md` 3.1)."""
    is_number = isinstance(value, int)
    shape: Shape = {
        "name": name,
        "type": "INTEGER" if is_number else "STRINGSET",
        "doubleValue": 0.0,
        "longValue": 0,
        "integerValue": value if isinstance(value, int) else 0,
    }
    if not isinstance(value, int):
        shape["stringSetValue"] = list(value)
    return shape


def describe_container_instance(instance: ContainerInstance, include: Iterable[str] = ()) -> Shape:
    """Return a container instance with registered and remaining resources (`ecs-facts.md` 3.1).

    With `CONTAINER_INSTANCE_HEALTH` in `include` also whether its container runtime is known to work.
    """
    tasks = list(instance.tasks.filter(last_status__in=STATUSES_BEFORE_STOPPED))
    used_tcp = sorted({*instance.reserved_tcp_ports, *(port for t in tasks for port in t.tcp_ports)})
    used_udp = sorted({*instance.reserved_udp_ports, *(port for t in tasks for port in t.udp_ports)})
    return present(
        {
            "containerInstanceArn": instance.arn,
            "ec2InstanceId": instance.ec2_instance_id,
            "version": instance.version,
            "versionInfo": instance.version_info,
            "registeredResources": [
                _resource("CPU", instance.registered_cpu),
                _resource("MEMORY", instance.registered_memory),
                _resource("PORTS", [str(port) for port in instance.reserved_tcp_ports]),
                _resource("PORTS_UDP", [str(port) for port in instance.reserved_udp_ports]),
            ],
            "remainingResources": [
                _resource("CPU", instance.registered_cpu - sum(t.cpu for t in tasks)),
                _resource("MEMORY", instance.registered_memory - sum(t.memory for t in tasks)),
                _resource("PORTS", [str(port) for port in used_tcp]),
                _resource("PORTS_UDP", [str(port) for port in used_udp]),
            ],
            "status": instance.status,
            "agentConnected": instance.agent_connected,
            "runningTasksCount": sum(1 for t in tasks if t.last_status == TaskStatus.RUNNING),
            "pendingTasksCount": sum(1 for t in tasks if t.last_status in BEFORE_RUNNING),
            "attributes": instance.attributes,
            "registeredAt": instance.registered_at,
            "capacityProviderName": instance.capacity_provider or None,
            "attachments": [],
            "tags": instance.tags,
            "healthStatus": _health(instance) if "CONTAINER_INSTANCE_HEALTH" in include else None,
        }
    )


def _health(instance: ContainerInstance) -> Shape:
    """Return the runtime's health: the agent that is connected has just looked; of one that is not nobody knows."""
    status = "OK" if instance.agent_connected else "INSUFFICIENT_DATA"
    changed_at = instance.agent_connection_changed_at.timestamp()
    detail = {"type": "CONTAINER_RUNTIME", "status": status, "lastUpdated": changed_at, "lastStatusChange": changed_at}
    return {"overallStatus": status, "details": [detail]}
