"""The comparison of two revisions: by name, by meaning, and as text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecsweb.domain.task_definitions.differences import Difference, Kind, changed_lines, differences

APP = {"name": "app", "image": "ecsweb/web:1", "memory": 64}
LOG = {"name": "log", "image": "ecsweb/worker:1", "memory": 32}
NAMES = st.sampled_from("abc")
ENVIRONMENTS = st.lists(st.fixed_dictionaries({"name": NAMES, "value": st.text(max_size=3)}), max_size=4)


def of(*containers: dict[str, Any], **task: Any) -> dict[str, Any]:
    return {"family": "web", **task, "containerDefinitions": list(containers)}


def variables(**values: str) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in values.items()]


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (of(APP), of(APP | {"memory": 96}), Difference("app", "memory", Kind.CHANGED, 64, 96)),
        (of(APP), of(APP | {"cpu": 8}), Difference("app", "cpu", Kind.ADDED, None, 8)),
        (of(APP, cpu="256"), of(APP), Difference("", "cpu", Kind.REMOVED, "256", None)),
        (of(APP), of(APP, LOG), Difference("log", "", Kind.ADDED, None, LOG)),
        (of(LOG, APP), of(APP), Difference("log", "", Kind.REMOVED, LOG, None)),
        (
            of(APP | {"environment": variables(A="1", B="2")}),
            of(APP | {"environment": variables(B="3", A="1")}),
            Difference("app", "environment[B].value", Kind.CHANGED, "2", "3"),
        ),
        (
            of(APP | {"portMappings": [{"containerPort": 80, "protocol": "tcp", "hostPort": 0}]}),
            of(APP | {"portMappings": [{"containerPort": 80, "protocol": "tcp", "hostPort": 8080}]}),
            Difference("app", "portMappings[80 tcp].hostPort", Kind.CHANGED, 0, 8080),
        ),
        (
            of(APP | {"command": ["a", "b"]}),
            of(APP | {"command": ["b", "a"]}),
            Difference("app", "command", Kind.CHANGED, ["a", "b"], ["b", "a"]),
        ),
        (
            of(APP | {"healthCheck": {"command": ["CMD-SHELL", "true"], "retries": 3}}),
            of(APP | {"healthCheck": {"command": ["CMD-SHELL", "true"], "retries": 5}}),
            Difference("app", "healthCheck.retries", Kind.CHANGED, 3, 5),
        ),
    ],
)
def test_one_change_is_one_difference(before: dict[str, Any], after: dict[str, Any], found: Difference) -> None:
    assert differences(before, after) == (found,)


def test_the_order_of_containers_and_variables_means_nothing() -> None:
    one, other = variables(A="1", B="2"), variables(B="2", A="1")

    before, after = of(APP | {"environment": one}, LOG), of(LOG, APP | {"environment": other})

    assert differences(before, after) == ()
    assert changed_lines(before, after)


def test_an_empty_list_is_the_same_as_none() -> None:
    assert differences(of(APP | {"links": []}), of(APP)) == ()


def test_a_variable_that_stands_twice_is_compared_as_it_is_listed() -> None:
    twice = [*variables(A="1"), *variables(A="2")]

    found = differences(of(APP | {"environment": twice}), of(APP | {"environment": variables(A="1")}))

    assert [(one.path, one.kind) for one in found] == [("environment", Kind.CHANGED)]


def test_the_text_shows_what_stands_around_a_change_and_nothing_else() -> None:
    lines = changed_lines(of(APP, LOG), of(APP, LOG | {"memory": 33}))

    assert [line.text.strip() for line in lines if line.kind is Kind.REMOVED] == ['"memory": 32']
    assert [line.text.strip() for line in lines if line.kind is Kind.ADDED] == ['"memory": 33']
    assert lines[0].is_gap
    assert changed_lines(of(APP), of(APP)) == ()


@given(ENVIRONMENTS, ENVIRONMENTS)
def test_there_and_back_are_mirrored(one: list[dict[str, str]], other: list[dict[str, str]]) -> None:
    before, after = of(APP | {"environment": one}), of(APP | {"environment": other})
    mirrored = {Kind.ADDED: Kind.REMOVED, Kind.REMOVED: Kind.ADDED, Kind.CHANGED: Kind.CHANGED}

    there, back = differences(before, after), differences(after, before)

    turned = [Difference(one.container, one.path, mirrored[one.kind], one.after, one.before) for one in there]
    assert sorted(map(repr, turned)) == sorted(map(repr, back))
    assert differences(before, before) == ()
