"""What is known of an account at one moment of its log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """One row of the log, as a value: `detail` is AWS-shaped, times in it are seconds since the epoch."""

    sequence: int
    time: datetime
    detail_type: str
    detail: Mapping[str, Any]
    resources: tuple[str, ...] = ()


@dataclass(slots=True)
class Past:
    """An account once the event `sequence` had happened: facts by ARN, each in the order in which they appeared."""

    sequence: int = 0
    time: datetime | None = None
    clusters: dict[str, Facts] = field(default_factory=dict)
    instances: dict[str, Facts] = field(default_factory=dict)
    tasks: dict[str, Facts] = field(default_factory=dict)
    services: dict[str, Facts] = field(default_factory=dict)
    definitions: dict[str, Facts] = field(default_factory=dict)

    def copy(self) -> Past:
        """Return a past that can be folded on without changing this one; facts are replaced, never changed."""
        return Past(
            self.sequence,
            self.time,
            dict(self.clusters),
            dict(self.instances),
            dict(self.tasks),
            dict(self.services),
            dict(self.definitions),
        )

    def clear(self) -> None:
        """Forget everything: the account was emptied."""
        for facts in (self.clusters, self.instances, self.tasks, self.services, self.definitions):
            facts.clear()


KINDS = ("clusters", "instances", "tasks", "services", "definitions")


def as_checkpoint(past: Past) -> dict[str, dict[str, Facts]]:
    """Return the detail of a `Checkpoint`: everything that is known, so that a fold may begin there."""
    return {kind: getattr(past, kind) for kind in KINDS}


def name_in(arn: str) -> str:
    """Return the second part of an ARN's resource: of a task or service, the cluster's name."""
    return arn.split(":", 5)[-1].split("/")[1] if arn.count("/") else ""


def region_in(arn: str) -> str:
    """Return the region in an ARN."""
    parts = arn.split(":")
    return parts[3] if len(parts) > 5 else ""
