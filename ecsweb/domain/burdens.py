"""Work that is put upon a running container on purpose, to see what its limits do."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

# A flood of the CPU ends by itself: it is to be seen, not to be cleaned up.
FLOOD_SECONDS = 60


class Burden(StrEnum):
    """MEMORY grows until the container's limit ends it; CPU keeps one CPU busy for a while."""

    MEMORY = "MEMORY"
    CPU = "CPU"


# What is run inside the container; any POSIX shell can run them.
SCRIPTS: Mapping[Burden, str] = {
    # Where a container has used up its memory the kernel ends the one process that counts most. Pid 1 is made to count
    # most, so that the container ends as if it had eaten itself; three eat, so that none of them outweighs it.
    Burden.MEMORY: (
        "echo 1000 > /proc/1/oom_score_adj; eat() { f=0123456789abcdef; while :; do f=$f$f; done; }; eat & eat & eat"
    ),
    Burden.CPU: f"(sleep {FLOOD_SECONDS}; kill -9 $$) & while :; do :; done",
}


def command_of(burden: Burden) -> tuple[str, ...]:
    """Return the command that is run inside the container."""
    return ("sh", "-c", SCRIPTS[burden])
