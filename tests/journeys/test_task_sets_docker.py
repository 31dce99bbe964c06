"""Blue and green with the AWS CLI, as somebody outside moves a service with the EXTERNAL controller."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.stack import REGION, Stack, wait_until

pytestmark = [pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(180)]

DEFINITION = json.dumps([{"name": "app", "image": "ecsweb/web:1", "memory": 64}])
INSTANCE = json.dumps({"instanceType": "t3.small", "availabilityZone": f"{REGION}a"})
HERE = ("--cluster", "demo", "--service", "web")


def aws(stack: Stack, *words: str) -> Any:
    """Run `aws ecs …` against the stack and return its answer."""
    settings = {
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_PAGER": "",
        "AWS_CONFIG_FILE": os.devnull,
    }
    done = subprocess.run(
        [str(Path(sys.executable).parent / "aws"), "--endpoint-url", stack.url, "--output", "json", "ecs", *words],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def task_set(stack: Stack, name: str) -> dict[str, Any]:
    """Describe the task set of that external id."""
    found = aws(stack, "describe-task-sets", *HERE)["taskSets"]
    return dict(next(one for one in found if one["externalId"] == name))


def is_steady(stack: Stack, name: str, running: int) -> bool:
    found = task_set(stack, name)
    return (found["runningCount"], found["stabilityStatus"]) == (running, "STEADY_STATE")


def test_the_aws_cli_moves_a_service_from_blue_to_green(stack: Stack) -> None:
    aws(stack, "create-cluster", "--cluster-name", "demo")
    aws(stack, "register-container-instance", "--cluster", "demo", "--instance-identity-document", INSTANCE)
    for _revision in range(2):
        aws(stack, "register-task-definition", "--family", "web", "--container-definitions", DEFINITION)
    external = ("--deployment-controller", "type=EXTERNAL", "--desired-count", "2")
    aws(stack, "create-service", "--cluster", "demo", "--service-name", "web", *external)
    ids = {}
    for name, revision, scale in (("blue", "web:1", 100), ("green", "web:2", 0)):
        how = ("--task-definition", revision, "--external-id", name, "--scale", f"value={scale},unit=PERCENT")
        ids[name] = aws(stack, "create-task-set", *HERE, *how)["taskSet"]["id"]
    aws(stack, "update-service-primary-task-set", *HERE, "--primary-task-set", ids["blue"])
    wait_until("blue runs", lambda: is_steady(stack, "blue", 2))

    aws(stack, "update-task-set", *HERE, "--task-set", ids["green"], "--scale", "value=100,unit=PERCENT")
    wait_until("green runs", lambda: is_steady(stack, "green", 2))
    assert len(stack.containers()) == 4
    aws(stack, "update-service-primary-task-set", *HERE, "--primary-task-set", ids["green"])
    aws(stack, "update-task-set", *HERE, "--task-set", ids["blue"], "--scale", "value=0,unit=PERCENT")
    wait_until("blue is empty", lambda: is_steady(stack, "blue", 0))
    aws(stack, "delete-task-set", *HERE, "--task-set", ids["blue"])
    wait_until("blue is gone", lambda: len(aws(stack, "describe-task-sets", *HERE)["taskSets"]) == 1)

    service = aws(stack, "describe-services", "--cluster", "demo", "--services", "web")["services"][0]
    assert service["runningCount"] == 2
    assert service["taskDefinition"].endswith(":task-definition/web:2")
    assert [found["status"] for found in service["taskSets"]] == ["PRIMARY"]
