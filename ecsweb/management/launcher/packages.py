"""What the operating system must have: on Debian and Ubuntu root gets it installed, everybody else is told."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence

from .terminal import say


def may_install() -> bool:
    """Return whether packages can be installed here without asking: Debian or Ubuntu, as root."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def missing(commands: dict[str, str]) -> list[str]:
    """Return the packages of those commands that are not on PATH; `commands` maps command to package."""
    return sorted({package for command, package in commands.items() if shutil.which(command) is None})


def install(packages: Sequence[str]) -> bool:
    """Install Debian packages, their names told; return whether it worked."""
    if not packages:
        return True
    say(f"Installing the packages {', '.join(packages)} with apt-get …")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # One broken extra source must not keep the good ones from being used: only the install decides.
    subprocess.run(["apt-get", "update", "-qq"], env=environment, stdin=subprocess.DEVNULL, check=False)
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "-o", "Dpkg::Use-Pty=0", *packages]
    return subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=False).returncode == 0
