"""What running containers use, told by every engine alike: CPU time that only grows, and memory held now."""

from __future__ import annotations

import time

from ecsweb.agent.engine import Engine
from ecsweb.domain.usage import CPU_UNITS, cpu_units, mebibytes
from tests.contract.conftest import Host
from tests.contract.test_engine import MIB, SLEEP, ended, make_spec, moment, run, wait_for

BUSY = ("sh", "-c", "while :; do :; done")


def test_a_busy_loop_burns_a_cpu_and_a_sleeper_next_to_none(engine: Engine) -> None:
    busy, sleeper = run(engine, command=BUSY).runtime_id, run(engine, command=SLEEP).runtime_id
    before = engine.usage([busy, sleeper])
    time.sleep(0.5)
    after = engine.usage([busy, sleeper])

    burnt, slept = (cpu_units(before[one], after[one]) for one in (busy, sleeper))
    assert burnt is not None
    assert slept is not None
    assert CPU_UNITS * 0.3 < burnt < CPU_UNITS * 1.2
    assert slept < CPU_UNITS * 0.1
    assert 0 < mebibytes(after[sleeper].memory) < 64


def test_a_cap_holds_the_busy_loop(engine: Engine) -> None:
    busy = run(engine, command=BUSY, nano_cpus=10**9 // 4).runtime_id
    before = engine.usage([busy])
    time.sleep(1)
    burnt = cpu_units(before[busy], engine.usage([busy])[busy])

    assert burnt is not None
    assert CPU_UNITS * 0.1 < burnt < CPU_UNITS * 0.4


def test_an_eater_grows(engine: Engine) -> None:
    eater = run(engine, image="ecsweb/eater:1", memory=64 * MIB).runtime_id
    sizes: list[int] = []

    def has_grown() -> bool:
        found = engine.usage([eater])
        sizes.extend(one.memory for one in found.values())
        return not found or max(sizes) > min(sizes) + 4 * MIB

    wait_for(has_grown)
    assert max(sizes) > min(sizes) + 4 * MIB


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
