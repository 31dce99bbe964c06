"""The pages of labs: the path, a lesson from its start to its end by buttons alone, hints, predictions, the sheet."""

from __future__ import annotations

import pytest
from django.test import Client

from ecsweb.models import Event, LessonRun, LessonStatus, Play
from ecsweb.web.templatetags.lessons import rich
from tests.learn.learners import Learner
from tests.world import World

LAB = "empty-place"
URL = f"/learn/lessons/{LAB}/"


@pytest.fixture
def learner(db: None, settings: object) -> Learner:
    settings.ECSWEB_ENGINE_SLOTS = 0  # type: ignore[attr-defined] # — pytest-django's settings have no stub
    return Learner(World())


def text(client: Client, address: str, language: str = "en") -> str:
    answer = client.get(address, headers={"Accept-Language": language})
    assert answer.status_code == 200, address
    return answer.content.decode()


def press(client: Client, learner: Learner, action: str, **data: str) -> None:
    """Press a button of the lesson's page and let the world go on until nothing plays any more."""
    answer = client.post(f"{URL}{action}/", data, headers={"Accept-Language": "en"})
    assert answer.status_code == 302
    for _turn in range(6):
        learner.tick()


def open_lab(client: Client, learner: Learner) -> None:
    press(client, learner, "start")
    learner.until(lambda: learner.run(LAB).status == LessonStatus.OPEN, seconds=20, what="the lab opens")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_path_shows_what_comes_next(client: Client, learner: Learner, language: str) -> None:
    page = text(client, "/learn/", language)

    assert {"en": "An empty place", "ko": "빈 자리"}[language] in page
    assert f'action="{URL}start/"' in page


def test_the_home_page_leads_to_the_next_lab(client: Client, learner: Learner) -> None:
    assert f'action="{URL}start/"' in text(client, "/")


def test_a_lab_can_be_done_by_its_buttons(client: Client, learner: Learner) -> None:
    open_lab(client, learner)

    for step in ("create", "describe", "run"):
        press(client, learner, f"steps/{step}/do")

    run = learner.run(LAB)
    assert run.status == LessonStatus.PASSED
    page = text(client, URL)
    assert page.count("?at=") == 2, "an explanation leads to the picture of its moment"
    assert page.count("?before=") == 1, "a refusal changes no picture, so it leads to the timeline"
    assert "Many think this before." in page
    assert "You made 2 calls" in page
    assert "✔" in page
    assert "aws ecs create-cluster" in text(client, "/learn/sheet/")
    assert "create-cluster" in text(client, "/learn/sheet/?q=create-cluster")
    assert "Nothing on the sheet has that." in text(client, "/learn/sheet/?q=no-such-words")


def test_a_check_prints_what_is_expected_and_what_is(client: Client, learner: Learner) -> None:
    open_lab(client, learner)

    page = text(client, URL)
    assert "expected <code>ACTIVE</code>" in " ".join(page.split())
    assert "expected <code>ACTIVE</code>, not there yet" in " ".join(page.split())
    assert "null" not in page


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (("[3,3]", "null"), {"en": "expected <code>3, 3</code>, not there yet", "ko": "아직 없어요"}),
        (("[3,3]", "[3,2]"), {"en": "<code>3, 3</code>, it is <code>3, 2</code>", "ko": "실제 <code>3, 2</code>"}),
        (("true", "false"), {"en": "<small>not so yet</small>", "ko": "<small>아직 그렇지 않아요</small>"}),
        (("≥ 1", "0"), {"en": "expected <code>≥ 1</code>, it is <code>0</code>", "ko": "실제 <code>0</code>"}),
    ],
)
def test_a_check_speaks_in_words(
    client: Client, learner: Learner, language: str, answer: tuple[str, str], words: dict[str, str]
) -> None:
    open_lab(client, learner)
    run = learner.run(LAB)
    expected, actual = answer
    run.checks = {"create/active": {"ok": False, "is_so": False, "expected": expected, "actual": actual}}
    run.save(update_fields=["checks"])

    page = " ".join(text(client, URL, language).split())

    assert words[language] in page.replace("<small> ", "<small>").replace(" </small>", "</small>")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_lesson_is_done_only_when_what_was_predicted_was_explained(
    client: Client, learner: Learner, language: str
) -> None:
    open_lab(client, learner)
    press(client, learner, "steps/create/do")
    press(client, learner, "steps/describe/do")
    press(client, learner, "steps/run/predict", choice="runs")
    press(client, learner, "steps/run/do")

    page = text(client, URL, language)
    over = {"en": "This belief is over:", "ko": "이제 이렇게 생각하지 않아요:"}[language]
    assert {"en": "say what you saw in step 3", "ko": "3단계에서 무엇을 보았는지"}[language] in page
    assert over not in page
    press(client, learner, "steps/run/explain", saw="exception")

    assert over in text(client, URL, language)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("before you mend it:", "That is my diagnosis")), ("ko", ("진단해 보세요:", "이렇게 진단해요"))],
)
def test_an_incident_asks_for_a_diagnosis(
    client: Client, learner: Learner, language: str, words: tuple[str, ...]
) -> None:
    learner.begin("closed-shop")

    page = text(client, "/learn/lessons/closed-shop/", language)

    assert all(said in page for said in words)
    assert "That is what I predict" not in page
    assert "이렇게 예상해요" not in page


