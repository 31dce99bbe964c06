"""Become a child that does not outlive its supervisor: `python -I -S shim.py HOW SUPERVISOR_PID COMMAND…`.

A program of its own, not a `preexec_fn`, because code between fork and exec can deadlock.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time

PR_SET_PDEATHSIG = 1


def main() -> None:
    how, supervisor, command = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    # Python ignores SIGPIPE, and what is ignored stays so over exec.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    if how == "pdeathsig":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        # The supervisor may have died before the kernel was asked to tell.
        if os.getppid() == supervisor:
            os.execvp(command[0], command)  # noqa: S606 - a shell is what must not be here
    else:
        sys.exit(guard(supervisor, command))


def guard(supervisor: int, command: list[str]) -> int:
    """Where the kernel does not tell of a parent's death: run the command and look every half second."""
    child = subprocess.Popen(command)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _frame: child.send_signal(received))
    while child.poll() is None:
        if os.getppid() != supervisor:
            child.kill()
        time.sleep(0.5)
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


if __name__ == "__main__":
    main()
