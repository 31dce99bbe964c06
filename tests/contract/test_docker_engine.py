"""What only a real Docker engine can show: the policy on a living container, and an engine that fails."""

from __future__ import annotations

import gc
import json
import re
import secrets
import socket
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from ecsweb.agent import labels as label
from ecsweb.agent.docker_engine import DockerEngine
from ecsweb.agent.engine import EngineContainer, EngineError, EngineStatus, EngineUnavailable, NameTaken
from ecsweb.agent.images import OWN_IMAGES, ensure_images
from ecsweb.agent.policy import Mode
from ecsweb.agent.translate import Identities, to_spec
from ecsweb.domain.burdens import Burden
from tests.contract.conftest import Host, docker
from tests.contract.test_engine import SLEEP, ended, look, make_network, make_spec, network_labels, run, wait_for

# The SDK leaves a socket whose connection failed to the garbage collector, which says so.
pytestmark = [
    pytest.mark.docker,
    pytest.mark.filterwarnings("ignore:.*unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
STATUS = (
    "sh",
    "-c",
    "grep -E 'CapEff|NoNewPrivs|Seccomp:' /proc/self/status; touch /x 2>&1; touch /tmp/x && echo tmp-ok",
)


@pytest.fixture(autouse=True)
def _collected() -> Iterator[None]:
    yield
    gc.collect()


@pytest.fixture
def engine(docker_host: Host) -> DockerEngine:
    assert isinstance(docker_host.engine, DockerEngine)
    return docker_host.engine


def run_task(engine: DockerEngine, *, mode: Mode, task: dict[str, Any] | None = None, **fields: Any) -> EngineContainer:
    install, task_id = engine.install_id, secrets.token_hex(16)
    identities = Identities(
        install=install,
        account="123456789012",
        region="ap-northeast-2",
        cluster="demo",
        instance_id="one",
        task_id=task_id,
        task_arn="arn:aws:ecs:ap-northeast-2:123456789012:task/demo/x",
        family="web",
        revision=3,
        engine_name=f"ecsw-{install}-{task_id}-0",
        network=make_network(engine),
    )
    container = {"name": "app", "image": "ecsweb/web:1", "memory": 64, **fields}
    spec = to_spec(container_definition=container, task_definition=task or {}, identities=identities, mode=mode)
    return engine.start(engine.create(spec).runtime_id)


def inspected(container: EngineContainer) -> Any:
    return json.loads(docker("inspect", container.runtime_id))[0]


def text_of(engine: DockerEngine, container: EngineContainer) -> str:
    ended(engine, container.runtime_id)
    return engine.logs(container.runtime_id, tail_bytes=4096).decode()


def test_class_mode_on_a_living_container(engine: DockerEngine) -> None:
    container = run_task(engine, mode="class", command=list(STATUS))

    text = text_of(engine, container)

    assert re.search(r"CapEff:\s+0+$", text, re.MULTILINE)
    assert re.search(r"NoNewPrivs:\s+1$", text, re.MULTILINE)
    assert re.search(r"Seccomp:\s+2$", text, re.MULTILINE)
    assert "Read-only file system" in text
    assert "tmp-ok" in text


def test_solo_mode_keeps_dockers_own_capabilities(engine: DockerEngine) -> None:
    text = text_of(engine, run_task(engine, mode="solo", command=list(STATUS)))

    assert "CapEff:\t00000000a80425fb" in text
    assert "NoNewPrivs:\t1" in text
    assert "Read-only" not in text


def test_docker_takes_every_field_as_it_is_worded(engine: DockerEngine) -> None:
    container = run_task(
        engine,
        mode="solo",
        task={"cpu": "999999"},
        command=["sleep", "60"],
        cpu=256,
        memoryReservation=32,
        user="nobody",
        workingDirectory="/tmp",
        hostname="web-1",
        interactive=True,
        pseudoTerminal=True,
        linuxParameters={
            "initProcessEnabled": True,
            "sharedMemorySize": 16,
            "capabilities": {"add": ["CHOWN"], "drop": ["NET_RAW"]},
            "tmpfs": [{"containerPath": "/scratch", "size": 8, "mountOptions": ["rw", "noexec"]}],
        },
        ulimits=[{"name": "nofile", "softLimit": 512, "hardLimit": 1024}],
        systemControls=[{"namespace": "net.ipv4.tcp_keepalive_time", "value": "60"}],
        extraHosts=[{"hostname": "db", "ipAddress": "10.1.2.3"}],
        portMappings=[{"containerPort": 80}, {"containerPort": 53, "protocol": "udp"}],
    )

    host = inspected(container)["HostConfig"]

    assert container.status is EngineStatus.RUNNING
    assert (host["Memory"], host["MemorySwap"], host["CpuShares"]) == (64 * 2**20, 64 * 2**20, 256)
    assert (host["Privileged"], host["SecurityOpt"], host["PidsLimit"]) == (False, ["no-new-privileges"], 256)
    assert (host["RestartPolicy"]["Name"], host["IpcMode"], host["LogConfig"]["Type"]) in {
        ("", "private", "json-file"),
        ("no", "private", "json-file"),
    }
    assert host["Ulimits"] == [{"Name": "nofile", "Soft": 512, "Hard": 1024}]
    assert {port.host_ip for port in container.ports} == {"127.0.0.1"}
    assert {(port.container_port, port.protocol) for port in container.ports} == {(80, "tcp"), (53, "udp")}


def test_the_web_image_shows_which_task_answers(engine: DockerEngine) -> None:
    container = run_task(engine, mode="class", portMappings=[{"containerPort": 80}])
    url = f"http://127.0.0.1:{container.ports[0].host_port}"

    def answer(path: str) -> str:
        with suppress(OSError), urllib.request.urlopen(url + path, timeout=2) as response:
            return str(response.read().decode())
        return ""

    wait_for(lambda: answer("/health") == "ok\n")
    page, data = answer("/"), json.loads(answer("/task.json"))

    assert "web<b>:3</b>" in page
    assert "http" not in page
    assert (data["family"], data["revision"], data["instance"]) == ("web", "3", "one")
    assert data["task"] in page


def test_a_flood_of_output_is_capped(engine: DockerEngine) -> None:
    container = run(engine, image="busybox:latest", command=("sh", "-c", "yes 0123456789 | head -n 300000; echo last"))
    ended(engine, container.runtime_id)

    tail = engine.logs(container.runtime_id, tail_bytes=64 * 1024)

    assert 32 * 1024 < len(tail) <= 64 * 1024
    assert tail.endswith(b" last\n")
    assert re.match(rb"\d{4}-", tail)


def test_a_paused_container_is_shown_and_can_be_ended(engine: DockerEngine) -> None:
    container = run(engine, image="busybox:latest", command=SLEEP)
    docker("pause", container.runtime_id)

    seen = look(engine, container.runtime_id)
    assert seen is not None
    assert seen.status is EngineStatus.PAUSED
    engine.signal(container.runtime_id, "SIGKILL")
    assert ended(engine, container.runtime_id).exit_code == 137


def test_the_images_own_stop_signal_is_sent(engine: DockerEngine) -> None:
    container = docker(
        "run", "-d", "--label", f"{label.INSTALL}={engine.install_id}", "--stop-signal", "SIGUSR1", "busybox:latest",
        "sh", "-c", "trap 'exit 9' USR1; while :; do sleep 0.1; done",
    )  # fmt: skip
    time.sleep(0.3)

    engine.signal(container)

    assert ended(engine, container).exit_code == 9


def test_images_that_are_there_are_kept(docker_engine: DockerEngine) -> None:
    before = {image.name: docker_engine.prepare_image(image.name) for image in OWN_IMAGES}

    assert ensure_images(docker_engine) == ()
    assert {image.name: docker_engine.prepare_image(image.name) for image in OWN_IMAGES} == before


def test_a_network_of_others_is_left_alone(engine: DockerEngine) -> None:
    name = f"foreign-{engine.install_id}"
    docker("network", "create", "--subnet", "10.215.0.0/24", name)
    try:
        with pytest.raises(NameTaken):
            engine.ensure_network(name, network_labels(engine))
        with pytest.raises(NameTaken):
            engine.remove_network(name)
        assert name in docker("network", "ls", "--format", "{{.Name}}").split()
    finally:
        docker("network", "rm", name)


def test_an_empty_pool_is_told(engine: DockerEngine) -> None:
    small = DockerEngine(engine.install_id, base_url=None, network_pool="10.216.0.0/24")
    small.ensure_network(f"ecsw-{engine.install_id}-first", network_labels(engine))

    with pytest.raises(EngineError, match="No free /24"):
        small.ensure_network(f"ecsw-{engine.install_id}-second", network_labels(engine))
    small.close()


def test_a_network_made_by_many_at_once_is_one(engine: DockerEngine) -> None:
    name = f"ecsw-{engine.install_id}-shared"
    engines = [DockerEngine(engine.install_id, base_url=None, network_pool=engine.network_pool) for _ in range(4)]
    errors: list[Exception] = []

    def work(one: DockerEngine) -> None:
        try:
            one.ensure_network(name, network_labels(engine))
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(one,)) for one in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in engines:
        one.close()

    assert errors == []
    assert docker("network", "ls", "--format", "{{.Name}}").split().count(name) == 1


class Relay:
    """A Unix socket in front of the engine's: it can be cut, as when the daemon dies, and can swallow everything."""

    def __init__(self, path: Path, target: str) -> None:
        self.path, self.target, self.swallows = path, target, False
        self.pairs: list[tuple[socket.socket, socket.socket]] = []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.socket(socket.AF_UNIX)
                self.pairs.append((near, far))
                far.connect(self.target)
                threading.Thread(target=self.copy, args=(near, far), daemon=True).start()
                threading.Thread(target=self.copy, args=(far, near), daemon=True).start()

    def copy(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if not self.swallows:
                    sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)

    def cut(self) -> None:
        for one in [one for pair in self.pairs for one in pair]:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self.pairs.clear()

    def close(self) -> None:
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.cut()
        self.path.unlink(missing_ok=True)


@pytest.fixture
def relay(docker_engine: DockerEngine, tmp_path: Path) -> Iterator[Relay]:
    address = docker_engine.base_url or "unix:///var/run/docker.sock"
    if not address.startswith("unix://"):
        pytest.skip(f"THE ENGINE IS NOT BEHIND A UNIX SOCKET: {address}")
    made = Relay(tmp_path / "docker.sock", address.removeprefix("unix://"))
    yield made
    made.close()


@pytest.fixture
def through(docker_engine: DockerEngine, relay: Relay) -> Iterator[DockerEngine]:
    engine = DockerEngine(docker_engine.install_id, base_url=f"unix://{relay.path}", network_pool="10.214.0.0/16")
    yield engine
    engine.close()


def test_events_end_silently_when_the_engine_dies(through: DockerEngine, relay: Relay, docker_host: Host) -> None:
    events = through.events(since=time.time())
    seen: list[str] = []
    thread = threading.Thread(target=lambda: seen.extend(event.action for event in events))
    thread.start()
    time.sleep(0.3)
    run(docker_host.engine, image="busybox:latest", command=SLEEP)
    time.sleep(0.3)

    relay.cut()

    thread.join(timeout=5)
    assert not thread.is_alive()
    assert seen[-1:] == ["start"]
    assert through.ping().kind == "docker"


def test_an_engine_that_is_away_is_unavailable_until_it_is_back(
    through: DockerEngine, relay: Relay, docker_engine: DockerEngine, tmp_path: Path
) -> None:
    through.ping()
    target = relay.target
    relay.close()

    with pytest.raises(EngineUnavailable) as caught:
        through.list_containers()
    with pytest.raises(EngineUnavailable):
        next(through.events(since=0))

    assert caught.value.temporary
    again = Relay(tmp_path / "docker.sock", target)
    assert through.ping() == docker_engine.ping()
    again.close()


def test_an_engine_that_hangs_is_unavailable_in_time(through: DockerEngine, relay: Relay) -> None:
    through.ping()
    relay.swallows = True
    started = time.monotonic()

    with pytest.raises(EngineUnavailable), through.looking(0.5) as api:
        api.info()
    through.close()
    with pytest.raises(EngineUnavailable), through.looking(0.5) as api:
        api.info()

    assert time.monotonic() - started < 3


def test_no_engine_at_all_is_unavailable_at_once(tmp_path: Path) -> None:
    nowhere = DockerEngine("a1b2c3d4", base_url=f"unix://{tmp_path}/nothing.sock", network_pool="10.214.0.0/16")

    with pytest.raises(EngineUnavailable):
        nowhere.ping()
    with pytest.raises(EngineUnavailable):
        nowhere.list_containers()


def test_a_container_without_a_shell_cannot_be_burdened_and_says_so(docker_engine: DockerEngine) -> None:
    spec = make_spec(docker_engine, command=("/bin/sleep", "300"), environment={"PATH": "/nowhere"})
    running = docker_engine.start(docker_engine.create(spec).runtime_id)

    with pytest.raises(EngineError, match="executable file not found"):
        docker_engine.burden(running.runtime_id, Burden.CPU)
