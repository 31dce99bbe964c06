"""*Be the scheduler* as its page shows it: where the game is, both pictures, both timelines and the numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from ecsweb.domain.scheduler_game import DESIRED, LENGTH, Blow, Fault, Half, Level
from ecsweb.learn.lessons.progress import key_of
from ecsweb.learn.scheduler_game import Played, Side, lab, played
from ecsweb.models import Cluster, LessonRun, LessonStatus, Play, PlayStatus, Task
from ecsweb.web.diagrams.cluster_picture import InstanceBox
from ecsweb.web.diagrams.game_timeline import Track, top_of, track
from ecsweb.web.pictures import cluster_picture, instance_names

FIRST_STEP = "by-hand"


@dataclass(frozen=True, slots=True)
class Machine:
    """A container instance and the key that starts a task on it; it keeps its number when another one is lost."""

    key: str
    box: InstanceBox


@dataclass(frozen=True, slots=True)
class Told:
    """A half that was begun: its score, its timeline, a sentence, and what happened line by line."""

    half: Half
    is_over: bool
    error: str
    track: Track
    sentence: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """One side: its cluster as it is now, and its half once that was begun."""

    side: Side
    cluster: Cluster
    machines: tuple[Machine, ...]
    told: Told | None
    level: Level
    # The names of the machines that were taken away.
    lost: tuple[str, ...]

    @property
    def is_playing(self) -> bool:
        """Tell whether its seconds are running."""
        return self.told is not None and not self.told.is_over


@dataclass(frozen=True, slots=True)
class Row:
    """A measure, and what it is of each half."""

    name: str
    hand: str
    loop: str


@dataclass(frozen=True, slots=True)
class Game:
    """Where the game is: begin, making, barred, ready, hand, between, loop, told, spent (its script came otherwise)."""

    phase: str
    run: LessonRun | None
    hand: Scene | None
    loop: Scene | None
    left: int
    rows: tuple[Row, ...]
    # What the lab's step still waits for, once a minute is over.
    missing: tuple[str, ...] = ()
    # The play that could not make both clusters.
    barred: Play | None = None

    @property
    def scene(self) -> Scene | None:
        """Return the side that is looked at now."""
        return self.loop if self.phase in ("loop", "told") else self.hand

    @property
    def is_live(self) -> bool:
        """Tell whether the seconds are running, so that the page has to be fetched again by itself."""
        return self.phase in ("hand", "loop")

    @property
    def is_set_aside(self) -> bool:
        """Tell whether another lesson was begun meanwhile: the minutes are kept, the lab's steps do not tick."""
        return self.run is not None and self.run.status == LessonStatus.LEFT and self.phase != "begin"

    @property
    def can_start(self) -> bool:
        """Tell whether tasks can be started by hand: in one's minute, and after it while the lab's step needs them."""
        return self.phase == "hand" or (self.phase == "between" and bool(self.missing))

    @property
    def is_late(self) -> bool:
        """Tell whether what is started by hand no longer counts for the minute."""
        return self.phase == "between" and self.can_start


def game_of(run: LessonRun | None, *, now: datetime) -> Game:
    """Return the game as it is now."""
    if run is None or _is_away(run):
        return Game("begin", run, None, None, 0, ())
    if run.status not in (LessonStatus.OPEN, LessonStatus.PASSED, LessonStatus.LEFT):
        start = run.plays.filter(kind="start").order_by("-pk").first()
        is_barred = run.status == LessonStatus.STARTING and start is not None and start.status == PlayStatus.FAILED
        return Game("barred" if is_barred else "making", run, None, None, 0, (), barred=start if is_barred else None)
    halves = {side: played(run, side, now=now) for side in Side}
    begun = [one.half for one in halves.values() if one is not None]
    top = top_of(begun)
    scenes = {side: _scene(run, side, halves[side], top) for side in Side}
    hand, loop = halves[Side.HAND], halves[Side.LOOP]
    phase = _phase(run, hand, loop)
    current = loop or hand
    left = round(LENGTH - current.half.until) if current else round(LENGTH)
    rows = _rows(hand.half, loop.half) if hand and loop and phase == "told" else ()
    missing = _missing(run) if phase == "told" or (phase == "between" and run.step == 0) else ()
    return Game(phase, run, scenes[Side.HAND], scenes[Side.LOOP], left, rows, missing)


def _missing(run: LessonRun) -> tuple[str, ...]:
    """Return what the lab's step waits for, in words."""
    steps = lab().steps
    if run.status != LessonStatus.OPEN or run.step >= len(steps):
        return ()
    step = steps[run.step]
    held = {check.id: run.checks.get(key_of(step, check), {}).get("ok") for check in step.checks}
    return tuple(check.text.here(run.values) for check in step.checks if not held[check.id])


