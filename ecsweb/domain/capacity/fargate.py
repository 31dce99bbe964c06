"""FARGATE: capacity without a container instance (`ecs-facts.md` 2.3, 2.8, 5.1)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from ecsweb.domain.capacity.definitions import is_fargate_compatible, is_fargate_size
from ecsweb.domain.errors import (
    ClientException,
    InvalidParameterException,
    PlatformUnknownException,
    UnsupportedFeatureException,
)
from ecsweb.domain.placement.scheduler import Decision, choose
from ecsweb.domain.placement.strategies import DEFAULT_SPREAD
from ecsweb.domain.resources import Demand
from ecsweb.domain.snapshots import ClusterSnapshot
from ecsweb.domain.statuses import LaunchType
from ecsweb.domain.task_definitions.requirements import ADVERTISED_CAPABILITIES

# SIMPLIFIED: the one platform version that AWS runs new tasks on; older ones are unknown here.
PLATFORM_VERSION = "1.4.0"
# GiB where the task definition says nothing.
EPHEMERAL_STORAGE = 20
ZONES = ("a", "b", "c")
# SIMPLIFIED: AWS counts the vCPUs of an account in a region; here one machine carries all, so tasks of a cluster count.
MOST_TASKS = 30
LIMIT = "FARGATE_LIMIT"
LIMIT_REACHED = "You've reached the limit on the number of tasks you can run concurrently"
# No machine is the account's own there: no Docker volumes, which would stay on it.
OFFERED = frozenset(ADVERTISED_CAPABILITIES) - {"ecs.capability.docker-plugin.local"}


def check_fargate(document: Mapping[str, Any], attributes: Collection[str]) -> None:
    """Check that a definition, with the call's overrides, can run on FARGATE.

    Raises InvalidParameterException for one that is not made for it, ClientException for a size that there is not,
    UnsupportedFeatureException for what no capacity here offers (on EC2 placement says ATTRIBUTE).
    """
    if document.get("networkMode") == "awsvpc" and document.get("cpu") and document.get("memory"):
        cpu, memory = document["cpu"], document["memory"]
        if not is_fargate_size(cpu, memory):
            raise ClientException(
                f"No Fargate configuration exists for given values: {cpu} CPU, {memory} memory", field="overrides"
            )
    if not is_fargate_compatible(document):
        raise InvalidParameterException("Task definition does not support launch_type FARGATE.", field="taskDefinition")
    if missing := sorted(set(attributes) - OFFERED):
        raise UnsupportedFeatureException(
            f"FARGATE tasks with {missing[0]} are not built here.", field="taskDefinition"
        )


def not_with_fargate(*, has_constraints: bool) -> InvalidParameterException:
    """Return the error for placement constraints or strategies: there is nothing to choose among."""
    if has_constraints:
        text, field = "Placement constraints are not supported with FARGATE launch type.", "placementConstraints"
    else:
        text, field = "Placement strategies are not supported with FARGATE launch type.", "placementStrategy"
    return InvalidParameterException(text, field=field)


def check_platform_version(version: str | None, launch_type: LaunchType) -> None:
    """Check `platformVersion`. Raises PlatformUnknownException, InvalidParameterException where it means nothing."""
    if version and launch_type is not LaunchType.FARGATE:
        raise InvalidParameterException(
            "The platform version must be null when specifying an EC2 launch type.", field="platformVersion"
        )
    if version and version not in {"LATEST", PLATFORM_VERSION}:
        raise PlatformUnknownException(f"The platform version {version[:64]} does not exist.", field="platformVersion")


def choose_on_fargate(cluster: ClusterSnapshot, demand: Demand, *, group: str) -> Decision:
    """Choose a zone for a FARGATE task: the one with the fewest tasks of its group; up to MOST_TASKS.

    SIMPLIFIED: on AWS the subnets of the call name the zones; here each task may go to each of three.
    """
    hosts = replace(cluster, instances=cluster.fargate_hosts)
    pks = {host.pk for host in cluster.fargate_hosts}
    if sum(task.instance_pk in pks for task in cluster.tasks) >= MOST_TASKS:
        return Decision(rule="fargate", candidates=(), chosen=None, reason=LIMIT)
    decision = choose(hosts, demand, group=group, rule="fargate", strategies=DEFAULT_SPREAD)
    # What carries the task is hidden, also from the reasons.
    return replace(decision, candidates=())


def fargate_facts(document: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a description of a FARGATE task says beside that of an EC2 task."""
    storage = overrides.get("ephemeralStorage") or document.get("ephemeralStorage") or {}
    return {
        "platformVersion": PLATFORM_VERSION,
        "platformFamily": "Linux",
        "ephemeralStorage": {"sizeInGiB": storage.get("sizeInGiB", EPHEMERAL_STORAGE)},
    }
