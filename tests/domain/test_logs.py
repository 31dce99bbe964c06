"""Where a container's output goes (`ecs-facts.md` 2.7)."""

from __future__ import annotations

from typing import Any

import pytest

from ecsweb.domain.logs import LogTarget, log_target


def definition(driver: str = "", **options: str) -> dict[str, Any]:
    asked = {"logConfiguration": {"logDriver": driver, "options": options}} if driver else {}
    return {"name": "app", **asked}


@pytest.mark.parametrize(
    ("container", "target"),
    [
        (definition(), LogTarget()),
        (definition("json-file"), LogTarget("json-file")),
        (
            definition("awslogs", **{"awslogs-group": "/ecs/web", "awslogs-stream-prefix": "ecs"}),
            LogTarget("awslogs", "/ecs/web", "ecs/app/task1"),
        ),
        (definition("awslogs", **{"awslogs-group": "/ecs/web"}), LogTarget("awslogs", "/ecs/web", "abc")),
    ],
)
def test_the_stream_of_awslogs_is_prefix_container_and_task_or_docker_s_id(
    container: dict[str, Any], target: LogTarget
) -> None:
    assert log_target(container, task_id="task1", runtime_id="abc") == target
