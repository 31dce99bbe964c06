"""What the containers of the simulated engine do: how long, what they print, how they end; pure.

A program is settled when its container starts. Everything else (status, logs) follows from it and the time.
"""

from __future__ import annotations

import math
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from string import Template

from ecsweb.agent.engine import ContainerSpec, EngineError

_SHELLS = frozenset({"sh", "bash", "ash"})
_COMMANDS = frozenset(
    {
        "[",
        "awk",
        "cat",
        "cp",
        "date",
        "echo",
        "env",
        "exit",
        "false",
        "find",
        "grep",
        "head",
        "hostname",
        "httpd",
        "id",
        "java",
        "ls",
        "mkdir",
        "mv",
        "nc",
        "nginx",
        "node",
        "npm",
        "nslookup",
        "ping",
        "printenv",
        "printf",
        "ps",
        "pwd",
        "python",
        "python3",
        "redis-server",
        "rm",
        "sed",
        "seq",
        "sleep",
        "sort",
        "tail",
        "tee",
        "test",
        "top",
        "touch",
        "trap",
        "true",
        "uname",
        "wc",
        "wget",
        "whoami",
        "yes",
    }
)
_TRAP = re.compile(r"trap\s+(['\"])(.*?)\1\s+[^;&\n]*\b(?:SIG)?TERM\b(?:\s+\w+)*")
_JOINT = r"&&|\|\||[;\n]"
_FOREVER = frozenset({"httpd", "nginx", "redis-server", "top", "yes", "nc"})

# The CPUs that a program takes which waits most of the time.
IDLE = 0.002


@dataclass(frozen=True, slots=True)
class Program:
    """One run. `seconds` None runs until a signal ends it; `lines` are (seconds after the start, text).

    `every_second` is printed each second, with `{n}` counted up. `term_exit` None: SIGTERM is ignored, as by a pid 1
    without a handler. It burns `cpus` CPUs as long as it is let, and holds `memory`, (seconds after the start, MiB).
    """

    lines: tuple[tuple[float, str], ...] = ()
    every_second: str = ""
    seconds: float | None = None
    exit_code: int = 0
    oom_killed: bool = False
    term_exit: int | None = None
    term_line: str = ""
    cpus: float = IDLE
    memory: tuple[tuple[float, float], ...] = ((0.0, 1.0),)


OWN: Mapping[str, Program] = {
    "ecsweb/web:1": Program(
        lines=((0.0, "web {family}:{revision} starts, task {task} on instance {instance}, container port 80"),),
        term_exit=0,
        term_line="web {family}:{revision} got SIGTERM, stopping",
        memory=((0.0, 1.5),),
    ),
    "ecsweb/worker:1": Program(
        lines=((0.0, "worker starts, task {task}"),),
        every_second="worked on item {n}",
        term_exit=0,
        term_line="worker got SIGTERM, stopping",
        cpus=0.01,
    ),
    "ecsweb/once:1": Program(
        lines=(
            (0.0, "job starts, task {task}"),
            (1.0, "step 1 of 2 done"),
            (2.0, "step 2 of 2 done"),
            (2.0, "job done"),
        ),
        seconds=2.0,
        term_exit=143,
        term_line="job got SIGTERM before it was done",
    ),
    "ecsweb/crash:1": Program(
        lines=((0.0, "crash starts, task {task}"), (1.0, "error: cannot reach the database, giving up")),
        seconds=1.0,
        exit_code=1,
        term_exit=143,
    ),
    "ecsweb/pause:1": Program(term_exit=0),
    "ecsweb/eater:1": Program(
        lines=(
            (0.0, "eater starts, task {task}"),
            *((1.0 + 0.2 * step, f"holding {2**step} MiB") for step in range(5)),
        ),
        seconds=2.0,
        exit_code=137,
        oom_killed=True,
        term_exit=143,
        cpus=0.2,
        memory=((0.0, 1.0), *((1.0 + 0.2 * step, 1.0 + 2**step) for step in range(5))),
    ),
}
_SERVER = Program(
    lines=((0.0, "ready to accept connections"),),
    term_exit=0,
    term_line="received the stop signal, exiting",
    cpus=0.004,
    memory=((0.0, 2.0), (2.0, 6.0)),
)
_SHELL = Program(seconds=0.0)  # a shell without a terminal reads the end of its input and ends
_WELL_KNOWN: Mapping[str, Program] = {
    **dict.fromkeys(("busybox", "alpine", "ubuntu", "debian", "python", "node", "amazonlinux"), _SHELL),
    **dict.fromkeys(("nginx", "httpd", "redis", "memcached", "postgres", "mysql", "rabbitmq", "traefik"), _SERVER),
    "hello-world": Program(lines=((0.0, "Hello from Docker!"),), seconds=0.0),
    "amazon/amazon-ecs-sample": _SERVER,
    "traefik/whoami": _SERVER,
}
_HUBS = ("docker.io/library/", "docker.io/", "public.ecr.aws/docker/library/", "library/")


