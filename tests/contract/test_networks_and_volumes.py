"""Networks and volumes, told to every engine alike (`ecsweb/agent/engine.py`)."""

from __future__ import annotations

import re
import secrets

import pytest

from ecsweb.agent import labels as label
from ecsweb.agent.engine import Engine, EngineError, EngineStatus, PortPublication, VolumeMount
from tests.contract.test_engine import install_of, make_network, make_spec, network_labels, run


def test_a_network_is_made_once_and_removed_once(engine: Engine) -> None:
    network = make_network(engine)
    engine.ensure_network(network, network_labels(engine))

    assert dict(engine.list_networks()[network]) == network_labels(engine)

    engine.remove_network(network)
    engine.remove_network(network)
    assert network not in engine.list_networks()


def make_volume(engine: Engine) -> str:
    name = f"ecsw-{install_of(engine)}-{secrets.token_hex(8)}"
    engine.ensure_volume(name, network_labels(engine))
    return name


def test_a_volume_is_made_once_and_removed_once(engine: Engine) -> None:
    volume = make_volume(engine)
    engine.ensure_volume(volume, network_labels(engine))

    assert dict(engine.list_volumes()[volume]) == network_labels(engine)

    engine.remove_volume(volume)
    engine.remove_volume(volume)
    assert volume not in engine.list_volumes()


def test_a_mounted_volume_is_shown_and_stays_until_its_container_is_gone(engine: Engine) -> None:
    volume = make_volume(engine)
    mounts = (VolumeMount(volume, "/data"), VolumeMount(volume, "/same", read_only=True))
    container = run(engine, mounts=mounts)
    assert container.mounts == mounts

    with pytest.raises(EngineError) as caught:
        engine.remove_volume(volume)
    assert caught.value.temporary

    engine.remove(container.runtime_id)
    engine.remove_volume(volume)
    assert volume not in engine.list_volumes()


def test_a_volume_without_our_label_is_refused(engine: Engine) -> None:
    with pytest.raises(EngineError):
        engine.ensure_volume("ecsw-foreign-volume", {label.INSTALL: "ffffffff"})


def test_a_network_in_use_stays_until_it_is_not(engine: Engine) -> None:
    network = make_network(engine)
    container = run(engine, network=network)

    with pytest.raises(EngineError) as caught:
        engine.remove_network(network)

    assert caught.value.temporary
    engine.remove(container.runtime_id)
    engine.remove_network(network)
    assert network not in engine.list_networks()


def test_a_network_without_our_label_is_refused(engine: Engine) -> None:
    with pytest.raises(EngineError):
        engine.ensure_network("ecsw-foreign-net", {label.INSTALL: "ffffffff"})


def test_forty_networks_fit(engine: Engine) -> None:
    names = {make_network(engine) for _ in range(40)}

    assert names <= set(engine.list_networks())
    for name in names:
        engine.remove_network(name)


def test_a_container_joins_the_network_of_another_that_runs(engine: Engine) -> None:
    network = make_network(engine)
    holder = make_spec(engine, network=network, ports=(PortPublication(8080, 0),))
    joining = make_spec(engine, network=f"container:{holder.name}")
    first = engine.create(holder)
    second = engine.create(joining)
    with pytest.raises(EngineError):
        engine.start(second.runtime_id)

    holding = engine.start(first.runtime_id)
    joined = engine.start(second.runtime_id)

    assert re.fullmatch(r"10\.214\.\d+\.\d+", holding.address)
    assert re.fullmatch(r"([0-9a-f]{2}:){5}[0-9a-f]{2}", holding.mac_address)
    assert [port.container_port for port in holding.ports] == [8080]
    assert (joined.status, joined.ports) == (EngineStatus.RUNNING, ())
