from __future__ import annotations

from pathlib import Path

import pytest

from ecsweb.agent.discovery import choose_engine
from ecsweb.agent.docker_engine import DockerEngine
from ecsweb.agent.simulated_engine import SimulatedEngine


@pytest.mark.parametrize(
    ("kind", "made"), [("auto", SimulatedEngine), ("simulated", SimulatedEngine), ("docker", DockerEngine)]
)
def test_without_docker_auto_is_simulated(tmp_path: Path, kind: str, made: type) -> None:
    address = f"unix://{tmp_path}/nothing.sock"

    engine = choose_engine(kind, install="a1b2c3d4", data=tmp_path, network_pool="10.214.0.0/16", base_url=address)

    assert type(engine) is made
    assert isinstance(engine, (SimulatedEngine, DockerEngine))
    engine.close()
