"""The loop under faults, in one process: leases fence, a second run changes nothing, crashes are adopted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ecsweb.agent.engine import EngineError
from ecsweb.agent.sweep import sweep
from ecsweb.controlplane import leases
from ecsweb.controlplane.apply import apply_plan
from ecsweb.controlplane.housekeeping import retire_stopped_tasks, scheduled_clusters
from ecsweb.controlplane.leases import LeaseLost
from ecsweb.controlplane.snapshots import snapshot_of
from ecsweb.domain.service_scheduler.scheduler import plan
from ecsweb.jobs import locks
from ecsweb.jobs.reconcile import reconcile_cluster
from ecsweb.models import Cluster, Container, ContainerInstance, Service, Task
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def web(world: World) -> World:
    """A service of two on two instances, running."""
    world.launch(zone="a")
    world.launch(zone="b")
    world.register()
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=2)
    world.converge()
    return world


def direct(world: World) -> str:
    arn = str(world.call("RunTask", cluster="demo", taskDefinition="web")["tasks"][0]["taskArn"])
    world.converge()
    return arn


def container_of(arn: str) -> Container:
    return Container.objects.get(task__task_id=arn.rsplit("/", 1)[-1])


def test_a_second_pass_over_a_settled_world_writes_nothing(web: World) -> None:
    versions = list(Task.objects.values_list("version", flat=True))

    assert not web.reconcile()
    web.step_all()

    assert list(Task.objects.values_list("version", flat=True)) == versions


def test_a_job_whose_row_is_gone_or_whose_lease_is_held_changes_nothing(web: World) -> None:
    cluster = Cluster.objects.get()
    web.kill(web.tasks()[0]["taskArn"])
    web.step_all()
    # The job reads the real clock, which is behind the world's.
    Service.objects.update(last_started_at=None)
    held = leases.take(f"reconcile:{cluster.pk}", holder="other-host/1/1", now=web.clock.now)
    assert held is not None

    assert reconcile_cluster(999_999) is None
    with pytest.raises(locks.LeaseTaken):
        reconcile_cluster(cluster.pk)
    assert Task.objects.filter(desired_status="RUNNING").count() == 1

    leases.release(held)
    reconcile_cluster(cluster.pk)
    assert Task.objects.filter(desired_status="RUNNING").count() == 2
    assert scheduled_clusters() == [cluster.pk]


def test_a_lease_is_held_once_and_its_late_holder_is_fenced(web: World) -> None:
    cluster, now = Cluster.objects.select_related("account").get(), web.clock.now
    web.kill(web.tasks()[0]["taskArn"])
    web.step_all()
    late = leases.take("reconcile:x", holder="one", now=now)
    assert late is not None
    assert leases.take("reconcile:x", holder="two", now=now) is None
    made = plan(snapshot_of(cluster), now=now, pace=web.pace)

    assert leases.take("reconcile:x", holder="two", now=now + timedelta(seconds=31)) is not None
    with pytest.raises(LeaseLost):
        apply_plan(cluster, made, held=late, now=now)

    assert Task.objects.filter(desired_status="RUNNING").count() == 1


def test_the_lease_of_a_process_that_died_here_is_taken_at_once(web: World) -> None:
    host = locks.holder().split("/")[0]
    dead = f"{host}/{2**22 - 1}/1"
    assert leases.take("step:x", holder=dead, now=web.clock.now) is not None

    assert locks.is_gone(dead)
    assert not locks.is_gone(locks.holder())
    assert not locks.is_gone("another-host/1/1")
    with locks.lease("step:x") as held:
        assert held is not None


def test_a_placement_is_checked_again_before_it_is_written(web: World) -> None:
    cluster = Cluster.objects.select_related("account").get()
    web.kill(web.tasks()[0]["taskArn"])
    web.step_all()
    made = plan(snapshot_of(cluster), now=web.clock.now + timedelta(seconds=5), pace=web.pace)
    (start,) = made.services[0].starts
    assert start.decision.chosen is not None
    ContainerInstance.objects.filter(pk=start.decision.chosen.pk).update(status="DRAINING")
    held = leases.take("reconcile:x", holder="one", now=web.clock.now)
    assert held is not None

    apply_plan(cluster, made, held=held, now=web.clock.now)

    assert Task.objects.filter(desired_status="RUNNING").count() == 1


def test_a_container_made_before_a_crash_is_adopted(web: World) -> None:
    row = container_of(web.tasks()[0]["taskArn"])
    Container.objects.filter(pk=row.pk).update(runtime_id="", last_status="PENDING", started_at=None)
    Task.objects.filter(pk=row.task.pk).update(last_status="PENDING", started_at=None)
    before = len(web.engine.list_containers())

    web.converge()

    row.refresh_from_db()
    assert (row.last_status, len(web.engine.list_containers())) == ("RUNNING", before)
    assert row.runtime_id in {c.runtime_id for c in web.engine.list_containers()}


def test_what_somebody_removed_is_stopped_and_only_the_service_s_is_replaced(web: World) -> None:
    mine, kept = direct(web), web.tasks(serviceName="web")[0]["taskArn"]

    for arn in (mine, kept):
        web.engine.lose(container_of(arn).runtime_id)
    web.converge()

    assert {container_of(arn).reason.split(":")[0] for arn in (mine, kept)} == {"ContainerVanishedError"}
    assert (web.service("web")["runningCount"], len(web.tasks())) == (2, 2)


def test_a_name_that_a_stranger_took_is_left_to_him(web: World) -> None:
    web.call("UpdateService", cluster="demo", service="web", desiredCount=3)
    web.reconcile()
    waiting = Container.objects.get(last_status="PENDING")
    stranger = web.engine.add_foreign(waiting.engine_name, {})

    web.converge()

    waiting.refresh_from_db()
    assert waiting.last_status == "RUNNING"
    assert waiting.engine_name.endswith("-again-1")
    assert stranger != waiting.runtime_id


def test_a_missing_image_fails_in_aws_words_and_backs_off(web: World) -> None:
    web.register("bad", image="nosuch.example/image:9")
    web.call("CreateService", cluster="demo", serviceName="bad", taskDefinition="bad", desiredCount=1)
    for _ in range(30):
        web.reconcile()
        web.step_all()
        web.clock.forward(1)

    stopped = Task.objects.filter(service__name="bad", last_status="STOPPED")
    said = [e["message"] for e in web.service("bad")["events"]]
    assert {t.stop_code for t in stopped} == {"TaskFailedToStart"}
    assert {c.reason.split(":")[0] for c in Container.objects.filter(task__in=stopped)} == {"CannotPullContainerError"}
    assert sum("unable to consistently start tasks" in message for message in said) == 1
    assert 3 <= stopped.count() <= 8
    deployment = Service.objects.get(name="bad").deployments.get()
    assert deployment.retry_at is not None
    assert deployment.failed_tasks == stopped.count()


def test_an_engine_that_is_gone_invents_no_statuses(web: World) -> None:
    web.engine.go_down()
    web.step_all()
    assert set(ContainerInstance.objects.values_list("agent_connected", flat=True)) == {False}
    assert web.service("web")["runningCount"] == 2
    failures = web.call("RunTask", cluster="demo", taskDefinition="web")["failures"]
    assert [failure["reason"] for failure in failures] == ["AGENT"]

    web.engine.come_back()
    web.step_all()
    assert set(ContainerInstance.objects.values_list("agent_connected", flat=True)) == {True}


def test_a_temporary_refusal_is_tried_again(web: World) -> None:
    web.engine.fail_next("start", EngineError("busy", temporary=True))

    direct(web)

    assert len(web.tasks()) == 3


def test_stopping_kills_after_the_timeout(web: World) -> None:
    web.register("stubborn", image="busybox:latest", command=["sleep", "3600"])
    arn = web.call("RunTask", cluster="demo", taskDefinition="stubborn")["tasks"][0]["taskArn"]
    web.converge()

    web.call("StopTask", cluster="demo", task=arn, reason="enough")
    web.converge(seconds=10)

    task = Task.objects.get(task_id=arn.rsplit("/", 1)[-1])
    assert (task.last_status, task.stop_code, task.stopped_reason) == ("STOPPED", "UserInitiated", "enough")
    assert container_of(arn).exit_code == 137


def test_a_side_car_s_end_takes_nothing_and_the_essential_one_s_takes_all(world: World) -> None:
    world.launch()
    log = {"name": "log", "image": "ecsweb/worker:1", "memory": 16, "essential": False}
    app = {"name": "app", "image": "ecsweb/web:1", "memory": 32}
    world.call("RegisterTaskDefinition", family="pair", containerDefinitions=[app, log])
    arn = world.call("RunTask", cluster="demo", taskDefinition="pair")["tasks"][0]["taskArn"]
    world.converge()

    world.kill(arn, "log")
    world.converge()
    assert world.tasks()[0]["lastStatus"] == "RUNNING"

    world.kill(arn, "app")
    world.converge()
    assert world.tasks() == []


def test_a_migration_runs_to_its_end_before_the_app_starts(world: World) -> None:
    world.launch()
    job = {"name": "job", "image": "ecsweb/once:1", "memory": 16, "essential": False}
    after = [{"containerName": "job", "condition": "SUCCESS"}]
    app = {"name": "app", "image": "ecsweb/web:1", "memory": 32, "dependsOn": after}
    world.call("RegisterTaskDefinition", family="pair", containerDefinitions=[app, job])
    arn = world.call("RunTask", cluster="demo", taskDefinition="pair")["tasks"][0]["taskArn"]

    world.step_all()
    assert [c["lastStatus"] for c in world.tasks()[0]["containers"]] == ["PENDING", "RUNNING"]
    world.converge()

    assert [c["lastStatus"] for c in world.tasks()[0]["containers"]] == ["RUNNING", "STOPPED"]
    assert arn == world.tasks()[0]["taskArn"]


def test_a_fixed_host_port_is_placed_once_an_instance_and_said(world: World) -> None:
    world.launch()
    world.register("port", portMappings=[{"containerPort": 80, "hostPort": 8088}])
    world.call("CreateService", cluster="demo", serviceName="port", taskDefinition="port", desiredCount=2)
    world.converge(seconds=5)

    service = world.service("port")
    assert service["runningCount"] == 1
    assert any("is already using a port required by your task." in e["message"] for e in service["events"])


def test_orphans_go_and_a_sign_of_a_lost_database_stops_the_sweep(web: World) -> None:
    web.call("UpdateService", cluster="demo", service="web", desiredCount=8)
    web.converge()
    Task.objects.filter(pk__in=list(Task.objects.values_list("pk", flat=True)[:1])).delete()
    assert sweep(web.engine, clock=web.clock).removed == 1

    Task.objects.all().delete()
    result = sweep(web.engine, clock=web.clock)

    assert (result.removed, result.held_back, len(web.engine.list_containers())) == (0, 7, 7)


def test_stopped_tasks_are_kept_for_a_while_and_then_go_with_their_containers(web: World) -> None:
    arn = direct(web)
    web.kill(arn)
    web.converge()
    count = len(web.engine.list_containers())

    assert retire_stopped_tasks(before=web.clock.now - timedelta(hours=1)) == 0
    assert retire_stopped_tasks(before=web.clock.now + timedelta(seconds=1)) == 1
    web.step_all()

    assert not Task.objects.filter(task_id=arn.rsplit("/", 1)[-1]).exists()
    assert len(web.engine.list_containers()) == count - 1


def test_a_forced_deregistration_records_its_tasks_as_stopped(web: World) -> None:
    instance = ContainerInstance.objects.first()
    assert instance is not None
    web.call("DeregisterContainerInstance", cluster="demo", containerInstance=instance.instance_id, force=True)

    task = Task.objects.filter(container_instance=instance).first()
    assert task is not None
    assert (task.last_status, task.stopped_reason) == (
        "STOPPED",
        "Container instance deregistration forced by user",
    )
    web.converge()
    assert web.service("web")["runningCount"] == 2
