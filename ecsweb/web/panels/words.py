"""A call in the words of other tools, each ready to be copied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ecsweb.api.model import operation_names
from ecsweb.api.renderers import boto3_code, cli_command, cloudformation_template
from ecsweb.models import Event
from ecsweb.web.panels.values import Action, Words
from ecsweb.web.requests import PageRequest


@dataclass(frozen=True, slots=True)
class Spelled:
    """A button's call as commands. `chosen` and `about` are the option of its choice that they are for."""

    words: Sequence[Words]
    chosen: str = ""
    about: str = ""


def words_of(
    request: PageRequest, made_by: Event | None, described: tuple[str, Mapping[str, Any]], *, docker: Sequence[str] = ()
) -> tuple[Words, ...]:
    """Return the tabs: the call that made the thing, where it is known, else the one that describes it."""
    operation, params = described
    if made_by is not None and made_by.detail["operation"] in operation_names():
        operation, params = str(made_by.detail["operation"]), made_by.detail["parameters"]
    found = all_words(request, operation, params)
    if docker:
        found.append(Words("docker", "\n".join(docker)))
    return tuple(found)


def call_words(request: PageRequest, operation: str, params: Mapping[str, Any]) -> list[Words]:
    """Return the command and the code that make a call of AWS's against this very server."""
    endpoint, region = f"{request.scheme}://{request.get_host()}", request.principal.region
    return [
        Words("CLI", cli_command(operation, params, endpoint=endpoint)),
        Words("boto3", boto3_code(operation, params, endpoint=endpoint, region=region)),
    ]


def all_words(request: PageRequest, operation: str, params: Mapping[str, Any]) -> list[Words]:
    """Return the command, the code, and the resource where one stands for the call."""
    template = cloudformation_template(operation, params)
    resource = [Words("CloudFormation", template)] if template else []
    return call_words(request, operation, params) + resource


def spelled(request: PageRequest, action: Action) -> list[Spelled]:
    """Return what a button will send as commands, one for each option of its choice, before it is pressed."""
    if action.instead:
        return [Spelled([action.instead])]
    options = action.choice.options if action.choice else [("", "")]
    return [
        Spelled(call_words(request, *made), chosen, about)
        for made, (chosen, about) in zip(action.calls, options, strict=True)
    ]
