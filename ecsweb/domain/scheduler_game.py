"""Be the scheduler: a script of failures, and what somebody, or the loop, made of it. A pure fold over the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ecsweb.domain.timeline.fold import fold
from ecsweb.domain.timeline.past import Facts, LoggedEvent, Past, name_in

# Seconds of one half, and how many tasks are wanted at its beginning.
LENGTH = 60.0
DESIRED = 3


class Blow(StrEnum):
    """What the script does."""

    KILL = "KillContainer"
    LOSE = "LoseInstance"
    WISH = "UpdateService"


@dataclass(frozen=True, slots=True)
class Beat:
    """At which second which blow falls: so many kills, or so many tasks wanted from then on."""

    at: float
    blow: Blow
    number: int = 1


SCRIPT = (Beat(5, Blow.KILL), Beat(20, Blow.LOSE), Beat(30, Blow.WISH, 4), Beat(40, Blow.KILL, 2))


class Fault(StrEnum):
    """Why a task was placed wrongly: on a machine in use while another stood empty, or more than wanted."""

    CROWDED = "crowded"
    SURPLUS = "surplus"


@dataclass(frozen=True, slots=True)
class Level:
    """What was wanted and what ran from a moment on, until the next."""

    at: float
    desired: int
    running: int

    @property
    def is_short(self) -> bool:
        """Tell whether something is missing."""
        return self.running < self.desired

    @property
    def surplus(self) -> int:
        """Return how many run more than are wanted."""
        return max(0, self.running - self.desired)


@dataclass(frozen=True, slots=True)
class Placed:
    """A task that was started, by whomever."""

    at: float
    task: str
    instance: str
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Half:
    """One half of the game, up to the second `until`."""

    until: float
    levels: tuple[Level, ...]
    placed: tuple[Placed, ...]
    blows: tuple[tuple[float, Blow], ...]
    # Seconds from each loss, or each task more that was wanted, to the start of what makes up for it.
    reactions: tuple[float, ...]
    # Losses for which nothing was started at all.
    unanswered: int

    @property
    def now(self) -> Level:
        """Return what is wanted and what runs at its end."""
        return self.levels[-1]

    @property
    def gaps(self) -> tuple[tuple[float, float], ...]:
        """Return the stretches in which something was missing."""
        found: list[tuple[float, float]] = []
        for level, end in self._spans():
            if not level.is_short or end <= level.at:
                continue
            if found and found[-1][1] == level.at:
                found[-1] = (found[-1][0], end)
            else:
                found.append((level.at, end))
        return tuple(found)

    def _spans(self) -> Iterator[tuple[Level, float]]:
        """Yield each level with the second at which it ends."""
        yield from zip(self.levels, [*(one.at for one in self.levels[1:]), self.until], strict=True)

    @property
    def exceeded(self) -> float:
        """Return the seconds in which running was more than desired."""
        return sum(max(0.0, end - level.at) for level, end in self._spans() if level.surplus)

    @property
    def missed(self) -> float:
        """Return the seconds in which running was less than desired."""
        return sum(end - begin for begin, end in self.gaps)

    @property
    def wrong(self) -> tuple[Placed, ...]:
        """Return what was placed wrongly."""
        return tuple(one for one in self.placed if one.fault is not None)

    @property
    def reaction(self) -> float | None:
        """Return the mean reaction, if there was one."""
        return sum(self.reactions) / len(self.reactions) if self.reactions else None


@dataclass(slots=True)
class _Watch:
    """What is known while the log is gone through."""

    cluster: str
    past: Past
    desired: int
    needs: list[float] = field(default_factory=list)
    reactions: list[float] = field(default_factory=list)
    missing: int = 0

    @property
    def tasks(self) -> dict[str, Facts]:
        return {arn: facts for arn, facts in self.past.tasks.items() if name_in(arn) == self.cluster}

    @property
    def running(self) -> int:
        return sum(facts.get("lastStatus") == "RUNNING" for facts in self.tasks.values())

    @property
    def alive(self) -> list[Facts]:
        """Return the tasks that run or are on their way to it."""
        return [
            facts
            for facts in self.tasks.values()
            if facts.get("desiredStatus") == "RUNNING" and facts.get("lastStatus") != "STOPPED"
        ]

    def level(self, at: float) -> Level:
        return Level(at, self.desired, self.running)

    def note_missing(self, at: float) -> None:
        """Keep since when how many are missing; the oldest loss is made up for first."""
        missing = max(0, self.desired - len(self.alive))
        self.needs += [at] * (missing - self.missing)
        for _made_up in range(self.missing - missing):
            self.reactions.append(round(at - self.needs.pop(0), 3))
        self.missing = missing


def half_of(
    base: Past, events: Iterable[LoggedEvent], *, cluster: str, began: datetime, now: datetime, script_origin: str
) -> Half:
    """Return what was made of the script in a cluster since `began`, when everything stood as in `base`.

    What is wanted is the script's: only its own calls (their origin is `script_origin`) change it.
    """
    until = min(LENGTH, max(0.0, (now - began).total_seconds()))
    watch = _Watch(cluster, base, DESIRED)
    watch.note_missing(0.0)
    levels = [watch.level(0.0)]
    placed: list[Placed] = []
    blows: list[tuple[float, Blow]] = []
    for event in events:
        at = round(max(0.0, (event.time - began).total_seconds()), 3)
        if at > until:
            break
        blow = _blow(event, cluster, script_origin)
        if blow is not None:
            blows.append((at, blow))
            watch.desired = int(event.detail["parameters"].get("desiredCount", watch.desired))
        before, watch.past = watch.past, fold([event], watch.past)
        placed += _placed(before, watch, at)
        watch.note_missing(at)
        levels.append(watch.level(at))
    return Half(
        until, tuple(_changes(levels)), tuple(placed), tuple(blows), tuple(watch.reactions), unanswered=len(watch.needs)
    )


def _blow(event: LoggedEvent, cluster: str, script_origin: str) -> Blow | None:
    detail = event.detail
    is_ours = event.detail_type == "API Call" and detail.get("origin") == script_origin
    if not is_ours or detail.get("result") != "Success" or detail.get("parameters", {}).get("cluster") != cluster:
        return None
    return Blow(detail["operation"]) if detail.get("operation") in list(Blow) else None


def _placed(before: Past, watch: _Watch, at: float) -> Iterator[Placed]:
    """Yield the tasks that the last event brought, each with what is wrong about its place."""
    for arn, facts in watch.tasks.items():
        instance = facts.get("containerInstanceArn")
        if arn not in before.tasks and instance:
            others = [one for one in watch.alive if one.get("taskArn") != arn]
            yield Placed(at, arn, str(instance), _fault(others, str(instance), watch))


def _fault(others: Sequence[Facts], instance: str, watch: _Watch) -> Fault | None:
    if len(others) >= watch.desired:
        return Fault.SURPLUS
    used = Counter(str(one.get("containerInstanceArn")) for one in others)
    free = [
        arn
        for arn, facts in watch.past.instances.items()
        if name_in(arn) == watch.cluster and facts.get("status") == "ACTIVE" and facts.get("agentConnected")
    ]
    return Fault.CROWDED if used[instance] and any(not used[arn] for arn in free) else None


def _changes(levels: Sequence[Level]) -> Iterator[Level]:
    """Yield the levels that differ from the one before; of several at one moment the last."""
    known: tuple[int, int] | None = None
    for level in {level.at: level for level in levels}.values():
        if (level.desired, level.running) != known:
            known = (level.desired, level.running)
            yield level
