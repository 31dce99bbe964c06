"""A lesson as its page shows it: steps with what is expected and what is, hints so far, predictions and what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from ecsweb.api.model import is_of_aws
from ecsweb.api.principal import Principal
from ecsweb.api.renderers import cli_command
from ecsweb.controlplane import plays
from ecsweb.controlplane.lessons import UNDER_WAY
from ecsweb.learn.lessons.asking import Account
from ecsweb.learn.lessons.hints import RUNGS, ladder, remedies
from ecsweb.learn.lessons.loading import lesson_of
from ecsweb.learn.lessons.losses import Loss, loss_of, rests_on
from ecsweb.learn.lessons.schema import Choice, Hint, Lesson, Step
from ecsweb.learn.lessons.texts import Values, filled
from ecsweb.learn.misconceptions import Misconception, misconceptions
from ecsweb.learn.player import resolved
from ecsweb.models import Account as AccountRow
from ecsweb.models import Cluster, LessonRun, LessonStatus, Play
from ecsweb.web.lesson_checks import CheckLine, check_lines
from ecsweb.web.lesson_passed import PassedPart, passed_part
from ecsweb.web.lesson_plays import AnswerPart, PlayPart, answer_part, play_part
from ecsweb.web.requests import PageRequest
from ecsweb.web.timeline.stretch import Stretch, busiest_of, stretch_address

ALL_RUNGS = len(RUNGS) + 1
# So many characters of a command stand in the line of a hint, also on a phone.
NARROW = 36


@dataclass(frozen=True, slots=True)
class ChoiceLine:
    """A choice of a prediction, and what somebody made of it."""

    id: str
    text: str
    is_right: bool
    was_predicted: bool
    was_seen: bool
    misconception: Misconception | None


@dataclass(frozen=True, slots=True)
class PredictionPart:
    """What is asked before the key event. `stage` is ask, wait, observe or told."""

    stage: str
    question: str
    choices: tuple[ChoiceLine, ...]
    is_right: bool
    because: str
    own_words: str
    # Where the stretch between what was predicted and what came of it plays again; "" where there is none yet.
    again: str


@dataclass(frozen=True, slots=True)
class StepPart:
    """A step; `state` is passed, current or later."""

    step: Step
    number: int
    state: str
    title: str
    text: str
    explain: str
    button: str
    where: str
    checks: tuple[CheckLine, ...]
    hints: tuple[tuple[Hint, str], ...]
    commands: tuple[str, ...]
    more_hints: bool
    next_rung: int
    prediction: PredictionPart | None
    is_broken: bool
    # The event after which it was passed, or the refusal that it is about: the picture of that moment explains it.
    moment: int
    # What its button, or the help, is doing or was answered; and the refusal that a passed step is about.
    play: PlayPart | None
    answer: AnswerPart | None

    @property
    def is_holding(self) -> bool:
        """Tell whether something is so already, and must only stay so for a while."""
        return any(line.mood == "holding" for line in self.checks)

    @property
    def is_busy(self) -> bool:
        """Tell whether nothing is left to press: a play does it, or all is so and must only stay so."""
        is_playing = self.play is not None and self.play.state == "playing"
        return is_playing or (self.is_holding and all(line.mood in ("ok", "holding") for line in self.checks))


@dataclass(frozen=True, slots=True)
class LessonPage:
    """All that the page of a lesson shows of it."""

    lesson: Lesson
    run: LessonRun | None
    values: Values
    title: str
    intro: str
    ends_belief: str
    steps: tuple[StepPart, ...]
    broken: tuple[StepPart, ...]
    play: Play | None
    # The cluster that was deleted in the middle of it, if one was.
    loss: Loss | None
    cluster: Cluster | None

    @property
    def is_under_way(self) -> bool:
        """Tell whether steps can be done now."""
        return self.run is not None and self.run.status == LessonStatus.OPEN

    @property
    def is_being_made(self) -> bool:
        """Tell whether the start state is not there yet."""
        return self.run is not None and self.run.status in (LessonStatus.STARTING, LessonStatus.EMPTYING)

    @property
    def is_passed(self) -> bool:
        """Tell whether this attempt is passed."""
        return self.run is not None and self.run.status == LessonStatus.PASSED

    @property
    def passed(self) -> PassedPart | None:
        """Return what a passed attempt can say of itself."""
        return passed_part(self.steps, self.run) if self.run and self.is_passed else None

    @property
    def returns_to(self) -> StepPart | None:
        """Return the step to which somebody is brought back: what comes before it is done for them."""
        return next((part for part in self.steps if self.run and part.step.id == self.run.return_to), None)

    @property
    def hides_picture(self) -> bool:
        """Tell whether the picture would give the answer away: an incident whose cause was not guessed yet."""
        asked = self.current.prediction if self.current else None
        return self.lesson.kind == "incident" and asked is not None and asked.stage == "ask"

    @property
    def unexplained(self) -> StepPart | None:
        """Return the first step that was predicted and of which nobody said yet what came."""
        return next((part for part in self.steps if part.prediction and part.prediction.stage == "observe"), None)

    @property
    def is_moving(self) -> bool:
        """Tell whether a play may end before the page listens: then it asks again by itself."""
        return self.play is not None and self.play.status in plays.UNDER_WAY

    @property
    def broken_numbers(self) -> str:
        """Return the numbers of the steps that are broken."""
        return ", ".join(str(part.number) for part in self.broken)

    @property
    def steps_done(self) -> int:
        """Return how many steps are passed."""
        return sum(part.state == "passed" for part in self.steps)

    @property
    def current(self) -> StepPart | None:
        """Return the step that is to be done now."""
        return next((part for part in self.steps if part.state == "current"), None)


def runs_of(request: PageRequest) -> dict[str, LessonRun]:
    """Return what somebody has begun in the region, by lesson."""
    rows = LessonRun.objects.filter(account=request.account, region=request.principal.region)
    return {run.lesson: run for run in rows}


def open_lesson(account: AccountRow, region: str) -> dict[str, Any]:
    """Return what every page shows of the lesson that is open: where in it somebody is; nothing where none is."""
    run = LessonRun.objects.filter(account=account, region=region, status__in=UNDER_WAY).first()
    lesson = lesson_of(run.lesson) if run else None
    if run is None or lesson is None:
        return {}
    step = lesson.steps[run.step] if run.step < len(lesson.steps) else None
    checks = [run.checks.get(f"{step.id}/{check.id}", {}) for check in step.checks] if step else []
    return {
        "lesson": lesson,
        "title": lesson.title.here(run.values),
        "step_title": step.title.here(run.values) if step else "",
        "number": run.step + 1,
        "steps": len(lesson.steps),
        "held": sum(bool(one.get("ok")) for one in checks),
        "checks": len(checks),
        "is_open": run.status == LessonStatus.OPEN,
    }


def lesson_page(lesson: Lesson, run: LessonRun | None, principal: Principal) -> LessonPage:
    """Return the page of a lesson; before it is begun, with the values that a first learner would have."""
    values: Values = run.values if run else {name: choices[0] for name, choices in lesson.values.items()}
    account = Account(principal, since=run.began_sequence if run else 0)
    play = run.plays.order_by("-pk").first() if run else None
    loss = loss_of(run, lesson) if run else None
    way = _Way(lesson, run, values, account, play, loss)
    steps = tuple(_step(way, index) for index in range(len(lesson.steps)))
    return LessonPage(
        lesson=lesson,
        run=run,
        values=values,
        title=lesson.title.here(values),
        intro=lesson.intro.here(values),
        ends_belief=lesson.ends_belief.here(values),
        steps=steps,
        broken=tuple(step for step in steps if step.is_broken),
        play=play,
        loss=loss,
        cluster=_cluster(lesson, values, principal) if run else None,
    )


def _cluster(lesson: Lesson, values: Values, principal: Principal) -> Cluster | None:
    """Return the first of the lesson's clusters that is there."""
    names = [str(filled(name, values)) for name in lesson.clusters]
    rows = Cluster.objects.filter(
        account__account_id=principal.account_id, region=principal.region, status="ACTIVE", name__in=names
    )
    return min(rows.select_related("account"), key=lambda row: names.index(row.name), default=None)


