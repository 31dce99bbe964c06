"""Which of many tasks are drawn, and how they stand in the frames of their services."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.test import Client

from ecsweb.controlplane import timeline
from ecsweb.models import Cluster, Task
from ecsweb.web.diagrams.cluster_picture import Chip, TaskBox
from ecsweb.web.diagrams.frames import DRAWN, fargate_group, fold, frames
from ecsweb.web.pictures import cluster_picture, picture_of
from ecsweb.web.sentences.pictures import picture_lines
from ecsweb.web.timeline.past_rows import rows_of_past
from tests.world import World

PICTURE = "/clusters/demo/picture/"


def box(place: int, status: str = "RUNNING", owner: str = "web", strategy: str = "REPLICA") -> TaskBox:
    chips = (Chip("app", True, status),)
    return TaskBox(
        f"{place:032x}", "web:1", f"tint-{place % 3}", owner[:1].upper(), owner, status, False, chips, strategy=strategy
    )


def ids(tasks: tuple[TaskBox, ...]) -> list[int]:
    return [int(task.task_id, 16) for task in tasks]


@pytest.mark.parametrize("count", [0, 1, 3, DRAWN])
def test_a_few_are_all_drawn(count: int) -> None:
    tasks = [box(n) for n in range(count)]

    assert fold(tasks, is_open=False) == (tuple(tasks), ())


@pytest.mark.parametrize("count", [13, 14, 300])
def test_of_many_the_newest_are_drawn_and_the_rest_is_counted(count: int) -> None:
    tasks = [replace(box(n), tint="tint-0") for n in range(count)]
    drawn, [rest] = fold(tasks, is_open=False)

    assert ids(drawn) == list(range(count - DRAWN, count))
    assert (rest.family_revision, rest.last_status, rest.owner, rest.count) == (
        "web:1",
        "RUNNING",
        "web",
        count - DRAWN,
    )
    assert fold(tasks, is_open=True) == (tuple(tasks), ())


def test_a_thirteenth_task_moves_one_box_and_leaves_the_others_as_they_are() -> None:
    tasks = [box(n) for n in range(DRAWN + 1)]
    before, after = fold(tasks[:DRAWN], is_open=False)[0], fold(tasks, is_open=False)[0]

    assert ids(after) == [*ids(before)[1:], DRAWN]
    assert [one for one in after if one in before] == list(before[1:])


@pytest.mark.parametrize(
    "change", [{"last_status": "PENDING"}, {"is_leaving": True}, {"is_unhealthy": True}, {"last_status": "STOPPED"}]
)
def test_what_needs_attention_is_drawn_however_old_it_is(change: dict[str, object]) -> None:
    tasks = [box(n) for n in range(300)]
    tasks[4] = replace(tasks[4], **change)  # type: ignore[arg-type] # — one of the parametrised fields
    drawn, folded = fold(tasks, is_open=False)

    assert ids(drawn) == [4, *range(300 - DRAWN + 1, 300)]
    assert sum(one.count for one in folded) == 300 - DRAWN


def test_when_all_need_attention_only_the_newest_of_them_are_drawn() -> None:
    drawn, folded = fold([replace(box(n, "PENDING"), tint="tint-0") for n in range(50)], is_open=False)

    assert ids(drawn) == list(range(50 - DRAWN, 50))
    assert [(one.last_status, one.count) for one in folded] == [("PENDING", 50 - DRAWN)]


def test_each_service_has_one_frame_and_what_was_run_directly_has_none() -> None:
    tasks = [box(0, owner="web"), box(1, owner=""), box(2, owner="logs", strategy="DAEMON"), box(3, owner="web")]
    drawn, folded = fold(tasks, is_open=False)
    made = frames(drawn, folded)

    assert [(one.service, one.strategy, ids(one.tasks)) for one in made] == [
        ("logs", "DAEMON", [2]),
        ("web", "REPLICA", [0, 3]),
        ("", "REPLICA", [1]),
    ]
    assert [task for one in made for task in one.tasks] == list(drawn)


def test_a_frame_has_the_tint_of_its_newest_living_task() -> None:
    stopped = box(2, "STOPPED")

    assert [one.tint for one in frames([box(0), box(1), stopped])] == ["tint-1"]
    assert [one.tint for one in frames([stopped])] == ["tint-2"]


def test_a_service_of_which_nothing_is_drawn_has_its_frame_with_the_count() -> None:
    tasks = [box(n, owner="old") for n in range(3)] + [box(n, owner="web") for n in range(3, 3 + DRAWN)]
    made = frames(*fold(tasks, is_open=False))

    assert [(one.service, len(one.tasks), sum(rest.count for rest in one.folded)) for one in made] == [
        ("old", 0, 3),
        ("web", DRAWN, 0),
    ]


def test_tasks_on_fargate_are_folded_alike() -> None:
    group = fargate_group([(f"zone-{n % 2}", box(n)) for n in range(300)], is_open=False)

    assert group is not None
    assert sorted(n for _zone, tasks in group.zones for n in ids(tasks)) == list(range(300 - DRAWN, 300))
    assert sum(one.count for one in group.folded) == 300 - DRAWN


@pytest.fixture
def mixed(world: World) -> World:
    """Two instances with a REPLICA service, a DAEMON service and a task of nobody."""
    for zone in "ab":
        world.launch(zone=zone)
    world.register()
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=2)
    world.call("CreateService", cluster="demo", serviceName="logs", taskDefinition="web", schedulingStrategy="DAEMON")
    world.call("RunTask", cluster="demo", taskDefinition="web")
    world.converge()
    return world


@pytest.mark.django_db
def test_the_picture_frames_a_service_on_each_instance_and_says_whose_nobody_is(mixed: World, client: Client) -> None:
    said = client.get(PICTURE, headers={"Accept-Language": "en"}).content.decode()
    instances = [box.instance_id for box in cluster_picture(Cluster.objects.get()).instances]

    for service in ("web", "logs"):
        assert [f'id="frame-{one}-{service}-' in said for one in instances] == [True, True]
    assert said.count("frame--daemon") == 2
    assert said.count("run directly, no owner") == 1
    frame = re.search(rf'id="frame-{instances[0]}-web-\d+".*?</div>\s', said, re.DOTALL)
    assert frame is not None
    assert "REPLICA" in frame[0]
    assert all(f'id="task-{task.task_id}"' in said for task in Task.objects.all())
    assert "data-revision" not in frame[0].split(">")[0]


@pytest.mark.django_db
def test_before_the_stage_of_services_there_is_no_frame(mixed: World, client: Client) -> None:
    said = client.get(f"{PICTURE}?stage=2").content.decode()

    assert 'class="frame' not in said
    assert all(f'id="task-{task.task_id}"' in said for task in Task.objects.all())


@pytest.mark.django_db
def test_the_text_has_the_frames_and_the_order_of_the_picture(mixed: World, client: Client) -> None:
    said = client.get(PICTURE).content.decode()
    line = picture_lines(cluster_picture(Cluster.objects.get()))
    told = [task.ref for one in line.lines for frame in one.lines for task in frame.lines]

    assert told == re.findall(r'id="(task-\w+)"', said)
    places = [frame.text for one in line.lines for frame in one.lines]
    assert places.count("Service web, REPLICA") == 2
    assert places.count("Service logs, DAEMON") == 2
    assert places.count("Run directly, no owner") == 1


@pytest.mark.django_db
def test_a_crowded_instance_can_be_opened(world: World, client: Client) -> None:
    world.launch(instance_type="t3.large")
    world.register(cpu=16, memory=16)
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=DRAWN + 1)
    world.converge()
    closed = client.get(PICTURE, headers={"Accept-Language": "en"}).content.decode()
    instance = cluster_picture(Cluster.objects.get()).instances[0].instance_id
    opened = client.get(f"{PICTURE}?open={instance}").content.decode()

    assert len(re.findall(r'id="task-\w+"', closed)) == DRAWN
    assert "1 × web:1" in closed
    assert f'href="?open={instance}#instance-{instance}"' in closed
    assert len(re.findall(r'id="task-\w+"', opened)) == DRAWN + 1


@pytest.fixture
def made_again(world: World) -> World:
    """A DAEMON service that was deleted and made again as REPLICA under its name, with the old tasks still drawn."""
    for zone in "ab":
        world.launch(zone=zone)
    world.register()
    world.call("CreateService", cluster="demo", serviceName="gate", taskDefinition="web", schedulingStrategy="DAEMON")
    world.converge()
    world.call("DeleteService", cluster="demo", service="gate", force=True)
    world.converge()
    world.call("CreateService", cluster="demo", serviceName="gate", taskDefinition="web", desiredCount=2)
    world.converge()
    return world


@pytest.mark.django_db
def test_a_service_that_was_made_again_has_a_frame_of_its_own_with_its_own_tasks(made_again: World) -> None:
    boxes = cluster_picture(Cluster.objects.get()).instances
    shown = [[(one.strategy, len(one.tasks)) for one in frames(box.tasks, box.folded)] for box in boxes]

    assert shown == [[("DAEMON", 1), ("REPLICA", 1)]] * 2


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["/clusters/demo/?at=last", "/clusters/demo/"])
def test_no_id_stands_twice_where_a_service_was_made_again(made_again: World, client: Client, page: str) -> None:
    last = made_again.call("ListClusters") and Cluster.objects.get().account.last_sequence
    said = client.get(page.replace("last", str(last))).content.decode()
    found = re.findall(r'\sid="([^"]+)"', said)

    assert len([one for one in found if one.startswith("frame-name-")]) == 4
    assert sorted(found) == sorted(set(found))


@pytest.mark.django_db
def test_the_past_knows_of_which_service_a_task_was(made_again: World) -> None:
    cluster = Cluster.objects.get()
    then = picture_of(rows_of_past(timeline.past_at(cluster.account, cluster.account.last_sequence), cluster))

    assert then == cluster_picture(cluster)
