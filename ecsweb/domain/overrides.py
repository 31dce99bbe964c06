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


def overridden(document: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Return the task definition's document as the call's overrides change it (`ecs-facts.md` 5.1).

    SIMPLIFIED: `environmentFiles`, `resourceRequirements`, `ephemeralStorage` are kept and shown, and change nothing.

    Raises InvalidParameterException for a container that the definition does not have, and ClientException for values
    that a registration would refuse: a negative one would give an instance more than it has.
    """
    changed = {**document, **{key: overrides[key] for key in ("cpu", "memory") if overrides.get(key)}}
    by_name = {entry.get("name"): entry for entry in overrides.get("containerOverrides", [])}
    names = {container["name"] for container in document["containerDefinitions"]}
    for name in by_name:
        if name not in names:
            raise InvalidParameterException(
                f"Override for container named {name} is not a container in the TaskDefinition.", field="overrides"
            )
    changed["containerDefinitions"] = [
        _container_overridden(container, by_name.get(container["name"], {}))
        for container in document["containerDefinitions"]
    ]
    return _checked(changed)


def _checked(changed: dict[str, Any]) -> dict[str, Any]:
    cpu, memory = task_cpu_units(changed), task_memory_mib(changed)
    for container in changed["containerDefinitions"]:
        check_container_memory(container, memory, "overrides")
        for rule in CONTAINER_RULES:
            rule(container, "overrides")
    check_sums(changed)
    given = {key: str(value) for key, value in (("cpu", cpu), ("memory", memory)) if value is not None}
    return {**changed, **given}


def _container_overridden(container: Mapping[str, Any], entry: Mapping[str, Any]) -> dict[str, Any]:
    changed = {**container, **{k: entry[k] for k in ("command", "cpu", "memory", "memoryReservation") if k in entry}}
    if entry.get("environment"):
        variables = {v.get("name"): v for v in (*container.get("environment", ()), *entry["environment"])}
        changed["environment"] = list(variables.values())
    return changed
