"""What the launcher says: one line a step, with the seconds since the start in front."""

from __future__ import annotations

import os
import sys
import time

STARTED_AT = time.monotonic()
COLOURS = ("36", "33", "35", "32", "34")
RED, GREEN = "31", "32"


class CannotStartError(Exception):
    """Something outside must be put right first; the message says what, and how."""


def coloured(text: str, colour: str) -> str:
    return f"\x1b[{colour}m{text}\x1b[0m" if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else text


def elapsed() -> float:
    """Seconds since the launcher started."""
    return time.monotonic() - STARTED_AT


def say(text: str) -> None:
    write(f"{coloured(f'[{elapsed():5.1f} s]', GREEN)} {text}")


def write(line: str) -> None:
    # One write for each line, so that lines of several processes never mix.
    try:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of a pipe has gone (`make run | head`); what it did not read is lost, the product is not.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115


def complain(text: str) -> None:
    sys.stderr.write(f"{coloured('error:', RED)} {text}\n")
    sys.stderr.flush()
