"""Check parameters against AWS's shapes before anything else happens, and say which parameter is wrong.

Members that the model does not have are left out, as AWS does; `unknown_members` names them for pages, where a typing
slip should be told. A null is the same as leaving the member out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from ecsweb.api.model import input_shape
from ecsweb.domain.errors import EcsError, InvalidParameterException, SerializationException
from ecsweb.domain.tags import checked_tags

INTEGER_LIMITS = {"integer": 2**31, "long": 2**63}
DEEPEST = 32


def checked(operation: str, params: object) -> dict[str, Any]:
    """Return `params` cleaned to the operation's shape. Raises SerializationException for a wrong type,
    InvalidParameterException for a missing member, an unknown enum value or tags that are none, each with its
    `field`."""
    if not isinstance(params, Mapping):
        raise SerializationException("Start of structure or map found where not expected.")
    shape = input_shape(operation)
    if shape is None:
        return {str(key): value for key, value in params.items() if value is not None}
    cleaned = cast(dict[str, Any], _clean(shape, params, ""))
    if "tags" in cleaned:
        cleaned["tags"] = checked_tags(cleaned["tags"])
    return cleaned


def unknown_members(operation: str, params: Mapping[str, Any]) -> list[str]:
    """Return the paths of members that AWS's model does not have, such as a misspelt `contianerDefinitions`."""
    shape = input_shape(operation)
    return [] if shape is None else list(_unknown(shape, params, ""))


def _unknown(shape: Shape, value: object, path: str) -> Iterator[str]:
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        for key, inner in value.items():
            if key in shape.members:
                yield from _unknown(shape.members[key], inner, _join(path, key))
            else:
                yield _join(path, str(key))
    elif isinstance(shape, ListShape) and isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _unknown(shape.member, inner, _join(path, str(index)))


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _clean(shape: Shape, value: object, path: str) -> object:
    if path.count(".") > DEEPEST:
        raise SerializationException("The request is nested too deeply.", field=path)
    if isinstance(shape, StructureShape):
        return _clean_structure(shape, value, path)
    if isinstance(shape, ListShape):
        return _clean_list(shape, value, path)
    if isinstance(shape, MapShape):
        return _clean_map(shape, value, path)
    return _clean_scalar(shape, value, path)


def _clean_structure(shape: StructureShape, value: object, path: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise _wrong_type(value, "a structure", path)
    cleaned = {
        key: _clean(member, value[key], _join(path, key))
        for key, member in shape.members.items()
        if value.get(key) is not None
    }
    for required in shape.required_members:
        if required not in cleaned:
            raise InvalidParameterException(f"{required} should not be null or empty.", field=_join(path, required))
    return cleaned


def _clean_list(shape: ListShape, value: object, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise _wrong_type(value, "a list", path)
    return [_clean(shape.member, inner, _join(path, str(i))) for i, inner in enumerate(value) if inner is not None]


def _clean_map(shape: MapShape, value: object, path: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise _wrong_type(value, "a map", path)
    return {str(k): _clean(shape.value, v, _join(path, str(k))) for k, v in value.items() if v is not None}


def _clean_scalar(shape: Shape, value: object, path: str) -> object:
    match shape.type_name:
        case "string":
            return _clean_string(shape, value, path)
        case "integer" | "long":
            return _clean_integer(value, limit=INTEGER_LIMITS[shape.type_name], path=path)
        case "boolean":
            if not isinstance(value, bool):
                raise _wrong_type(value, "a Boolean", path)
            return value
        case "double" | "float":
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise _wrong_type(value, "a Double", path)
            return float(value)
        case _:
            return value


def _clean_integer(value: object, *, limit: int, path: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong_type(value, "an Integer", path)
    if not -limit <= value < limit:
        raise SerializationException("NUMBER_VALUE is out of range for an Integer", field=path)
    return value


def _clean_string(shape: Shape, value: object, path: str) -> str:
    if not isinstance(value, str):
        raise _wrong_type(value, "a String", path)
    if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise InvalidParameterException("A string contains a character that cannot be stored.", field=path)
    enum = shape.enum if isinstance(shape, StringShape) else []
    if enum and value not in enum:
        raise InvalidParameterException(
            f"Value '{value[:100]}' at '{path}' failed to satisfy constraint: Member must satisfy enum value set: "
            f"[{', '.join(enum)}]",
            field=path,
        )
    return value


def _wrong_type(value: object, wanted: str, path: str) -> EcsError:
    names = {str: "STRING_VALUE", bool: "BOOLEAN_VALUE", int: "NUMBER_VALUE", float: "NUMBER_VALUE"}
    found = names.get(type(value), "START_ARRAY" if isinstance(value, list) else "START_OBJECT")
    return SerializationException(f"{found} can not be converted to {wanted}", field=path)


def parsed_json(text: str | bytes) -> Any:
    """Return the value of a JSON text. Raises SerializationException for what AWS's parser would not take either."""
    try:
        return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_no_duplicates)
    except (ValueError, RecursionError) as error:
        raise SerializationException(f"The request is not valid JSON: {error}") from error


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member is given twice")
    return found
