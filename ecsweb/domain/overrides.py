"""What a RunTask call may change of a task definition for its own tasks (`ecs-facts.md` 5.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ecsweb.domain.errors import InvalidParameterException
from ecsweb.domain.task_definitions import (
    CONTAINER_RULES,
    check_container_memory,
    check_sums,
    task_cpu_units,
    task_memory_mib,
)

# Where a call keeps what it changes of containers.
CONTAINERS = "overrides.containerOverrides"


def overridden(document: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Return the task definition's document as the call's overrides change it (`ecs-facts.md` 5.1).

    SIMPLIFIED: `environmentFiles`, `resourceRequirements`, `ephemeralStorage` are kept and shown, and change nothing.

    Raises InvalidParameterException for a container that the definition does not have, and ClientException for values
    that a registration would refuse: a negative one would give an instance more than it has.
    """
    changed = {**document, **{key: overrides[key] for key in ("cpu", "memory") if overrides.get(key)}}
    entries = list(overrides.get("containerOverrides") or ())
    names = {container["name"] for container in document["containerDefinitions"]}
    for index, entry in enumerate(entries):
        if entry.get("name") not in names:
            raise InvalidParameterException(
                f"Override for container named {entry.get('name')} is not a container in the TaskDefinition.",
                field=f"{CONTAINERS}.{index}.name",
            )
    by_name = {entry["name"]: entry for entry in entries}
    changed["containerDefinitions"] = [
        _container_overridden(container, by_name.get(container["name"], {}))
        for container in document["containerDefinitions"]
    ]
    return _checked(changed, {entry["name"]: f"{CONTAINERS}.{index}" for index, entry in enumerate(entries)})


def _checked(changed: dict[str, Any], paths: Mapping[str, str]) -> dict[str, Any]:
    """Check what came of it; `paths` say where in the call each container's override stands."""
    cpu, memory = task_cpu_units(changed), task_memory_mib(changed)
    for container in changed["containerDefinitions"]:
        path = paths.get(container["name"], "overrides")
        check_container_memory(container, memory, path)
        for rule in CONTAINER_RULES:
            rule(container, path)
    check_sums(changed)
    given = {key: str(value) for key, value in (("cpu", cpu), ("memory", memory)) if value is not None}
    return {**changed, **given}


def _container_overridden(container: Mapping[str, Any], entry: Mapping[str, Any]) -> dict[str, Any]:
    changed = {**container, **{k: entry[k] for k in ("command", "cpu", "memory", "memoryReservation") if k in entry}}
    if entry.get("environment"):
        variables = {v.get("name"): v for v in (*container.get("environment", ()), *entry["environment"])}
        changed["environment"] = list(variables.values())
    return changed
