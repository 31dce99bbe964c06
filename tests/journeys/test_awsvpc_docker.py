"""awsvpc on real Docker: containers of a task talk over localhost, and the host reaches the published port."""

from __future__ import annotations

import json
import re
import urllib.request
from typing import Any

import pytest

from tests.stack import Stack, docker, wait_until

pytestmark = [pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.mark.parametrize("launch_type", ["EC2", "FARGATE"])
def test_containers_of_an_awsvpc_task_reach_each_other_at_localhost(stack: Stack, launch_type: str) -> None:
    ecs = stack.ecs()
    ecs.create_cluster(clusterName="demo")
    identity = {"instanceType": "t3.medium", "availabilityZone": "ap-northeast-2a"}
    ecs.register_container_instance(cluster="demo", instanceIdentityDocument=json.dumps(identity))
    script = "until wget -qO- http://localhost:80/ >/tmp/page 2>/dev/null; do sleep 0.3; done; cat /tmp/page; sleep 300"
    containers = [
        {"name": "web", "image": "ecsweb/web:1", "memory": 64, "portMappings": [{"containerPort": 80}]},
        {"name": "side", "image": "ecsweb/worker:1", "memory": 64, "entryPoint": ["sh", "-c"], "command": [script]},
    ]
    ecs.register_task_definition(
        family="pair", networkMode="awsvpc", cpu="256", memory="512", containerDefinitions=containers
    )
    network = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}
    arn = ecs.run_task(cluster="demo", taskDefinition="pair", launchType=launch_type, networkConfiguration=network)[
        "tasks"
    ][0]["taskArn"]

    def task() -> dict[str, Any]:
        return dict(ecs.describe_tasks(cluster="demo", tasks=[arn])["tasks"][0])

    wait_until("it runs", lambda: task()["lastStatus"] == "RUNNING", seconds=60)
    names = docker(
        "ps", "--filter", f"label=ecsweb.task={arn.rsplit('/', 1)[-1]}", "--format", "{{.Names}} {{.ID}}"
    ).split("\n")
    ids = dict(line.rsplit(" ", 1) for line in names if line)
    side = next(one for name, one in ids.items() if name.endswith("-1"))
    pause = next(one for name, one in ids.items() if name.endswith("-pause"))
    wait_until("the side container has the page", lambda: "pair" in docker("logs", side), seconds=30)

    address = docker("inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", pause).strip()
    interfaces = [container["networkInterfaces"][0] for container in task()["containers"]]
    assert {interface["privateIpv4Address"] for interface in interfaces} == {address}
    port = re.findall(r"127\.0\.0\.1:(\d+)", docker("port", pause))[0]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
        assert answer.status == 200
    with urllib.request.urlopen(f"{stack.url}/clusters/demo/tasks/{arn.rsplit('/', 1)[-1]}/", timeout=10) as page:
        assert f"http://127.0.0.1:{port}/" in page.read().decode()

    ecs.stop_task(cluster="demo", task=arn)
    wait_until("it is over", lambda: task()["lastStatus"] == "STOPPED", seconds=60)
    stack.reset()
    assert stack.containers() == []