@dataclass(frozen=True, slots=True)
class _Way:
    """Somebody's way through a lesson, and what can be asked about it."""

    lesson: Lesson
    run: LessonRun | None
    values: Values
    account: Account
    play: Play | None
    loss: Loss | None


def _step(way: _Way, index: int) -> StepPart:
    step, run, values, account = way.lesson.steps[index], way.run, way.values, way.account
    is_open = run is not None and run.status in (LessonStatus.OPEN, LessonStatus.PASSED)
    state = "later"
    if run is not None and is_open:
        state = "passed" if step.id in run.passed_steps else "current" if index == run.step else "later"
    rungs = int(run.hints.get(step.id, 0)) if run else 0
    hints = ladder(step, rungs, account, values, loss=way.loss) if state == "current" and rungs else []
    checks = check_lines(step, run, values)
    is_lost = way.loss is not None and rests_on(step, way.loss, values)
    answer = answer_part(run, step, _moment_before(way.lesson, step, run)) if run and state == "passed" else None
    return StepPart(
        step=step,
        number=index + 1,
        state=state,
        title=step.title.here(values),
        text=step.text.here(values),
        explain=step.explain.here(values),
        button=step.button.here(values) if step.button else "",
        where=str(filled(step.where, values)),
        checks=checks,
        hints=tuple((hint, hint.text.here(values)) for hint in hints),
        commands=_commands(step, values, account) if rungs >= len(RUNGS) and state == "current" else (),
        more_hints=rungs < len(RUNGS),
        next_rung=min(rungs + 1, ALL_RUNGS),
        prediction=_prediction(way.lesson, step, run, values, state),
        is_broken=state == "passed" and (is_lost or any(line.mood == "broken" for line in checks)),
        moment=answer.sequence if answer else moment_of(run, step.id),
        play=play_part(way.play, step.id) if state == "current" else None,
        answer=answer,
    )


