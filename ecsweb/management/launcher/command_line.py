"""What the Makefile calls: `python3 ecsweb/management run|test|bench|labs|check|prepare`. Standard library only."""

from __future__ import annotations

from collections.abc import Callable

from . import checks, run, tests
from .terminal import CannotStartError, complain

COMMANDS: dict[str, Callable[[], int | None]] = {
    "run": run.run,
    "test": tests.test,
    "bench": tests.bench,
    "labs": tests.labs,
    "check": checks.check,
    "prepare": tests.prepare,
}


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        complain(f"one of {', '.join(COMMANDS)} is wanted")
        return 2
    try:
        return COMMANDS[arguments[0]]() or 0
    except CannotStartError as error:
        complain(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
