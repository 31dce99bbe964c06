"""Check a call that a script holds for later: values that it asks for only then are taken as fitting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from ecsweb.api.model import input_shape
from ecsweb.api.validation import checked, unknown_members
from ecsweb.domain.errors import InvalidParameterException

IsAsked = Callable[[object], bool]
_SAMPLES: Mapping[str, object] = {"integer": 1, "long": 1, "boolean": True, "double": 1.0, "float": 1.0}


def check_written(operation: str, params: Mapping[str, Any], is_asked: IsAsked) -> None:
    """Raise EcsError where the operation would not take these parameters, whatever is answered to what they ask.

    A member that AWS's model does not have is refused, too: on the wire it would be left out without a word.
    """
    shape = input_shape(operation)
    if shape is None:
        return
    whole = _whole(shape, params, is_asked)
    checked(operation, whole)
    if unknown := unknown_members(operation, whole):
        raise InvalidParameterException(f"Unknown parameter: {unknown[0]}", field=unknown[0])


def _whole(shape: Shape, value: Any, is_asked: IsAsked) -> Any:
    """Return the value with something that fits in the place of what is asked for later."""
    if is_asked(value):
        return _sample(shape)
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        members = shape.members
        return {key: _whole(members[key], one, is_asked) if key in members else one for key, one in value.items()}
    if isinstance(shape, MapShape) and isinstance(value, Mapping):
        return {key: _whole(shape.value, one, is_asked) for key, one in value.items()}
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [_whole(shape.member, one, is_asked) for one in value]
    return value


def _sample(shape: Shape) -> object:
    if isinstance(shape, StructureShape):
        return {name: _sample(shape.members[name]) for name in shape.required_members}
    if isinstance(shape, ListShape):
        return [_sample(shape.member)]
    if isinstance(shape, MapShape):
        return {}
    if isinstance(shape, StringShape):
        return shape.enum[0] if shape.enum else "asked"
    return _SAMPLES.get(shape.type_name, "asked")