def moment_of(run: LessonRun | None, step_id: str) -> int:
    """Return the event after which a step was passed; 0 for none."""
    return int(run.passed_steps.get(step_id, {}).get("sequence", 0)) if run else 0


def _moment_before(lesson: Lesson, step: Step, run: LessonRun) -> int:
    index = lesson.steps.index(step)
    return moment_of(run, lesson.steps[index - 1].id) if index else 0


def _prediction(lesson: Lesson, step: Step, run: LessonRun | None, values: Values, state: str) -> PredictionPart | None:
    if step.predict is None or state == "later":
        return None
    said: dict[str, Any] = run.predictions.get(step.id, {}) if run else {}
    stage = "told"
    if state == "current":
        stage = "wait" if said else "ask"
    elif said and "saw" not in said:
        stage = "observe"
    return PredictionPart(
        stage=stage,
        question=step.predict.question.here(values),
        choices=tuple(_choice(choice, step.predict.right, said, values) for choice in step.predict.choices),
        is_right=said.get("choice") == step.predict.right,
        because=step.predict.because.here(values),
        own_words=str(said.get("own_words", "")),
        again=_again(lesson, step, run, values) if run and said and step.id in run.passed_steps else "",
    )


def _again(lesson: Lesson, step: Step, run: LessonRun, values: Values) -> str:
    """Return where the stretch plays again that the prediction is about, in the lesson's cluster where it happened."""
    names = [str(name) for name in filled(lesson.clusters, values)]
    if not names:
        return ""
    said, until = run.predictions[step.id]["sequence"], run.passed_steps[step.id]["sequence"]
    # Who begins again and comes back to a step has said it in another attempt.
    since = max(said, run.began_sequence, _moment_before(lesson, step, run))
    stretch = Stretch(min(since, until), until, f"{reverse('lesson', args=(lesson.id,))}#step-{step.id}")
    return stretch_address(busiest_of(run.account, run.region, names, stretch), stretch)


def _choice(choice: Choice, right: str, said: dict[str, Any], values: Values) -> ChoiceLine:
    return ChoiceLine(
        id=choice.id,
        text=choice.text.here(values),
        is_right=choice.id == right,
        was_predicted=said.get("choice") == choice.id,
        was_seen=said.get("saw") == choice.id,
        misconception=misconceptions().get(choice.misconception),
    )


def _commands(step: Step, values: Values, account: Account) -> tuple[str, ...]:
    """Return the step's solution as commands, with the ids of what is there now."""
    # What is ours has no command: it is done with a button of chaos.
    actions = [*remedies(step, account, values), *step.solution]
    calls = [action for action in actions if action.call and is_of_aws(action.call)]
    filled_in = [(action.call, resolved(filled(action.params, values), account)) for action in calls]
    return tuple(cli_command(name, params, one_line=NARROW) for name, params in filled_in if _is_whole(params))


def _is_whole(value: object) -> bool:
    """Tell whether nothing of a call's parameters is still unknown."""
    if isinstance(value, dict):
        return all(_is_whole(inner) for inner in value.values())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return all(_is_whole(inner) for inner in value)
    return value is not None
