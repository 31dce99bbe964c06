from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet

from ecsweb.api.batches import described, limited, with_tags_as_asked
from ecsweb.api.paging import page
from ecsweb.api.registry import Request, operation
from ecsweb.controlplane.descriptions import describe_task
from ecsweb.controlplane.references import (
    arn_for_failure,
    find_container_instance,
    find_service,
    find_task,
    get_cluster,
    get_runnable_task_definition,
    get_task,
)
from ecsweb.controlplane.stopping import stop_task
from ecsweb.controlplane.task_rows import TaskOrder
from ecsweb.controlplane.tasks import TaskAnswer, run_task, start_task
from ecsweb.domain.call_texts import check_client_token, check_group, check_overrides_size, check_started_by
from ecsweb.domain.capacity.fargate import check_platform_version
from ecsweb.domain.capacity.strategies import BOTH, StrategyItem, check_placeable, launch_type_of, strategy_of
from ecsweb.domain.errors import (
    ClientException,
    InvalidParameterException,
    ServiceNotFoundException,
    UnsupportedFeatureException,
)
from ecsweb.domain.networks import check_network
from ecsweb.domain.statuses import DesiredStatus, LaunchType
from ecsweb.domain.tags import check_propagation
from ecsweb.models import Cluster, Task

NOT_BUILT = {
    "volumeConfigurations": "Volumes configured at launch",
}


@operation("RunTask")
def run(request: Request) -> dict[str, Any]:
    cluster = get_cluster(request.account, request.region, request.params.get("cluster"))
    count = request.params.get("count", 1)
    if not 1 <= count <= 10:
        raise InvalidParameterException("count must be from 1 to 10.", field="count")
    refuse_not_built(request, NOT_BUILT, launch_types=("EC2", "FARGATE"))
    launch_type, strategy = launch_of(request, cluster)
    order = replace(_order(request, launch_type), launch_type=launch_type, provider_strategy=strategy)
    return _answer(run_task(cluster, order, count=count, now=request.now, chance=random.Random()))


@operation("StartTask")
def start(request: Request) -> dict[str, Any]:
    cluster = get_cluster(request.account, request.region, request.params.get("cluster"))
    instances = limited(request.params["containerInstances"], most=10, field="containerInstances")
    if not instances:
        raise InvalidParameterException("Container instances should not be null or empty.", field="containerInstances")
    refuse_not_built(request, NOT_BUILT)
    return _answer(start_task(cluster, _order(request, LaunchType.EC2), instances=instances, now=request.now))


def refuse_not_built(request: Request, names: dict[str, str], launch_types: Collection[str] = ("EC2",)) -> None:
    """Refuse what would silently do nothing: what is not built is said, not stored."""
    for name, words in names.items():
        if request.params.get(name):
            raise UnsupportedFeatureException(f"{words} are not built here yet.", field=name)
    launch_type = request.params.get("launchType", "EC2")
    if launch_type not in launch_types:
        raise UnsupportedFeatureException(f"Launch type {launch_type} is not built here yet.", field="launchType")


def _launch_type(name: str) -> LaunchType:
    if name not in set(LaunchType):
        raise UnsupportedFeatureException(f"Launch type {name} is not built here yet.", field="launchType")
    return LaunchType(name)


def launch_of(request: Request, cluster: Cluster) -> tuple[LaunchType, tuple[StrategyItem, ...]]:
    """Return launch type and capacity provider strategy: the call's, else the cluster's default, else EC2 (5.1).

    Raises InvalidParameterException for both at once, or a platform version on EC2, which has none.
    """
    params = request.params
    asked = params.get("capacityProviderStrategy", [])
    if asked and "launchType" in params:
        raise InvalidParameterException(BOTH, field="capacityProviderStrategy")
    if "launchType" not in params:
        asked = asked or cluster.default_capacity_provider_strategy
    strategy = strategy_of(asked, associated=cluster.capacity_providers)
    if strategy:
        check_placeable(strategy)
    launch_type = launch_type_of(strategy) if strategy else _launch_type(params.get("launchType", "EC2"))
    check_platform_version(params.get("platformVersion"), launch_type)
    return launch_type, strategy


