"""The picture of a cluster as plain values: what stands where, in which tint, with which words. No queries, no HTML."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

TINTS = 6
BAR_WIDTH = 100.0


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a capacity bar, in hundredths of its width."""

    x: float
    width: float
    tint: str
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One resource of an instance: what its tasks reserve of what is registered."""

    label: str
    used: int
    total: int
    unit: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Chip:
    """A container inside a task: its name, whether it is essential, and a port or an exit code."""

    name: str
    essential: bool
    status: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class TaskBox:
    """A task where it runs. `letter` is its service's, empty for a task that was run directly."""

    task_id: str
    family_revision: str
    tint: str
    letter: str
    owner: str
    last_status: str
    is_leaving: bool
    chips: tuple[Chip, ...]
    sentence: str = ""
    # How its service schedules: REPLICA or DAEMON.
    strategy: str = ""
    is_unhealthy: bool = False
    # Which service of its owner's name: one that was deleted and made again is another.
    owner_id: str = ""

    @property
    def short_id(self) -> str:
        """Return the beginning of the id, enough to tell tasks apart."""
        return self.task_id[:6]

    @property
    def first_essential(self) -> str:
        """Return the running essential container, the one whose end ends the task."""
        return next((chip.name for chip in self.chips if chip.essential and chip.status == "RUNNING"), "")

    @property
    def is_stopped(self) -> bool:
        """Tell whether it is over."""
        return self.last_status == "STOPPED"


@dataclass(frozen=True, slots=True)
class Share:
    """What the tasks of one revision reserve of an instance: CPU units and MiB, all together."""

    family_revision: str
    tint: str
    tasks: int
    cpu: int
    memory: int


@dataclass(frozen=True, slots=True)
class Ghost:
    """A task that did not fit: what it wanted of one resource and what was left, as a bar over the instance's own.

    `x` and `width` are hundredths of the bar; what does not fit into it is cut off and said as `missing`.
    """

    service: str
    letter: str
    tint: str
    resource: str
    unit: str
    wanted: int
    left: int
    x: float
    width: float

    @property
    def missing(self) -> int:
        """Return how much too little there was."""
        return max(0, self.wanted - self.left)


@dataclass(frozen=True, slots=True)
class InstanceBox:
    """A container instance with its agent, capacity and tasks; many tasks are folded into counts."""

    instance_id: str
    name: str
    instance_type: str
    zone: str
    status: str
    agent_connected: bool
    bars: tuple[Bar, ...]
    tasks: tuple[TaskBox, ...]
    folded: tuple[Fold, ...] = ()
    is_host_stopped: bool = False
    capacity_provider: str = ""
    shares: tuple[Share, ...] = ()
    ports: tuple[int, ...] = ()
    ghosts: tuple[Ghost, ...] = ()

    @property
    def zone_letter(self) -> str:
        """Return the end of the zone's name, which tells the zones of a region apart."""
        return self.zone[-1:]


@dataclass(frozen=True, slots=True)
class Fold:
    """Tasks that are not drawn one by one: so many of a revision in a status, of one service or of nobody."""

    family_revision: str
    tint: str
    last_status: str
    owner: str
    letter: str
    strategy: str
    count: int
    owner_id: str = ""


