"""The nearest change that would have let a task run: which instance, and what is missing there, all of it."""

from __future__ import annotations

from dataclasses import dataclass

from ecsweb.domain.placement.filters import Exclusion
from ecsweb.domain.placement.scheduler import Candidate, Decision, distance


@dataclass(frozen=True, slots=True)
class Change:
    """What would have to be otherwise on one instance; every exclusion is to be removed for the task to fit."""

    instance_id: str
    exclusions: tuple[Exclusion, ...]

    @property
    def missing(self) -> int | None:
        """Return how much is missing where one amount is all that is: CPU units or MiB."""
        if len(self.exclusions) != 1 or self.exclusions[0].wanted is None:
            return None
        return self.exclusions[0].wanted - (self.exclusions[0].available or 0)


def nearest_change(decision: Decision) -> Change | None:
    """Return the change of the instance that lacks the fewest things, of those the least; None where it was placed.

    None, too, where there is no instance at all: then one is to be launched. Example: t3.small with 1838 MiB left and
    a task of 4096 → 2258 MiB missing there.
    """
    if decision.chosen is not None or not decision.candidates:
        return None
    best = min(decision.candidates, key=_how_far)
    return Change(best.instance.instance_id, best.exclusions)


def _how_far(candidate: Candidate) -> tuple[int, tuple[int, float, int]]:
    return len(candidate.exclusions), distance(candidate)
