from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ecsweb.agent import labels as label
from ecsweb.agent.engine import PortPublication
from ecsweb.agent.policy import MIB, Mode, Refused
from ecsweb.agent.translate import pause_spec, to_spec
from ecsweb.domain.networks import PAUSE
from tests.agent.conftest import IDENTITIES, TASK_ID, Translate


def test_name_and_network_are_made_of_ids(translate: Translate) -> None:
    spec = translate()

    assert spec.name == f"ecsw-a1b2c3d4-{TASK_ID}-1"
    assert spec.network == IDENTITIES.network


def test_network_mode_none_has_no_network_and_no_ports(translate: Translate) -> None:
    spec = translate(task={"networkMode": "none"}, portMappings=[{"containerPort": 80}])

    assert (spec.network, spec.ports) == ("none", ())


@pytest.mark.parametrize("mode", ["host", "awsvpc", "bridge", None])
def test_every_other_network_mode_is_the_instances_network(translate: Translate, mode: str | None) -> None:
    assert translate(task={"networkMode": mode}).network == IDENTITIES.network


def test_our_labels_are_written_last(translate: Translate) -> None:
    spec = translate(
        dockerLabels={
            "team": "red",
            "ecsweb.task": "another",
            "ecsweb.install": "ffffffff",
            "COM.AMAZONAWS.ecs.cluster": "x",
            "com.amazonaws.ecs.task-arn": "x",
            "traefik.enable": "true",
        }
    )

    assert spec.labels == {
        "team": "red",
        label.INSTALL: "a1b2c3d4",
        label.ACCOUNT: "123456789012",
        label.TASK: TASK_ID,
        label.CONTAINER: "app",
        label.INSTANCE: IDENTITIES.instance_id,
        label.ECS_CLUSTER: "demo",
        label.ECS_CONTAINER_NAME: "app",
        label.ECS_TASK_ARN: IDENTITIES.task_arn,
        label.ECS_FAMILY: "web",
        label.ECS_REVISION: "3",
    }


@pytest.mark.parametrize(
    ("cpu", "shares"),
    [(None, 2), (0, 2), (1, 2), (2, 2), (256, 256), (1_000_000, 262144)],
)
def test_cpu_becomes_shares_within_the_kernels_range(translate: Translate, cpu: int | None, shares: int) -> None:
    spec = translate(cpu=cpu)

    assert (spec.cpu_shares, spec.nano_cpus) == (shares, 0)


@pytest.mark.parametrize("cpu", ["512", 512, "0.5 vCPU", ".5vcpu"])
def test_task_level_cpu_is_a_cap(translate: Translate, cpu: Any) -> None:
    assert translate(task={"cpu": cpu}).nano_cpus == 500_000_000


@pytest.mark.parametrize(
    ("container", "task", "memory", "reservation"),
    [
        pytest.param({"memory": 128}, {}, 128, 0, id="hard"),
        pytest.param({"memory": 128, "memoryReservation": 64}, {}, 128, 64, id="both"),
        pytest.param({"memoryReservation": 64}, {}, 512, 64, id="soft-small"),
        pytest.param({"memoryReservation": 256}, {}, 1024, 256, id="soft-large"),
        pytest.param({}, {"memory": "1 GB"}, 1024, 0, id="task-level"),
        pytest.param({"memory": 128}, {"memory": "1024"}, 128, 0, id="container-before-task"),
        pytest.param({"memory": 4}, {}, 6, 0, id="engine-minimum"),
        pytest.param({}, {}, 512, 0, id="none"),
    ],
)
def test_memory_always_has_a_limit(
    translate: Translate, container: dict[str, Any], task: dict[str, Any], memory: int, reservation: int
) -> None:
    spec = translate(task=task, **container)

    assert (spec.memory, spec.memory_reservation) == (memory * MIB, reservation * MIB)


def test_overrides_win_for_their_container_only(translate: Translate) -> None:
    overrides = {
        "cpu": "256",
        "containerOverrides": [
            {"name": "other", "command": ["no"]},
            {
                "name": "app",
                "command": ["sleep", "5"],
                "cpu": 64,
                "memory": 32,
                "environment": [{"name": "COLOUR", "value": "blue"}],
            },
        ],
    }

    spec = translate(
        overrides=overrides,
        command=["httpd"],
        entryPoint=["sh"],
        memory=128,
        environment=[{"name": "COLOUR", "value": "red"}, {"name": "SIZE", "value": "1"}],
    )

    assert (spec.entrypoint, spec.command) == (("sh",), ("sleep", "5"))
    assert (spec.cpu_shares, spec.memory, spec.nano_cpus) == (64, 32 * MIB, 250_000_000)
    assert (spec.environment["COLOUR"], spec.environment["SIZE"]) == ("blue", "1")


