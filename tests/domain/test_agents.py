"""What may be done to an agent and its machine, and ECS's literal words for a host that is gone (facts 3.5, 4.3)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ecsweb.domain.agents import (
    SILENCE,
    TRANSITIONS,
    AgentCondition,
    agent_condition_after,
    agent_restarts_at,
    host_gone,
    is_restart_due,
    possible_operations,
)
from ecsweb.domain.errors import ClientException
from tests.domain.made import NOW

POSSIBLE = {
    AgentCondition.RUNNING: ("DisconnectAgent", "KillAgent", "StopInstance"),
    AgentCondition.DISCONNECTED: ("ReconnectAgent", "KillAgent", "StopInstance"),
    AgentCondition.DEAD: ("RestartAgent", "StopInstance"),
    AgentCondition.HOST_STOPPED: ("StartInstance",),
}


@pytest.mark.parametrize("condition", AgentCondition)
def test_only_what_means_something_can_be_done_to_an_agent(condition: AgentCondition) -> None:
    assert possible_operations(condition) == POSSIBLE[condition]
    for operation in TRANSITIONS:
        if operation in POSSIBLE[condition]:
            assert agent_condition_after(condition, operation) is not condition
        else:
            with pytest.raises(ClientException, match=f"{operation} is not possible: the agent is {condition}, not "):
                agent_condition_after(condition, operation)


def test_every_way_leads_back_to_a_working_agent_and_every_silence_has_its_reason() -> None:
    for condition in set(AgentCondition) - {AgentCondition.RUNNING}:
        assert agent_condition_after(condition, POSSIBLE[condition][0]) is AgentCondition.RUNNING
    assert {condition for condition, reason in SILENCE.items() if not reason} == {AgentCondition.RUNNING}


def test_a_dead_agent_is_started_again_after_a_minute_divided_by_the_speed() -> None:
    due = agent_restarts_at(NOW, speed=10)

    assert due == NOW + timedelta(seconds=6)
    assert is_restart_due(AgentCondition.DEAD, due, now=due)
    assert not is_restart_due(AgentCondition.DEAD, due, now=due - timedelta(seconds=1))
    assert not is_restart_due(AgentCondition.DISCONNECTED, due, now=due)
    assert not is_restart_due(AgentCondition.DEAD, None, now=due)


def test_a_host_that_is_gone_is_named_in_ecs_s_words() -> None:
    assert host_gone("i-0123456789abcdef0", is_terminated=True) == "Host EC2 (instance i-0123456789abcdef0) terminated."
    assert host_gone("i-0123456789abcdef0", is_terminated=False) == "Host EC2 (instance i-0123456789abcdef0) stopped."
