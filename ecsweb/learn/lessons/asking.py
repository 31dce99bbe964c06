"""Ask the live account: the answer of an operation as AWS shapes it, and a JMESPath expression over it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jmespath
import msgspec
from django.db.models import Q
from jmespath.exceptions import JMESPathTypeError

from ecsweb.api import call
from ecsweb.api.principal import Principal
from ecsweb.domain.errors import EcsError
from ecsweb.learn.lessons.schema import Ask, Condition
from ecsweb.learn.lessons.texts import Values, filled
from ecsweb.models import Event

Answer = dict[str, Any]
DockerLook = Callable[[], list[dict[str, Any]]]
# Describe… without ids: what lists them, under which names, and how many are described at once.
_LISTED = {
    "DescribeClusters": ("ListClusters", "clusterArns", "clusters"),
    "DescribeServices": ("ListServices", "serviceArns", "services"),
    "DescribeTasks": ("ListTasks", "taskArns", "tasks"),
    "DescribeContainerInstances": ("ListContainerInstances", "containerInstanceArns", "containerInstances"),
}
# What can be asked beside AWS's reading operations.
SOURCES = frozenset({"Docker", "Log"})
_AT_ONCE = {"DescribeServices": 10}
# Of decisions only those are seen that nothing else tells of: a RunTask or StartTask that found no place.
_UNSEEN = Q(detail_type__in=("Checkpoint", "Engine Call")) | Q(detail_type="Decision", detail__failures__isnull=True)
MOST_EVENTS = 2000
LONGEST = 120
_UNSET = msgspec.UNSET


def no_docker() -> list[dict[str, Any]]:
    """Return no containers: only the worker sees the engine."""
    return []


@dataclass
class Account:
    """What can be asked of an account since a lesson began; each answer is read once."""

    principal: Principal
    since: int = 0
    docker: DockerLook = no_docker
    _answers: dict[str, Answer] = field(default_factory=dict)

    def answer(self, of: str, params: Mapping[str, Any]) -> Answer:
        """Return the whole answer; a refusal of ECS is an answer too, under `error`."""
        key = f"{of} {sorted(params.items())!r}"
        if key not in self._answers:
            self._answers[key] = self._read(of, dict(params))
        return self._answers[key]

    def _read(self, of: str, params: dict[str, Any]) -> Answer:
        if of == "Docker":
            return {"containers": self.docker()}
        if of == "Log":
            return {"events": self._events()}
        try:
            return self._described(of, params)
        except EcsError as error:
            return {"error": error.code, "message": error.message}

    def _described(self, of: str, params: dict[str, Any]) -> Answer:
        listing, arns_name, wanted = _LISTED.get(of, ("", "", ""))
        if not listing or wanted in params:
            return call(self.principal, of, params)
        where = {key: value for key, value in params.items() if key == "cluster"}
        arns = self._arns(listing, arns_name, where)
        found: Answer = {wanted: [], "failures": []}
        size = _AT_ONCE.get(of, 100)
        for start in range(0, len(arns), size):
            part = call(self.principal, of, {**params, wanted: arns[start : start + size]})
            found[wanted] += part[wanted]
            found["failures"] += part.get("failures", [])
        return found

    def _arns(self, listing: str, name: str, where: dict[str, Any]) -> list[str]:
        variants = [{"desiredStatus": "RUNNING"}, {"desiredStatus": "STOPPED"}] if listing == "ListTasks" else [{}]
        found: list[str] = []
        for variant in variants:
            params = {**where, **variant}
            while True:
                page = call(self.principal, listing, params)
                found += page[name]
                if not page.get("nextToken"):
                    break
                params = {**params, "nextToken": page["nextToken"]}
        return found

    def _events(self) -> list[dict[str, Any]]:
        rows = Event.objects.filter(
            account__account_id=self.principal.account_id, sequence__gt=self.since, region=self.principal.region
        ).exclude(_UNSEEN)
        newest = list(rows.order_by("-sequence").values("sequence", "detail_type", "time", "detail")[:MOST_EVENTS])
        return [
            {
                "sequence": row["sequence"],
                "type": row["detail_type"],
                "time": row["time"].timestamp(),
                "detail": row["detail"],
            }
            for row in reversed(newest)
        ]


def ask(account: Account, question: Ask, values: Values) -> Any:
    """Return what the expression finds in the answer; a cluster or service that is not there finds nothing."""
    answer = account.answer(question.of, filled(question.params, values))
    try:
        return jmespath.search(str(filled(question.query, values)), answer)
    except JMESPathTypeError:
        # Functions refuse null, `length(services)` for example, when the learner has deleted the cluster.
        return None


@dataclass(frozen=True, slots=True)
class Finding:
    """What was wanted and what is: both are shown."""

    is_so: bool
    expected: str
    actual: Any


def look(account: Account, condition: Condition, values: Values) -> Finding:
    """Ask and compare."""
    actual = ask(account, condition.ask, values)
    return Finding(_is_so(condition, actual, values), expectation(condition, values), actual)


def _is_so(condition: Condition, actual: Any, values: Values) -> bool:
    wanted: Any = filled(condition.equals, values) if condition.equals is not _UNSET else None
    tests: list[bool] = []
    if condition.equals is not _UNSET:
        tests.append(_same(actual, wanted))
    if condition.one_of is not None:
        tests.append(any(_same(actual, one) for one in filled(condition.one_of, values)))
    if condition.at_least is not None:
        tests.append(_is_number(actual) and actual >= condition.at_least)
    if condition.at_most is not None:
        tests.append(_is_number(actual) and actual <= condition.at_most)
    return all(tests) if tests else bool(actual)


def _same(actual: Any, wanted: Any) -> bool:
    """Tell whether both are the same; AWS writes some numbers as text."""
    if isinstance(actual, str) and isinstance(wanted, int) and not isinstance(wanted, bool):
        return actual == str(wanted)
    return bool(actual == wanted) and isinstance(actual, bool) == isinstance(wanted, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def expectation(condition: Condition, values: Values) -> str:
    """Return what is wanted, as it is printed: `ACTIVE`, `≥ 3`, `2 … 4`."""
    if condition.equals is not _UNSET:
        return printed(filled(condition.equals, values))
    if condition.one_of is not None:
        return " | ".join(printed(one) for one in filled(condition.one_of, values))
    low, high = condition.at_least, condition.at_most
    if low is not None and high is not None:
        return f"{low:g} … {high:g}"
    if low is not None:
        return f"≥ {low:g}"
    return f"≤ {high:g}" if high is not None else "true"


def printed(value: Any) -> str:
    """Return a value in few words: texts bare, the rest as JSON, cut where it is long."""
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
