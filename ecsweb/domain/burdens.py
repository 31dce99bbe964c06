"""Work that is put upon a running container on purpose, to see what its limits do."""

from __future__ import annotations

from enum import StrEnum

# A flood of the CPU ends by itself: it is to be seen, not to be cleaned up.
FLOOD_SECONDS = 60


class Burden(StrEnum):
    """MEMORY grows until the container's limit ends it; CPU keeps one CPU busy for a while."""

    MEMORY = "MEMORY"
    CPU = "CPU"
