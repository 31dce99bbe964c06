"""What the Compose form promises, read from its file."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tests.structure.sources import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("migrate", "web", "worker", "beat", "watcher")
SOCKET = "/var/run/docker.sock"


def test_only_worker_and_watcher_hold_the_engine() -> None:
    holders = {name for name, service in SERVICES.items() if any(SOCKET in v for v in service.get("volumes", []))}

    assert holders == {"worker", "watcher"}


def test_the_watcher_sees_the_cgroups_and_cannot_write_them() -> None:
    seers = {name: v for name, service in SERVICES.items() for v in service.get("volumes", []) if "cgroup" in v}

    assert seers == {"watcher": "/sys/fs/cgroup:/sys/fs/cgroup:ro"}


def test_only_the_web_is_published_and_only_to_this_machine() -> None:
    assert {name for name, service in SERVICES.items() if service.get("ports")} == {"web"}
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["web"]["ports"])


def test_everything_that_stays_has_a_health_check() -> None:
    staying = {name for name, service in SERVICES.items() if service.get("restart") != "no"}

    assert staying == set(SERVICES) - {"migrate"}
    assert {name for name in staying if "test" not in SERVICES[name].get("healthcheck", {})} == set()


def test_database_and_queue_are_on_a_network_without_a_way_out() -> None:
    assert COMPOSE["networks"]["back"]["internal"] is True
    assert SERVICES["postgres"]["networks"] == SERVICES["redis"]["networks"] == ["back"]


def test_secrets_come_from_outside_and_have_no_default() -> None:
    secrets = [
        value
        for service in SERVICES.values()
        for name, value in service.get("environment", {}).items()
        if re.search(r"SECRET|PASSWORD|AUTH|_URL$", name)
    ]

    assert secrets
    assert all(":?" in value for value in secrets)


@pytest.mark.parametrize("name", OURS)
def test_ours_have_no_more_rights_than_they_need(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert {"privileged", "pid", "ipc", "network_mode", "devices", "cap_add"} & set(service) == set()


def test_ours_are_one_image() -> None:
    assert len({SERVICES[name]["image"] for name in OURS}) == 1
    assert [name for name in OURS if "build" in SERVICES[name]] == ["migrate"]


def test_the_image_runs_as_nobody_in_particular() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if line.startswith("USER ")] == ["USER ecsweb"]
    assert {name for name in OURS if "user" in SERVICES[name]} == {"worker", "watcher"}
