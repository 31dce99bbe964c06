"""The supervisor over real, small processes."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from ecsweb.management.launcher.child import SHIM
from tests.management.conftest import ROOT, Start, is_alive, python

FOREVER = "time.sleep(600)"
DEAF = "signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf'); time.sleep(600)"


def test_lines_of_children_carry_their_names(start: Start) -> None:
    supervised = start({"name": "web", "command": python(f"print('hello'); {FOREVER}")})

    supervised.wait_for(lambda: "web | hello" in supervised.words)


def test_a_hidden_program_is_shown_only_when_it_dies(start: Start) -> None:
    supervised = start(
        {"name": "redis", "command": python("print('last words'); time.sleep(0.5); sys.exit(3)"), "is_shown": False}
    )

    supervised.wait_for(lambda: "exit code 3" in supervised.words)
    assert supervised.words.index("last words") < supervised.words.index("exit code 3")


def test_a_child_that_dies_is_started_again(start: Start) -> None:
    supervised = start({"name": "web", "command": python(FOREVER)}, {"name": "worker", "command": python(FOREVER)})
    supervised.wait_for(lambda: len(supervised.pids()) == 2)
    untouched, killed = supervised.pids()

    os.kill(killed, signal.SIGKILL)

    supervised.wait_for(lambda: len(supervised.pids()) == 3)
    assert is_alive(untouched)
    assert "ended (signal 9); starting it again in 0.5 s" in supervised.words


def test_a_child_that_keeps_dying_is_given_longer_pauses(start: Start) -> None:
    supervised = start({"name": "web", "command": python("sys.exit(1)")})

    supervised.wait_for(lambda: "again in 2.0 s" in supervised.words)
    assert supervised.words.index("in 0.5 s") < supervised.words.index("in 1.0 s") < supervised.words.index("in 2.0 s")


def test_term_ends_all_and_the_queue_last(start: Start) -> None:
    says = "signal.signal(signal.SIGTERM, lambda *_: (print('bye'), sys.exit())); print('on'); time.sleep(600)"
    supervised = start(
        {"name": "redis", "command": python(says), "stops_last": True}, {"name": "web", "command": python(says)}
    )
    supervised.wait_for(lambda: supervised.words.count("| on") == 2)

    supervised.process.terminate()

    assert supervised.process.wait(timeout=5) == 0
    assert supervised.words.index("web | bye") < supervised.words.index("redis | bye")
    assert not any(map(is_alive, supervised.pids()))


def test_deaf_children_and_their_children_are_gone_within_five_seconds(start: Start) -> None:
    deaf = python(DEAF)
    supervised = start({"name": "web", "command": python(f"import subprocess; subprocess.Popen({deaf!r}); {DEAF}")})
    supervised.wait_for(lambda: supervised.words.count("deaf") == 2)
    group = supervised.pids()[0]
    begun = time.monotonic()

    supervised.process.terminate()

    supervised.process.wait(timeout=6)
    assert time.monotonic() - begun < 5
    assert members_of(group) == []


def test_a_second_interrupt_ends_at_once(start: Start) -> None:
    supervised = start({"name": "web", "command": python(DEAF)})
    supervised.wait_for(lambda: "deaf" in supervised.words)
    begun = time.monotonic()

    supervised.process.send_signal(signal.SIGINT)
    time.sleep(0.2)
    supervised.process.send_signal(signal.SIGINT)

    supervised.process.wait(timeout=3)
    assert time.monotonic() - begun < 2


def test_a_killed_supervisor_leaves_nobody(start: Start) -> None:
    supervised = start({"name": "web", "command": python(DEAF)}, {"name": "worker", "command": python(FOREVER)})
    supervised.wait_for(lambda: len(supervised.pids()) == 2)

    supervised.process.kill()

    supervised.wait_for(lambda: not any(map(is_alive, supervised.pids())), seconds=2)


def test_a_supervisor_ends_with_the_process_that_asked_for_it() -> None:
    asked = json.dumps({"programs": [{"name": "web", "command": python(FOREVER)}], "dies_with_parent": True})
    code = "import subprocess, sys; subprocess.run([sys.executable, '-m', 'tests.management.supervised', sys.argv[1]])"
    with subprocess.Popen([sys.executable, "-c", code, asked], cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline().split()[-1])
        parent.kill()

    wait_for_end(pid)


def test_the_guard_ends_its_program_when_the_supervisor_is_gone() -> None:
    """The way of systems without a notice of a parent's death."""
    code = (
        "import subprocess, sys, time; from ecsweb.management.launcher.child import shimmed;"
        "subprocess.Popen(shimmed((sys.executable, '-uc', "
        "'import os, time; print(os.getpid()); time.sleep(600)'), how='poll')); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout is not None
        pid = int(supervisor.stdout.readline())
        supervisor.kill()

    wait_for_end(pid)


def test_the_shim_starts_nothing_when_the_supervisor_died_before_it() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(SHIM), "pdeathsig", "1", sys.executable, "-c", "print('started')"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout == ""


def wait_for_end(pid: int) -> None:
    deadline = time.monotonic() + 3
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(pid)


def members_of(group: int) -> list[int]:
    """Return the living processes of a process group."""
    members = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            status, _parent, its_group = (folder / "stat").read_text().rsplit(")", 1)[1].split()[:3]
            if int(its_group) == group and status != "Z":
                members.append(int(folder.name))
    return members