def image_program(image: str) -> Program | None:
    """Return what the image does without a command; None for an image that cannot be pulled here."""
    if image in OWN:
        return OWN[image]
    name = image.split("@", maxsplit=1)[0]
    for hub in _HUBS:
        name = name.removeprefix(hub)
    return _WELL_KNOWN.get(re.sub(r":[\w.-]+$", "", name))


def program_of(spec: ContainerSpec) -> Program:
    """Return what a container of this spec does; raises EngineError, worded as Docker does, for an unknown command."""
    own = image_program(spec.image) or _SHELL
    words = (*(spec.entrypoint or ()), *(spec.command or ()))
    program = own if not words or words[0].startswith("/ecsweb/") else _of_words(words, spec.environment)
    if spec.init and program.term_exit is None:
        # With an init as pid 1 the signal reaches a process that is not pid 1, whose default is to die.
        return replace(program, term_exit=143)
    return program


def _of_words(words: tuple[str, ...], environment: Mapping[str, str]) -> Program:
    name = words[0].rsplit("/", 1)[-1]
    if name in _SHELLS:
        scripts = [word for word in words[1:] if not word.startswith("-")]
        # Only a shell puts variables in; any other program gets its words as they are.
        return _of_script(Template(scripts[0]).safe_substitute(environment)) if scripts else _SHELL
    if name not in _COMMANDS:
        raise EngineError(
            "OCI runtime create failed: container_linux.go: starting container process caused: "
            f'exec: "{words[0]}": executable file not found in $PATH: unknown'
        )
    return _of_script(shlex.join((name, *words[1:])))


@dataclass(slots=True)
class _Reading:
    """How far the reading of a script has come: what was printed, seconds since the start, the last exit code."""

    lines: list[tuple[float, str]] = field(default_factory=list)
    clock: float = 0.0
    code: int = 0

    def take(self, name: str, rest: list[str]) -> None:
        self.code = 1 if name == "false" else 0
        if name == "echo":
            self.lines.append((self.clock, " ".join(rest)))
        elif name == "sleep":
            self.clock += _seconds(rest) or 0.0
        elif name == "exit":
            self.code = int(rest[0]) % 256 if rest and rest[0].isdigit() else 0
        elif name not in _COMMANDS and name not in _SHELLS and "=" not in name:
            self.lines.append((self.clock, f"sh: {name}: not found"))
            self.code = 127


def _of_script(script: str) -> Program:
    """Read as much of a shell script as lessons use: echo, sleep, exit, true, false, exec, trap, endless loops."""
    term, reading = _trapped(script), _Reading()
    for joint, (name, *rest) in _steps(_TRAP.sub("true", script)):
        if (joint == "&&" and reading.code) or (joint == "||" and not reading.code):
            continue
        if name in ("while", "until"):
            return Program(
                tuple(reading.lines), every_second=_loop_line(script), term_exit=term, cpus=_loop_cpus(script)
            )
        if name in _FOREVER:
            return Program(tuple(reading.lines), term_exit=0, cpus=1.0 if name == "yes" else IDLE)
        if name == "sleep" and _seconds(rest) is None:
            return Program(tuple(reading.lines), term_exit=term)
        reading.take(name, rest)
        if name == "exit":
            break
    return Program(tuple(reading.lines), seconds=reading.clock, exit_code=reading.code, term_exit=term)


