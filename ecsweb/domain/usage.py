"""What containers use: readings of the engine, and what follows from two of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

CPU_UNITS = 1024
MIB = 1024 * 1024
NANOSECONDS = 10**9


class UsageGap(StrEnum):
    """Why the engine's containers cannot be measured from here."""

    REMOTE = "remote"
    NO_CGROUPS = "no-cgroups"
    OTHER_HOST = "other-host"


@dataclass(frozen=True, slots=True)
class Reading:
    """A running container at one moment: CPU nanoseconds since it started, bytes of memory now, epoch seconds."""

    cpu: int
    memory: int
    at: float


@dataclass(frozen=True, slots=True)
class Sample:
    """What was used around `at` (epoch seconds): CPU units (1024 are a vCPU) and MiB; of an instance also what its
    tasks had reserved then."""

    at: float
    cpu: float
    memory: float
    reserved_cpu: int = 0
    reserved_memory: int = 0


def cpu_units(before: Reading, after: Reading) -> float | None:
    """Return the CPU units used between two readings; None where they tell nothing: no time between, a restart."""
    seconds = after.at - before.at
    used = after.cpu - before.cpu
    if seconds <= 0 or used < 0:
        return None
    return used / NANOSECONDS / seconds * CPU_UNITS


def mebibytes(size: int) -> float:
    """Return bytes as MiB."""
    return size / MIB
