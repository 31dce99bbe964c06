"""What the members of a recording that a picture is drawn from have to be, wherever in the file they stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

DEEPEST = 24
LONGEST_TEXT = 20_000
# What becomes part of an address has to be what ECS itself allows there.
ARN = re.compile(r"arn:aws[a-z-]{0,10}:ecs:[a-z0-9-]{1,32}:[0-9]{12}:[a-z-]{1,40}/[A-Za-z0-9_:/-]{1,600}")
NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
FAMILY_REVISION = re.compile(r"[A-Za-z0-9_-]{1,255}:[0-9]{1,10}")


class WrongShape(ValueError):
    """A member of the file is not what it has to be."""

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.where = where


def _is_list_of_objects(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


def _is_whole(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, int) and abs(value) < 2**53


def _is_amount(value: object) -> bool:
    is_text = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 12
    return value is None or is_text or _is_whole(value)


def _is_moment(value: object) -> bool:
    is_number = not isinstance(value, bool) and isinstance(value, int | float)
    return value is None or (isinstance(value, int | float) and is_number and 0 <= value < 3e10)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_text_or_nothing(value: object) -> bool:
    return value is None or isinstance(value, str)


def is_arn(value: object) -> bool:
    """Tell whether it is an ARN of ECS with nothing in it that an address could not carry."""
    return isinstance(value, str) and ARN.fullmatch(value) is not None


def _is_arn_or_nothing(value: object) -> bool:
    return value is None or value == "" or is_arn(value)


def _is_revision_or_nothing(value: object) -> bool:
    """A refused RunTask has its revision as `family:revision`, what runs has its ARN."""
    return _is_arn_or_nothing(value) or (isinstance(value, str) and FAMILY_REVISION.fullmatch(value) is not None)


def is_name(value: object) -> bool:
    """Tell whether it is a name as ECS allows them."""
    return isinstance(value, str) and NAME.fullmatch(value) is not None


# Members with one meaning wherever they stand; `service` and `name` have several and are not here.
RULES: Mapping[str, Callable[[object], bool]] = {
    **dict.fromkeys(
        (
            "attributes",
            "candidates",
            "containerDefinitions",
            "containers",
            "deployments",
            "failures",
            "networkBindings",
            "registeredResources",
        ),
        _is_list_of_objects,
    ),
    **dict.fromkeys(("ecsweb", "goneService", "lastDecision"), _is_object),
    **dict.fromkeys(("desiredCount", "failedTasks", "integerValue", "restartCount", "revision"), _is_whole),
    **dict.fromkeys(("cpu", "memory", "memoryReservation", "exitCode"), _is_amount),
    **dict.fromkeys(("deletedAt", "finishedAt", "stoppedAt", "stoppingAt", "startedAt"), _is_moment),
    **dict.fromkeys(
        (
            "agentCondition",
            "availabilityZone",
            "desiredStatus",
            "detailType",
            "group",
            "healthStatus",
            "instanceType",
            "lastStatus",
            "launchType",
            "placementFailure",
            "schedulingStrategy",
            "status",
            "stopCode",
            "stoppedReason",
        ),
        _is_text,
    ),
    **dict.fromkeys(
        ("clusterArn", "containerInstanceArn", "serviceArn", "taskArn", "taskDefinitionArn"),
        _is_arn_or_nothing,
    ),
    "taskDefinition": _is_revision_or_nothing,
    **dict.fromkeys(("family", "serviceName"), is_name),
    "capacityProviderName": _is_text_or_nothing,
    # The answer of a call has it as text; nothing is drawn from that.
    "createdAt": lambda value: _is_moment(value) or _is_text(value),
}


def check_shapes(value: object, where: str = "", depth: int = 0) -> None:
    """Raise WrongShape for a member of another kind than it has to be, for texts no database takes, and for depth."""
    if depth > DEEPEST:
        raise WrongShape(where)
    if isinstance(value, dict):
        for key, one in value.items():
            _check_member(key, one, f"{where}.{key}"[-120:].lstrip("."), depth)
    elif isinstance(value, list):
        for place, one in enumerate(value):
            check_shapes(one, f"{where}[{place}]"[-120:], depth + 1)
    elif isinstance(value, str) and not is_storable(value):
        raise WrongShape(where)


def _check_member(key: str, value: Any, where: str, depth: int) -> None:
    rule = RULES.get(key)
    if not is_storable(key) or (rule is not None and not rule(value)):
        raise WrongShape(where)
    if key == "ecsweb" and not _is_object(value.get("service", {})):
        raise WrongShape(f"{where}.service")
    check_shapes(value, where, depth + 1)


def is_storable(text: str) -> bool:
    """Tell whether every database takes the text: not too long, no NUL, no half of a surrogate pair."""
    return len(text) <= LONGEST_TEXT and "\x00" not in text and not any("\ud800" <= c <= "\udfff" for c in text)
