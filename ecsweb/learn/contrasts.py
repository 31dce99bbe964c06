"""Ready-made contrasts: two small worlds that differ in one thing, from a data file that is checked when read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from ecsweb.api import call
from ecsweb.api.principal import Principal
from ecsweb.api.registry import handler_of
from ecsweb.domain.errors import EcsError
from ecsweb.domain.twins import SharedAction
from ecsweb.learn.files import read_yaml
from ecsweb.learn.texts import is_korean

FILE = Path(__file__).parent / "content" / "contrasts.yaml"
NUMBER = "{n}"
TEXTS = ("key", "title_en", "title_ko", "question_en", "question_ko", "explanation_en", "explanation_ko")

Call = tuple[str, dict[str, Any]]


class BadContrastError(ValueError):
    """An entry of the file that does not say what it must."""


@dataclass(frozen=True, slots=True)
class World:
    """One side: the name of its cluster, and the calls that make it."""

    name: str
    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True)
class Contrast:
    """Two worlds that differ in one thing, what is asked about them, and the disaster that shows it."""

    key: str
    title_en: str
    title_ko: str
    question_en: str
    question_ko: str
    explanation_en: str
    explanation_ko: str
    action: SharedAction
    choice: str
    shared: tuple[Call, ...]
    left: World
    right: World

    @property
    def title(self) -> str:
        """Return its name in the reader's language."""
        return self.title_ko if is_korean() else self.title_en

    @property
    def question(self) -> str:
        """Return what is asked before the disaster, in the reader's language."""
        return self.question_ko if is_korean() else self.question_en

    @property
    def explanation(self) -> str:
        """Return why it came as it did, in the reader's language."""
        return self.explanation_ko if is_korean() else self.explanation_en

    @property
    def calls(self) -> tuple[Call, ...]:
        """Return all calls in their order."""
        return (*self.shared, *self.left.calls, *self.right.calls)

    def numbered(self, number: int) -> Contrast:
        """Return it with the number in the place of `{n}`."""
        changed = {
            "shared": _filled(self.shared, number),
            "left": World(_filled(self.left.name, number), _filled(self.left.calls, number)),
            "right": World(_filled(self.right.name, number), _filled(self.right.calls, number)),
        }
        return replace(self, **changed)


@cache
def contrasts() -> tuple[Contrast, ...]:
    """Return the contrasts in the order of the file. Raises BadContrastError for an entry that is not complete."""
    found = tuple(contrast_of(entry) for entry in read_yaml(FILE))
    if len({one.key for one in found}) != len(found):
        raise BadContrastError("a key is used twice")
    return found


def find_contrast(key: str) -> Contrast | None:
    """Return the contrast of that key, if there is one."""
    return next((one for one in contrasts() if one.key == key), None)


def standing(key: str, left: str, right: str) -> Contrast | None:
    """Return the contrast of that key with its number, where these are the clusters that it was set up as."""
    contrast = find_contrast(key)
    if contrast is None:
        return None
    pattern = re.escape(contrast.left.name).replace(re.escape(NUMBER), "([1-9][0-9]{0,5})")
    found = re.fullmatch(pattern, left)
    made = contrast.numbered(int(found[1])) if found else None
    return made if made is not None and made.right.name == right else None


def contrast_of(entry: object) -> Contrast:
    """Return an entry of the file. Raises BadContrastError with what is wrong."""
    known = {one.name for one in fields(Contrast)} - {"action", "choice"} | {"disaster"}
    if not isinstance(entry, Mapping) or set(entry) != known:
        raise BadContrastError(f"an entry has exactly these members: {', '.join(sorted(known))}")
    for name in TEXTS:
        if not isinstance(entry[name], str) or not entry[name].strip():
            raise BadContrastError(f"{entry['key']}: {name} is no text")
    disaster = entry["disaster"]
    if not isinstance(disaster, Mapping) or disaster.get("action") not in list(SharedAction):
        raise BadContrastError(f"{entry['key']}: the disaster is none of {', '.join(SharedAction)}")
    return Contrast(
        **{name: entry[name] for name in TEXTS},
        action=SharedAction(disaster["action"]),
        choice=str(disaster.get("choice", "")),
        shared=_calls(entry["shared"], entry["key"]),
        left=_world(entry["left"], entry["key"]),
        right=_world(entry["right"], entry["key"]),
    )


def _world(given: object, key: str) -> World:
    if not isinstance(given, Mapping) or set(given) != {"name", "calls"} or NUMBER not in str(given["name"]):
        raise BadContrastError(f"{key}: a side has a name with {NUMBER} and calls")
    return World(str(given["name"]), _calls(given["calls"], key))


def _calls(given: object, key: str) -> tuple[Call, ...]:
    if not isinstance(given, Sequence) or not all(isinstance(one, Mapping) and len(one) == 1 for one in given):
        raise BadContrastError(f"{key}: calls are a list, each one operation with its parameters")
    found = tuple((str(operation), params) for one in given for operation, params in one.items())
    for operation, params in found:
        if handler_of(operation) is None or not isinstance(params, dict):
            raise BadContrastError(f"{key}: {operation} is no operation with parameters")
    return found


def _filled(value: Any, number: int) -> Any:
    """Return the value with the number in every text of it."""
    match value:
        case str():
            return value.replace(NUMBER, str(number))
        case dict():
            return {key: _filled(one, number) for key, one in value.items()}
        case list() | tuple():
            return type(value)(_filled(one, number) for one in value)
        case _:
            return value


def set_up(principal: Principal, contrast: Contrast) -> Contrast:
    """Make both worlds through the one door, under the first number that is free; return it with that number.

    Raises EcsError where a call is refused; what was made before stays, and the next attempt takes another number.
    """
    actor = replace(principal, origin="learn")
    made = next(one for one in map(contrast.numbered, count(1)) if _is_free(actor, one))
    for operation, params in made.calls:
        call(actor, operation, params)
    return made


def _is_free(principal: Principal, contrast: Contrast) -> bool:
    names = [contrast.left.name, contrast.right.name]
    found = call(principal, "DescribeClusters", {"clusters": names})["clusters"]
    families = {params["family"] for operation, params in contrast.shared if operation == "RegisterTaskDefinition"}
    return not any(one["status"] != "INACTIVE" for one in found) and not any(
        family in call(principal, "ListTaskDefinitionFamilies", {"familyPrefix": family, "status": "ALL"})["families"]
        for family in families
    )


def take_down(principal: Principal, contrast: Contrast) -> None:
    """Delete what `set_up` made: services, machines, clusters. Raises EcsError for a cluster that is not empty yet."""
    actor = replace(principal, origin="learn")
    for world in (contrast.left, contrast.right):
        _take_down(actor, world.name)


def _take_down(principal: Principal, cluster: str) -> None:
    here = {"cluster": cluster}
    try:
        services = call(principal, "ListServices", here)["serviceArns"]
    except EcsError:  # that one is gone already
        return
    for arn in services:
        call(principal, "DeleteService", {**here, "service": arn, "force": True})
    for arn in call(principal, "ListContainerInstances", here)["containerInstanceArns"]:
        call(principal, "LoseInstance", {**here, "containerInstance": arn})
    call(principal, "DeleteCluster", here)
