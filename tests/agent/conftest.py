"""A task definition as botocore shapes it, and whose container it becomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from ecsweb.agent.engine import ContainerSpec
from ecsweb.agent.policy import Mode
from ecsweb.agent.translate import Identities, to_spec

TASK_ID = "0123456789abcdef0123456789abcdef"
IDENTITIES = Identities(
    install="a1b2c3d4",
    account="123456789012",
    region="ap-northeast-2",
    cluster="demo",
    instance_id="fedcba9876543210fedcba9876543210",
    task_id=TASK_ID,
    task_arn=f"arn:aws:ecs:ap-northeast-2:123456789012:task/demo/{TASK_ID}",
    family="web",
    revision=3,
    engine_name=f"ecsw-a1b2c3d4-{TASK_ID}-1",
    network="ecsw-a1b2c3d4-fedcba9876543210fedcba9876543210",
)

Translate = Callable[..., ContainerSpec]


@pytest.fixture
def translate() -> Translate:
    """Translate one container, given its fields; `task`, `overrides`, `mode` and `allowed_images` may be given too."""

    def call(
        *,
        task: Mapping[str, Any] | None = None,
        overrides: Mapping[str, Any] | None = None,
        mode: Mode = "solo",
        allowed_images: tuple[str, ...] = (),
        **fields: Any,
    ) -> ContainerSpec:
        return to_spec(
            container_definition={"name": "app", "image": "ecsweb/web:1", **fields},
            task_definition=task or {},
            identities=IDENTITIES,
            mode=mode,
            overrides=overrides,
            allowed_images=allowed_images,
        )

    return call
