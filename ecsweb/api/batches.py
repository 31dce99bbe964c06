"""Calls about several things at once: AWS's batch sizes, and what is not there named in `failures`, not raised."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from ecsweb.domain.errors import InvalidParameterException

Row = TypeVar("Row")


def limited(values: Sequence[str], *, most: int, field: str) -> Sequence[str]:
    """Return the values of a batch call. Raises InvalidParameterException above AWS's batch size (facts 11)."""
    if len(values) > most:
        raise InvalidParameterException(f"{field} can have at most {most} items.", field=field)
    return values


def described(
    references: Iterable[str],
    *,
    find: Callable[[str], Row | None],
    describe: Callable[[Row], dict[str, Any]],
    arn: Callable[[str], str],
) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """Return what Describe… answers: the shapes of those that are there, and a `MISSING` failure for each other."""
    found, failures = [], []
    for reference in references:
        row = find(reference)
        if row is None:
            failures.append({"arn": arn(reference), "reason": "MISSING"})
        else:
            found.append(describe(row))
    return found, failures


def with_tags_as_asked(describe: Callable[[Row], dict[str, Any]], include: Sequence[str]) -> Callable[[Row], Any]:
    """Return `describe`, with the tags only where `include` holds `TAGS`, as Describe… answers them."""
    if "TAGS" in include:
        return describe
    return lambda row: {**describe(row), "tags": []}
