"""A FARGATE task on a real engine: what Docker was told of its size, its environment and its network."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from ecsweb.agent import labels
from ecsweb.agent.docker_engine import DockerEngine
from ecsweb.agent.images import ensure_images
from ecsweb.controlplane.installation import install_id
from ecsweb.models import ContainerInstance
from tests.journeys.test_hands_docker import RealClock, docker, until
from tests.world import World

pytestmark = [pytest.mark.docker, pytest.mark.django_db, pytest.mark.timeout(120)]


@pytest.fixture
def real(db: None, settings: Settings, tmp_path: Path) -> Iterator[World]:
    """A cluster without container instances on Docker; swept by label afterwards."""
    settings.ECSWEB_DATA = tmp_path
    settings.ECSWEB_ENGINE_SLOTS = 0
    install_id.cache_clear()
    engine = DockerEngine(install_id(), base_url=None, network_pool="10.214.0.0/16")
    ensure_images(engine)
    made = World(clock=RealClock())  # type: ignore[arg-type] # — it ticks by itself
    made.engine = engine  # type: ignore[assignment] # — the same protocol
    try:
        made.call("CreateCluster", clusterName="demo")
        yield made
    finally:
        made.call("ResetAccount")
        made.step_all()
        for container in engine.list_containers():
            engine.remove(container.runtime_id)
        for name in engine.list_networks():
            engine.remove_network(name)
        engine.close()
        install_id.cache_clear()


def inspected(task_arn: str) -> dict[str, Any]:
    task_id = task_arn.rsplit("/", 1)[-1]
    found = docker("ps", "-q", "--filter", f"label={labels.TASK}={task_id}").split()
    return dict(json.loads(docker("inspect", *found))[0])


def test_a_fargate_task_runs_on_docker_capped_to_its_size_and_leaves_nothing(real: World) -> None:
    real.call(
        "RegisterTaskDefinition",
        family="web",
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "app", "image": "ecsweb/web:1", "portMappings": [{"containerPort": 8080}]}],
    )
    network = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}
    answer = real.call(
        "RunTask", cluster="demo", taskDefinition="web", launchType="FARGATE", networkConfiguration=network
    )
    arn = answer["tasks"][0]["taskArn"]
    until(real, lambda: real.tasks()[0]["lastStatus"] == "RUNNING")

    shown = inspected(arn)

    assert (shown["HostConfig"]["Memory"], shown["HostConfig"]["NanoCpus"]) == (512 * 1024 * 1024, 250_000_000)
    assert {"AWS_EXECUTION_ENV=AWS_ECS_FARGATE", "ECSWEB_INSTANCE=FARGATE"} <= set(shown["Config"]["Env"])

    real.call("StopTask", cluster="demo", task=arn)
    until(real, lambda: not real.tasks())
    until(real, lambda: real.call("DescribeTasks", cluster="demo", tasks=[arn])["tasks"][0]["lastStatus"] == "STOPPED")
    real.call("DeleteCluster", cluster="demo")
    real.call("ResetAccount")
    real.step_all()
    real.step_all()

    assert real.engine.list_networks() == {}
    assert not ContainerInstance.everything.exists()
