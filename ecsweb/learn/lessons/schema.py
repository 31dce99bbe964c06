"""What a lab or an incident is made of: the files in `content/labs` and `content/incidents` are checked against it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from django.utils.translation import gettext_noop

from ecsweb.learn.lessons.texts import Text

Unit = Literal[
    "cluster",
    "instance",
    "capacity",
    "definition",
    "task",
    "replica",
    "daemon",
    "deployment",
    "failure",
    "image",
    "capstone",
]
Level = Literal["viewing", "responding", "changing", "constructing", "presenting"]
Subgoal = Literal["look", "define", "place", "start", "keep"]
Rung = Literal["nudge", "pointer", "show"]
ABOVE_CHANGING = frozenset({"changing", "constructing", "presenting"})
MOST_WORDS = 80
ONE_THING = gettext_noop("an action is one call, one wait or one pause, and may say something; or it only says it")


class Ask(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question to the live account: an operation's answer, and a JMESPath expression over it (what `--query` takes).

    `of` is one of AWS's reading operations, or `Log` (the events since the lesson began, as
    `{"events": [{"type", "time", "detail"}]}`), or `Docker` (`{"containers": […]}` in the shape of `docker inspect`).
    Describe… operations without ids describe everything of the cluster; tasks that stopped are among them.
    """

    of: str
    query: str
    params: dict[str, Any] = {}


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A question and the answer that it should have; without one, the answer should be true of itself."""

    ask: Ask
    equals: Any = msgspec.UNSET
    at_least: float | None = None
    at_most: float | None = None
    one_of: list[Any] | None = None


class Check(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a step wants to be so. `keeps`: it should stay so until the lesson ends. `stable_for`: for so many seconds
    the answer should be right, and the same."""

    id: str
    text: Text
    want: Condition
    stable_for: float = 0
    keeps: bool = False


class Action(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One thing that a play does: a call through the one door, a wait until something is so, a pause, a caption.

    In `params`, `{"ask": …}` in a value's place is answered from the live account just before the call.
    """

    call: str = ""
    params: dict[str, Any] = {}
    until: Condition | None = None
    within: float = 60
    pause: float = 0
    say: Text | None = None
    # What a call may answer without being a failure of the play, for example ClientException.
    refusal: str = ""

    def __post_init__(self) -> None:
        does = [bool(self.call), self.until is not None, self.pause > 0]
        if sum(does) > 1 or not (any(does) or self.say):
            raise ValueError(ONE_THING)


def is_shown(action: Mapping[str, Any]) -> bool:
    """Tell whether an action, as it is kept, shows something: a pause does not, nor does a wait without a caption."""
    return bool(action.get("call") or action.get("say"))


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An answer that one can choose; a wrong one names its misconception where it has one."""

    id: str
    text: Text
    misconception: str = ""


class Prediction(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is asked before the key event, which choice comes true, and why."""

    question: Text
    choices: list[Choice]
    right: str
    because: Text

    def __post_init__(self) -> None:
        names = [choice.id for choice in self.choices]
        if self.right not in names or len(set(names)) != len(names) or len(names) < 2:
            raise ValueError("a prediction has two choices or more, each with its own id, and one of them is right")


class Hint(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A help on one rung of the ladder; with `when` it speaks only where that is so, and then first."""

    id: str
    rung: Rung
    text: Text
    when: Condition | None = None


class WrongPath(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A way that does not lead there, and the hint that it should get."""

    id: str
    name: Text
    actions: list[Action]
    hint: str
    # What takes this way back before the solution is played, where what it left stands in the solution's way.
    remedy: list[Action] = []


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One thing to do: what to do, what is then so, help, and the words that explain it afterwards."""

    id: str
    title: Text
    text: Text
    level: Level
    subgoal: Subgoal
    checks: list[Check]
    hints: list[Hint]
    solution: list[Action]
    explain: Text
    predict: Prediction | None = None
    # What the button on the step does at once; most steps are done on the pages or the command line.
    button: Text | None = None
    # Relative address of the page where the step is done best.
    where: str = ""
    wrong_paths: list[WrongPath] = []


class Lesson(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A lab, or an incident: a broken cluster whose cause is to be found and mended."""

    id: str
    kind: Literal["lab", "incident"]
    number: int
    unit: Unit
    minutes: int
    title: Text
    intro: Text
    # The belief that it should end, as a number of `ecs-facts.md` 14 where one fits ("M3").
    misconception: str = ""
    ends_belief: Text
    # What differs per learner: one of each list is theirs.
    values: dict[str, list[str | int]]
    # What the lesson makes: emptied by its reset.
    clusters: list[str]
    families: list[str] = []
    parameters: list[str] = []
    providers: list[str] = []
    start: list[Action] = []
    steps: list[Step]
    # How many calls that change something a direct way needs.
    par: int

    def step(self, step_id: str) -> Step:
        """Return the step of that id. Raises LookupError."""
        found = next((step for step in self.steps if step.id == step_id), None)
        if found is None:
            raise LookupError(f"{self.id} has no step {step_id}")
        return found


def problems(lesson: Lesson) -> list[str]:
    """Return what is wrong with a lesson beyond the shape of its file, each as a sentence."""
    found: list[str] = []
    names = [step.id for step in lesson.steps]
    if not lesson.steps or len(set(names)) != len(names):
        found.append("step ids must be there and unique")
    if lesson.kind == "lab" and not any(step.predict for step in lesson.steps):
        found.append("a lab has a prediction")
    if lesson.kind == "incident" and sum(len(step.wrong_paths) for step in lesson.steps) < 2:
        found.append("an incident has two wrong paths or more")
    for step in lesson.steps:
        found += [f"{step.id}: {problem}" for problem in _problems_of(step, lesson.kind)]
    return found


def _problems_of(step: Step, kind: str) -> list[str]:
    found: list[str] = []
    if not step.checks or not step.solution:
        found.append("a step has checks and a solution")
    if kind == "lab" and step.level not in ABOVE_CHANGING:
        found.append("each step of a lab changes something")
    if step.text.words() > MOST_WORDS:
        found.append(f"{step.text.words()} words, {MOST_WORDS} at most")
    hints = {hint.id for hint in step.hints}
    if {hint.rung for hint in step.hints if hint.when is None} < {"nudge", "pointer", "show"}:
        found.append("the ladder has a nudge, a pointer and a show that always apply")
    found += [f"no hint {path.hint} for {path.id}" for path in step.wrong_paths if path.hint not in hints]
    for things in (step.checks, step.hints, step.wrong_paths):
        ids = [thing.id for thing in things]
        if len(set(ids)) != len(ids):
            found.append("an id stands twice")
    return found
