from __future__ import annotations

import pytest

from ecsweb.agent.docker_values import create_body
from ecsweb.agent.engine import ContainerSpec
from ecsweb.agent.translate import to_spec
from tests.agent.conftest import IDENTITIES


def linked(mode: str | None) -> ContainerSpec:
    return to_spec(
        container_definition={"name": "app", "image": "ecsweb/web:1", "links": ["db:store", "stranger"]},
        task_definition={"networkMode": mode},
        identities=IDENTITIES,
        mode="solo",
        engine_names={"app": "ecsw-1", "db": "ecsw-2"},
    )


def test_links_reach_containers_of_the_same_task_only() -> None:
    spec = linked(None)

    assert spec.links == (("ecsw-2", "store"),)
    assert create_body(spec)["NetworkingConfig"] == {
        "EndpointsConfig": {IDENTITIES.network: {"Links": ["ecsw-2:store"]}}
    }


@pytest.mark.parametrize("mode", ["none", "awsvpc", "host"])
def test_only_bridge_mode_has_links(mode: str) -> None:
    assert "NetworkingConfig" not in create_body(linked(mode))
