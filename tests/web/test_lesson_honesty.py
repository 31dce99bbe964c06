"""What a lesson's page says of a learner is true: what they predicted, saw and did, and what is left to press."""

from __future__ import annotations

import pytest
from django.test import Client

from ecsweb.models import LessonStatus, Play, PlayStatus
from tests.learn.learners import Learner
from tests.world import World

LAB = "empty-place"
KEEP = "keep-three"
RIGHT, WRONG = "exception", "runs"


@pytest.fixture
def learner(db: None, settings: object) -> Learner:
    settings.ECSWEB_ENGINE_SLOTS = 0  # type: ignore[attr-defined] # — pytest-django's settings have no stub
    return Learner(World())


def page_of(client: Client, lesson: str, language: str = "en") -> str:
    answer = client.get(f"/learn/lessons/{lesson}/", headers={"Accept-Language": language})
    return " ".join(answer.content.decode().split())


def press(client: Client, learner: Learner, lesson: str, action: str, **data: str) -> None:
    assert client.post(f"/learn/lessons/{lesson}/steps/{action}/", data).status_code == 302
    for _turn in range(6):
        learner.tick()


def pass_lab(client: Client, learner: Learner, *, predicts: str = "", saw: str = "", **data: str) -> None:
    learner.begin(LAB)
    for step in ("create", "describe", "run"):
        if step == "run" and predicts:
            press(client, learner, LAB, "run/predict", choice=predicts)
        press(client, learner, LAB, f"{step}/do", **data)
    if saw:
        press(client, learner, LAB, "run/explain", saw=saw)
    assert learner.run(LAB).status == LessonStatus.PASSED


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ((RIGHT, RIGHT), {"en": "You predicted it rightly.", "ko": "예상이 맞았어요."}),
        (
            (WRONG, RIGHT),
            {"en": "Of 1 predictions 0 came true, and then", "ko": "예상 1개 가운데 0개가 맞았고"},
        ),
        ((WRONG, WRONG), {"en": "What you said you saw in step 3 is not", "ko": "3단계에서 보았다고 답한 것은 실제와"}),
        (("", ""), {"en": "Many think this before.", "ko": "처음에는 이렇게 생각하는 사람이 많아요."}),
    ],
    ids=["right", "corrected", "mistaken", "unsaid"],
)
def test_a_passed_lesson_says_of_the_belief_what_was_predicted_and_seen(
    client: Client, learner: Learner, language: str, answers: tuple[str, str], words: dict[str, str]
) -> None:
    predicts, saw = answers
    pass_lab(client, learner, predicts=predicts, saw=saw)

    page = page_of(client, LAB, language)

    assert words[language] in page
    over = {"en": "This belief is over:", "ko": "이제 이렇게 생각하지 않아요:"}[language]
    assert (over in page) == (predicts == WRONG and saw == RIGHT)


@pytest.mark.parametrize(
    ("language", "praise", "offer"),
    [("en", "a direct way needs", "Begin again and do it yourself"), ("ko", "곧은길로", "다시 시작해서 직접 하기")],
)
def test_what_was_done_for_somebody_is_not_measured_as_theirs(
    client: Client, learner: Learner, language: str, praise: str, offer: str
) -> None:
    pass_lab(client, learner, help="yes")

    page = page_of(client, LAB, language)

    assert learner.run(LAB).record["own_calls"] == 0
    assert praise not in page
    assert offer in page


def test_calls_of_ones_own_are_told_apart_from_those_that_were_made_for_one(client: Client, learner: Learner) -> None:
    learner.begin(LAB)
    press(client, learner, LAB, "create/do")
    press(client, learner, LAB, "describe/do", help="yes")
    press(client, learner, LAB, "run/do")

    page = page_of(client, LAB)

    assert "You made 1 calls that changed something, and 1 were made for you" in page
    assert "do it yourself" not in page


def test_the_stretch_can_be_looked_at_again_after_its_explanation(client: Client, learner: Learner) -> None:
    pass_lab(client, learner, predicts=WRONG, saw=RIGHT)

    assert "Look at that stretch again" in page_of(client, LAB)


def kill_one(client: Client, learner: Learner) -> None:
    learner.begin(KEEP)
    learner.solve(KEEP, learner.lesson(KEEP).step("create"))
    press(client, learner, KEEP, "kill-one/hint", rung="3")


@pytest.mark.parametrize(
    ("language", "reason"), [("en", "This step is being done"), ("ko", "이 단계를 실행하고 있어요")]
)
def test_a_step_that_is_being_done_cannot_be_done_a_second_time(
    client: Client, learner: Learner, language: str, reason: str
) -> None:
    kill_one(client, learner)
    assert "disabled" not in page_of(client, KEEP, language)

    client.post(f"/learn/lessons/{KEEP}/steps/kill-one/do/")
    page = page_of(client, KEEP, language)
    client.post(f"/learn/lessons/{KEEP}/steps/kill-one/do/")
    client.post(f"/learn/lessons/{KEEP}/steps/kill-one/do/", {"help": "yes"})

    assert reason in page
    assert page.count("disabled aria-describedby") == 2
    assert Play.objects.filter(title="kill-one").count() == 1
    learner.until(lambda: "kill-one" in learner.run(KEEP).passed_steps, seconds=60, what="the step")
    cluster = str(learner.run(KEEP).values["cluster"])
    stopped = learner.world.call("ListTasks", cluster=cluster, desiredStatus="STOPPED")["taskArns"]
    assert len(stopped) == 1


@pytest.mark.parametrize(
    ("language", "words"), [("en", "so already; must stay so for 3 s"), ("ko", "이미 그래요. 3초 동안 유지되어야 해요")]
)
def test_what_must_only_stay_so_says_for_how_long_and_leaves_nothing_to_press(
    client: Client, learner: Learner, language: str, words: str
) -> None:
    kill_one(client, learner)
    client.post(f"/learn/lessons/{KEEP}/steps/kill-one/do/")
    learner.until(
        lambda: Play.objects.filter(title="kill-one", status=PlayStatus.DONE).exists(), seconds=60, what="the play"
    )
    learner.tick()
    learner.tick()
    assert "kill-one" not in learner.run(KEEP).passed_steps

    page = page_of(client, KEEP, language)

    assert words in page, learner.run(KEEP).checks
    assert page.count("disabled aria-describedby") == 2
    assert "<code>3, 3</code>" not in page


@pytest.mark.parametrize(("language", "words"), [("en", "not so yet"), ("ko", "아직 그렇지 않아요")])
def test_a_count_that_only_says_yes_or_no_is_told_in_words(
    client: Client, learner: Learner, language: str, words: str
) -> None:
    run = learner.begin(KEEP)
    goals = page_of(client, KEEP, language)

    assert run.checks["create/service"]["actual"] == "0"
    assert words in goals
    assert "<code>1</code>" not in goals