def test_hints_climb_the_ladder_to_doing_it(client: Client, learner: Learner) -> None:
    open_lab(client, learner)

    press(client, learner, "steps/create/hint", rung="1")
    assert "only a name under which" in text(client, URL)
    press(client, learner, "steps/create/hint", rung="2")
    press(client, learner, "steps/create/hint", rung="3")
    page = text(client, URL)
    assert "aws ecs create-cluster" in page
    assert "Do this step for me" in page
    press(client, learner, "steps/create/do", help="yes")

    assert "create" in learner.run(LAB).passed_steps
    assert learner.run(LAB).hints == {"create": 4}


def test_a_prediction_is_kept_laid_over_what_came_and_explained(client: Client, learner: Learner) -> None:
    open_lab(client, learner)
    press(client, learner, "steps/create/do")
    press(client, learner, "steps/describe/do")
    press(client, learner, "steps/run/predict", choice="runs")
    press(client, learner, "steps/run/predict", choice="waits")
    press(client, learner, "steps/run/do")

    assert "What did you see?" in text(client, URL)
    press(client, learner, "steps/run/explain", saw="exception", own_words="There is <b>no</b> machine")

    page = text(client, URL)
    assert "your prediction" in page
    assert "There is &lt;b&gt;no&lt;/b&gt; machine" in page
    assert learner.run(LAB).predictions["run"]["choice"] == "runs"


def test_what_is_broken_again_is_told_with_what_did_it(client: Client, learner: Learner) -> None:
    open_lab(client, learner)
    press(client, learner, "steps/create/do")
    learner.world.call("DeleteCluster", cluster=learner.run(LAB).values["cluster"])
    learner.tick()

    page = text(client, URL)

    assert "You broke step 1." in page
    assert "What did it" in page
    kept = learner.run(LAB).checks["create/active"]
    assert kept["actual"] == "INACTIVE" or kept["actual"] == "null"
    assert kept["broken_by"] > 0


def test_every_page_shows_the_lesson_that_is_open(client: Client, learner: Learner) -> None:
    assert "lesson-strip" not in text(client, "/task-definitions/")
    open_lab(client, learner)

    page = text(client, "/task-definitions/")

    assert "lesson-strip" in page
    assert "Step 1 of 3" in page
    assert "0 of 1 checks" in page


def test_progress_can_be_taken_away_as_a_file(client: Client, learner: Learner) -> None:
    open_lab(client, learner)
    press(client, learner, "steps/create/do")

    document = client.get("/learn/progress.json").json()

    assert document["lessons"][0]["lesson"] == LAB
    assert document["lessons"][0]["steps"] == ["create"]


def test_beginning_again_starts_with_nothing(client: Client, learner: Learner) -> None:
    open_lab(client, learner)
    press(client, learner, "steps/create/do")
    open_lab(client, learner)

    run = learner.run(LAB)
    assert (run.attempt, run.passed_steps, run.step) == (2, {}, 0)
    assert learner.world.call("ListClusters")["clusterArns"] == []


