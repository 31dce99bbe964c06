"""What `=~` means in the cluster query language: RE2, which never takes longer than the text is long."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import re2

LARGEST_PROGRAM = 1 << 20


@lru_cache(maxsize=500)
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.max_mem = LARGEST_PROGRAM
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        raise ValueError(f"{pattern[:40]!r} is no pattern: {error}") from error


def matches(pattern: str, value: str) -> bool:
    """Tell whether the pattern matches the whole value, as AWS's samples have it. Raises ValueError for a bad one.

    SIMPLIFIED: AWS takes Java's patterns, which know back-references and look-around; RE2 does not.
    """
    return _compiled(pattern).fullmatch(value) is not None
