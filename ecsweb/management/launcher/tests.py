"""`make test`: get what tests need, check the code, then run the tests, the quick ones first."""

from __future__ import annotations

import os
import platform
import subprocess
import tempfile
import time
from dataclasses import replace

from . import checks, engines, packages, translations, virtual_environment
from .options import ROOT, read_options
from .terminal import RED, coloured, say
from .virtual_environment import PYTHON

PACKAGES = {
    "dockerd": "docker.io",
    "busybox": "busybox-static",
    "chromium": "chromium",
    "redis-server": "redis-server",
    "xgettext": "gettext",
    "git": "git",
    "ip": "iproute2",
    "debootstrap": "debootstrap",
}
FONT = "fonts-noto-cjk"
# Tests of whole processes have real time in them: one that fails is run once more, and the summary counts it as rerun.
AGAIN = ("--reruns", "1")
# What is heavier comes later; each test belongs to exactly one stage.
STAGES = (
    ("quick", "not docker and not browser and not slow and not compose", ("-n", "auto")),
    ("docker", "docker and not browser and not slow and not compose", AGAIN),
    ("browser", "browser and not slow and not compose", AGAIN),
    ("journeys", "slow and not compose", AGAIN),
    ("compose", "compose", AGAIN),
)
NO_TESTS = 5


def prepare() -> None:
    """Get what `make check` and `make test-fast` need. Raises CannotStartError."""
    virtual_environment.ensure(virtual_environment.DEVELOP)
    translations.compile_changed()


def test() -> int:
    """Set up, check and test everything; return the exit status. Raises CannotStartError."""
    begun = time.monotonic()
    _install_packages()
    prepare()
    _find_engine()
    results = {"checks": checks.check()}
    with tempfile.TemporaryDirectory(prefix="ecsweb-test-") as data:
        for name, marks, ways in STAGES:
            results[name] = _stage(name, marks, ways, data)
    failed = [name for name, status in results.items() if status]
    seconds = time.monotonic() - begun
    say(coloured(f"FAILED: {', '.join(failed)}", RED) if failed else f"All tests passed in {seconds:.0f} s.")
    return 1 if failed else 0


def bench() -> int:
    """Measure on real Docker; return the exit status. Raises CannotStartError where there is none."""
    prepare()
    _find_engine(wanted="docker")
    return subprocess.run([str(PYTHON), "-m", "tests.bench"], cwd=ROOT, check=False).returncode


def labs() -> int:
    """Go through every lab and incident on real Docker; return the exit status. Raises CannotStartError without one."""
    prepare()
    _find_engine(wanted="docker")
    return subprocess.run([str(PYTHON), "-m", "tests.labs"], cwd=ROOT, check=False).returncode


def _install_packages() -> None:
    wanted = packages.missing(PACKAGES)
    if platform.system() != "Linux" or not packages.may_install():
        if wanted:
            say(f"Not here, and not to be installed without root on Debian or Ubuntu: {', '.join(wanted)}.")
        return
    listed = subprocess.run(["dpkg", "-s", FONT], capture_output=True, check=False).returncode == 0
    packages.install(wanted if listed else [*wanted, FONT])
    # From Debian 13 on the client is a package of its own, which Debian 12 does not know.
    packages.install(packages.missing({"docker": "docker-cli"}))


def _find_engine(wanted: str = "auto") -> None:
    choice = engines.choose(
        replace(read_options({**os.environ, "HOST": "", "PORT": ""}), data=ROOT / "var", engine=wanted)
    )
    say(f"{'Docker Engine' if choice.kind == 'docker' else 'No Docker Engine'}: {choice.note}")
    if choice.docker_host:
        os.environ["DOCKER_HOST"] = choice.docker_host


def _stage(name: str, marks: str, ways: tuple[str, ...], data: str) -> int:
    say(f"Tests: {name} …")
    command = [str(PYTHON), "-m", "pytest", "-q", "-p", "tests.plugins.no_silent_skips", "-m", marks, *ways]
    environment = {**os.environ, "ECSWEB_DATA": data, "DATABASE_URL": "", "REDIS_URL": "", "ECSWEB_ENGINE": ""}
    status = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False).returncode
    # Without CI a folder may hold a part of the tests only.
    return 0 if status == NO_TESTS and not os.environ.get("CI") else status
