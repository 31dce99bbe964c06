"""Which task definitions can run on FARGATE (`ecs-facts.md` 2.3, 2.8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Document = Mapping[str, Any]

# CPU units → the MiB that may go with them (`ecs-facts.md` 2.3).
FARGATE_MEMORY: Mapping[int, tuple[int, ...]] = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4096 + 1, 1024)),
    1024: tuple(range(2048, 8192 + 1, 1024)),
    2048: tuple(range(4096, 16384 + 1, 1024)),
    4096: tuple(range(8192, 30720 + 1, 1024)),
    8192: tuple(range(16384, 61440 + 1, 4096)),
    16384: tuple(range(32768, 122880 + 1, 8192)),
}


def is_fargate_size(cpu: object, memory: object) -> bool:
    """Tell whether FARGATE has tasks of these CPU units and MiB, as AWS stores them: strings of digits."""
    texts = (str(cpu), str(memory))
    if not all(text.isascii() and text.isdigit() and len(text) < 10 for text in texts):
        return False
    return int(texts[1]) in FARGATE_MEMORY.get(int(texts[0]), ())


def is_fargate_compatible(document: Document) -> bool:
    """Tell whether a definition can run on FARGATE: awsvpc, a size that there is, nothing that needs the machine."""
    containers = document.get("containerDefinitions", [])
    needs_machine = (
        document.get("placementConstraints")
        or document.get("pidMode") == "host"
        or document.get("ipcMode")
        or any(c.get("resourceRequirements") or c.get("privileged") for c in containers)
    )
    is_sized = is_fargate_size(document.get("cpu"), document.get("memory"))
    return document.get("networkMode") == "awsvpc" and is_sized and not needs_machine
