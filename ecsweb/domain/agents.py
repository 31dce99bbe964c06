"""What becomes of a container instance's agent, and of its machine, when somebody breaks it (`ecs-facts.md` 3.5, 8).

ECS only ever sees `agentConnected`; this is the other side, which a learner can touch here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from ecsweb.domain.errors import ClientException

AGENT_RESTARTS_AFTER = timedelta(seconds=60)


class AgentCondition(StrEnum):
    """How it is with the agent: at work, cut off from ECS, its process dead, or the whole machine stopped."""

    RUNNING = "RUNNING"
    DISCONNECTED = "DISCONNECTED"
    DEAD = "DEAD"
    HOST_STOPPED = "HOST_STOPPED"


# Operation → (how the agent may be before, how it is after).
TRANSITIONS: Mapping[str, tuple[frozenset[AgentCondition], AgentCondition]] = {
    "DisconnectAgent": (frozenset({AgentCondition.RUNNING}), AgentCondition.DISCONNECTED),
    "ReconnectAgent": (frozenset({AgentCondition.DISCONNECTED}), AgentCondition.RUNNING),
    "KillAgent": (frozenset({AgentCondition.RUNNING, AgentCondition.DISCONNECTED}), AgentCondition.DEAD),
    "RestartAgent": (frozenset({AgentCondition.DEAD}), AgentCondition.RUNNING),
    "StopInstance": (
        frozenset({AgentCondition.RUNNING, AgentCondition.DISCONNECTED, AgentCondition.DEAD}),
        AgentCondition.HOST_STOPPED,
    ),
    "StartInstance": (frozenset({AgentCondition.HOST_STOPPED}), AgentCondition.RUNNING),
}
# Why the agent is silent, as the instance's page and its event say it.
SILENCE: Mapping[AgentCondition, str] = {
    AgentCondition.RUNNING: "",
    AgentCondition.DISCONNECTED: "The connection between the agent and ECS is cut.",
    AgentCondition.DEAD: "The agent's process is dead.",
    AgentCondition.HOST_STOPPED: "The machine is stopped.",
}


def agent_condition_after(condition: AgentCondition, operation: str) -> AgentCondition:
    """Return how the agent is after the operation.

    Raises ClientException where it means nothing: an agent that is cut off cannot be cut off again.
    """
    allowed, after = TRANSITIONS[operation]
    if condition not in allowed:
        raise ClientException(
            f"{operation} is not possible: the agent is {condition}, not {' or '.join(sorted(allowed))}.",
            field="containerInstance",
        )
    return after


def possible_operations(condition: AgentCondition) -> tuple[str, ...]:
    """Return the operations that mean something in this condition, in the order of the table."""
    return tuple(operation for operation, (allowed, _after) in TRANSITIONS.items() if condition in allowed)


def mending_operation(condition: AgentCondition) -> str:
    """Return the operation that brings the agent back at once; empty where it is at work."""
    found = (name for name in possible_operations(condition) if TRANSITIONS[name][1] is AgentCondition.RUNNING)
    return next(found, "")


def agent_restarts_at(now: datetime, *, speed: float) -> datetime:
    """Return when a killed agent is started again by its host (ecs-init on AWS): after a minute, divided by `speed`."""
    return now + AGENT_RESTARTS_AFTER / speed


def is_restart_due(condition: AgentCondition, restarts_at: datetime | None, *, now: datetime) -> bool:
    """Tell whether a dead agent's host starts it again by now."""
    return condition is AgentCondition.DEAD and restarts_at is not None and restarts_at <= now


def host_gone(ec2_instance_id: str, *, is_terminated: bool) -> str:
    """Return ECS's literal `stoppedReason` of a task whose machine was terminated or stopped (`ecs-facts.md` 4.3)."""
    return f"Host EC2 (instance {ec2_instance_id}) {'terminated' if is_terminated else 'stopped'}."
