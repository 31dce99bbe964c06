"""The cluster query language of placement constraints and of ListContainerInstances' filter (`ecs-facts.md` 5.5).

`subject operator [argument]`, combined by and, or, not and parentheses. Written by hand, so that every text ends in an
expression or in an error that names the place, in time that grows with its length only. What `=~` means is injected:
a matcher without back-tracking, as users write the patterns (`reliability.md` T28).
"""

from __future__ import annotations

import operator as comparison
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from ecsweb.domain.errors import InvalidParameterException

LONGEST = 2000
DEEPEST = 8

# Returns whether a pattern matches the whole of a value; raises ValueError for a pattern that is none.
Matcher = Callable[[str, str], bool]


class Operator(StrEnum):
    """What a condition asks of its subject."""

    EQUALS = "=="
    NOT_EQUALS = "!="
    GREATER = ">"
    GREATER_EQUAL = ">="
    LESS = "<"
    LESS_EQUAL = "<="
    EXISTS = "exists"
    NOT_EXISTS = "!exists"
    IN = "in"
    NOT_IN = "!in"
    MATCHES = "=~"
    NOT_MATCHES = "!~"


WORDS: Mapping[str, Operator] = {
    "equals": Operator.EQUALS,
    "not_equals": Operator.NOT_EQUALS,
    "greater_than": Operator.GREATER,
    "greater_than_equal": Operator.GREATER_EQUAL,
    "less_than": Operator.LESS,
    "less_than_equal": Operator.LESS_EQUAL,
    "exists": Operator.EXISTS,
    "not_exists": Operator.NOT_EXISTS,
    "in": Operator.IN,
    "not_in": Operator.NOT_IN,
    "matches": Operator.MATCHES,
    "not_matches": Operator.NOT_MATCHES,
}
NEGATIONS: Mapping[Operator, Operator] = {
    Operator.NOT_EQUALS: Operator.EQUALS,
    Operator.NOT_EXISTS: Operator.EXISTS,
    Operator.NOT_IN: Operator.IN,
    Operator.NOT_MATCHES: Operator.MATCHES,
}
ORDERING = frozenset({Operator.GREATER, Operator.GREATER_EQUAL, Operator.LESS, Operator.LESS_EQUAL})
ORDERS: Mapping[Operator, Callable[[Any, Any], bool]] = {
    Operator.GREATER: comparison.gt,
    Operator.GREATER_EQUAL: comparison.ge,
    Operator.LESS: comparison.lt,
    Operator.LESS_EQUAL: comparison.le,
}
EXISTENCE = frozenset({Operator.EXISTS, Operator.NOT_EXISTS})
LISTS = frozenset({Operator.IN, Operator.NOT_IN})
_WHOLE = frozenset(Operator) - ORDERING - EXISTENCE
_ORDERED = ORDERING | {Operator.EQUALS, Operator.NOT_EQUALS}
ATTRIBUTE = "attribute:"
# What each subject may be asked.
SUBJECTS: Mapping[str, frozenset[Operator]] = {
    "agentConnected": _WHOLE,
    "agentVersion": _ORDERED,
    "ec2InstanceId": _WHOLE,
    "registeredAt": _ORDERED,
    "runningTasksCount": _ORDERED,
    "task:group": _WHOLE,
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What an expression can ask of a container instance; `groups` are those of its tasks."""

    agent_connected: bool = True
    agent_version: str = ""
    ec2_instance_id: str = ""
    registered_at: datetime | None = None
    running_tasks: int = 0
    attributes: Mapping[str, str] = field(default_factory=dict)
    groups: frozenset[str] = frozenset()

    def values(self, subject: str) -> tuple[str, ...]:
        """Return the subject's values as texts: none for an attribute that is absent, several for `task:group`."""
        if subject.startswith(ATTRIBUTE):
            name = subject.removeprefix(ATTRIBUTE)
            return (self.attributes[name],) if name in self.attributes else ()
        found: Mapping[str, tuple[str, ...]] = {
            "agentConnected": ("true" if self.agent_connected else "false",),
            "agentVersion": (self.agent_version,),
            "ec2InstanceId": (self.ec2_instance_id,),
            "registeredAt": (self.registered_at.isoformat(),) if self.registered_at else (),
            "runningTasksCount": (str(self.running_tasks),),
            "task:group": tuple(sorted(self.groups)),
        }
        return found[subject]


Expression = Callable[[Facts], bool]


def parse(text: str, matches: Matcher) -> Expression:
    """Return the expression of a text. Raises InvalidParameterException, naming the place where it goes wrong.

    Example: `attribute:ecs.instance-type =~ t3.* and runningTasksCount < 5`.
    """
    if not text.strip():
        raise _invalid("it is empty", 1)
    if len(text) > LONGEST:
        raise _invalid(f"it is longer than {LONGEST} characters", LONGEST)
    return _Parser(_tokens(text), len(text), matches).whole()


def _invalid(why: str, place: int) -> InvalidParameterException:
    return InvalidParameterException(f"Invalid expression: {why} (at character {place}).", field="expression")


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    place: int
    is_quoted: bool = False


_TOKEN = re.compile(r"\s*(?:'([^']*)'|(&&|\|\||==|!=|>=|<=|=~|!~|[()\[\],!<>])|([^\s()\[\],!<>=&|'~]+))")


def _tokens(text: str) -> list[_Token]:
    found, place = [], 0
    end = len(text.rstrip())
    while place < end:
        match = _TOKEN.match(text, place)
        if match is None:
            start = place + len(text[place:]) - len(text[place:].lstrip())
            raise _invalid(f"{text[start]!r} is not understood", start + 1)
        quoted, sign, word = match.groups()
        start = match.start(match.lastindex or 0)
        found.append(_Token(next(t for t in (quoted, sign, word) if t is not None), start + 1, quoted is not None))
        place = match.end()
    return found


class _Parser:
    """Reads tokens from left to right; each method returns the expression of what it read."""

    def __init__(self, tokens: Sequence[_Token], length: int, matches: Matcher) -> None:
        self._tokens, self._length, self._matches = tokens, length, matches
        self._next, self._depth = 0, 0

    def whole(self) -> Expression:
        expression = self._any()
        if (token := self._peek()) is not None:
            raise _invalid(f"{token.text!r} is not expected", token.place)
        return expression

    def _any(self) -> Expression:
        terms = [self._all()]
        while self._take("||", "or"):
            terms.append(self._all())
        return terms[0] if len(terms) == 1 else lambda facts: any(term(facts) for term in terms)

    def _all(self) -> Expression:
        terms = [self._not()]
        while self._take("&&", "and"):
            terms.append(self._not())
        return terms[0] if len(terms) == 1 else lambda facts: all(term(facts) for term in terms)

    def _not(self) -> Expression:
        negations = 0
        while self._take("!", "not"):
            negations += 1
        inner = self._group() if self._take("(") else self._condition()
        return (lambda facts: not inner(facts)) if negations % 2 else inner

    def _group(self) -> Expression:
        self._depth += 1
        if self._depth > DEEPEST:
            raise _invalid(f"it is nested more than {DEEPEST} deep", self._place())
        inner = self._any()
        self._expect(")")
        self._depth -= 1
        return inner

    def _condition(self) -> Expression:
        token = self._word("a subject")
        subject = ATTRIBUTE + token.text[len(ATTRIBUTE) :] if token.text.lower().startswith(ATTRIBUTE) else token.text
        is_attribute = subject.startswith(ATTRIBUTE) and len(subject) > len(ATTRIBUTE)
        if not is_attribute and subject not in SUBJECTS:
            raise _invalid(f"there is no subject {token.text!r}", token.place)
        place = self._place()
        operator = self._operator()
        if not is_attribute and operator not in SUBJECTS[subject]:
            raise _invalid(f"{subject} cannot be asked {operator.value!r}", place)
        arguments = self._arguments(operator)
        self._check(subject, operator, arguments)
        return _condition(subject, operator, arguments, self._matches)

    def _check(self, subject: str, operator: Operator, arguments: tuple[str, ...]) -> None:
        """Say now, not when an instance is looked at, that a pattern or a moment is none."""
        place = self._tokens[self._next - 1].place
        try:
            if operator in {Operator.MATCHES, Operator.NOT_MATCHES}:
                self._matches(arguments[0], "")
            if subject == "registeredAt":
                _moment(arguments[0])
        except ValueError as error:
            raise _invalid(str(error), place) from error

    def _operator(self) -> Operator:
        place, token = self._place(), self._peek()
        if token is not None and token.text == "!" and self._ahead() in {"in", "exists"}:
            self._next += 2
            return Operator("!" + self._tokens[self._next - 1].text)
        if token is None or token.is_quoted:
            raise _invalid("an operator is missing", place)
        self._next += 1
        signs = {operator.value: operator for operator in Operator if not operator.value[-1].isalpha()}
        found = signs.get(token.text) or WORDS.get(token.text)
        if found is None:
            raise _invalid(f"there is no operator {token.text!r}", token.place)
        return found

    def _arguments(self, operator: Operator) -> tuple[str, ...]:
        if operator in EXISTENCE:
            return ()
        if operator not in LISTS:
            return (self._word("a value").text,)
        self._expect("[")
        found = [self._word("a value").text]
        while self._take(","):
            found.append(self._word("a value").text)
        self._expect("]")
        return tuple(found)

    def _peek(self) -> _Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _ahead(self) -> str:
        return self._tokens[self._next + 1].text if self._next + 1 < len(self._tokens) else ""

    def _place(self) -> int:
        token = self._peek()
        return token.place if token else self._length

    def _take(self, *texts: str) -> bool:
        token = self._peek()
        if token is None or token.is_quoted or token.text not in texts:
            return False
        self._next += 1
        return True

    def _expect(self, text: str) -> None:
        if not self._take(text):
            raise _invalid(f"{text!r} is missing", self._place())

    def _word(self, what: str) -> _Token:
        token = self._peek()
        if token is None or not (token.is_quoted or _is_word(token.text)):
            raise _invalid(f"{what} is missing", self._place())
        self._next += 1
        return token


def _is_word(text: str) -> bool:
    found = _TOKEN.fullmatch(text)
    return found is not None and found[3] is not None


def _condition(subject: str, operator: Operator, arguments: tuple[str, ...], matches: Matcher) -> Expression:
    positive = NEGATIONS.get(operator, operator)
    is_negated = operator in NEGATIONS

    def holds(facts: Facts) -> bool:
        values = facts.values(subject)
        return any(_holds(subject, value, positive, arguments, matches) for value in values) is not is_negated

    return holds


def _holds(subject: str, value: str, operator: Operator, arguments: tuple[str, ...], matches: Matcher) -> bool:
    if operator is Operator.EXISTS:
        return True
    if operator is Operator.MATCHES:
        return matches(arguments[0], value)
    if operator in {Operator.EQUALS, Operator.IN}:
        return any(_key(subject, value, one) == _key(subject, one, value) for one in arguments)
    return bool(ORDERS[operator](_key(subject, value, arguments[0]), _key(subject, arguments[0], value)))


def _key(subject: str, text: str, beside: str) -> tuple[float | str, ...]:
    """Return what is compared: numbers where both texts are, parts of a version, moments, else the texts."""
    if subject == "agentVersion":
        return tuple(float(part) if part.isascii() and part.isdigit() else -1.0 for part in text.split("."))
    if subject == "registeredAt":
        return (_moment(text),)
    if _is_number(text) and _is_number(beside):
        return (float(text),)
    return (text,)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", text) is not None


def _moment(text: str) -> float:
    """Return seconds since the epoch; a text without a zone is UTC. Raises ValueError."""
    try:
        found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise ValueError(f"{text[:40]!r} is no date and time") from error
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
