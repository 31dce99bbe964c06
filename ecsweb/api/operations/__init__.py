"""One file a noun; each registers its operations when it is imported."""

from __future__ import annotations

from importlib import import_module

NOUNS = (
    "account_settings",
    "attributes",
    "auto_scaling_groups",
    "capacity_providers",
    "clusters",
    "container_instances",
    "drafts",
    "task_definitions",
    "tasks",
    "services",
    "service_deployments",
    "task_sets",
    "chaos",
    "hosts",
    "parameters",
    "tags",
    "task_protection",
    "recordings",
    "lessons",
    "guesses",
    "plays",
    "progress",
    "scenes",
    "quiz",
)


def load() -> None:
    """Import every noun so that its operations are registered."""
    for noun in NOUNS:
        import_module(f"{__name__}.{noun}")
