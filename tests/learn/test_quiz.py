"""Every question can be asked: right is graded right, wrong is graded wrong and names its misconception."""

from __future__ import annotations

import re

import pytest
from django.utils.translation import override

from ecsweb.api.principal import root_of
from ecsweb.domain.errors import InvalidParameterException
from ecsweb.learn import asking, quiz
from ecsweb.learn.asking import Asked, grade
from ecsweb.learn.live import Live
from ecsweb.learn.misconceptions import misconceptions
from ecsweb.learn.quiz import Question, questions
from ecsweb.learn.texts import BadContent, Text
from ecsweb.models import Event, QuizAnswer
from tests.world import ACCOUNT, REGION, World

HANGUL = re.compile(r"[가-힣]")


def live() -> Live:
    return Live(root_of(ACCOUNT, REGION, origin="learn"))


def wrong_answers(asked: Asked) -> list[tuple[str, ...]]:
    """Return answers that are wrong: each wrong choice, a wrong set, another number, another name."""
    if asked.question.kind == "one":
        return [(one.key,) for one in asked.options if one.key not in asked.right]
    if asked.question.kind == "several":
        rest = tuple(one.key for one in asked.options if one.key not in asked.right)
        return [answer for answer in (rest, (*asked.right, *rest), ()) if set(answer) != set(asked.right)]
    return [(str(int(asked.right[0]) + 7),)] if asked.question.kind == "number" else [("no-such-thing",)]


def check(asked: Asked, source: Live) -> None:
    """Grade the right answer and wrong ones."""
    assert asked.right, asked.question.key
    assert grade(asked, asked.right, source).is_right, asked.question.key
    wrongs = wrong_answers(asked)
    assert wrongs, asked.question.key
    for wrong in wrongs:
        graded = grade(asked, wrong, source)
        assert not graded.is_right, (asked.question.key, wrong)
        # From a number that nobody would think of, or a name that nothing has, no belief speaks.
        names_one = graded.misconception in misconceptions()
        assert names_one == (asked.question.kind in ("one", "several")), (asked.question.key, wrong)


def test_there_are_enough_questions_and_half_are_live_or_name_a_misconception() -> None:
    found = questions().values()

    assert len(found) >= 60
    assert sum(one.is_live for one in found) >= 25
    assert sum(one.is_live or bool(one.misconceptions) for one in found) * 2 >= len(found)
    assert set(misconceptions()) == set().union(*(one.misconceptions for one in found))


@pytest.mark.parametrize("question", questions().values(), ids=lambda one: str(one.key))
def test_each_text_is_in_both_languages(question: Question) -> None:
    texts = [question.ask, question.because, *(one.text for one in question.choices)]
    texts += [question.needs] if question.is_live else []

    for text in texts:
        assert not HANGUL.search(text.en), text
        assert HANGUL.search(text.ko) or text.en == text.ko, text
    assert all(HANGUL.search(text.ko) for text in (question.ask, question.because))


def test_the_misconceptions_of_the_facts_are_all_there() -> None:
    assert {f"M{number}" for number in range(1, 21)} <= set(misconceptions())
    for one in misconceptions().values():
        assert HANGUL.search(one.belief.ko)
        assert HANGUL.search(one.truth.ko)


def test_what_asks_for_nothing_is_graded(db: None) -> None:
    for question in questions().values():
        if not question.is_live:
            asked = asking.ask(question, live())
            assert asked
            check(asked, live())


def test_every_expression_finds_the_right_answer_in_a_world_that_has_the_objects(rich: World) -> None:
    source, missing = live(), []
    for question in questions().values():
        asked = asking.ask(question, source)
        if asked is None:
            missing.append(question.key)
            continue
        check(asked, source)
        with override("ko"):
            assert "$" not in question.ask.here(asked.words)
        for wrong in question.wrong:
            assert source.search(wrong.expression, asked.names) is not None, question.key

    assert missing == []


def test_who_has_nothing_is_asked_only_what_needs_nothing(db: None) -> None:
    asked = {one.key for one in questions().values() if asking.ask(one, live())}

    assert asked == {one.key for one in questions().values() if not one.is_live}