def test_environment_says_whose_container_it_is_and_nothing_of_the_server(
    translate: Translate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "canary")

    spec = translate(environment=[{"name": "ECSWEB_REVISION", "value": "9"}, {"name": "A=B", "value": "x"}])

    assert spec.environment == {
        "AWS_DEFAULT_REGION": "ap-northeast-2",
        "AWS_EXECUTION_ENV": "AWS_ECS_EC2",
        "AWS_REGION": "ap-northeast-2",
        "ECSWEB_CONTAINER": "app",
        "ECSWEB_FAMILY": "web",
        "ECSWEB_INSTANCE": IDENTITIES.instance_id,
        "ECSWEB_REVISION": "3",
        "ECSWEB_TASK_ID": TASK_ID,
    }


def test_empty_lists_keep_the_images_own_command(translate: Translate) -> None:
    spec = translate(command=[], entryPoint=[])

    assert (spec.entrypoint, spec.command) == (None, None)


@pytest.mark.parametrize(
    ("mapping", "mode", "host_port"),
    [
        pytest.param({"containerPort": 80}, "solo", 0, id="dynamic"),
        pytest.param({"containerPort": 80, "hostPort": 0}, "solo", 0, id="zero"),
        pytest.param({"containerPort": 80, "hostPort": 8080}, "solo", 8080, id="fixed"),
        pytest.param({"containerPort": 80, "hostPort": 80}, "solo", 80, id="low-solo"),
        pytest.param({"containerPort": 80, "hostPort": 80}, "class", 0, id="low-class"),
        pytest.param({"containerPort": 80, "hostPort": 2375}, "class", 0, id="reserved-class"),
    ],
)
def test_ports_are_bound_to_loopback(translate: Translate, mapping: dict[str, Any], mode: Mode, host_port: int) -> None:
    spec = translate(mode=mode, portMappings=[mapping])

    assert spec.ports == (PortPublication(80, host_port, "tcp", "127.0.0.1"),)


def test_the_ports_of_an_awsvpc_task_are_those_of_the_container_that_holds_its_network(translate: Translate) -> None:
    mappings = [{"containerPort": 80, "hostPort": 80}]
    container = {"name": "app", "image": "ecsweb/web:1", "memory": 64, "portMappings": mappings, "hostname": "web"}
    task = {"networkMode": "awsvpc", "containerDefinitions": [container]}
    pause = pause_spec(task_definition=task, identities=IDENTITIES, mode="solo")
    app = to_spec(
        container_definition=container,
        task_definition=task,
        identities=IDENTITIES,
        mode="solo",
        engine_names={"app": "ecsw-app", PAUSE: "ecsw-pause"},
    )

    assert (pause.network, [port.host_port for port in pause.ports]) == (IDENTITIES.network, [0])
    assert (app.network, app.ports, app.hostname) == ("container:ecsw-pause", (), "")
    assert (pause.labels[label.CONTAINER], pause.memory) == (PAUSE, 16 * MIB)


