"""The line of each member of a JSON text."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ecsweb.domain.json_lines import lines_of, nearest_line

KEYS = st.text(st.sampled_from('ab"\\{[,:é '), min_size=1, max_size=4)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | KEYS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


def test_members_items_and_what_is_left_out() -> None:
    text = '{\n"family": "a: {b",\n"containerDefinitions": [\n{"name": "x"},\n{"name": "y",\n"cpu": 1}\n]\n}'

    lines = lines_of(text)

    assert lines["family"] == 2
    assert lines["containerDefinitions"] == 3
    assert lines["containerDefinitions.0.name"] == 4
    assert lines["containerDefinitions.1.cpu"] == 6
    assert nearest_line(lines, "containerDefinitions.1.memory") == 5
    assert nearest_line(lines, "volumes.0") == 1


def paths_of(value: Any, path: str = "") -> set[str]:
    if not isinstance(value, dict | list):
        return {path}
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    inner = [paths_of(one, f"{path}.{json.dumps(key)[1:-1] if isinstance(key, str) else key}") for key, one in pairs]
    return {path}.union(*inner)


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_every_member_of_any_text_has_a_line_in_it(value: dict[str, Any]) -> None:
    text = json.dumps(value, indent=1)

    lines = lines_of(text)

    assert {f".{path}" if path else "" for path in lines} >= {path for path in paths_of(value) if ".." not in path}
    assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())
