from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.management.conftest import ROOT, outside_of_make


@pytest.mark.parametrize("target", [[], ["help"]], ids=["default", "help"])
def test_make_tells_what_it_can_do(target: list[str]) -> None:
    words = subprocess.run(
        ["make", *target], cwd=ROOT, env=outside_of_make(), capture_output=True, text=True, check=True
    ).stdout

    assert [line.split()[1] for line in words.splitlines()] == [
        "help",
        "run",
        "test",
        "test-fast",
        "bench",
        "labs",
        "pictures",
        "check",
        "fmt",
    ]


def test_a_machine_without_a_usable_python_is_told_what_to_do(tmp_path: Path) -> None:
    script = ROOT / "ecsweb" / "management" / "launcher" / "find_python.sh"
    # Neither a Python nor apt-get, so that nothing is installed.
    for name in ("id", "cat"):
        (tmp_path / name).symlink_to(shutil.which(name) or name)
    done = subprocess.run(["/bin/sh", script], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stdout == "false\n"
    assert "ecsweb needs Python 3.11 or newer" in done.stderr
    assert "sudo apt-get install python3 python3-venv" in done.stderr
