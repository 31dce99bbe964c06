"""Read a data file into its typed shape; what is wrong in it is told with its name and place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

Shape = TypeVar("Shape")
# In C all lessons are read in half a second instead of five; where PyYAML was built without it, the other serves.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path) -> Any:
    """Return what a YAML file holds. Raises yaml.YAMLError."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)  # noqa: S506 — both are the safe loader


def read_file(
    path: Path, shape: type[Shape], problems: Callable[[Shape], Sequence[str]], bad: type[Exception]
) -> Shape:
    """Return the file as `shape`. Raises `bad`, naming the file, where the shape or `problems` refuses it."""
    try:
        found = msgspec.convert(read_yaml(path), shape)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise bad(f"{path.name}: {error}") from error
    if wrong := problems(found):
        raise bad(f"{path.name}: {'; '.join(wrong)}")
    return found
