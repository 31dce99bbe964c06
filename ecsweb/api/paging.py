"""`maxResults` and `nextToken` of List operations: the token is opaque, good for a day and for one list only."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.core import signing

from ecsweb.domain.errors import InvalidParameterException

TOKEN_LASTS = timedelta(hours=24)
_SALT = "ecsweb.page"


def page(
    values: Sequence[Any], params: Mapping[str, Any], *, key: str, default: int = 100, most: int = 100
) -> dict[str, Any]:
    """Return `{key: a page of values}`, with `nextToken` where more follow. Raises InvalidParameterException."""
    size = params.get("maxResults", default)
    if not 1 <= size <= most:
        raise InvalidParameterException(f"maxResults must be from 1 to {most}.", field="maxResults")
    owner = str(values[0]).split(":", 5)[3:5] if values and str(values[0]).startswith("arn:") else []
    which = _which_list(params, key=key)
    start = _start(params.get("nextToken"), which=which, owner=owner)
    answer: dict[str, Any] = {key: list(values[start : start + size])}
    if start + size < len(values):
        answer["nextToken"] = signing.dumps([which, owner, start + size], salt=_SALT)
    return answer


def _which_list(params: Mapping[str, Any], *, key: str) -> str:
    """Return a digest of the list that a token belongs to: its key and the call's filters."""
    filters = {name: value for name, value in params.items() if name not in {"nextToken", "maxResults"}}
    text = json.dumps([key, filters], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _start(token: str | None, *, which: str, owner: list[str]) -> int:
    """Return where the page begins. `owner` is the region and account of the ARNs that the list holds now, if any."""
    if token is None:
        return 0
    try:
        found, of_whom, start = signing.loads(token, salt=_SALT, max_age=TOKEN_LASTS)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise InvalidParameterException("Invalid token.", field="nextToken") from error
    if found != which or (owner and owner != of_whom):
        raise InvalidParameterException("Invalid token.", field="nextToken")
    return int(start)