def _order(request: Request, launch_type: LaunchType) -> TaskOrder:
    params = request.params
    # UpdateService's is a ClientException (`ecs-facts.md` 2.1).
    definition = get_runnable_task_definition(
        request.account, request.region, params["taskDefinition"], inactive=InvalidParameterException
    )
    check_network(definition.document, params.get("networkConfiguration"), launch_type)
    check_propagation(params.get("propagateTags", "NONE"))
    check_group(params.get("group", ""))
    check_client_token(params.get("clientToken", ""), longest=64)
    check_started_by(params.get("startedBy", ""), longest=36 if "containerInstances" in params else 128)
    check_overrides_size(params.get("overrides", {}))
    return TaskOrder(
        definition,
        group=params.get("group", ""),
        started_by=params.get("startedBy", ""),
        overrides=params.get("overrides", {}),
        network=params.get("networkConfiguration", {}),
        tags=params.get("tags", ()),
        propagate_tags=params.get("propagateTags", "NONE"),
        enable_ecs_managed_tags=params.get("enableECSManagedTags", False),
        client_token=params.get("clientToken", ""),
        constraints=params.get("placementConstraints", ()),
        strategies=params.get("placementStrategy", ()),
    )


def _answer(answer: TaskAnswer) -> dict[str, Any]:
    failures = [
        {key: value for key, value in {"arn": f.arn, "reason": f.reason, "detail": f.detail}.items() if value}
        for f in answer.failures
    ]
    return {"tasks": [describe_task(task) for task in answer.tasks], "failures": failures}


@operation("StopTask")
def stop(request: Request) -> dict[str, Any]:
    cluster = get_cluster(request.account, request.region, request.params.get("cluster"))
    task = get_task(cluster, request.params["task"])
    return {"task": describe_task(stop_task(task, reason=request.params.get("reason", ""), now=request.now))}


@operation("DescribeTasks")
def describe(request: Request) -> dict[str, Any]:
    cluster = get_cluster(request.account, request.region, request.params.get("cluster"))
    found, failures = described(
        limited(request.params["tasks"], most=100, field="tasks"),
        find=lambda reference: find_task(cluster, reference),
        describe=with_tags_as_asked(describe_task, request.params.get("include", ())),
        arn=lambda reference: arn_for_failure(reference, resource_type="task", cluster=cluster),
    )
    return {"tasks": found, "failures": failures}


@operation("ListTasks")
def list_tasks(request: Request) -> dict[str, Any]:
    """Only tasks wanted RUNNING by default; a filter PENDING returns nothing (`ecs-facts.md` 4.1, 4.6)."""
    cluster = get_cluster(request.account, request.region, request.params.get("cluster"))
    params = request.params
    rows = Task.objects.filter(cluster=cluster, is_purged=False).select_related("cluster__account")
    rows = rows.filter(desired_status=params.get("desiredStatus", DesiredStatus.RUNNING))
    rows = _filtered(rows, cluster, request)
    if params.get("daemonName"):
        # There are no managed daemons here, so that no task is one's.
        rows = rows.none()
    return page([task.arn for task in rows], params, key="taskArns")


def _filtered(rows: QuerySet[Task], cluster: Cluster, request: Request) -> QuerySet[Task]:
    params = request.params
    others = {"containerInstance", "family", "serviceName"} & params.keys()
    if "startedBy" in params and others:
        raise ClientException("Cannot filter by startedBy and another filter at once.", field="startedBy")
    if "containerInstance" in params:
        instance = find_container_instance(cluster, params["containerInstance"])
        if instance is None:
            raise InvalidParameterException("Referenced container instance not found.", field="containerInstance")
        rows = rows.filter(container_instance=instance)
    if "serviceName" in params:
        service = find_service(cluster, params["serviceName"])
        if service is None:
            raise ServiceNotFoundException("Service not found.", field="serviceName")
        rows = rows.filter(service=service)
    columns = {"family": "task_definition__family", "startedBy": "started_by", "launchType": "launch_type"}
    return rows.filter(**{column: params[name] for name, column in columns.items() if name in params})
