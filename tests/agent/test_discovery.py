from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ecsweb.agent.discovery import choose_engine, install_id
from ecsweb.agent.docker_engine import DockerEngine
from ecsweb.agent.engine import EngineError
from ecsweb.agent.simulated_engine import SimulatedEngine


def test_install_id_is_made_once_whoever_asks_first(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(install_id, [tmp_path] * 32))

    (only,) = ids
    assert re.fullmatch(r"[0-9a-f]{8}", only)
    assert [path.name for path in tmp_path.iterdir()] == ["install-id"]


def test_install_id_is_not_made_anew_over_a_damaged_file(tmp_path: Path) -> None:
    (tmp_path / "install-id").write_text("", encoding="ascii")

    with pytest.raises(EngineError, match="install-id"):
        install_id(tmp_path)


@pytest.mark.parametrize(
    ("kind", "made"), [("auto", SimulatedEngine), ("simulated", SimulatedEngine), ("docker", DockerEngine)]
)
def test_without_docker_auto_is_simulated(tmp_path: Path, kind: str, made: type) -> None:
    address = f"unix://{tmp_path}/nothing.sock"

    engine = choose_engine(kind, install="a1b2c3d4", data=tmp_path, network_pool="10.214.0.0/16", base_url=address)

    assert type(engine) is made
    assert isinstance(engine, (SimulatedEngine, DockerEngine))
    engine.close()
