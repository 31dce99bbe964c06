"""A call in the words of other tools, each ready to be copied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ecsweb.api.renderers import boto3_code, cli_command, cloudformation_template
from ecsweb.models import Event
from ecsweb.web.panels.values import Words
from ecsweb.web.requests import PageRequest


def words_of(
    request: PageRequest, made_by: Event | None, described: tuple[str, Mapping[str, Any]], *, docker: Sequence[str] = ()
) -> tuple[Words, ...]:
    """Return the tabs: the call that made the thing, where it is known, else the one that describes it."""
    operation, params = described
    if made_by is not None and ":" not in str(made_by.detail["operation"]):
        operation, params = str(made_by.detail["operation"]), made_by.detail["parameters"]
    endpoint, region = f"{request.scheme}://{request.get_host()}", request.principal.region
    found = [
        Words("CLI", cli_command(operation, params, endpoint=endpoint)),
        Words("boto3", boto3_code(operation, params, endpoint=endpoint, region=region)),
    ]
    if template := cloudformation_template(operation, params):
        found.append(Words("CloudFormation", template))
    if docker:
        found.append(Words("docker", "\n".join(docker)))
    return tuple(found)
