"""When a cluster can be deleted, and what its configuration may say (`ecs-facts.md` 7)."""

from __future__ import annotations

from typing import Any

import pytest

from ecsweb.domain.clusters import check_cluster_configuration, check_deletable
from ecsweb.domain.errors import EcsError

EMPTY: dict[str, Any] = {"has_active_services": False, "has_tasks": False, "has_instances": False}
CONTENTS = {
    "has_active_services": ("ClusterContainsServicesException", "Services are active."),
    "has_tasks": ("ClusterContainsTasksException", "Tasks are active."),
    "has_instances": ("ClusterContainsContainerInstancesException", "Container Instances are active or draining."),
}


@pytest.mark.parametrize("content", CONTENTS)
def test_a_cluster_that_contains_something_cannot_be_deleted(content: str) -> None:
    code, words = CONTENTS[content]

    with pytest.raises(EcsError) as refused:
        check_deletable(**{**EMPTY, content: True})

    assert (refused.value.code, refused.value.message) == (code, f"The Cluster cannot be deleted while {words}")


def test_a_cluster_with_a_capacity_provider_of_its_own_cannot_be_deleted() -> None:
    with pytest.raises(EcsError) as refused:
        check_deletable(**EMPTY, capacity_provider="machines")

    assert refused.value.code == "ClusterContainsCapacityProviderException"


def test_services_are_named_before_tasks_and_tasks_before_instances() -> None:
    check_deletable(**EMPTY)
    with pytest.raises(EcsError, match="Services are active"):
        check_deletable(has_active_services=True, has_tasks=True, has_instances=True)
    with pytest.raises(EcsError, match="Tasks are active"):
        check_deletable(has_active_services=False, has_tasks=True, has_instances=True)


@pytest.mark.parametrize(
    ("command", "field"),
    [
        ({"logging": "OVERRIDE"}, "logConfiguration"),
        ({"logging": "NONE", "logConfiguration": {"s3BucketName": "b"}}, "logging"),
        ({"logConfiguration": {"s3BucketName": "b"}}, "logging"),
    ],
)
def test_the_log_of_ecs_exec_is_configured_when_and_only_when_it_overrides(command: dict[str, Any], field: str) -> None:
    with pytest.raises(EcsError) as refused:
        check_cluster_configuration({"executeCommandConfiguration": command})

    assert refused.value.field.endswith(f".{field}")


def test_other_configurations_are_taken() -> None:
    check_cluster_configuration({})
    check_cluster_configuration({"executeCommandConfiguration": {"logging": "NONE"}})
    check_cluster_configuration({"managedStorageConfiguration": {"kmsKeyId": "k"}})
    check_cluster_configuration(
        {"executeCommandConfiguration": {"logging": "OVERRIDE", "logConfiguration": {"s3BucketName": "b"}}}
    )
