"""What checks and hints find when they ask the live account."""

from __future__ import annotations

from ecsweb.api.principal import root_of
from ecsweb.learn.lessons.asking import Account, ask
from ecsweb.learn.lessons.schema import Ask
from tests.world import ACCOUNT, REGION, World


def _ask(of: str, query: str, **params: str) -> object:
    return ask(Account(root_of(ACCOUNT, REGION, origin="learn")), Ask(of=of, query=query, params=dict(params)), {})


def test_a_function_over_a_cluster_that_is_not_there_finds_nothing(world: World) -> None:
    assert _ask("DescribeServices", "length(services)", cluster="nowhere") is None


def test_the_log_tells_of_a_task_that_found_no_place_and_why(world: World) -> None:
    world.launch()
    world.register("huge", memory=4000)
    world.register("small")

    world.call("RunTask", cluster="demo", taskDefinition="huge")
    world.call("RunTask", cluster="demo", taskDefinition="small")

    found = _ask("Log", "events[?type=='Decision'].detail.[taskDefinition, failures[0].reason]")
    assert found == [["huge:1", "RESOURCE:MEMORY"]]
