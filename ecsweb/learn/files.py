"""Read a data file into its typed shape; what is wrong in it is told with its name and place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
import yaml

Shape = TypeVar("Shape")


def read_file(
    path: Path, shape: type[Shape], problems: Callable[[Shape], Sequence[str]], bad: type[Exception]
) -> Shape:
    """Return the file as `shape`. Raises `bad`, naming the file, where the shape or `problems` refuses it."""
    try:
        found = msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), shape)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise bad(f"{path.name}: {error}") from error
    if wrong := problems(found):
        raise bad(f"{path.name}: {'; '.join(wrong)}")
    return found
