"""Operations of ours on an agent or its machine: what happens to hosts outside ECS, done on purpose."""

from __future__ import annotations

from typing import Any

from ecsweb.api.registry import Handler, Request, our_operation
from ecsweb.controlplane.descriptions import describe_container_instance
from ecsweb.controlplane.hosts import change_agent, lose_instance
from ecsweb.controlplane.references import get_cluster, get_container_instance
from ecsweb.domain.agents import TRANSITIONS
from ecsweb.domain.errors import InvalidParameterException
from ecsweb.models import ContainerInstance


def _instance(request: Request) -> ContainerInstance:
    reference, cluster = request.params.get("containerInstance"), request.params.get("cluster")
    if not isinstance(reference, str) or not isinstance(cluster, str | None):
        raise InvalidParameterException("containerInstance should not be null or empty.", field="containerInstance")
    return get_container_instance(get_cluster(request.account, request.region, cluster), reference)


WORDS = {
    "DisconnectAgent": "Cut the connection between an instance's agent and ECS; its containers run on.",
    "ReconnectAgent": "Mend the connection; the agent tells what became of its tasks.",
    "KillAgent": "End the agent's process; its machine starts it again after a while.",
    "RestartAgent": "Start a dead agent again at once.",
    "StopInstance": "Stop the machine: its containers end, the instance stays registered.",
    "StartInstance": "Start a stopped machine; its agent connects with the same ARN.",
}


def _agent_operation(name: str) -> Handler:
    def handle(request: Request) -> dict[str, Any]:
        instance = change_agent(_instance(request), name, now=request.now)
        return {"containerInstance": describe_container_instance(instance)}

    handle.__doc__ = WORDS[name]
    return handle


for _name in TRANSITIONS:
    our_operation(_name)(_agent_operation(_name))


@our_operation("LoseInstance")
def lose(request: Request) -> dict[str, Any]:
    """Terminate the instance's machine, as a failure or a Spot interruption would."""
    return {"containerInstance": describe_container_instance(lose_instance(_instance(request), now=request.now))}