def test_which_tasks_come_back_when_an_instance_dies(rich: World) -> None:
    question = questions()["comes-back"]
    first = asking.ask(question, live())
    assert first
    source = live()
    found = [asking.ask(question, source, one["containerInstanceArn"]) for one in source.search("containerInstances[]")]

    tasks = {task["taskArn"]: task for task in rich.tasks()}
    for asked in filter(None, found):
        rich.call("LoseInstance", cluster="demo", containerInstance=asked.about)
        rich.converge()
        after = [task["group"] for task in rich.tasks()]
        for arn in asked.right:
            assert tasks[arn]["group"] == "service:web"
        assert after.count("service:web") == 3
        break


def test_a_named_task_is_meant_by_its_id_or_enough_of_it_and_an_instance_by_the_pictures_name(rich: World) -> None:
    source = live()
    asked = asking.ask(questions()["where-mine-stands"], source)
    assert asked
    arn = asked.right[0]

    assert grade(asked, [source.called(arn)], source).is_right
    assert grade(asked, [arn.rsplit("/", 1)[-1]], source).is_right
    assert not grade(asked, ["i-99"], source).is_right
    assert asking.is_named("0123456", ["arn:aws:ecs:r:1:task/demo/0123456789ab"], source)
    assert not asking.is_named("012", ["arn:aws:ecs:r:1:task/demo/0123456789ab"], source)


def test_a_predicted_answer_comes_true(rich: World) -> None:
    """What the check calls right is what ECS does: a direct run leaves desiredCount, a registration counts on."""
    source = live()
    desired, number = (asking.ask(questions()[key], source) for key in ("desired-and-direct", "next-revision"))
    assert desired
    assert number
    family = number.words["family"]

    rich.call("RunTask", cluster="demo", taskDefinition="web:1")
    made = rich.register(family)

    assert str(rich.service(str(desired.names["name"]))["desiredCount"]) == desired.right[0]
    assert made.rsplit(":", 1)[-1] == number.right[0]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"ask": {"en": "only English"}}, "en and ko"),
        ({"chapter": "weather"}, "no such chapter"),
        ({"choices": [{"key": "a", "en": "x", "ko": "엑스"}, {"key": "b", "en": "y", "ko": "와이"}]}, "names no"),
        ({"answer": "z"}, "the answer is no choice"),
        ({"colour": "red"}, "unknown"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_question_that_is_not_whole_is_refused(change: dict[str, object], fault: str) -> None:
    text = {"en": "Why?", "ko": "왜?"}
    choices = [{"key": "a", "en": "x", "ko": "엑스"}, {"key": "b", "m": "M1", "en": "y", "ko": "와이"}]
    entry = {"key": "q", "chapter": "task", "kind": "one", "term": "task", "ask": text, "because": text}

    with pytest.raises(BadContent, match=fault):
        quiz._question({**entry, "choices": choices, "answer": "a", **change})


def test_an_answer_is_recorded_through_the_door(world: World) -> None:
    world.call("AnswerQuestion", question="agent-name", given="a", isRight=False, misconception="M1")
    world.call("AnswerQuestion", question="agent-name", given="b", isRight=True)

    answers = world.call("ListQuestionAnswers")["answers"]

    assert [(one["question"], one["isRight"]) for one in answers] == [("agent-name", True)]
    assert QuizAnswer.objects.count() == 2
    assert Event.objects.filter(detail_type="API Call", detail__operation="AnswerQuestion").count() == 2


@pytest.mark.parametrize(
    "params",
    [
        {"isRight": True},
        {"question": "A b", "isRight": True},
        {"question": "x" * 61, "isRight": True},
        {"question": "x", "isRight": "yes"},
        {"question": "x", "isRight": True, "given": ["a"]},
        {"question": "x", "isRight": False, "misconception": "<b>"},
    ],
    ids=str,
)
def test_a_bad_answer_is_refused_and_nothing_is_kept(world: World, params: dict[str, object]) -> None:
    with pytest.raises(InvalidParameterException):
        world.call("AnswerQuestion", **params)

    assert QuizAnswer.objects.count() == 0


def test_old_answers_are_forgotten(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ecsweb.controlplane.quiz_answers.ANSWERS_KEPT", 2)

    for given in "abc":
        world.call("AnswerQuestion", question="agent-name", given=given, isRight=True)

    assert sorted(QuizAnswer.objects.values_list("given", flat=True)) == ["b", "c"]


def test_a_text_knows_the_readers_language() -> None:
    with override("ko"):
        assert Text("one", "하나").here() == "하나"
