"""What differs between two sides, and what became of the places of tasks that ended."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

import pytest

from ecsweb.domain.twins import (
    OF_AN_ACTION,
    Aspect,
    EndedTask,
    Side,
    Told,
    TwinInstance,
    TwinService,
    TwinTask,
    differences,
    differing_instances,
    fates,
)


def task(owner: str = "web", instance: str = "i-01", **more: Any) -> TwinTask:
    return TwinTask(owner=owner, instance=instance, **{"revision": "web:1", "status": "RUNNING", **more})


def service(desired: int, strategy: str = "REPLICA", name: str = "web", placement: str = "") -> TwinService:
    return TwinService(name, strategy, desired, placement)


TWO = (TwinInstance("i-01", "ACTIVE"), TwinInstance("i-02", "ACTIVE"))


def different(left: Side, right: Side) -> set[Aspect]:
    return {line.aspect for line in differences(left, right, is_after_action=True) if line.is_different}


def test_a_side_does_not_differ_from_itself() -> None:
    side = Side((service(2),), TWO, (task(), task()), (EndedTask("web", "UserInitiated"),), ("web",))

    assert different(side, side) == set()


def test_a_service_wants_something_and_a_direct_task_is_wanted_by_nobody() -> None:
    kept, direct = Side((service(1),), TWO, (task(),)), Side((), TWO, (task(owner=""),))

    assert different(direct, kept) == {Aspect.DESIRED, Aspect.STRATEGY}
    assert (direct.desired, kept.desired) == (None, 1)
    assert different(direct, Side((service(0),), TWO, (task(),))) >= {Aspect.DESIRED}


@pytest.mark.parametrize(
    ("aspect", "left", "right"),
    [
        (Aspect.RUNNING, [task()], [task(), task()]),
        (Aspect.PENDING, [task(status="PENDING")], [task()]),
        (Aspect.REVISIONS, [task()], [task(revision="web:2")]),
        (Aspect.CONTAINERS, [task(containers_ended=1)], [task()]),
        (Aspect.PER_INSTANCE, [task(), task()], [task(), task(instance="i-02")]),
    ],
)
def test_each_aspect_of_tasks_is_noticed(aspect: Aspect, left: list[TwinTask], right: list[TwinTask]) -> None:
    assert aspect in different(Side((), TWO, tuple(left)), Side((), TWO, tuple(right)))


@pytest.mark.parametrize(
    ("aspect", "left", "right"),
    [
        (Aspect.STRATEGY, Side((service(1),)), Side((service(1, "DAEMON"),))),
        (Aspect.PLACEMENT, Side((service(1),)), Side((service(1, placement="binpack(memory)"),))),
        (Aspect.INSTANCES, Side((), TWO), Side((), (TWO[0], TwinInstance("i-02", "DRAINING")))),
        (Aspect.CALLS, Side(told=(Told("UpdateService", "Success"),)), Side(told=(Told("UpdateService", "Refused"),))),
        (Aspect.CALLS, Side(told=(Told("UpdateService", "Success"),)), Side()),
        (Aspect.ENDED, Side(ended=(EndedTask("", "UserInitiated"),)), Side()),
    ],
)
def test_each_aspect_of_the_rest_is_noticed(aspect: Aspect, left: Side, right: Side) -> None:
    assert aspect in different(left, right)
    assert aspect in different(right, left)


def test_which_instance_holds_the_most_is_no_difference() -> None:
    left = Side((), TWO, (task(), task(), task(instance="i-02")))
    right = Side((), TWO, (task(), task(instance="i-02"), task(instance="i-02")))

    assert Aspect.PER_INSTANCE not in different(left, right)
    assert differing_instances(left, right) == frozenset()


def test_the_instances_that_hold_another_number_are_outlined() -> None:
    spread = Side((), TWO, (task(), task(instance="i-02")))
    packed = Side((), TWO, (task(), task()))

    assert differing_instances(spread, packed) == {"i-01", "i-02"}
    assert differing_instances(spread, Side((), TWO, (task(),))) == {"i-02"}


def test_an_instance_that_only_one_side_has_is_outlined() -> None:
    assert differing_instances(Side((), TWO, (task(),)), Side((), TWO[:1], (task(),))) == {"i-02"}


def test_without_an_action_nothing_is_said_of_one() -> None:
    shown = {line.aspect for line in differences(Side(), Side(), is_after_action=False)}

    assert shown == set(Aspect) - OF_AN_ACTION


ENDED = EndedTask("web", "EssentialContainerExited")


@pytest.mark.parametrize(
    ("side", "told"),
    [
        (Side(ended=(EndedTask("", "EssentialContainerExited"),)), {"alone": 1}),
        (Side((service(1),), tasks=(task(),), ended=(ENDED,), begun=("web",)), {"replaced": 1}),
        (Side((service(2),), tasks=(task(),), ended=(ENDED,)), {"missing": 1}),
        (Side((service(2),), tasks=(task(),), ended=(ENDED, ENDED), begun=("web",)), {"replaced": 1, "missing": 1}),
        (Side((service(1),), tasks=(task(),), ended=(ENDED, ENDED)), {"released": 2}),
        (Side(ended=(ENDED,)), {"released": 1}),
        (Side((service(1),), tasks=(task(),), ended=(ENDED,), begun=("other",)), {"released": 1}),
        (Side((service(3),), tasks=(task(),) * 3, ended=(ENDED,), begun=("web",) * 2), {"replaced": 1}),
    ],
)
def test_what_became_of_the_places(side: Side, told: dict[str, int]) -> None:
    assert dict(fates(side)) == told


def every_side() -> list[Side]:
    """Return every side of a service and a direct task in which each number is at most two."""
    few = range(3)
    return [
        Side(
            (service(desired),),
            TWO,
            (task(),) * live,
            (ENDED,) * ended + (EndedTask("", "UserInitiated"),),
            ("web",) * begun,
        )
        for desired, live, ended, begun in product(few, few, few, few)
    ]


def test_each_end_has_one_fate() -> None:
    for side in every_side():
        assert sum(count for _fate, count in fates(side)) == len(side.ended)


def test_differing_is_mutual() -> None:
    for left, right in combinations(every_side()[::4], 2):
        assert different(left, right) == different(right, left)
        assert differing_instances(left, right) == differing_instances(right, left)
