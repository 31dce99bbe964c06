"""A call as the boto3 code that makes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore import xform_name

from ecsweb.api.model import service_and_name

STEP = "    "
ONE_LINE = 88


def boto3_code(operation: str, params: Mapping[str, Any], *, endpoint: str = "", region: str = "") -> str:
    """Return a small program that makes the call; `endpoint` and `region` are written where they are given."""
    ways = "".join(
        f', {name}="{value}"' for name, value in (("endpoint_url", endpoint), ("region_name", region)) if value
    )
    service, name = service_and_name(operation)
    call = f"{service}.{xform_name(name)}"
    return f'import boto3\n\n{service} = boto3.client("{service}"{ways})\nanswer = {_call(call, params)}\n'


def _call(name: str, params: Mapping[str, Any]) -> str:
    line = f"{name}({', '.join(f'{key}={_flat(value)}' for key, value in params.items())})"
    if len(line) <= ONE_LINE:
        return line
    return "\n".join([f"{name}(", *(f"{STEP}{key}={_value(value, 1)}," for key, value in params.items()), ")"])


def _flat(value: object) -> str:
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_quoted(str(key))}: {_flat(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flat(one) for one in value) + "]"
    return repr(value)


def _quoted(text: str) -> str:
    """Return a Python literal, with double quotes where that needs no escaping."""
    plain = repr(text)
    return f'"{plain[1:-1]}"' if plain[0] == "'" and '"' not in text and "\\'" not in plain else plain


def _value(value: object, depth: int) -> str:
    flat = _flat(value)
    if len(flat) + len(STEP) * depth <= ONE_LINE - 20 or not isinstance(value, list | Mapping):
        return flat
    inner, outer = STEP * (depth + 1), STEP * depth
    if isinstance(value, Mapping):
        lines = [f"{inner}{_quoted(str(key))}: {_value(one, depth + 1)}," for key, one in value.items()]
        return "\n".join(["{", *lines, f"{outer}}}"])
    return "\n".join(["[", *(f"{inner}{_value(one, depth + 1)}," for one in value), f"{outer}]"])
