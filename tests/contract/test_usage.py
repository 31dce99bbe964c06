"""What running containers use, told by every engine alike: CPU time that only grows, and memory held now."""

from __future__ import annotations

from ecsweb.agent.engine import Engine
from ecsweb.domain.burdens import Burden
from ecsweb.domain.usage import CPU_UNITS, NANOSECONDS, cpu_units, mebibytes
from tests.contract.conftest import Host
from tests.contract.test_engine import MIB, SLEEP, ended, make_spec, moment, run, wait_for

BUSY = ("sh", "-c", "while :; do :; done")


def burnt(engine: Engine, runtime_id: str) -> int:
    """Return the nanoseconds of CPU that a container has taken."""
    return engine.usage([runtime_id])[runtime_id].cpu


def wait_until_it_has_burnt(engine: Engine, runtime_id: str, nanoseconds: int) -> float:
    """Wait for that much CPU time, however busy the machine is; return the CPU units that it came to."""
    before = engine.usage([runtime_id])[runtime_id]
    wait_for(lambda: burnt(engine, runtime_id) > before.cpu + nanoseconds)
    units = cpu_units(before, engine.usage([runtime_id])[runtime_id])
    assert units is not None
    return units


def test_a_busy_loop_burns_and_a_sleeper_does_not(engine: Engine) -> None:
    busy, sleeper = run(engine, command=BUSY).runtime_id, run(engine, command=SLEEP).runtime_id
    slept_before = burnt(engine, sleeper)

    units = wait_until_it_has_burnt(engine, busy, NANOSECONDS // 5)

    assert units < CPU_UNITS * 1.2
    assert burnt(engine, sleeper) - slept_before < NANOSECONDS // 50
    assert 0 < mebibytes(engine.usage([sleeper])[sleeper].memory) < 64


def test_a_cap_holds_the_busy_loop(engine: Engine) -> None:
    busy = run(engine, command=BUSY, nano_cpus=NANOSECONDS // 4).runtime_id

    assert wait_until_it_has_burnt(engine, busy, NANOSECONDS // 5) < CPU_UNITS * 0.45


def test_an_eater_grows(engine: Engine) -> None:
    eater = run(engine, image="ecsweb/eater:1", memory=64 * MIB).runtime_id
    sizes: list[int] = []

    def has_grown() -> bool:
        found = engine.usage([eater])
        sizes.extend(one.memory for one in found.values())
        return not found or max(sizes) > min(sizes) + 4 * MIB

    wait_for(has_grown)
    assert max(sizes) > min(sizes) + 4 * MIB


def test_a_flood_shows(engine: Engine) -> None:
    container = run(engine, command=SLEEP).runtime_id
    engine.burden(container, Burden.CPU)

    assert wait_until_it_has_burnt(engine, container, NANOSECONDS // 10) < CPU_UNITS * 1.2


def test_memory_that_is_filled_grows(engine: Engine) -> None:
    container = run(engine, command=SLEEP, memory=64 * MIB).runtime_id
    engine.burden(container, Burden.MEMORY)
    sizes: list[int] = []

    def has_grown() -> bool:
        found = engine.usage([container])
        sizes.extend(one.memory for one in found.values())
        return not found or max(sizes) > min(sizes) + 8 * MIB

    wait_for(has_grown)
    assert max(sizes) > min(sizes) + 8 * MIB


def test_a_reading_is_of_now(engine: Engine) -> None:
    container = run(engine, command=SLEEP).runtime_id
    before = moment(engine)

    assert before <= engine.usage([container])[container].at <= moment(engine)


def test_what_does_not_run_is_left_out(engine: Engine) -> None:
    created = engine.create(make_spec(engine)).runtime_id
    over = run(engine, command=("true",)).runtime_id
    ended(engine, over)
    running = run(engine, command=SLEEP).runtime_id
    assert engine.usage([running]).keys() == {running}

    assert engine.usage([created, over, running, "f" * 64, ""]).keys() == {running}
    engine.remove(running)
    assert engine.usage([created, over, running, "f" * 64]) == {}
    assert engine.usage([]) == {}


def test_what_is_not_ours_is_left_out(host: Host) -> None:
    foreign = host.add_foreign("ecsweb-test-foreign-usage", {})

    assert host.engine.usage([foreign]) == {}


def test_one_that_starts_again_is_read_again(engine: Engine) -> None:
    container = run(engine, command=("sh", "-c", "sleep 1")).runtime_id
    assert container in engine.usage([container])
    ended(engine, container)
    assert engine.usage([container]) == {}

    engine.restart(container)

    assert engine.usage([container])[container].cpu < 10**9
