"""Where a container's output goes: `logConfiguration` (`ecs-facts.md` 2.7).

SIMPLIFIED: there is no CloudWatch Logs here. Output is always kept by Docker's json-file driver, 1 MB of it, and shown
on the task's page; for awslogs the page names the group and the stream that it would be in, and every group exists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class LogTarget:
    """The driver, and for awslogs the group and the stream."""

    driver: str = ""
    group: str = ""
    stream: str = ""


def log_target(container_definition: Mapping[str, Any], *, task_id: str, runtime_id: str) -> LogTarget:
    """Return where the output goes; the stream is `prefix/container-name/task-id`, without a prefix Docker's id.

    Example: prefix "ecs", container "app" → ecs/app/0f9d….
    """
    asked = container_definition.get("logConfiguration") or {}
    driver, options = str(asked.get("logDriver") or ""), asked.get("options") or {}
    if driver != "awslogs":
        return LogTarget(driver)
    prefix = options.get("awslogs-stream-prefix")
    stream = f"{prefix}/{container_definition.get('name')}/{task_id}" if prefix else runtime_id
    return LogTarget(driver, str(options.get("awslogs-group") or ""), stream)
