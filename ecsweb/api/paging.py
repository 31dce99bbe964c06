"""`maxResults` and `nextToken` of List operations: the token is opaque and good for the same list only."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

from ecsweb.domain.errors import InvalidParameterException


def page(values: Sequence[str], params: Mapping[str, Any], *, key: str, default: int = 100) -> dict[str, Any]:
    """Return `{key: a page of values}`, with `nextToken` where more follow. Raises InvalidParameterException."""
    size = params.get("maxResults", default)
    if not 1 <= size <= 100:
        raise InvalidParameterException("maxResults must be from 1 to 100.", field="maxResults")
    start = _start(params.get("nextToken"), key=key, length=len(values))
    answer: dict[str, Any] = {key: list(values[start : start + size])}
    if start + size < len(values):
        answer["nextToken"] = base64.urlsafe_b64encode(f"{key}:{start + size}".encode()).decode()
    return answer


def _start(token: str | None, *, key: str, length: int) -> int:
    if token is None:
        return 0
    try:
        name, _, number = base64.urlsafe_b64decode(token.encode("ascii")).decode("ascii").partition(":")
        start = int(number)
    except (ValueError, binascii.Error) as error:
        raise InvalidParameterException("Invalid token.", field="nextToken") from error
    if name != key or not 0 <= start <= length:
        raise InvalidParameterException("Invalid token.", field="nextToken")
    return start
