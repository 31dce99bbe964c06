"""The labels by which our containers are known, and the names of what we make on an engine."""

from __future__ import annotations

INSTALL = "ecsweb.install"
ACCOUNT = "ecsweb.account"
TASK = "ecsweb.task"
CONTAINER = "ecsweb.container"
INSTANCE = "ecsweb.instance"
VOLUME = "ecsweb.volume"

# The real ECS agent's (`ecs-facts.md` section 8); `docker ps --filter label=…` in class shows the true thing.
ECS_CLUSTER = "com.amazonaws.ecs.cluster"
ECS_CONTAINER_NAME = "com.amazonaws.ecs.container-name"
ECS_TASK_ARN = "com.amazonaws.ecs.task-arn"
ECS_FAMILY = "com.amazonaws.ecs.task-definition-family"
ECS_REVISION = "com.amazonaws.ecs.task-definition-version"

RESERVED_PREFIXES = ("ecsweb.", "com.amazonaws.", "com.docker.", "traefik.", "socket-proxy.", "io.", "org.")


def network_name(install: str, instance_id: str) -> str:
    """Return the network of one container instance: ids only, so that nothing a user typed reaches an engine name."""
    return f"ecsw-{install}-{instance_id}"
