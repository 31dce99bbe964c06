"""What the short texts of a call may hold: client token, startedBy, group, overrides (`ecs-facts.md` 1.2)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from ecsweb.domain.errors import InvalidParameterException

LONGEST_GROUP = 255
LARGEST_OVERRIDES = 8192
_PRINTABLE = re.compile(r"[!-~]*")
_WORD = re.compile(r"[a-zA-Z0-9_/-]*")


def check_client_token(token: str, *, longest: int) -> None:
    """Raise InvalidParameterException for a token that is too long or holds other than ASCII 33-126."""
    if len(token) > longest or not _PRINTABLE.fullmatch(token):
        raise InvalidParameterException(
            f"clientToken can have at most {longest} characters, which are printable ASCII without spaces.",
            field="clientToken",
        )


def check_started_by(text: str, *, longest: int) -> None:
    """Raise InvalidParameterException: letters, digits, `-`, `/`, `_`; RunTask 128, StartTask 36."""
    if len(text) > longest or not _WORD.fullmatch(text):
        raise InvalidParameterException(
            f"startedBy can have at most {longest} letters (uppercase and lowercase), numbers, hyphens, forward "
            "slashes and underscores.",
            field="startedBy",
        )


def check_group(name: str) -> None:
    """Raise InvalidParameterException for a long name, or one that belongs to a service's tasks (4.6)."""
    if name.startswith("service:"):
        raise InvalidParameterException("A group beginning with service: belongs to a service.", field="group")
    if len(name) > LONGEST_GROUP:
        raise InvalidParameterException(f"group can have at most {LONGEST_GROUP} characters.", field="group")


def check_overrides_size(overrides: Mapping[str, Any]) -> None:
    """Raise InvalidParameterException for overrides whose JSON has more than 8192 characters."""
    if len(json.dumps(overrides, ensure_ascii=False, separators=(",", ":"))) > LARGEST_OVERRIDES:
        raise InvalidParameterException(
            f"overrides can have at most {LARGEST_OVERRIDES} characters of JSON.", field="overrides"
        )
