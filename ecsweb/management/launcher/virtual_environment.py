"""The virtual environment `.venv`: made once, filled again when a requirements file or the Python changed."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

from . import packages
from .options import ROOT
from .terminal import CannotStartError, say

FOLDER = ROOT / ".venv"
PYTHON = FOLDER / "bin" / "python"
RUN, DEVELOP = "requirements.txt", "requirements-dev.txt"


def ensure(requirements: str = RUN) -> None:
    """Make `.venv` hold what `requirements` names; quick when it does already. Raises CannotStartError."""
    stamp = FOLDER / f".ecsweb-{requirements}.json"
    if not _works():
        _make()
    wanted = _stamp_of(requirements)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    say(f"Installing {requirements} into {FOLDER.name} (only when it has changed) …")
    if subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True, check=False).returncode != 0:
        _run([str(PYTHON), "-m", "ensurepip"], "pip could not be put into the virtual environment.")
    _run(
        [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "-r", str(ROOT / requirements)],
        "pip could not install the requirements (its words are above).\n"
        "  Is there a way to a package index from here? pip's own settings (PIP_INDEX_URL, PIP_CERT …) are obeyed.",
    )
    stamp.write_text(wanted, encoding="utf-8")


def _works() -> bool:
    """Return whether there is an environment with a Python that starts and is new enough."""
    code = "import sys; sys.exit(sys.version_info < (3, 11))"
    return PYTHON.exists() and subprocess.run([PYTHON, "-c", code], capture_output=True, check=False).returncode == 0


def _make() -> None:
    if FOLDER.exists():
        say(f"The Python of {FOLDER.name} is gone or too old; making it anew.")
        shutil.rmtree(FOLDER)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    # Debian splits these off, and `python -m venv` fails late and at length without them.
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        installed = packages.may_install() and packages.install([f"python{version}-venv"])
        if not installed:
            raise CannotStartError(
                f"This Python ({sys.executable}) cannot make virtual environments.\n"
                f"  Debian, Ubuntu: sudo apt-get install python{version}-venv"
            )
    say(f"Making the virtual environment {FOLDER.name} with Python {version} …")
    _run([sys.executable, "-m", "venv", str(FOLDER)], "The virtual environment could not be made.")


def _run(command: list[str], complaint: str) -> None:
    if subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode != 0:
        raise CannotStartError(complaint)


def _stamp_of(requirements: str) -> str:
    names = [RUN, DEVELOP] if requirements == DEVELOP else [RUN]
    hashes = {name: hashlib.sha256((ROOT / name).read_bytes()).hexdigest() for name in names}
    real = Path(PYTHON).resolve()
    return json.dumps({"python": str(real), "changed": int(real.stat().st_mtime), **hashes}, indent=1)
