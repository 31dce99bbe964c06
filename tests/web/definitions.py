"""What a browser sends of the form that registers a task definition."""

from __future__ import annotations

ADDRESS = "/task-definitions/register/"
APP = {"name": "app", "image": "ecsweb/web:1", "memory": "64", "essential": "on"}
LOG = {"name": "log", "image": "ecsweb/worker:1", "memory": "32"}


def typed_containers(task: dict[str, str], *containers: dict[str, str]) -> dict[str, str]:
    """Return the fields of a task and its containers by the names they have in the form."""
    sent = {"family": "web", "containers-TOTAL_FORMS": str(len(containers)), "containers-INITIAL_FORMS": "0", **task}
    for number, container in enumerate(containers):
        sent |= {f"containers-{number}-{name}": value for name, value in container.items()}
    return sent


def typed_definition(**container: str) -> dict[str, str]:
    """Return the fields of a task with one essential container."""
    return typed_containers({}, {**APP, **container})