@pytest.mark.parametrize(
    ("language", "offer", "under_way"),
    [
        ("en", "bring me back to step 2", "What comes before step 2 is being done for you"),
        ("ko", "2단계로 데려다주세요", "2단계 앞까지를 대신 하고 있어요"),
    ],
)
def test_a_help_that_leads_nowhere_offers_the_way_back_to_its_step(
    client: Client, learner: Learner, language: str, offer: str, under_way: str
) -> None:
    lesson, here = "new-version", "roll"
    learner.begin(lesson)
    learner.solve(lesson, learner.lesson(lesson).step("write"))
    assert offer not in text(client, f"/learn/lessons/{lesson}/", language)
    values = learner.run(lesson).values
    learner.world.call("DeleteService", cluster=values["cluster"], service=values["service"], force=True)
    do(client, learner, lesson, here, help="yes")
    assert offer in text(client, f"/learn/lessons/{lesson}/", language)

    client.post(f"/learn/lessons/{lesson}/start/", {"return_to": here})
    learner.until(lambda: Play.objects.filter(kind="solution").exists(), seconds=60, what="the way back")
    assert under_way in text(client, f"/learn/lessons/{lesson}/", language)
    learner.until(lambda: learner.run(lesson).return_to == "", seconds=30, what="the step")

    assert offer not in text(client, f"/learn/lessons/{lesson}/", language)


def test_nobody_comes_back_to_a_step_that_there_is_not(client: Client, learner: Learner) -> None:
    open_lab(client, learner)

    assert client.post(f"{URL}start/", {"return_to": "nowhere"}).status_code == 404
    assert learner.run(LAB).attempt == 1


def test_another_lesson_leaves_the_first_and_its_objects(client: Client, learner: Learner) -> None:
    open_lab(client, learner)
    press(client, learner, "steps/create/do")
    run = learner.run(LAB)
    LessonRun.objects.filter(pk=run.pk).update(lesson="something-else")

    open_lab(client, learner)

    assert LessonRun.objects.get(lesson="something-else").status == LessonStatus.LEFT


def do(client: Client, learner: Learner, lesson: str, step: str, **data: str) -> None:
    """Press a step's button, or ask for help, and let the world go on for a while."""
    client.post(f"/learn/lessons/{lesson}/steps/{step}/do/", data)
    for _turn in range(6):
        learner.tick()


@pytest.mark.parametrize(("language", "words"), [("en", "ECS refused CreateService."), ("ko", "ECS가 CreateService")])
@pytest.mark.parametrize("data", [{}, {"help": "yes"}], ids=["button", "help"])
def test_a_button_that_ecs_refuses_says_so_in_its_step(
    client: Client, learner: Learner, language: str, words: str, data: dict[str, str]
) -> None:
    learner.begin("keep-three")
    cluster = learner.run("keep-three").values["cluster"]
    without(learner, str(cluster))

    do(client, learner, "keep-three", "create", **data)

    page = text(client, "/learn/lessons/keep-three/state/", language)
    assert words in page
    assert "ClusterNotFoundException: " in page
    assert {"en": "There is no such cluster any more.", "ko": "그런 클러스터가 이제 없어요."}[language] in page
    assert {"en": "You can go on from here", "ko": "여기서 계속할 수 있어요"}[language] in page


def test_a_page_asks_by_itself_as_long_as_a_play_may_end_before_it_listens(client: Client, learner: Learner) -> None:
    open_lab(client, learner)
    client.post(f"{URL}steps/create/do/", {"help": "yes"})

    assert "every 1s" in text(client, URL)
    for _turn in range(6):
        learner.tick()
    assert "every 1s" not in text(client, URL)


def test_doing_a_step_for_somebody_first_takes_back_their_wrong_path(client: Client, learner: Learner) -> None:
    learner.begin("keep-three")
    create = learner.lesson("keep-three").step("create")
    learner.act("keep-three", next(path for path in create.wrong_paths if path.id == "daemon").actions)

    do(client, learner, "keep-three", "create")
    page = text(client, "/learn/lessons/keep-three/")
    assert "Creation of service was not idempotent." in page
    assert "Something of the same name is there already" in page

    learner.solve("keep-three", create)


