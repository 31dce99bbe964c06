"""The cluster query language (`ecs-facts.md` 5.5): what holds, what is refused, and that nothing else ever happens."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecsweb.controlplane.patterns import matches
from ecsweb.domain.errors import InvalidParameterException
from ecsweb.domain.placement.expressions import DEEPEST, LONGEST, Facts, parse

FACTS = Facts(
    agent_connected=True,
    agent_version="1.105.1",
    ec2_instance_id="i-0abc",
    registered_at=datetime(2026, 5, 1, 12, tzinfo=UTC),
    running_tasks=3,
    attributes={"ecs.instance-type": "t3.small", "ecs.availability-zone": "us-east-1a", "stack": "prod", "ssd": ""},
    groups=frozenset({"service:web", "family:batch"}),
)

TRUE = [
    "attribute:ecs.instance-type == t3.small",
    "attribute:ecs.instance-type =~ t3.*",
    "attribute:ecs.instance-type matches 't[23][.].*'",
    "attribute:ecs.instance-type !~ m5.*",
    "attribute:ecs.availability-zone in [us-east-1a, us-east-1c]",
    "attribute:ecs.availability-zone !in [us-east-1c]",
    "attribute:ecs.availability-zone not_in ['us-east-1b','us-east-1c']",
    "attribute:stack equals prod and runningTasksCount < 5",
    "attribute:stack == prod && runningTasksCount >= 3",
    "attribute:stack == test || runningTasksCount less_than_equal 3",
    "attribute:ssd exists",
    "attribute:gpu !exists",
    "attribute:gpu not_exists",
    "attribute:gpu != a100",
    "not(task:group == service:other)",
    "!(task:group == service:other)",
    "task:group == service:web",
    "task:group =~ service:.*",
    "task:group in [service:web, service:api]",
    "agentConnected == true",
    "agentVersion > 1.9.0",
    "agentVersion >= 1.105.1",
    "ec2InstanceId in ['i-0abc']",
    "registeredAt > 2026-04-30",
    "registeredAt < 2026-05-01T12:00:01Z",
    "registeredAt == 2026-05-01T21:00:00+09:00",
    "runningTasksCount == 3",
    "runningTasksCount not_equals 4",
    "runningTasksCount greater_than 2",
    # `and` binds more strongly than `or`.
    "attribute:stack == test and agentConnected == false or runningTasksCount == 3",
    "not not attribute:ssd exists",
    "((attribute:ssd exists))",
]
FALSE = [
    "attribute:ecs.instance-type =~ t3",
    "attribute:gpu == a100",
    "attribute:gpu > 1",
    "attribute:stack in [test]",
    "task:group != service:web",
    "task:group !~ service:.*",
    "agentVersion < 1.9.0",
    "runningTasksCount > 3",
    "attribute:stack == test and (agentConnected == false or runningTasksCount == 3)",
]
REFUSED = {
    "": "it is empty",
    "   ": "it is empty",
    "attribute:a": "an operator is missing (at character 11)",
    "attribute:a ==": "a value is missing",
    "attribute: == x": "there is no subject 'attribute:'",
    "colour == red": "there is no subject 'colour' (at character 1)",
    "attribute:a === b": "is not understood",
    "attribute:a is b": "there is no operator 'is' (at character 13)",
    "attribute:a == b c": "'c' is not expected (at character 18)",
    "(attribute:a == b": "')' is missing",
    "attribute:a == b)": "')' is not expected",
    "attribute:a in b": "'[' is missing",
    "attribute:a in [b": "']' is missing",
    "attribute:a in []": "a value is missing",
    "attribute:a == 'b": "is not understood",
    "attribute:a =~ '('": "is no pattern",
    "runningTasksCount =~ 3": "runningTasksCount cannot be asked '=~'",
    "agentConnected exists": "agentConnected cannot be asked 'exists'",
    "registeredAt > yesterday": "'yesterday' is no date and time",
    "and attribute:a == b": "there is no subject 'and'",
    "attribute:a == b and": "a subject is missing",
    "(" * (DEEPEST + 1) + "attribute:a exists" + ")" * (DEEPEST + 1): "nested more than 8 deep",
    "attribute:a == " + "b" * LONGEST: "longer than 2000 characters",
}


@pytest.mark.parametrize("text", TRUE)
def test_expression_holds(text: str) -> None:
    assert parse(text, matches)(FACTS)


@pytest.mark.parametrize("text", FALSE)
def test_expression_does_not_hold(text: str) -> None:
    assert not parse(text, matches)(FACTS)


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:30] or "empty")
def test_expression_that_is_none_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(InvalidParameterException) as caught:
        parse(text, matches)

    assert REFUSED[text] in caught.value.message
    assert "(at character " in caught.value.message


WORDS = "attribute:a runningTasksCount task:group registeredAt and or not ! == in =~ > ( ) [ ] , 'x' '(a+)+' b 3 exists"
words = st.sampled_from(sorted({*WORDS.split(), "&&", "||"}))


@given(st.one_of(st.text(max_size=60), st.lists(words, max_size=40).map(" ".join)))
def test_any_text_is_an_expression_or_an_error_and_never_slow(text: str) -> None:
    began = time.perf_counter()
    with suppress(InvalidParameterException):
        parse(text, matches)(FACTS)
    # The sandbox of a busy machine pauses now and then; a pattern that back-tracks takes minutes.
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", "(.*a){20}", "a" * 1000])
def test_patterns_made_to_be_slow_are_not(pattern: str) -> None:
    began = time.perf_counter()
    holds = parse(f"attribute:text =~ '{pattern}'", matches)(Facts(attributes={"text": "a" * 60 + "!"}))

    assert not holds
    assert time.perf_counter() - began < 0.2
