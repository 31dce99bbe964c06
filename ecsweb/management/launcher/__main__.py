"""What the Makefile calls: `python3 -m ecsweb.management.launcher run|test|check|prepare`. Standard library only."""

from __future__ import annotations

import sys
from collections.abc import Callable

from ecsweb.management.launcher import checks, run, tests
from ecsweb.management.launcher.terminal import CannotStartError, complain

COMMANDS: dict[str, Callable[[], int | None]] = {
    "run": run.run,
    "test": tests.test,
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