@dataclass(frozen=True, slots=True)
class FargateGroup:
    """The FARGATE tasks of a cluster: they stand beside the instances, by zone, on none that anybody sees."""

    zones: tuple[tuple[str, tuple[TaskBox, ...]], ...]
    folded: tuple[Fold, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceCard:
    """A service: what it wants, what it has, how it is."""

    name: str
    letter: str
    tint: str
    strategy: str
    family_revision: str
    desired: int
    running: int
    pending: int
    mood: str
    dots: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A task that a service could not place: a ghost with the reason."""

    service: str
    letter: str
    family_revision: str
    tint: str
    sentence: str


@dataclass(frozen=True, slots=True)
class DefinitionCard:
    """A revision that something here runs or could run; outside the cluster, because it is."""

    family: str
    revision: int
    tint: str
    is_active: bool
    containers: tuple[tuple[str, bool], ...]
    cpu: int
    memory: int
    tasks: int

    @property
    def name(self) -> str:
        """Return `family:revision`."""
        return f"{self.family}:{self.revision}"


@dataclass(frozen=True, slots=True)
class ClusterPicture:
    """Everything the cluster page draws."""

    name: str
    sentence: str
    instances: tuple[InstanceBox, ...] = ()
    services: tuple[ServiceCard, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    definitions: tuple[DefinitionCard, ...] = field(default=())
    fargate: FargateGroup | None = None
    # Tasks in PROVISIONING without an instance: they wait until their capacity provider has scaled.
    queued: tuple[TaskBox, ...] = ()
    queued_folds: tuple[Fold, ...] = ()

    @property
    def used_definitions(self) -> tuple[DefinitionCard, ...]:
        """Return the revisions that something here runs or wants to run; all of them where nothing does."""
        wanted = {card.family_revision for card in self.services}
        return tuple(one for one in self.definitions if one.tasks or one.name in wanted) or self.definitions

    @property
    def other_definitions(self) -> tuple[DefinitionCard, ...]:
        """Return the revisions that nothing here uses, though something does use others."""
        used = self.used_definitions
        return tuple(one for one in self.definitions if one not in used)


def tints(revisions: Sequence[str]) -> dict[str, str]:
    """Give each `family:revision`, in the order of registration, a tint that none before it has, while there is one.

    Its name decides where it looks first: it keeps its tint on every page and when more are registered.
    """
    found: dict[str, int] = {}
    for name in dict.fromkeys(revisions):
        family, _, revision = name.rpartition(":")
        first = crc32(family.encode()) + int(revision)
        used = Counter(found.values())
        found[name] = min(((first + step) % TINTS for step in range(TINTS)), key=lambda tint: used[tint])
    return {name: f"tint-{tint}" for name, tint in found.items()}


def bar(label: str, total: int, unit: str, shares: Sequence[tuple[str, int]], tint_of: Mapping[str, str]) -> Bar:
    """Stack what each revision reserves. Example: total 2048, shares web:1 512 → one segment of width 25."""
    amounts: dict[str, int] = {}
    for name, amount in shares:
        amounts[name] = amounts.get(name, 0) + amount
    segments, x = [], 0.0
    for name, amount in sorted(amounts.items()):
        width = BAR_WIDTH * amount / total if total else 0.0
        segments.append(Segment(round(x, 2), round(width, 2), tint_of.get(name, "tint-none"), f"{name} {amount}"))
        x += width
    return Bar(label, sum(amounts.values()), total, unit, tuple(segment for segment in segments if segment.width))


def shares(tasks: Sequence[tuple[str, int, int]], tint_of: Mapping[str, str]) -> tuple[Share, ...]:
    """Sum (revision, CPU, MiB) by revision, the largest memory first.

    Example: web:1 of 128 and 64, twice → one share of 2 tasks, 256 and 128.
    """
    sums: dict[str, tuple[int, int, int]] = {}
    for name, cpu, memory in tasks:
        count, all_cpu, all_memory = sums.get(name, (0, 0, 0))
        sums[name] = (count + 1, all_cpu + cpu, all_memory + memory)
    found = [Share(name, tint_of.get(name, "tint-none"), *values) for name, values in sums.items()]
    return tuple(sorted(found, key=lambda share: (-share.memory, share.family_revision)))


RESOURCES = {"RESOURCE:CPU": ("CPU", ""), "RESOURCE:MEMORY": ("MEM", "MiB")}


def ghost(service: str, look: tuple[str, str], candidate: Mapping[str, Any], totals: Mapping[str, int]) -> Ghost | None:
    """Return the bar of a task that an instance could not take for want of CPU or memory; None for another rule.

    `look` is the service's letter and tint, `candidate` the instance's line of the decision, `totals` what the instance
    has registered by resource. Example: 4096 MiB wanted, 1000 of 2000 left → from 50, 50 wide, 3096 missing.
    """
    if candidate["excluded_by"] not in RESOURCES:
        return None
    resource, unit = RESOURCES[candidate["excluded_by"]]
    wanted, left, total = int(candidate["wanted"] or 0), int(candidate["available"] or 0), totals[resource]
    x = BAR_WIDTH * max(0, total - left) / total if total else 0.0
    width = min(BAR_WIDTH - x, BAR_WIDTH * wanted / total) if total else 0.0
    return Ghost(service, *look, resource, unit, wanted, left, round(x, 2), round(width, 2))


def matches(task: TaskBox, words: str) -> bool:
    """Tell whether a task is what somebody looks for: each word in its id, revision, owner, status or containers."""
    names = " ".join([task.task_id, task.family_revision, task.owner, task.last_status, *(c.name for c in task.chips)])
    return all(word in names.lower() for word in words.lower().split())


def mood(*, status: str, is_steady: bool, failure: str, is_rolling_out: bool, is_short: bool = False) -> str:
    """Return the word for a service's badge: steady, no-room, deploying, recovering, short, leaving.

    `is_short`: task sets from outside have fewer than desired, and ECS adds none by itself.
    """
    if status != "ACTIVE":
        return "leaving"
    if failure:
        return "no-room"
    if is_steady:
        return "steady"
    if is_rolling_out:
        return "deploying"
    return "short" if is_short else "recovering"


def dots(*, desired: int, running: Sequence[str], pending: Sequence[str]) -> tuple[str, ...]:
    """Return one mark for each wanted task, at most 20: running or pending with its own revision's tint, or missing.

    Example: 3 wanted, one of tint-1 runs, one of tint-2 is on its way → "running tint-1", "pending tint-2", "missing".
    """
    marks = [f"running {tint}" for tint in running] + [f"pending {tint}" for tint in pending]
    return tuple([*marks, *["missing"] * max(0, desired - len(marks))][:20])
