"""Compile `locale/**/*.po`, whose compiled form is not kept in the repository, with babel: gettext may be missing."""

from __future__ import annotations

import subprocess

from .options import ROOT
from .terminal import CannotStartError, say
from .virtual_environment import PYTHON


def compile_changed() -> None:
    """Compile each catalogue that is newer than its compiled form. Raises CannotStartError."""
    for source in sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            continue
        # Written beside and renamed, so that a web process that starts meanwhile never reads half a file.
        beside = compiled.with_suffix(".mo.new")
        command = [str(PYTHON), "-m", "babel.messages.frontend", "-q", "compile", "-i", str(source), "-o", str(beside)]
        # A catalogue whose header is marked as a draft would be passed over in silence without `--use-fuzzy`.
        command.append("--use-fuzzy")
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise CannotStartError(f"{source.relative_to(ROOT)} cannot be compiled:\n{done.stderr.strip()}")
        beside.replace(compiled)
        say(f"Compiled the translation {source.relative_to(ROOT)}.")
