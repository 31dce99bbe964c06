"""Tags: what a list of them may hold, and what becomes of a resource's when some are added or removed (facts 1.2)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from ecsweb.domain.errors import InvalidParameterException, LimitExceededException

Tag = dict[str, str]

MOST_TAGS = 50
LONGEST_KEY = 128
LONGEST_VALUE = 256
RESERVED_PREFIX = "aws:"
CLUSTER_NAME = "aws:ecs:clusterName"
SERVICE_NAME = "aws:ecs:serviceName"
_SIGNS = frozenset("_.:/=+-@")


def checked_tags(tags: Iterable[Mapping[str, str]], *, field: str = "tags") -> list[Tag]:
    """Return the tags of a call, each with key and value ("" where it has none).

    Raises InvalidParameterException with `field` ("tags.1.key"): more than 50, a key twice, an empty or long key or
    value, characters that AWS's tags have not, the prefix `aws:` in any case (`ecs-facts.md` 1.2).
    """
    found = [{"key": tag.get("key", ""), "value": tag.get("value", "")} for tag in tags]
    if len(found) > MOST_TAGS:
        raise InvalidParameterException(f"A resource can have at most {MOST_TAGS} tags.", field=field)
    seen: set[str] = set()
    for index, tag in enumerate(found):
        check_key(tag["key"], field=f"{field}.{index}.key")
        _check_text(tag["value"], "value", longest=LONGEST_VALUE, field=f"{field}.{index}.value")
        if tag["key"] in seen:
            raise InvalidParameterException(
                f"Duplicate tag keys found: {tag['key']}. A key may be given once.", field=f"{field}.{index}.key"
            )
        seen.add(tag["key"])
    return found


def check_key(key: str, *, field: str) -> None:
    """Raise InvalidParameterException for what is no tag's key."""
    if not key:
        raise InvalidParameterException("A tag's key must not be empty.", field=field)
    _check_text(key, "key", longest=LONGEST_KEY, field=field)


def _check_text(text: str, what: str, *, longest: int, field: str) -> None:
    if len(text) > longest:
        raise InvalidParameterException(f"A tag's {what} can have at most {longest} characters.", field=field)
    if text.lower().startswith(RESERVED_PREFIX):
        raise InvalidParameterException(f"A tag's {what} may not begin with {RESERVED_PREFIX}.", field=field)
    if not all(character in _SIGNS or unicodedata.category(character)[0] in "LNZ" for character in text):
        raise InvalidParameterException(
            f"A tag's {what} may hold letters, digits, spaces and _ . : / = + - @ only.", field=field
        )


def merged(existing: Sequence[Mapping[str, str]], given: Sequence[Tag]) -> list[Tag]:
    """Return the resource's tags after TagResource: a key that is there gets the new value, in its place.

    Raises LimitExceededException where they would become more than 50. Example: [a=1] and [a=2, b=3] → [a=2, b=3].
    """
    together = {tag["key"]: tag.get("value", "") for tag in [*existing, *given]}
    # AWS's own do not count.
    if sum(1 for key in together if not is_managed(key)) > MOST_TAGS:
        raise LimitExceededException(f"A resource can have at most {MOST_TAGS} tags.", field="tags")
    return [{"key": key, "value": value} for key, value in together.items()]


def without(existing: Sequence[Mapping[str, str]], keys: Iterable[str]) -> list[Tag]:
    """Return the resource's tags after UntagResource; a key that is not there is no error."""
    gone = set(keys)
    return [dict(tag) for tag in existing if tag["key"] not in gone]


def is_managed(key: str) -> bool:
    """Tell whether a tag is AWS's own, which nobody else gives or takes."""
    return key.lower().startswith(RESERVED_PREFIX)


def managed_tags(cluster: str, service: str = "") -> list[Tag]:
    """Return the tags of `enableECSManagedTags`: the names of the cluster and, for a service's task, of the service.

    `ecs-facts.md` 5.1. Example: "demo", "web" → aws:ecs:clusterName=demo, aws:ecs:serviceName=web.
    """
    names = {CLUSTER_NAME: cluster, SERVICE_NAME: service}
    return [{"key": key, "value": name} for key, name in names.items() if name]


def tags_of_task(
    given: Iterable[Mapping[str, str]], propagated: Iterable[Mapping[str, str]], managed: Iterable[Mapping[str, str]]
) -> list[Tag]:
    """Return a new task's tags: ECS's own, those of what it was made from, and the call's, which win over these."""
    together = {tag["key"]: tag.get("value", "") for tag in [*managed, *propagated, *given]}
    return [{"key": key, "value": value} for key, value in together.items()]


def check_propagation(source: str) -> None:
    """Raise InvalidParameterException for a RunTask or StartTask that would take a service's tags (5.1)."""
    if source == "SERVICE":
        raise InvalidParameterException(
            "propagateTags SERVICE is not valid for a task that belongs to no service. Specify TASK_DEFINITION or "
            "NONE.",
            field="propagateTags",
        )
