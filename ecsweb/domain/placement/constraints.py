"""Step 2 of placement: constraints, which bind (`ecs-facts.md` 5.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ecsweb.domain.errors import InvalidParameterException
from ecsweb.domain.placement.expressions import Expression, Facts, Matcher, parse
from ecsweb.domain.placement.filters import DISTINCT_INSTANCE, MEMBER_OF, Exclusion
from ecsweb.domain.snapshots import ClusterSnapshot, InstanceSnapshot

MOST_CONSTRAINTS = 10


@dataclass(frozen=True, slots=True)
class Constraint:
    """`distinctInstance` (no expression) or `memberOf` with its expression and the text it was written as."""

    expression: Expression | None = None
    text: str = ""


def constraints_of(asked: Sequence[Mapping[str, Any]], matches: Matcher) -> tuple[Constraint, ...]:
    """Return the constraints of a call and its task definition. Raises InvalidParameterException with AWS's texts."""
    if len(asked) > MOST_CONSTRAINTS:
        raise InvalidParameterException(
            f"Maximum number of placement constraints is {MOST_CONSTRAINTS}.", field="placementConstraints"
        )
    return tuple(_constraint(entry, matches) for entry in asked)


def _constraint(entry: Mapping[str, Any], matches: Matcher) -> Constraint:
    kind, text = entry.get("type"), str(entry.get("expression") or "")
    if kind == "distinctInstance":
        if text:
            raise InvalidParameterException(
                "distinctInstance expression should not be specified.", field="placementConstraints"
            )
        return Constraint()
    if kind != "memberOf":
        raise InvalidParameterException("A placement constraint must have a type.", field="placementConstraints")
    try:
        return Constraint(parse(text, matches), text)
    except InvalidParameterException as error:
        raise InvalidParameterException(error.message, field="placementConstraints") from error


def facts_of(instance: InstanceSnapshot, cluster: ClusterSnapshot) -> Facts:
    """Return what expressions may ask of an instance; tasks that are being stopped still stand on it."""
    tasks = [task for task in cluster.tasks if task.instance_pk == instance.pk]
    return Facts(
        agent_connected=instance.agent_connected,
        agent_version=instance.agent_version,
        ec2_instance_id=instance.ec2_instance_id,
        registered_at=instance.registered_at,
        running_tasks=sum(1 for task in tasks if task.is_running),
        attributes=instance.attributes,
        groups=frozenset(task.group for task in tasks),
    )


def violated(
    constraints: Sequence[Constraint], instance: InstanceSnapshot, cluster: ClusterSnapshot, *, group: str
) -> tuple[Exclusion, ...]:
    """Return an exclusion for each constraint that keeps a task of `group` off the instance."""
    if not constraints:
        return ()
    facts = facts_of(instance, cluster)
    found: list[Exclusion] = []
    for constraint in constraints:
        if constraint.expression is None:
            if any(t.instance_pk == instance.pk and t.group == group and t.is_wanted for t in cluster.tasks):
                found.append(Exclusion(DISTINCT_INSTANCE, detail=group))
        elif not constraint.expression(facts):
            found.append(Exclusion(MEMBER_OF, detail=constraint.text))
    return tuple(found)
