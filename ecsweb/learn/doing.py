"""What was ordered rightly is made for real: call by call through the one door, until one is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Template
from typing import Any

from ecsweb.api import call
from ecsweb.api.principal import Principal
from ecsweb.domain.errors import EcsError
from ecsweb.learn.live import Live, last_part
from ecsweb.learn.ordering import Ordering, Step, document_of


@dataclass(frozen=True, slots=True)
class Done:
    """A call that was made, left out because its result stands already, or refused; and the page of what it made."""

    operation: str
    params: Mapping[str, Any]
    refused: str = ""
    is_left_out: bool = False
    page: str = ""
    args: tuple[str, ...] = ()


def make_it_real(
    ordering: Ordering, given: Sequence[str], names: Mapping[str, Any], principal: Principal
) -> list[Done]:
    """Make the calls of the lines, in the order given, then those of the ordering; stop at the first refusal."""
    by_key = {line.key: line for line in ordering.lines}
    lines = [by_key[key] for key in given if key in by_key]
    steps = [line.call for line in lines if line.call] + list(ordering.calls)
    done: list[Done] = []
    for step in steps:
        params = document_of(lines) if step.is_document else filled(step.params, {**names, "region": principal.region})
        done.append(_do(step, params, principal))
        if done[-1].refused:
            break
    return done


def _do(step: Step, params: dict[str, Any], principal: Principal) -> Done:
    try:
        if step.unless and Live(principal).search(step.unless):
            return Done(step.operation, params, is_left_out=True)
        answer = call(principal, step.operation, params)
    except EcsError as error:
        return Done(step.operation, params, refused=f"{error.code}: {error.message}")
    if answer.get("failures"):
        return Done(step.operation, params, refused=str(answer["failures"][0].get("reason", "")))
    page, args = page_of(answer, params)
    return Done(step.operation, params, page=page, args=args)


def page_of(answer: Mapping[str, Any], params: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """Return the page of what a call made, and what that is addressed by."""
    cluster = last_part(str(params.get("cluster", "")))
    match answer:
        case {"taskDefinition": {"taskDefinitionArn": arn}}:
            return "task-definition", (last_part(arn),)
        case {"service": {"serviceName": name}}:
            return "service", (cluster, name)
        case {"tasks": [{"taskArn": arn}, *_]}:
            return "task", (cluster, last_part(arn))
        case {"containerInstance": {"containerInstanceArn": arn}}:
            return "instance", (cluster, last_part(arn))
        case {"cluster": {"clusterName": name}}:
            return "cluster", (name,)
        case _:
            return ("task", (cluster, last_part(str(params["task"])))) if "task" in params else ("", ())


def filled(value: Any, names: Mapping[str, Any]) -> Any:
    """Return parameters with the `$names` in their texts filled in."""
    if isinstance(value, str):
        return Template(value).substitute(names)
    if isinstance(value, Mapping):
        return {key: filled(one, names) for key, one in value.items()}
    return [filled(one, names) for one in value] if isinstance(value, list) else value
