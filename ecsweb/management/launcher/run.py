"""`make run`: from a fresh checkout to a page that answers, then everything under one supervisor until Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType
from typing import NoReturn

from . import engines, packages, queue_server, translations, virtual_environment
from .child import Program, shimmed
from .options import (
    ROOT,
    Options,
    check_port,
    lock_data_folder,
    read_options,
    redis_socket,
)
from .supervisor import Supervisor
from .terminal import GREEN, CannotStartError, coloured, elapsed, say, write
from .virtual_environment import PYTHON

READY_SECONDS = 60.0
# Celery warns of root because of pickle, which the settings do not accept.
ROOT_IS_FINE = "ignore:You're running the worker with superuser"


def run() -> int:
    """Start the product and keep it running; return the exit status. Raises CannotStartError."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _leave)
    options = read_options(os.environ)
    with lock_data_folder(options):
        check_port(options)
        if options.mode == "class" and not os.environ.get("ALLOWED_HOSTS"):
            say(
                "Only http://127.0.0.1 and http://localhost are answered; ALLOWED_HOSTS=name,… adds what students type."
            )
        virtual_environment.ensure()
        translations.compile_changed()
        engine = choose_engine(options)
        environment = environment_of(options, engine)
        os.environ.update(environment)
        _supervise(options)
        if engine.note.startswith("started"):
            say("The Docker daemon keeps running; containers of ecsweb are in it still.")
        say("ecsweb has stopped.")
    return 0


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    # Before the supervisor serves, a request to stop ends whatever step is under way.
    raise SystemExit(128 + number)


def choose_engine(options: Options) -> engines.Choice:
    """Find or start an engine, with what its images are made of, and say which it is."""
    choice = engines.choose(options)
    if choice.kind == "docker" and packages.may_install():
        packages.install(packages.missing({"busybox": "busybox-static"}))
    if choice.kind == "docker":
        say(f"Docker Engine: {choice.note}")
    else:
        say(f"Simulated engine: {choice.note}\n          No real containers are started. To get Docker:")
        write(engines.HOW_TO_GET_DOCKER)
    return choice


def environment_of(options: Options, engine: engines.Choice) -> Mapping[str, str]:
    """Return the variables that every process of the product gets on top of the caller's."""
    found = {
        "DJANGO_SETTINGS_MODULE": "ecsweb.settings",
        "PYTHONUNBUFFERED": "1",
        "ECSWEB_DATA": str(options.data),
        "ECSWEB_ENGINE": engine.kind,
        "ECSWEB_ENGINE_ASKED": options.engine,
        "ECSWEB_LOG_LEVEL": "INFO" if options.is_verbose else "WARNING",
    }
    if engine.docker_host:
        found["DOCKER_HOST"] = engine.docker_host
    if not options.redis_url:
        found["ECSWEB_REDIS_SOCKET"] = str(redis_socket(options.data))
    return found


def programs(options: Options) -> list[Program]:
    """Return what runs under the supervisor, in the order of starting."""
    level = "info" if options.is_verbose else "warning"
    python, celery = str(PYTHON), (str(PYTHON), "-W", ROOT_IS_FINE, "-m", "celery", "-q", "-A", "ecsweb.celery")
    web = (python, "-m", "uvicorn", "ecsweb.asgi:application", "--host", options.host, "--port", str(options.port))
    web_ways = ("--timeout-graceful-shutdown", "2", "--no-access-log", "--no-server-header", "--log-level", level)
    trust = ("--no-proxy-headers",) if options.mode == "solo" else ()
    worker = ("worker", "-P", "threads", "-c", "8", "--without-gossip", "--without-mingle", "--loglevel", level)
    own = [] if options.redis_url else [_embedded_queue(options)]
    return [
        *own,
        Program("web", (*web, *web_ways, *trust)),
        Program("worker", (*celery, *worker)),
        Program("beat", (*celery, "beat", "--pidfile=", "--loglevel", level)),
        Program("watcher", (python, str(ROOT / "manage.py"), "watch_engine", "--skip-checks")),
    ]


def _embedded_queue(options: Options) -> Program:
    return queue_server.program(options.data, redis_socket(options.data), is_verbose=options.is_verbose)


def _supervise(options: Options) -> None:
    to_run = programs(options)
    os.chdir(ROOT)
    with Supervisor(to_run, dies_with_parent=bool(os.environ.get("ECSWEB_DIES_WITH_PARENT"))) as supervisor:
        if not options.redis_url:
            supervisor.start(queue_server.NAME)
            _wait_for_queue(supervisor, redis_socket(options.data))
        quiet = ("--no-input", "--skip-checks", "--verbosity", "0")
        manage("migrate", *quiet, is_verbose=options.is_verbose, complaint="The database could not be prepared.")
        manage("first_run", "--skip-checks", is_verbose=options.is_verbose, complaint="The first preparations failed.")
        for program in to_run:
            if program.name != queue_server.NAME:
                supervisor.start(program.name)
        threading.Thread(target=announce, args=(options.url, say), daemon=True).start()
        supervisor.serve()
        say("Stopping …")


def _wait_for_queue(supervisor: Supervisor, socket_path: Path) -> None:
    name = queue_server.NAME
    queue_server.wait(socket_path, lambda: supervisor.is_alive(name), lambda: supervisor.tail(name))


def manage(*arguments: str, is_verbose: bool, complaint: str) -> None:
    """Run a management command to its end, its words going to the terminal. Raises CannotStartError."""
    command = shimmed((str(PYTHON), str(ROOT / "manage.py"), *arguments))
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    errors = [line for line in done.stderr.splitlines() if line.strip()]
    # Of a traceback the last line is the one that says what to put right.
    is_traceback = bool(errors) and errors[0].startswith("Traceback")
    for line in errors if is_verbose or not is_traceback else errors[-1:]:
        write(f"  {line}")
    if done.returncode != 0:
        raise CannotStartError(f"{complaint} What went wrong is said above (VERBOSE=1 says all of it).")


def announce(url: str, tell: Callable[[str], None]) -> None:
    """Say when the first page can be had."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/healthz/live", timeout=2) as answer:  # noqa: S310 - our own http address
                if answer.status == 200:
                    tell(coloured(f"ecsweb is ready: {url}", GREEN) + f"   (after {elapsed():.1f} s)")
                    tell(f"The administrator's pages: {url}/admin/   Ctrl-C stops everything.")
                    return
        except OSError:
            time.sleep(0.1)
    tell(f"No page has answered for {READY_SECONDS:.0f} s; `make run VERBOSE=1` shows what each process says.")
