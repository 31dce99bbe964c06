"""The scripts that burden a container from inside; any POSIX shell can run them."""

from __future__ import annotations

from collections.abc import Mapping

from ecsweb.domain.burdens import FLOOD_SECONDS, Burden

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
