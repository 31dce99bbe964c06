"""What the agent relies on, told to every engine alike (`ecsweb/agent/engine.py`)."""

from __future__ import annotations

import dataclasses
import re
import secrets
import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC

import pytest

from ecsweb.agent import labels as label
from ecsweb.agent.engine import (
    ContainerSpec,
    Engine,
    EngineContainer,
    EngineError,
    EngineEvent,
    EngineHealth,
    EngineStatus,
    NameTaken,
    NoSuchContainer,
    NoSuchImage,
    PortInUse,
    PortPublication,
)
from ecsweb.agent.simulated_engine import SimulatedEngine
from ecsweb.domain.burdens import Burden
from ecsweb.domain.container_health import HealthCheck
from tests.contract.conftest import Host

MIB = 1024 * 1024
SLEEP = ("sleep", "300")


def install_of(engine: Engine) -> str:
    install = engine.install_id  # type: ignore[attr-defined]
    assert isinstance(install, str)
    return install


def network_labels(engine: Engine, instance: str = "one") -> dict[str, str]:
    return {label.INSTALL: install_of(engine), label.INSTANCE: instance}


def make_network(engine: Engine) -> str:
    name = label.network_name(install_of(engine), secrets.token_hex(8))
    engine.ensure_network(name, network_labels(engine))
    return name


def make_spec(engine: Engine, **changes: object) -> ContainerSpec:
    task = secrets.token_hex(16)
    install = install_of(engine)
    spec = ContainerSpec(
        name=f"ecsw-{install}-{task}-0",
        image="ecsweb/worker:1",
        labels={label.INSTALL: install, label.TASK: task, label.CONTAINER: "app", label.INSTANCE: "one"},
        network="none",
        memory=64 * MIB,
        environment={"ECSWEB_TASK_ID": task, "ECSWEB_FAMILY": "web", "ECSWEB_REVISION": "3"},
    )
    return dataclasses.replace(spec, **changes)  # type: ignore[arg-type]


def run(engine: Engine, **changes: object) -> EngineContainer:
    return engine.start(engine.create(make_spec(engine, **changes)).runtime_id)


def look(engine: Engine, runtime_id: str) -> EngineContainer | None:
    return next((one for one in engine.list_containers() if one.runtime_id == runtime_id), None)


def moment(engine: Engine) -> float:
    """Return the time of the engine's host."""
    return engine.now() if isinstance(engine, SimulatedEngine) else time.time()


