"""`make check`: every check of the code that needs no running product, side by side, all complaints at once."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from .options import ROOT
from .terminal import RED, coloured, say, write
from .virtual_environment import PYTHON

TOOLS = PYTHON.parent
TEXTS = ("tests/structure/test_translations.py", "tests/structure/test_content.py")
# The longest first, so that the others fit beside it.
CHECKS: dict[str, tuple[str, ...]] = {
    "types (mypy --strict)": ("mypy", "ecsweb", "tests"),
    "lint of templates (djlint)": ("djlint", "--lint", "--quiet", "templates"),
    "layers (import-linter)": ("lint-imports",),
    "every text in both languages": ("pytest", "-q", "-n", "0", *TEXTS),
    "migrations": ("python", "manage.py", "makemigrations", "--check", "--dry-run"),
    "Django's own checks": ("python", "manage.py", "check"),
    "lint (ruff)": ("ruff", "check", "."),
    "format (ruff)": ("ruff", "format", "--check", "."),
    "format of templates (djangofmt)": ("djangofmt", "--check", "templates"),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    name: str
    is_good: bool
    words: str
    seconds: float


def check() -> int:
    """Run all checks and tell which failed, with their words; return the exit status."""
    with tempfile.TemporaryDirectory(prefix="ecsweb-check-") as data:
        environment = {
            **os.environ,
            "ECSWEB_DATA": data,
            "DATABASE_URL": "",
            "REDIS_URL": "",
            "ECSWEB_ENGINE": "simulated",
        }
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            outcomes = list(pool.map(lambda item: _run(item[0], item[1], environment), CHECKS.items()))
    return tell(outcomes)


def _run(name: str, command: Sequence[str], environment: dict[str, str]) -> Outcome:
    begun = time.monotonic()
    done = subprocess.run(
        [str(TOOLS / command[0]), *command[1:]],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    return Outcome(name, done.returncode == 0, done.stdout.strip(), time.monotonic() - begun)


def tell(outcomes: Sequence[Outcome]) -> int:
    bad = [outcome for outcome in outcomes if not outcome.is_good]
    for outcome in bad:
        write(f"\n{coloured('✗ ' + outcome.name, RED)}\n{outcome.words}")
    for outcome in outcomes:
        write(f"  {'✓' if outcome.is_good else '✗'} {outcome.name} ({outcome.seconds:.1f} s)")
    say(f"{len(bad)} of {len(outcomes)} checks failed." if bad else f"All {len(outcomes)} checks are clean.")
    return 1 if bad else 0
