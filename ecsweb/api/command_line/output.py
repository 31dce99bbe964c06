"""An answer as the AWS CLI prints it: JSON, table, YAML or text, after `--query`."""

from __future__ import annotations

import argparse
import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import jmespath
import yaml
from awscli.formatter import get_formatter
from botocore.model import ListShape, MapShape, Shape, StructureShape
from django.utils.translation import gettext as _
from jmespath.exceptions import JMESPathError

from ecsweb.api.command_line.parsing import Command, UsageError
from ecsweb.api.model import service_and_name, service_model

# More than anybody reads on a page.
LONGEST_OUTPUT = 100_000


def shown(command: Command, answer: Mapping[str, Any]) -> str:
    """Return the answer as text. Raises UsageError for a query that is none."""
    value: Any = _readable(output_shape(command.operation), answer)
    if command.query:
        try:
            value = jmespath.search(command.query, value)
        except (JMESPathError, ValueError, TypeError, RecursionError) as error:
            lead = _("The value of --query is not understood: %(query)s") % {"query": command.query[:200]}
            raise UsageError(str(error), lead=lead) from error
    text = _as_text(command, value)
    if len(text) > LONGEST_OUTPUT:
        more = _("… %(count)s characters more: narrow it down with --query.") % {"count": len(text) - LONGEST_OUTPUT}
        return f"{text[:LONGEST_OUTPUT]}\n{more}"
    return text


def output_shape(operation: str) -> Shape | None:
    """Return the shape of an operation's answer, or None where AWS answers nothing."""
    service, name = service_and_name(operation)
    shape: Any = service_model(service).operation_model(name).output_shape
    return shape if isinstance(shape, Shape) else None


def _as_text(command: Command, value: Any) -> str:
    if command.output == "json":
        return json.dumps(value, indent=4, ensure_ascii=False, default=str)
    if command.output == "yaml":
        return str(yaml.safe_dump(value, sort_keys=False, allow_unicode=True))
    stream = io.StringIO()
    formatter = get_formatter(command.output, argparse.Namespace(query=None, color="off", output=command.output))
    # The CLI's own formatters take what is no structure for one that has nothing to say.
    formatter(service_and_name(command.operation)[1], value if isinstance(value, dict | list) else [value], stream)
    return stream.getvalue()


def _readable(shape: Shape | None, value: Any) -> Any:
    """Return the answer with times as the CLI prints them; on the wire they are seconds."""
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        return {key: _readable(shape.members.get(key), inner) for key, inner in value.items()}
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [_readable(shape.member, inner) for inner in value]
    if isinstance(shape, MapShape) and isinstance(value, Mapping):
        return dict(value)
    if shape is not None and shape.type_name == "timestamp" and isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC).isoformat(timespec="milliseconds")
    return value