def wait_for(condition: Callable[[], bool], *, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "what was waited for did not come"
        time.sleep(0.05)


def ended(engine: Engine, runtime_id: str) -> EngineContainer:
    def has_exited() -> bool:
        seen = look(engine, runtime_id)
        return seen is not None and seen.status is EngineStatus.EXITED

    wait_for(has_exited)
    seen = look(engine, runtime_id)
    assert seen is not None
    return seen


def test_ping_tells_what_answers(engine: Engine) -> None:
    info = engine.ping()

    assert info.kind in {"docker", "simulated"}
    assert info.version
    assert info.engine_id


def test_create_does_not_start(engine: Engine) -> None:
    spec = make_spec(engine)

    container = engine.create(spec)

    assert re.fullmatch(r"[0-9a-f]{64}", container.runtime_id)
    assert (container.name, container.image, container.status) == (spec.name, spec.image, EngineStatus.CREATED)
    assert spec.labels.items() <= dict(container.labels).items()
    assert container.image_id.startswith("sha256:")
    assert (container.exit_code, container.started_at, container.finished_at) == (None, None, None)


def test_create_adopts_what_has_the_same_name_and_labels(engine: Engine) -> None:
    spec = make_spec(engine)

    first, second = engine.create(spec), engine.create(spec)

    assert second.runtime_id == first.runtime_id
    assert len(engine.list_containers()) == 1


def test_create_adopts_a_running_one(engine: Engine) -> None:
    spec = make_spec(engine)
    running = engine.start(engine.create(spec).runtime_id)

    assert engine.create(spec) == running


def test_create_refuses_a_name_with_other_labels(engine: Engine) -> None:
    spec = make_spec(engine)
    engine.create(spec)

    with pytest.raises(NameTaken):
        engine.create(dataclasses.replace(spec, labels={**spec.labels, label.TASK: "another"}))


def test_create_refuses_what_does_not_carry_our_label(engine: Engine) -> None:
    with pytest.raises(EngineError):
        engine.create(make_spec(engine, labels={label.INSTALL: "ffffffff"}))


def test_create_without_the_image_is_told(engine: Engine) -> None:
    with pytest.raises(NoSuchImage, match="no-such-image"):
        engine.create(make_spec(engine, image="ecsweb/no-such-image:9"))


def test_prepare_image_returns_the_same_id_every_time(engine: Engine) -> None:
    image_id = engine.prepare_image("ecsweb/web:1")

    assert image_id.startswith("sha256:")
    assert engine.prepare_image("ecsweb/web:1") == image_id


def test_prepare_image_without_such_an_image_is_told_soon(engine: Engine) -> None:
    started = time.monotonic()

    with pytest.raises(NoSuchImage) as caught:
        engine.prepare_image("ecsweb-test.invalid/no/such-image:9")

    assert not caught.value.temporary
    assert str(caught.value)
    assert time.monotonic() - started < 20


def test_start_runs_and_tells_when(engine: Engine) -> None:
    container = run(engine)

    assert container.status is EngineStatus.RUNNING
    assert container.started_at is not None
    assert container.started_at.tzinfo is UTC
    assert abs(container.started_at.timestamp() - moment(engine)) < 5
    assert (container.exit_code, container.finished_at) == (None, None)


def test_start_of_what_runs_changes_nothing(engine: Engine) -> None:
    container = run(engine)

    assert engine.start(container.runtime_id) == container


def test_start_never_runs_a_container_twice(engine: Engine) -> None:
    container = run(engine, image="busybox:latest", command=("true",))
    first = ended(engine, container.runtime_id)

    assert engine.start(container.runtime_id) == first
    assert first.exit_code == 0


@pytest.mark.parametrize("method", ["start", "signal", "logs", "burden"])
def test_a_container_that_is_gone_is_told(engine: Engine, method: str) -> None:
    gone = engine.create(make_spec(engine)).runtime_id
    engine.remove(gone)
    calls: dict[str, Callable[[], object]] = {
        "start": lambda: engine.start(gone),
        "signal": lambda: engine.signal(gone, "SIGTERM"),
        "logs": lambda: engine.logs(gone, tail_bytes=1024),
        "burden": lambda: engine.burden(gone, Burden.CPU),
    }

    with pytest.raises(NoSuchContainer):
        calls[method]()


def test_start_of_a_missing_command_is_told_and_leaves_it_created(engine: Engine) -> None:
    container = engine.create(make_spec(engine, command=("no-such-command",)))

    with pytest.raises(EngineError, match="no-such-command") as caught:
        engine.start(container.runtime_id)

    assert not caught.value.temporary
    seen = look(engine, container.runtime_id)
    assert seen is not None
    assert (seen.status, seen.exit_code) == (EngineStatus.CREATED, None)


def test_start_without_its_network_may_succeed_later(engine: Engine) -> None:
    network = make_network(engine)
    container = engine.create(make_spec(engine, network=network))
    engine.remove_network(network)

    with pytest.raises(EngineError) as caught:
        engine.start(container.runtime_id)

    assert caught.value.temporary
    assert not isinstance(caught.value, NoSuchContainer)


def test_a_dynamic_port_is_chosen_and_released(engine: Engine) -> None:
    network = make_network(engine)
    ports = (PortPublication(container_port=80, host_port=0),)

    first, second = (run(engine, image="ecsweb/web:1", network=network, ports=ports) for _ in range(2))

    (one,), (two,) = first.ports, second.ports
    assert (one.container_port, one.protocol, one.host_ip) == (80, "tcp", "127.0.0.1")
    assert one.host_port >= 1024
    assert two.host_port != one.host_port
    engine.signal(first.runtime_id, "SIGKILL")
    assert ended(engine, first.runtime_id).ports == ()


def test_a_fixed_port_that_is_taken_is_told(engine: Engine) -> None:
    network = make_network(engine)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = int(probe.getsockname()[1])
    ports = (PortPublication(container_port=80, host_port=number),)
    first = run(engine, image="ecsweb/web:1", network=network, ports=ports)
    second = engine.create(make_spec(engine, image="ecsweb/web:1", network=network, ports=ports))

    with pytest.raises(PortInUse):
        engine.start(second.runtime_id)

    assert first.ports == (PortPublication(80, number, "tcp", "127.0.0.1"),)
    engine.remove(first.runtime_id)
    assert engine.start(second.runtime_id).status is EngineStatus.RUNNING


def test_kill_ends_with_137(engine: Engine) -> None:
    container = run(engine, image="busybox:latest", command=SLEEP)

    engine.signal(container.runtime_id, "SIGKILL")

    seen = ended(engine, container.runtime_id)
    assert (seen.exit_code, seen.oom_killed) == (137, False)
    assert seen.started_at is not None
    assert seen.finished_at is not None
    assert seen.finished_at >= seen.started_at


def test_the_stop_signal_ends_what_handles_it(engine: Engine) -> None:
    container = run(engine)
    wait_for(lambda: b"starts" in engine.logs(container.runtime_id, tail_bytes=4096))

    engine.signal(container.runtime_id)

    assert ended(engine, container.runtime_id).exit_code == 0
    assert b"SIGTERM" in engine.logs(container.runtime_id, tail_bytes=4096)


def test_the_stop_signal_does_not_end_a_bare_sleep(engine: Engine) -> None:
    container = run(engine, image="busybox:latest", command=SLEEP)

    engine.signal(container.runtime_id)
    time.sleep(0.3)

    seen = look(engine, container.runtime_id)
    assert seen is not None
    assert seen.status is EngineStatus.RUNNING


def test_with_an_init_the_stop_signal_ends_a_bare_sleep(engine: Engine) -> None:
    container = run(engine, image="busybox:latest", command=SLEEP, init=True)
    time.sleep(0.3)

    engine.signal(container.runtime_id)

    assert ended(engine, container.runtime_id).exit_code == 143


def test_a_signal_to_what_has_ended_is_no_error(engine: Engine) -> None:
    container = run(engine, image="busybox:latest", command=("false",))
    seen = ended(engine, container.runtime_id)

    engine.signal(container.runtime_id, "SIGTERM")
    engine.signal(container.runtime_id, "SIGKILL")

    assert look(engine, container.runtime_id) == seen
    assert seen.exit_code == 1


@pytest.mark.parametrize(
    ("image", "command", "exit_code"),
    [
        pytest.param("ecsweb/once:1", None, 0, id="once"),
        pytest.param("ecsweb/crash:1", None, 1, id="crash"),
        pytest.param("busybox:latest", ("sh", "-c", "echo bye; exit 7"), 7, id="exit-7"),
        pytest.param("busybox:latest", ("sleep", "1"), 0, id="sleep-1"),
    ],
)
def test_a_program_ends_with_its_own_code(
    engine: Engine, image: str, command: tuple[str, ...] | None, exit_code: int
) -> None:
    container = run(engine, image=image, command=command)

    seen = ended(engine, container.runtime_id)

    assert (seen.exit_code, seen.oom_killed, seen.error) == (exit_code, False, "")


def test_a_container_that_is_filled_ends_at_its_memory_limit(engine: Engine) -> None:
    running = run(engine, command=SLEEP)

    engine.burden(running.runtime_id, Burden.MEMORY)

    end = ended(engine, running.runtime_id)
    assert (end.exit_code, end.oom_killed) == (137, True)


def test_a_flooded_cpu_ends_nothing(engine: Engine) -> None:
    running = run(engine, command=SLEEP)

    engine.burden(running.runtime_id, Burden.CPU)
    time.sleep(0.5)

    seen = look(engine, running.runtime_id)
    assert seen is not None
    assert seen.status is EngineStatus.RUNNING
    engine.remove(running.runtime_id)


def test_a_burden_on_what_has_ended_is_no_error(engine: Engine) -> None:
    running = run(engine, command=SLEEP)
    engine.signal(running.runtime_id, "SIGKILL")
    ended(engine, running.runtime_id)

    for burden in Burden:
        engine.burden(running.runtime_id, burden)


def test_a_memory_eater_is_killed_and_told_so(engine: Engine) -> None:
    container = run(engine, image="ecsweb/eater:1", memory=32 * MIB)

    seen = ended(engine, container.runtime_id)

    assert (seen.exit_code, seen.oom_killed) == (137, True)


@pytest.mark.parametrize(("command", "verdict"), [("true", EngineHealth.HEALTHY), ("exit 1", EngineHealth.UNHEALTHY)])
def test_a_health_check_gives_its_verdict(engine: Engine, command: str, verdict: EngineHealth) -> None:
    # Docker takes a second for an interval; what a definition may ask for is not the engine's matter.
    check = HealthCheck(("CMD-SHELL", command), interval=1, timeout=2, retries=2, start_period=0)
    made = run(engine, command=SLEEP, health_check=check)
    assert made.health is EngineHealth.STARTING

    def has_verdict() -> bool:
        seen = look(engine, made.runtime_id)
        return seen is not None and seen.health is verdict

    wait_for(has_verdict)
    engine.signal(made.runtime_id, "SIGKILL")
    assert ended(engine, made.runtime_id).health is EngineHealth.NONE


def test_without_a_health_check_there_is_no_health(engine: Engine) -> None:
    assert run(engine, command=SLEEP).health is EngineHealth.NONE


def test_remove_ends_what_runs_and_may_be_repeated(engine: Engine) -> None:
    container = run(engine)

    engine.remove(container.runtime_id)
    engine.remove(container.runtime_id)

    assert engine.list_containers() == ()


def test_a_vanished_container_is_not_listed(engine: Engine) -> None:
    kept, lost = run(engine), run(engine)

    engine.remove(lost.runtime_id)

    assert [one.runtime_id for one in engine.list_containers()] == [kept.runtime_id]


def test_list_selects_by_labels(engine: Engine) -> None:
    base = {label.INSTALL: install_of(engine)}
    one = engine.create(make_spec(engine, labels={**base, label.INSTANCE: "a", label.TASK: "t1"}))
    two = engine.create(make_spec(engine, labels={**base, label.INSTANCE: "a", label.TASK: "t2"}))
    three = engine.create(make_spec(engine, labels={**base, label.INSTANCE: "b", label.TASK: "t1"}))

    def ids(**labels: str) -> set[str]:
        wanted = {f"ecsweb.{name}": value for name, value in labels.items()}
        return {container.runtime_id for container in engine.list_containers(labels=wanted)}

    assert ids() == {one.runtime_id, two.runtime_id, three.runtime_id}
    assert ids(instance="a") == {one.runtime_id, two.runtime_id}
    assert ids(instance="a", task="t1") == {one.runtime_id}
    assert ids(instance="c") == set()


def test_logs_carry_time_stamps_and_outlive_the_end(engine: Engine) -> None:
    container = run(engine, image="busybox:latest", command=("sh", "-c", "echo one; echo two"))
    ended(engine, container.runtime_id)

    lines = engine.logs(container.runtime_id, tail_bytes=4096).decode().splitlines()

    stamp = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z "
    assert [re.sub(stamp, "", line) for line in lines] == ["one", "two"]
    assert all(re.match(stamp, line) for line in lines)


def test_logs_are_cut_to_whole_lines_at_the_end(engine: Engine) -> None:
    container = run(
        engine, image="busybox:latest", command=("sh", "-c", "; ".join(f"echo line-{n}" for n in range(50)))
    )
    ended(engine, container.runtime_id)

    tail = engine.logs(container.runtime_id, tail_bytes=200)

    lines = tail.decode().splitlines()
    assert len(tail) <= 200
    assert [line.split(" ")[1] for line in lines] == [f"line-{n}" for n in range(50 - len(lines), 50)]
    assert len(lines) >= 3


def test_logs_before_the_start_are_empty(engine: Engine) -> None:
    assert engine.logs(engine.create(make_spec(engine)).runtime_id, tail_bytes=1024) == b""


def listen(engine: Engine, *, since: float) -> list[EngineEvent]:
    """Return a list that a thread fills with events, up to the first removal."""
    events: list[EngineEvent] = []

    def work() -> None:
        for event in engine.events(since=since):
            events.append(event)
            if event.action == "destroy":
                return

    threading.Thread(target=work, daemon=True).start()
    return events


def test_events_tell_of_start_end_and_removal(engine: Engine) -> None:
    events = listen(engine, since=moment(engine))
    container = run(engine, image="busybox:latest", command=SLEEP)
    engine.signal(container.runtime_id, "SIGKILL")
    ended(engine, container.runtime_id)
    engine.remove(container.runtime_id)
    wait_for(lambda: any(event.action == "destroy" for event in events))

    actions = [event.action for event in events]
    assert [action for action in actions if action in {"start", "die", "destroy"}] == ["start", "die", "destroy"]
    assert {event.runtime_id for event in events} == {container.runtime_id}
    assert all(event.labels[label.INSTALL] == install_of(engine) for event in events)
    assert all(abs(event.time - moment(engine)) < 60 for event in events)


def test_events_since_a_moment_begin_there(engine: Engine) -> None:
    early = run(engine)
    time.sleep(0.05)
    since = moment(engine)
    late = run(engine)

    first = next(event for event in engine.events(since=since) if event.action == "start")

    assert first.runtime_id == late.runtime_id != early.runtime_id


def test_events_tell_of_an_out_of_memory_kill(engine: Engine) -> None:
    since = moment(engine)
    container = run(engine, image="ecsweb/eater:1", memory=32 * MIB)

    event = next(event for event in engine.events(since=since) if event.action == "oom")

    assert event.runtime_id == container.runtime_id


def decoys(engine: Engine) -> list[tuple[str, dict[str, str]]]:
    mine, tag = install_of(engine), secrets.token_hex(4)
    return [
        (f"plain-{tag}", {}),
        (f"ecsw-{mine}-{tag}-0", {}),
        (
            f"some-labels-{tag}",
            {label.TASK: "t", label.CONTAINER: "app", label.INSTANCE: "one", label.ECS_CLUSTER: "c"},
        ),
        (f"other-install-{tag}", {label.INSTALL: "ffffffff", label.TASK: "t"}),
    ]


def test_what_is_not_ours_is_never_listed_nor_touched(host: Host) -> None:
    engine = host.engine
    foreign = {host.add_foreign(name, labels): name for name, labels in decoys(engine)}

    for runtime_id, name in foreign.items():
        with pytest.raises(NoSuchContainer):
            engine.signal(runtime_id, "SIGKILL")
        with pytest.raises(NoSuchContainer):
            engine.start(runtime_id)
        with pytest.raises(NoSuchContainer):
            engine.logs(runtime_id, tail_bytes=1024)
        with pytest.raises(NameTaken):
            engine.remove(runtime_id)
        with pytest.raises(NameTaken):
            engine.create(make_spec(engine, name=name))

    assert engine.list_containers() == ()
    assert all(host.is_running(runtime_id) for runtime_id in foreign)


def test_many_threads_may_share_one_engine(engine: Engine) -> None:
    specs = [make_spec(engine) for _ in range(6)]
    errors: list[Exception] = []

    def work(spec: ContainerSpec) -> None:
        try:
            container = engine.start(engine.create(spec).runtime_id)
            engine.list_containers()
            engine.remove(container.runtime_id)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(spec,)) for spec in specs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert engine.list_containers() == ()


def test_restart_starts_an_exited_container_again_under_its_id(engine: Engine) -> None:
    first = run(engine, image="ecsweb/once:1")
    over = ended(engine, first.runtime_id)

    again = engine.restart(first.runtime_id)

    assert (again.runtime_id, again.status, again.exit_code) == (first.runtime_id, EngineStatus.RUNNING, None)
    assert again.started_at is not None
    assert over.finished_at is not None
    assert again.started_at >= over.finished_at


def test_restart_leaves_a_running_container_as_it_is(engine: Engine) -> None:
    container = run(engine)

    assert engine.restart(container.runtime_id) == container
    with pytest.raises(NoSuchContainer):
        engine.restart("0" * 64)