def _is_away(run: LessonRun) -> bool:
    """Tell whether nothing is left of the game. Where another lesson was begun meanwhile, its minutes are kept."""
    if run.status == LessonStatus.EMPTYING:
        return not run.begins_again
    return run.status == LessonStatus.LEFT and not run.plays.filter(kind__in=[side.kind for side in Side]).exists()


def _phase(run: LessonRun, hand: Played | None, loop: Played | None) -> str:
    if hand is None:
        return "spent" if FIRST_STEP in run.passed_steps else "ready"
    if loop is None:
        return "between" if hand.is_over else "hand"
    return "told" if loop.is_over else "loop"


def _scene(run: LessonRun, side: Side, one: Played | None, top: float) -> Scene | None:
    rows = Cluster.objects.select_related("account").filter(account=run.account, region=run.region, status="ACTIVE")
    cluster = rows.filter(name=str(run.values[side])).first()
    if cluster is None:
        return None
    boxes = cluster_picture(cluster).instances
    machines = tuple(Machine(box.name.removeprefix("i-").lstrip("0"), box) for box in boxes)
    running = Task.objects.filter(cluster=cluster, last_status="RUNNING").count()
    names = instance_names(cluster)
    told = _told(one, top, names) if one else None
    level = Level(0.0, one.half.now.desired if one else DESIRED, running)
    standing = {box.instance_id for box in boxes}
    lost = tuple(name for key, name in names.items() if key not in standing)
    return Scene(side, cluster, machines, told, level, lost)


def _told(one: Played, top: float, names: Mapping[str, str]) -> Told:
    error = one.play.error if one.play.status == PlayStatus.FAILED else ""
    half = one.half
    return Told(half, one.is_over or bool(error), error, track(half, top), _sentence(half), _lines(half, names))


def _sentence(half: Half) -> str:
    """Return the timeline in a sentence, for whoever does not see it."""
    return _(
        "Running was below desired for %(missed)s of %(until)s s. "
        "Tasks started: %(started)s, of them wrongly placed: %(wrong)s."
    ) % {
        "missed": f"{half.missed:.1f}",
        "until": f"{half.until:.0f}",
        "started": len(half.placed),
        "wrong": len(half.wrong),
    }


def _lines(half: Half, names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    found = [(at, _blow_words(blow, half, at)) for at, blow in half.blows]
    for one in half.placed:
        name = names.get(one.instance.rsplit("/", 1)[-1], _("a machine that is gone"))
        found.append((one.at, _start_words(one.fault) % {"name": name}))
    return tuple((f"{at:.1f} s", words) for at, words in sorted(found))


def _blow_words(blow: Blow, half: Half, at: float) -> str:
    match blow:
        case Blow.KILL:
            return _("The script kills a container.")
        case Blow.LOSE:
            return _("The script takes a machine away.")
        case Blow.WISH:
            wanted = [level.desired for level in half.levels if level.at <= at]
            return _("The script wants %(count)s tasks.") % {"count": wanted[-1]}


def _start_words(fault: Fault | None) -> str:
    match fault:
        case Fault.CROWDED:
            return _("A task is started on %(name)s, while another machine stands empty.")
        case Fault.SURPLUS:
            return _("A task is started on %(name)s, though enough are there.")
        case _:
            return _("A task is started on %(name)s.")


def _rows(hand: Half, loop: Half) -> tuple[Row, ...]:
    """Return the numbers of both halves side by side."""
    measures: tuple[tuple[str, Callable[[Half], str]], ...] = (
        (_("Missed: running below desired"), lambda half: _seconds(half.missed)),
        (_("Too many: running above desired"), lambda half: _seconds(half.exceeded)),
        (_("Reaction: from the loss to the start, on average"), lambda half: _seconds(half.reaction)),
        (_("Slowest reaction"), lambda half: _seconds(max(half.reactions, default=None))),
        (_("Never made up for"), lambda half: str(half.unanswered)),
        (_("Placed beside another while a machine stood empty"), lambda half: _faults(half, Fault.CROWDED)),
        (_("Started though enough were there"), lambda half: _faults(half, Fault.SURPLUS)),
        (_("Tasks started"), lambda half: str(len(half.placed))),
    )
    return tuple(Row(name, of(hand), of(loop)) for name, of in measures)


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f} s"


def _faults(half: Half, fault: Fault) -> str:
    return str(sum(one.fault is fault for one in half.placed))
