"""Custom attributes of container instances: what may be put, changed and removed (`ecs-facts.md` 1.2, 3.6)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ecsweb.domain.container_instances import AGENTS_OWN
from ecsweb.domain.errors import AttributeLimitExceededException, InvalidParameterException

MOST_A_CALL = 10
MOST_CUSTOM = 50
NAME = re.compile(r"[a-zA-Z0-9\-_/\\.]{1,128}")
VALUE = re.compile(r"[a-zA-Z0-9\-_./\\:@+ ]{1,128}")

Attribute = Mapping[str, Any]


def check_attribute(attribute: Attribute) -> None:
    """Raise InvalidParameterException for a name or value that is none, and for what only the agent may say."""
    name, value = str(attribute.get("name", "")), attribute.get("value")
    if not NAME.fullmatch(name):
        raise InvalidParameterException("An attribute's name has invalid characters.", field="attributes.name")
    if name.startswith(AGENTS_OWN):
        raise InvalidParameterException(
            f"The attribute {name} is set by the agent and cannot be changed.", field="attributes.name"
        )
    if value and (not VALUE.fullmatch(value) or value != value.strip()):
        raise InvalidParameterException("An attribute's value has invalid characters.", field="attributes.value")


def check_call(attributes: Sequence[Attribute]) -> None:
    """Raise for a call with no attributes, with too many, or with one that is none.

    Raises InvalidParameterException, AttributeLimitExceededException.
    """
    if not attributes:
        raise InvalidParameterException("Attributes should not be null or empty.", field="attributes")
    if len(attributes) > MOST_A_CALL:
        raise AttributeLimitExceededException(
            f"At most {MOST_A_CALL} attributes can be given in one call.", field="attributes"
        )
    for attribute in attributes:
        check_attribute(attribute)


def put(kept: Iterable[Attribute], attribute: Attribute) -> list[Attribute]:
    """Return an instance's attributes with one put: it takes the place of one of the same name.

    Raises AttributeLimitExceededException above the number of custom attributes an instance may have.
    """
    others = [one for one in kept if one["name"] != attribute["name"]]
    custom = sum(1 for one in others if not str(one["name"]).startswith(AGENTS_OWN))
    if custom >= MOST_CUSTOM:
        # SIMPLIFIED: AWS publishes a limit a call only; a bound for an instance keeps its record small.
        raise AttributeLimitExceededException(
            f"A container instance can have at most {MOST_CUSTOM} custom attributes.", field="attributes"
        )
    shape = (
        {"name": attribute["name"], "value": attribute["value"]}
        if attribute.get("value")
        else {"name": attribute["name"]}
    )
    return [*others, shape]


def without(kept: Iterable[Attribute], attribute: Attribute) -> list[Attribute]:
    """Return an instance's attributes without the one of that name, and of that value where one is given."""
    wanted = attribute.get("value")
    return [one for one in kept if one["name"] != attribute["name"] or (wanted and one.get("value", "") != wanted)]
