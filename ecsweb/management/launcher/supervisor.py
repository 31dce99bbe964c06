"""Keeps the product's processes running: shows their lines, restarts what dies, ends all of them within five seconds.

One thread only: the kernel's notice of a parent's death is bound to the thread that started the child.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import time
from collections.abc import Iterator, Sequence
from types import FrameType, TracebackType

from .child import Child, Program
from .terminal import COLOURS, RED, coloured, write

PATIENCE = 3.0
LAST_PATIENCE = 0.5
STOPPING_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Supervisor:
    """Runs programs until it is told to stop by a signal, or by the death of the process that started it."""

    def __init__(self, programs: Sequence[Program], *, dies_with_parent: bool = False) -> None:
        width = max(len(program.name) for program in programs)
        self._prefixes = {
            program.name: coloured(f"{program.name:>{width}} |", COLOURS[place % len(COLOURS)])
            for place, program in enumerate(programs)
        }
        self._children = {program.name: Child(program, self._write) for program in programs}
        self._wanted: set[str] = set()
        self._selector = selectors.DefaultSelector()
        self._stop_requests = 0
        self._parent = os.getppid() if dies_with_parent else 0

    def __enter__(self) -> Supervisor:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
        self._selector.close()

    def start(self, name: str) -> None:
        """Start one program and keep it running from now on."""
        self._wanted.add(name)
        child = self._children[name]
        self._selector.register(child.start(), selectors.EVENT_READ, child)

    def serve(self) -> None:
        """Keep what was started running until a signal or the parent's death."""
        with self._signals():
            while not self._stop_requests and not self._is_orphaned():
                self._turn(self._seconds_to_next_restart())
                self._restart_due()
            self.stop()

    def stop(self) -> None:
        """End everything: ask, wait, insist; first those that use the queue, then the queue."""
        self._wanted.clear()
        first = [child for child in self._children.values() if not child.program.stops_last]
        self._end(first, PATIENCE)
        self._end(list(self._children.values()), LAST_PATIENCE)

    def is_alive(self, name: str) -> bool:
        """Read what is there and return whether the program's process still runs."""
        self._turn(0)
        return self._children[name].is_running

    def tail(self, name: str) -> list[str]:
        return list(self._children[name].tail)

    def _end(self, children: Sequence[Child], patience: float) -> None:
        requests_seen = self._stop_requests
        for child in children:
            child.terminate()
        deadline = time.monotonic() + patience
        # A second Ctrl-C means: now.
        while time.monotonic() < deadline and self._stop_requests <= max(requests_seen, 1):
            if not any(child.is_running for child in children):
                return
            self._turn(0.05)
        for child in children:
            child.kill()
        # Not for ever: a process stuck inside the kernel does not even die of SIGKILL.
        deadline = time.monotonic() + LAST_PATIENCE
        while time.monotonic() < deadline and any(child.is_running for child in children):
            self._turn(0.05)

    def _turn(self, seconds: float) -> None:
        """Wait for lines, a signal or the time; pass lines on and take note of what ended."""
        for key, _mask in self._selector.select(seconds):
            if isinstance(key.data, Child):
                if not key.data.read():
                    self._selector.unregister(key.fd)
            else:
                with contextlib.suppress(BlockingIOError):
                    key.data.recv(4096)
        for child in self._children.values():
            if child.is_running:
                self._reap(child)

    def _reap(self, child: Child) -> None:
        descriptor = child.descriptor
        code = child.reap(before_closing=lambda: self._forget(descriptor))
        if code is None or child.program.name not in self._wanted:
            return
        name, how = child.program.name, f"signal {-code}" if code < 0 else f"exit code {code}"
        if not child.program.is_shown:
            for line in child.tail:
                self._write(name, line)
        pause = child.restart_at - time.monotonic()
        self._write(name, coloured(f"ended ({how}); starting it again in {pause:.1f} s", RED))

    def _forget(self, descriptor: int) -> None:
        with contextlib.suppress(KeyError):
            self._selector.unregister(descriptor)

    def _restart_due(self) -> None:
        for name in self._wanted:
            child = self._children[name]
            if not self._stop_requests and not child.is_running and child.restart_at <= time.monotonic():
                self._selector.register(child.start(), selectors.EVENT_READ, child)

    def _seconds_to_next_restart(self) -> float:
        due = [self._children[name].restart_at for name in self._wanted if not self._children[name].is_running]
        return max(0.0, min([1.0, *(at - time.monotonic() for at in due)]))

    def _is_orphaned(self) -> bool:
        return bool(self._parent) and os.getppid() != self._parent

    def _write(self, name: str, line: str) -> None:
        write(f"{self._prefixes[name]} {line}")

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        """Count requests to stop, and wake the loop for them and for every child's end."""
        reader, writer = socket.socketpair()
        reader.setblocking(False)
        writer.setblocking(False)
        self._selector.register(reader, selectors.EVENT_READ, reader)
        numbers = [n for n in STOPPING_SIGNALS if signal.getsignal(n) != signal.SIG_IGN or n != signal.SIGHUP]
        before = {number: signal.signal(number, self._request_stop) for number in numbers}
        before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        wakeup_before = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(wakeup_before)
            for number, handler in before.items():
                signal.signal(number, handler)
            self._selector.unregister(reader)
            reader.close()
            writer.close()

    def _request_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stop_requests += 1
