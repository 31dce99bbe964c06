"""What the simulated engine has beyond the contract: the test's own clock, sharing processes, faults on demand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ecsweb.agent import labels as label
from ecsweb.agent.engine import (
    ContainerSpec,
    EngineContainer,
    EngineError,
    EngineStatus,
    EngineUnavailable,
    NoSuchContainer,
    NoSuchImage,
    PortPublication,
)
from ecsweb.agent.simulated_engine import FIRST_DYNAMIC_PORT, SimulatedEngine
from ecsweb.agent.simulated_programs import Program, program_of

INSTALL = "a1b2c3d4"
BEGIN = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.time = BEGIN

    def __call__(self) -> datetime:
        return self.time

    def skip(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engine(clock: Clock) -> Iterator[SimulatedEngine]:
    made = SimulatedEngine(INSTALL, clock=clock)
    yield made
    made.close()


def make_spec(name: str = "ecsw-one", **changes: object) -> ContainerSpec:
    fields: dict[str, object] = {
        "image": "busybox",
        "labels": {label.INSTALL: INSTALL},
        "network": "none",
        "memory": 64 * 2**20,
        "environment": {
            "ECSWEB_FAMILY": "web",
            "ECSWEB_REVISION": "3",
            "ECSWEB_TASK_ID": "t1",
            "ECSWEB_INSTANCE": "i1",
        },
    }
    return ContainerSpec(name=name, **{**fields, **changes})  # type: ignore[arg-type]


def run(engine: SimulatedEngine, **changes: object) -> EngineContainer:
    return engine.start(engine.create(make_spec(**changes)).runtime_id)  # type: ignore[arg-type]


def seen(engine: SimulatedEngine) -> EngineContainer:
    (container,) = engine.list_containers()
    return container


def test_a_sleep_ends_at_its_own_moment_not_at_the_look(engine: SimulatedEngine, clock: Clock) -> None:
    run(engine, command=("sleep", "30"))
    clock.skip(29.9)
    assert seen(engine).status is EngineStatus.RUNNING

    clock.skip(1000)

    container = seen(engine)
    assert (container.status, container.exit_code) == (EngineStatus.EXITED, 0)
    assert (container.started_at, container.finished_at) == (BEGIN, BEGIN + timedelta(seconds=30))


@pytest.mark.parametrize(
    ("command", "program"),
    [
        pytest.param(("true",), Program(seconds=0), id="true"),
        pytest.param(("false",), Program(seconds=0, exit_code=1), id="false"),
        pytest.param(("sleep", "2m"), Program(seconds=120), id="sleep-minutes"),
        pytest.param(("sleep", "infinity"), Program(), id="sleep-for-ever"),
        pytest.param(("sh", "-c", "exit 3"), Program(seconds=0, exit_code=3), id="exit"),
        pytest.param(
            ("sh", "-c", "echo a; sleep 2; echo b && exit 4"),
            Program(lines=((0.0, "a"), (2.0, "b")), seconds=2, exit_code=4),
            id="script",
        ),
        pytest.param(("sh", "-c", "wget -q localhost || exit 1"), Program(seconds=0), id="or-is-not-needed"),
        pytest.param(("sh", "-c", "false && sleep 9 || exit 6"), Program(seconds=0, exit_code=6), id="or-is-needed"),
        pytest.param(
            ("/bin/sh", "-c", "trap 'echo bye; exit 5' TERM; while true; do echo tick; sleep 1; done"),
            Program(every_second="tick", term_exit=5),
            id="loop-with-trap",
        ),
        pytest.param(
            ("sh", "-c", "nonsense"), Program(((0.0, "sh: nonsense: not found"),), "", 0, 127), id="not-found"
        ),
        pytest.param(("httpd", "-f"), Program(term_exit=0), id="daemon"),
    ],
)
def test_a_command_does_what_a_lesson_expects(command: tuple[str, ...], program: Program) -> None:
    assert program_of(make_spec(command=command)) == program


def test_a_shell_puts_the_environment_into_its_script_and_other_programs_do_not() -> None:
    environment = {"NAME": "tulip", "RESULT": "6"}

    by_shell = make_spec(command=("sh", "-c", "echo $NAME ${OTHER}; exit $RESULT"), environment=environment)
    by_itself = make_spec(command=("echo", "$NAME"), environment=environment)

    assert program_of(by_shell) == Program(((0.0, "tulip ${OTHER}"),), seconds=0, exit_code=6)
    assert program_of(by_itself) == Program(((0.0, "$NAME"),), seconds=0)


@pytest.mark.parametrize(
    "image", ["nginx", "nginx:1.27", "docker.io/library/redis:7", "public.ecr.aws/docker/library/httpd"]
)
def test_well_known_servers_run_on(engine: SimulatedEngine, clock: Clock, image: str) -> None:
    run(engine, image=image)
    clock.skip(86400)

    assert seen(engine).status is EngineStatus.RUNNING


@pytest.mark.parametrize("image", ["no/such:1", "ecsweb/web:2", "registry.example.org/nginx", "nginx/evil"])
def test_other_images_do_not_exist(engine: SimulatedEngine, image: str) -> None:
    with pytest.raises(NoSuchImage):
        engine.prepare_image(image)


def test_our_images_end_as_their_scripts_do(engine: SimulatedEngine, clock: Clock) -> None:
    for name in ("web", "worker", "once", "crash", "eater"):
        run(engine, name=f"ecsw-{name}", image=f"ecsweb/{name}:1")
    clock.skip(10)

    ends = {one.name: (one.status.value, one.exit_code, one.oom_killed) for one in engine.list_containers()}

    assert ends == {
        "ecsw-web": ("running", None, False),
        "ecsw-worker": ("running", None, False),
        "ecsw-once": ("exited", 0, False),
        "ecsw-crash": ("exited", 1, False),
        "ecsw-eater": ("exited", 137, True),
    }


def test_logs_grow_with_the_time(engine: SimulatedEngine, clock: Clock) -> None:
    container = run(engine, image="ecsweb/worker:1")
    clock.skip(2.5)
    engine.signal(container.runtime_id)
    clock.skip(60)

    assert engine.logs(container.runtime_id, tail_bytes=4096).decode().splitlines() == [
        "2030-01-02T03:04:05.000000000Z worker starts, task t1",
        "2030-01-02T03:04:06.000000000Z worked on item 1",
        "2030-01-02T03:04:07.000000000Z worked on item 2",
        "2030-01-02T03:04:07.500000000Z worker got SIGTERM, stopping",
    ]


def test_dynamic_ports_begin_where_linux_has_them(engine: SimulatedEngine) -> None:
    ports = (PortPublication(80, 0), PortPublication(81, 0))

    first = run(engine, name="ecsw-a", image="nginx", ports=ports)
    second = run(engine, name="ecsw-b", image="nginx", ports=ports[:1])

    assert [port.host_port for port in (*first.ports, *second.ports)] == [
        FIRST_DYNAMIC_PORT,
        FIRST_DYNAMIC_PORT + 1,
        FIRST_DYNAMIC_PORT + 2,
    ]


def test_processes_share_the_file_and_it_outlives_them(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "engine.sqlite3"
    worker, watcher = SimulatedEngine(INSTALL, path=path, clock=clock), SimulatedEngine(INSTALL, path=path, clock=clock)
    container = run(worker, image="ecsweb/web:1")

    assert watcher.list_containers() == (container,)
    assert next(watcher.events(since=0)).runtime_id == container.runtime_id

    worker.close()
    watcher.close()
    again = SimulatedEngine(INSTALL, path=path, clock=clock)
    assert again.list_containers() == (container,)
    again.close()


def test_a_call_can_be_made_to_fail_once(engine: SimulatedEngine) -> None:
    engine.fail_next("create", EngineError("first"))
    engine.fail_next("create", EngineError("second", temporary=True))

    for message in ("first", "second"):
        with pytest.raises(EngineError, match=message):
            engine.create(make_spec())
    assert engine.create(make_spec()).status is EngineStatus.CREATED


def test_a_lost_container_is_gone(engine: SimulatedEngine) -> None:
    container = run(engine, image="nginx")

    engine.lose(container.runtime_id)

    assert engine.list_containers() == ()
    with pytest.raises(NoSuchContainer):
        engine.start(container.runtime_id)


def test_a_container_can_be_made_to_end(engine: SimulatedEngine) -> None:
    container = run(engine, image="nginx")

    engine.end(container.runtime_id, 139)

    assert seen(engine).exit_code == 139


def test_an_engine_that_is_down_answers_nothing_and_forgets_nothing(engine: SimulatedEngine, clock: Clock) -> None:
    container = run(engine, image="ecsweb/once:1")
    engine.go_down()
    calls: list[Callable[[], object]] = [
        engine.ping,
        engine.list_containers,
        lambda: engine.start(container.runtime_id),
        lambda: next(engine.events(since=0)),
    ]
    for call in calls:
        with pytest.raises(EngineUnavailable):
            call()
    clock.skip(5)

    engine.come_back()

    assert seen(engine).finished_at == BEGIN + timedelta(seconds=2)


def test_events_end_silently_when_the_engine_goes_down(engine: SimulatedEngine) -> None:
    run(engine, image="nginx")
    events = engine.events(since=0)
    assert [next(events).action, next(events).action] == ["create", "start"]

    engine.go_down()

    assert list(events) == []


def test_a_file_that_cannot_be_opened_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable):
        SimulatedEngine(INSTALL, path=tmp_path / "missing" / "engine.sqlite3")