def _loop_line(script: str) -> str:
    found = re.search(r"\b(?:while|until)\b.*?\becho\s+([^;&|]+)", script, re.DOTALL)
    return found[1].strip(" \"'\n") if found else ""


def _loop_cpus(script: str) -> float:
    """Return what an endless loop burns: next to nothing when it sleeps or waits in each round, else a whole CPU."""
    body = re.split(r"\b(?:while|until)\b", script, maxsplit=1)[-1]
    return IDLE if re.search(r"\b(?:sleep|wait|read)\b", body) else 1.0


def _steps(script: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each command with what joins it to the one before: `&&`, `||`, or anything else."""
    joints = ["", *re.findall(_JOINT, script)]
    for joint, part in zip(joints, re.split(_JOINT, script), strict=True):
        try:
            words = shlex.split(part, comments=True)
        except ValueError:
            words = part.split()
        while words and words[0] in ("exec", "do", "then"):
            words = words[1:]
        if words:
            yield joint, words


def _trapped(script: str) -> int | None:
    found = _TRAP.search(script)
    if found is None:
        return None
    code = re.search(r"exit\s+(\d+)", found[2])
    return int(code[1]) % 256 if code else 0


def _seconds(arguments: list[str]) -> float | None:
    """Return seconds of a sleep's arguments; None for one that never ends."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd]?)", arguments[0] if arguments else "0")
    return float(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}[found[2]] if found else None


def command_succeeds(command: tuple[str, ...]) -> bool:
    """Tell whether a health check's command would end with 0: what lessons use does, unless it says otherwise."""
    kind, *words = command
    try:
        program = _of_script(words[0]) if kind == "CMD-SHELL" and words else _of_words(tuple(words), {})
    except (EngineError, IndexError):
        return False
    return program.exit_code == 0


def printed(program: Program, *, ran: float, names: Mapping[str, str]) -> list[tuple[float, str]]:
    """Return what a run of `ran` seconds has printed: (seconds after the start, line), oldest first, 500 at most."""
    lines = [(at, filled(text, names)) for at, text in program.lines if at <= ran]
    if program.every_second:
        last = int(ran)
        numbers = range(max(1, last - 500), last + 1)
        lines += [(float(n), program.every_second.replace("{n}", str(n))) for n in numbers]
    return lines[-500:]


def filled(text: str, names: Mapping[str, str]) -> str:
    """Return the line with `{family}` and the like in place."""
    return re.sub(r"\{(\w+)\}", lambda found: names.get(found[1], "") or "unknown", text)


def cpu_nanoseconds(program: Program, *, ran: float, cap: float) -> int:
    """Return the CPU time that a run of `ran` seconds has taken, at most `cap` CPUs (0: no cap).

    What burns little does so in waves, as programs that wait for work do.
    """
    cpus = min(program.cpus, cap) if cap else program.cpus
    wave = 3 * math.sin(ran / 6) if cpus < 0.5 else 0.0
    return int(max(0.0, cpus * (ran + wave)) * 10**9)


def filling(program: Program, *, ran: float, seconds: float, limit: float) -> Program:
    """Return the program as it goes on when its memory is filled from now on to `limit` MiB, in so many seconds."""
    held = memory_held(program, ran=ran)
    steps = ((ran + seconds * step / 5, held + (limit - held) * step / 5) for step in range(1, 5))
    return replace(program, exit_code=137, oom_killed=True, memory=(*program.memory, *steps))


def memory_held(program: Program, *, ran: float) -> float:
    """Return the MiB that it holds after `ran` seconds."""
    return next((size for at, size in reversed(program.memory) if at <= ran), 0.0)
