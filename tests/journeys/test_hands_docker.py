"""Machines broken on purpose and hands that meddle, on a real engine: what `docker` shows is what ECS says (F22)."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from ecsweb.agent import labels
from ecsweb.agent.docker_engine import DockerEngine
from ecsweb.agent.images import ensure_images
from ecsweb.controlplane.installation import install_id
from ecsweb.models import Container, ContainerInstance, Task
from tests.world import World

pytestmark = [pytest.mark.docker, pytest.mark.django_db, pytest.mark.timeout(120)]

HERE = {"cluster": "demo"}
POOL = "10.213.0.0/16"


def docker(*words: str) -> str:
    done = subprocess.run(["docker", *words], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip()


class RealClock:
    """The time as it is."""

    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        time.sleep(min(seconds, 0.2))


@pytest.fixture
def own_installation(settings: Settings, tmp_path: Path) -> Iterator[None]:
    """Another installation than that of the tests which run beside this one."""
    settings.ECSWEB_DATA = tmp_path
    install_id.cache_clear()
    yield
    install_id.cache_clear()


@pytest.fixture
def real(db: None, settings: Settings, own_installation: None) -> Iterator[World]:
    """A service of two on two instances, running on Docker; swept by label afterwards."""
    settings.ECSWEB_ENGINE_SLOTS = 0
    engine = DockerEngine(install_id(), base_url=None, network_pool=POOL)
    ensure_images(engine)
    made = World(clock=RealClock())  # type: ignore[arg-type] # — it ticks by itself
    made.engine = engine  # type: ignore[assignment] # — the same protocol
    try:
        made.call("CreateCluster", clusterName="demo")
        made.launch(zone="a")
        made.launch(zone="b")
        made.register(image="ecsweb/worker:1", memory=32)
        made.call("CreateService", **HERE, serviceName="web", taskDefinition="web", desiredCount=2)
        until(made, lambda: made.service("web")["runningCount"] == 2)
        yield made
    finally:
        made.call("ResetAccount")
        made.step_all()
        for container in engine.list_containers():
            engine.remove(container.runtime_id)
        for name in engine.list_networks():
            engine.remove_network(name)
        engine.close()


def until(world: World, is_true: Callable[[], bool], *, seconds: float = 30) -> None:
    """Run the loop until it is true."""
    end = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < end
        world.step_all()
        world.reconcile()
        time.sleep(0.1)


def running(instance: ContainerInstance) -> set[str]:
    """Return the ids of the containers that Docker runs on the instance."""
    words = ("--no-trunc", "-q", "--filter", f"label={labels.INSTANCE}={instance.instance_id}")
    return set(docker("ps", *words).split())


def first() -> tuple[ContainerInstance, Container]:
    task = Task.objects.filter(last_status="RUNNING").earliest("created_at")
    return task.host, task.containers.get()


def status_of(container: Container) -> str:
    return str(Task.objects.get(pk=container.task_id).last_status)


def test_a_lost_machine_s_containers_are_dead_and_its_tasks_run_elsewhere(real: World) -> None:
    instance, container = first()

    real.call("LoseInstance", **HERE, containerInstance=instance.instance_id)
    until(real, lambda: real.service("web")["runningCount"] == 2 and not running(instance))

    assert Task.objects.get(pk=container.task_id).stopped_reason == (
        f"Host EC2 (instance {instance.ec2_instance_id}) terminated."
    )
    left = ContainerInstance.objects.get(status="ACTIVE")
    assert len(running(left)) == 2
    assert f"ecsw-{install_id()}-{instance.instance_id}" not in docker("network", "ls", "--format", "{{.Name}}")


def test_a_killed_agent_s_containers_run_on_and_are_found_again(real: World) -> None:
    instance, container = first()
    before = running(instance)
    real.call("KillAgent", **HERE, containerInstance=instance.instance_id)
    docker("kill", container.runtime_id)
    real.step_all()
    assert status_of(container) == "RUNNING"
    assert not running(instance) & before

    real.call("RestartAgent", **HERE, containerInstance=instance.instance_id)
    until(real, lambda: status_of(container) == "STOPPED")
    until(real, lambda: real.service("web")["runningCount"] == 2)


def test_a_stopped_machine_is_empty_and_takes_tasks_again_when_it_is_started(real: World) -> None:
    instance, container = first()

    real.call("StopInstance", **HERE, containerInstance=instance.instance_id)
    until(real, lambda: not running(instance) and real.service("web")["runningCount"] == 2)
    assert status_of(container) == "STOPPED"

    real.call("StartInstance", **HERE, containerInstance=instance.instance_id)
    real.call("UpdateService", **HERE, service="web", desiredCount=4)
    until(real, lambda: len(running(instance)) == 2)


def test_hands_that_stop_pause_and_rename_are_noticed_and_nothing_comes_back_from_the_dead(real: World) -> None:
    instance, container = first()
    other = Container.objects.exclude(pk=container.pk).get()

    docker("rename", container.runtime_id, f"by-hand-{container.task.task_id[:8]}")
    docker("pause", other.runtime_id)
    real.step_all()
    real.reconcile()
    assert (status_of(container), status_of(other)) == ("RUNNING", "RUNNING")
    assert Task.objects.count() == 2

    docker("unpause", other.runtime_id)
    docker("stop", "-t", "1", container.runtime_id)
    until(real, lambda: status_of(container) == "STOPPED" and real.service("web")["runningCount"] == 2)
    assert Task.objects.get(pk=container.task_id).stop_code == "EssentialContainerExited"

    docker("start", container.runtime_id)
    until(real, lambda: container.runtime_id not in running(instance))
    assert status_of(container) == "STOPPED"
