"""What all shapes have in common."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

Shape = dict[str, Any]


def present(shape: Mapping[str, Any]) -> Shape:
    """Drop members without a value and make times seconds since the epoch, as JSON 1.1 wants them."""
    return {
        key: value.timestamp() if isinstance(value, datetime) else value
        for key, value in shape.items()
        if value is not None and value != ""
    }