def test_the_refusal_that_a_step_is_about_stands_beside_it_and_is_its_moment(client: Client, learner: Learner) -> None:
    open_lab(client, learner)
    for step in ("create", "describe"):
        press(client, learner, f"steps/{step}/do")
    press(client, learner, "steps/run/predict", choice="runs")
    press(client, learner, "steps/run/do")

    page = text(client, URL)

    refused = Event.objects.get(detail_type="API Call", detail__operation="RunTask")
    assert "What ECS answered to RunTask:" in page
    assert "InvalidParameterException: No Container Instances were found in your cluster." in page
    press(client, learner, "steps/run/explain", saw="exception")
    assert f"?before={refused.sequence + 1}" in text(client, URL)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_lesson_says_that_its_cluster_is_gone_which_steps_that_broke_and_how_to_go_on(
    client: Client, learner: Learner, language: str
) -> None:
    learner.begin("machines-join")
    learner.solve("machines-join", learner.lesson("machines-join").step("launch"))
    cluster = str(learner.run("machines-join").values["cluster"])
    client.post("/learn/lessons/machines-join/steps/run/hint/", {"rung": "1"})
    assert "lesson__broken" not in text(client, "/learn/lessons/machines-join/")
    without(learner, cluster)
    learner.tick()

    page = " ".join(text(client, "/learn/lessons/machines-join/", language).split())

    gone = Event.objects.get(detail_type="Cluster State Change", detail__status="INACTIVE", cluster__name=cluster)
    assert {"en": "You broke step 1.", "ko": "1단계가 깨졌어요."}[language] in page
    assert {"en": f"The cluster {cluster} was deleted at", "ko": f"{cluster} 클러스터가"}[language] in page
    assert f"?before={gone.sequence + 2}" in page
    assert f"?at={gone.sequence - 1}" in page
    assert "step step--passed step--broken" in page
    said = {"en": f"The cluster <code>{cluster}</code> of this lesson", "ko": f"<code>{cluster}</code> 클러스터가 삭제"}
    assert said[language] in page, "the first hint says it, too"


def without(learner: Learner, cluster: str) -> None:
    """Take a cluster away with all that stands in it."""
    for instance in learner.world.call("ListContainerInstances", cluster=cluster)["containerInstanceArns"]:
        learner.world.call("DeregisterContainerInstance", cluster=cluster, containerInstance=instance, force=True)
    learner.world.call("DeleteCluster", cluster=cluster)


def test_the_page_of_a_step_is_filled_in_with_the_learners_own_names(client: Client, learner: Learner) -> None:
    open_lab(client, learner)
    press(client, learner, "steps/create/do")
    family = learner.run(LAB).values["family"]
    where = f"/task-definitions/register/?family={family}"

    assert f'href="{where}"' in text(client, URL)
    assert f'value="{family}"' in text(client, where)

    learner.begin("keep-three")
    values = learner.run("keep-three").values
    where = f"/clusters/{values['cluster']}/services/create/?name={values['service']}"
    assert f'href="{where}"' in text(client, "/learn/lessons/keep-three/")
    assert f'value="{values["service"]}"' in text(client, where)


@pytest.mark.parametrize("address", ["/learn/lessons/no-such-lab/", f"{URL}steps/none/do/"])
def test_what_there_is_not_is_not_found(client: Client, learner: Learner, address: str) -> None:
    answer = client.post(address) if address.endswith("do/") else client.get(address)

    assert answer.status_code == 404


@pytest.mark.parametrize("data", [{"rung": "9"}, {"rung": "x"}, {}])
def test_a_hint_needs_a_rung_of_the_ladder(client: Client, learner: Learner, data: dict[str, str]) -> None:
    open_lab(client, learner)

    client.post(f"{URL}steps/create/hint/", data)

    assert learner.run(LAB).hints == ({} if data else {"create": 1})


def test_lines_of_a_file_keep_their_breaks_and_are_escaped() -> None:
    shown = rich('Read `it`.\n\n```\nFROM busybox\nCMD ["<b>"]\n```')

    assert shown == (
        "<p>Read <code>it</code>.</p>"
        '<pre class="command" tabindex="0"><code>FROM busybox\nCMD [&quot;&lt;b&gt;&quot;]</code></pre>'
    )


def test_the_picture_of_an_incident_waits_for_the_diagnosis(client: Client, learner: Learner) -> None:
    learner.begin("closed-shop")
    address = "/learn/lessons/closed-shop/"
    step = learner.lesson("closed-shop").steps[0]
    assert step.predict is not None

    assert 'id="cluster-picture"' not in text(client, address)
    client.post(f"{address}steps/{step.id}/predict/", {"choice": step.predict.choices[0].id})

    assert 'id="cluster-picture"' in text(client, address)
