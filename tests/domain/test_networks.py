"""awsvpc: what a call must say of the network, and what a task's interface becomes (`ecs-facts.md` 2.5, 4.1, 5.1)."""

from __future__ import annotations

from typing import Any

import pytest

from ecsweb.domain.errors import InvalidParameterException
from ecsweb.domain.lifecycle import Operation, next_steps, task_after
from ecsweb.domain.networks import PAUSE, attached, check_network, describe_interface, detached, new_interface
from ecsweb.domain.placement.filters import ENI, exclusions
from ecsweb.domain.resources import Demand, task_enis
from ecsweb.domain.statuses import ContainerStatus, DesiredStatus, LaunchType, TaskStatus
from tests.domain.made import NOW, container, instance, view

AWSVPC = {"networkMode": "awsvpc"}
PENDING, RUNS, STOPPED = ContainerStatus


def network(**fields: Any) -> dict[str, Any]:
    return {"awsvpcConfiguration": {"subnets": ["subnet-1"], **fields}}


@pytest.mark.parametrize(
    ("document", "configuration", "said"),
    [
        (AWSVPC, None, "Network Configuration must be provided when networkMode 'awsvpc' is specified."),
        (AWSVPC, {}, "Network Configuration must be provided when networkMode 'awsvpc' is specified."),
        ({}, network(), "Network Configuration is not valid for the given networkMode of this task definition."),
        (AWSVPC, network(subnets=[]), "subnets can not be empty."),
        (AWSVPC, network(subnets=["s"] * 17), "subnets can have at most 16 items."),
        (AWSVPC, network(securityGroups=["g"] * 6), "securityGroups can have at most 5 items."),
        (AWSVPC, network(subnets=[" "]), "subnets can not hold an empty name."),
        (AWSVPC, network(assignPublicIp="ENABLED"), "Assign public IP is not supported for this launch type."),
    ],
)
def test_awsvpc_needs_a_network_configuration_and_the_other_modes_take_none(
    document: dict[str, Any], configuration: dict[str, Any] | None, said: str
) -> None:
    with pytest.raises(InvalidParameterException) as refused:
        check_network(document, configuration, LaunchType.EC2)
    assert refused.value.message == said


def test_fargate_tasks_may_have_a_public_address() -> None:
    check_network(AWSVPC, network(assignPublicIp="ENABLED"), LaunchType.FARGATE)
    check_network({}, None, LaunchType.EC2)


def test_an_instance_takes_one_awsvpc_task_fewer_than_it_has_enis() -> None:
    assert [task_enis(name) for name in ("t3.nano", "t3.small", "m5.4xlarge", "unknown")] == [1, 2, 7, 2]
    demand = Demand(enis=1)
    full = instance(remaining_enis=1).minus(demand)
    (why,) = exclusions(demand, full)
    assert (why.rule, why.wanted, why.available) == (ENI, 1, 0)
    assert exclusions(Demand(), full) == ()


def test_an_interface_is_attached_with_its_address_and_deleted_with_its_task() -> None:
    made = new_interface(network())
    assert (made["status"], made["subnetId"]) == ("PRECREATED", "subnet-1")

    up = describe_interface(attached(made, address="10.0.0.7", mac="02:42"))
    details = {detail["name"]: detail["value"] for detail in up["details"]}
    assert (up["type"], up["status"], details["privateIPv4Address"]) == (
        "ElasticNetworkInterface",
        "ATTACHED",
        "10.0.0.7",
    )
    assert describe_interface(detached(made))["status"] == "DELETED"


@pytest.mark.parametrize(
    ("pause", "app", "wanted", "before", "after"),
    [
        (PENDING, PENDING, True, TaskStatus.PROVISIONING, TaskStatus.PROVISIONING),
        (RUNS, PENDING, True, TaskStatus.PROVISIONING, TaskStatus.PENDING),
        (RUNS, RUNS, True, TaskStatus.PENDING, TaskStatus.ACTIVATING),
        (RUNS, RUNS, True, TaskStatus.ACTIVATING, TaskStatus.RUNNING),
        (RUNS, RUNS, False, TaskStatus.RUNNING, TaskStatus.DEACTIVATING),
        (RUNS, RUNS, False, TaskStatus.STOPPING, TaskStatus.STOPPING),
        (RUNS, STOPPED, False, TaskStatus.STOPPING, TaskStatus.DEPROVISIONING),
        (STOPPED, STOPPED, False, TaskStatus.DEPROVISIONING, TaskStatus.STOPPED),
    ],
)
def test_an_awsvpc_task_goes_through_all_states_in_order(
    pause: ContainerStatus, app: ContainerStatus, wanted: bool, before: TaskStatus, after: TaskStatus
) -> None:
    containers = (container(PAUSE, last_status=pause, started_at=NOW), container(last_status=app, started_at=NOW))

    assert task_after(view(*containers, wanted=wanted, status=before)).last_status is after


def test_the_end_of_what_holds_the_network_ends_the_task() -> None:
    outcome = task_after(
        view(
            container(PAUSE, last_status=STOPPED, started_at=NOW),
            container(last_status=RUNS, started_at=NOW),
            status=TaskStatus.RUNNING,
        )
    )

    assert outcome.desired_status is DesiredStatus.STOPPED


def test_without_a_pause_container_nothing_waits_for_it() -> None:
    (step,) = next_steps(view(container()), now=NOW)

    assert step.operation is Operation.CREATE
