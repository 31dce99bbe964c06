"""Which field of a container definition becomes what of Docker's (`ecs-facts.md` 2.5, 2.7)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.agent.conftest import Translate

FIELDS: dict[str, tuple[Any, str, Any]] = {
    "entryPoint": (["sh", "-c"], "entrypoint", ("sh", "-c")),
    "command": (["sleep", "1"], "command", ("sleep", "1")),
    "workingDirectory": ("/srv", "working_directory", "/srv"),
    "user": ("1000:1000", "user", "1000:1000"),
    "hostname": ("web", "hostname", "web"),
    "interactive": (True, "interactive", True),
    "pseudoTerminal": (True, "pseudo_terminal", True),
    "readonlyRootFilesystem": (True, "read_only", True),
}


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_of_the_definition_is_dockers(translate: Translate, name: str) -> None:
    given, docker, expected = FIELDS[name]
    spec = translate(**{name: given})

    assert getattr(spec, docker) == expected
    assert getattr(translate(), docker) != expected


def test_labels_of_the_definition_are_dockers(translate: Translate) -> None:
    assert translate(dockerLabels={"team": "blue"}).labels["team"] == "blue"


def test_the_environment_is_the_containers(translate: Translate) -> None:
    assert translate(environment=[{"name": "COLOUR", "value": "red"}]).environment["COLOUR"] == "red"