def test_a_port_range_is_published_port_by_port(translate: Translate) -> None:
    spec = translate(portMappings=[{"containerPortRange": "8000-8002", "protocol": "udp"}, {"containerPort": 8000}])

    assert [(port.container_port, port.protocol) for port in spec.ports] == [
        (8000, "udp"),
        (8001, "udp"),
        (8002, "udp"),
        (8000, "tcp"),
    ]


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"image": ""}, id="no-image"),
        pytest.param({"image": "a" * 256}, id="long-image"),
        pytest.param({"image": "web\n"}, id="image-with-newline"),
        pytest.param({"user": "root; rm"}, id="user"),
        pytest.param({"portMappings": [{"containerPort": 70000}]}, id="port"),
        pytest.param({"portMappings": [{"containerPortRange": "9-8"}]}, id="range"),
        pytest.param({"portMappings": [{"containerPortRange": "1-65535"}]}, id="all-ports"),
    ],
)
def test_nonsense_is_refused(translate: Translate, fields: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        translate(**fields)


def test_class_mode_has_a_list_of_images(translate: Translate) -> None:
    assert translate(mode="class", image="ecsweb/web:1").image == "ecsweb/web:1"
    assert translate(mode="class", image="nginx:1", allowed_images=("nginx:1",)).image == "nginx:1"
    with pytest.raises(Refused, match="nginx:2"):
        translate(mode="class", image="nginx:2", allowed_images=("nginx:1",))


def test_solo_runs_ordinary_images_as_ecs_does(translate: Translate) -> None:
    spec = translate(mode="solo", image="nginx")

    assert (spec.cap_drop, spec.cap_add, spec.read_only, spec.pids_limit, dict(spec.tmpfs)) == ((), (), False, 256, {})


def test_class_locks_the_container_down(translate: Translate) -> None:
    spec = translate(
        mode="class",
        memory=100_000,
        readonlyRootFilesystem=False,
        linuxParameters={"capabilities": {"add": ["cap_chown", "SYS_ADMIN", "ALL"]}},
    )

    assert (spec.cap_drop, spec.cap_add, spec.read_only, spec.pids_limit) == (("ALL",), ("CHOWN",), True, 64)
    assert dict(spec.tmpfs) == {"/tmp": "nodev,nosuid,rw,size=16m"}
    assert (spec.memory, spec.nano_cpus) == (512 * MIB, 500_000_000)


def test_linux_parameters_are_cut_to_what_is_safe(translate: Translate) -> None:
    spec = translate(
        linuxParameters={
            "initProcessEnabled": True,
            "sharedMemorySize": 4096,
            "capabilities": {"add": ["SYS_ADMIN", "NET_ADMIN"], "drop": ["net_raw", "NONSENSE"]},
            "devices": [{"hostPath": "/dev/kmsg"}],
            "tmpfs": [
                {"containerPath": "/scratch", "size": 1024, "mountOptions": ["rw", "exec", "suid", "dev"]},
                {"containerPath": "/proc", "size": 1},
                {"containerPath": "/a/../etc", "size": 1},
            ],
        },
        ulimits=[
            {"name": "nofile", "softLimit": -1, "hardLimit": -1},
            {"name": "core", "softLimit": 5, "hardLimit": 10},
            {"name": "nproc", "softLimit": 1, "hardLimit": 1},
        ],
        systemControls=[
            {"namespace": "net.ipv4.tcp_keepalive_time", "value": "60"},
            {"namespace": "kernel.panic", "value": "1"},
            {"namespace": "net.ipv4.tcp_fin_timeout", "value": "1;x"},
        ],
        extraHosts=[
            {"hostname": "db", "ipAddress": "10.1.2.3"},
            {"hostname": "localhost", "ipAddress": "10.1.2.3"},
            {"hostname": "host.docker.internal", "ipAddress": "host-gateway"},
            {"hostname": "meta", "ipAddress": "169.254.169.254"},
        ],
    )

    assert (spec.init, spec.shm_size) == (True, 64 * MIB)
    assert (spec.cap_add, spec.cap_drop) == ((), ("NET_RAW",))
    assert dict(spec.tmpfs) == {"/scratch": "exec,nodev,nosuid,rw,size=64m"}
    assert spec.ulimits == (("nofile", 65536, 65536), ("core", 0, 0))
    assert dict(spec.sysctls) == {"net.ipv4.tcp_keepalive_time": "60"}
    assert dict(spec.extra_hosts) == {"db": "10.1.2.3"}


@pytest.mark.parametrize(("launch_type", "place"), [("EC2", IDENTITIES.instance_id), ("FARGATE", "FARGATE")])
def test_the_execution_environment_names_the_launch_type(launch_type: str, place: str) -> None:
    spec = to_spec(
        container_definition={"name": "app", "image": "ecsweb/web:1"},
        task_definition={"networkMode": "awsvpc", "cpu": "256", "memory": "512"},
        identities=replace(IDENTITIES, launch_type=launch_type),
        mode="solo",
    )

    told = (spec.environment["AWS_EXECUTION_ENV"], spec.environment["ECSWEB_INSTANCE"])
    assert told == (f"AWS_ECS_{launch_type}", place)
    assert (spec.memory, spec.nano_cpus) == (512 * MIB, 250_000_000)
