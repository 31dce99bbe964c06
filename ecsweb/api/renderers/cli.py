"""A call as the `aws` command that makes it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

from botocore import xform_name

from ecsweb.api.model import service_and_name

# A value that begins so is not passed on as it is: the CLI reads what it points to, or takes it for JSON or an option.
READ_BY_THE_CLI = ("file://", "fileb://", "http://", "https://", "[", "{", "-")
ONE_LINE = 88


def cli_command(
    operation: str, params: Mapping[str, Any], *, endpoint: str = "", region: str = "", one_line: int = ONE_LINE
) -> str:
    """Return the `aws` command of one of AWS's operations, ready to be pasted into a POSIX shell.

    `endpoint` and `region` are added where they are given; what is longer than `one_line` has a line for each option.
    Example: ListTasks of cluster demo →
    `aws ecs list-tasks --cluster demo`.
    """
    service, name = service_and_name(operation)
    words = [f"aws {service} {xform_name(name, '-')}"]
    if endpoint:
        words.append(f"--endpoint-url {shlex.quote(endpoint)}")
    if region:
        words.append(f"--region {shlex.quote(region)}")
    words += _input(params)
    line = " ".join(words)
    return line if len(line) <= one_line and len(words) <= 4 else " \\\n  ".join(words)


def _input(params: Mapping[str, Any]) -> list[str]:
    if any(_is_read_by_the_cli(value) for value in params.values()):
        return [f"--cli-input-json {shlex.quote(json.dumps(params, ensure_ascii=False))}"]
    return [_option(name, value) for name, value in params.items()]


def _is_read_by_the_cli(value: object) -> bool:
    values = value if isinstance(value, list) else [value]
    return any(isinstance(one, str) and one.strip().startswith(READ_BY_THE_CLI) for one in values)


def _option(name: str, value: object) -> str:
    option = f"--{xform_name(name, '-')}"
    if isinstance(value, bool):
        return option if value else option.replace("--", "--no-", 1)
    if isinstance(value, list) and value and all(isinstance(one, str | int) for one in value):
        return f"{option} {' '.join(shlex.quote(str(one)) for one in value)}"
    if isinstance(value, list | Mapping):
        return f"{option} {shlex.quote(json.dumps(value, ensure_ascii=False))}"
    return f"{option} {shlex.quote(str(value))}"
