"""Task definitions: the rules of registration, and what a definition asks of an instance."""

from __future__ import annotations

from ecsweb.domain.task_definitions.registration import (
    CONTAINER_RULES,
    check_container_memory,
    check_sums,
    normalised,
    task_cpu_units,
    task_memory_mib,
)
from ecsweb.domain.task_definitions.requirements import ADVERTISED_CAPABILITIES, compatibilities, required_attributes

__all__ = [
    "ADVERTISED_CAPABILITIES",
    "CONTAINER_RULES",
    "check_container_memory",
    "check_sums",
    "compatibilities",
    "normalised",
    "required_attributes",
    "task_cpu_units",
    "task_memory_mib",
]
