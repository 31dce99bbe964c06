"""Operations of ours that say what a call would do and do nothing: somebody is still typing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ecsweb.api.registry import Request, our_operation
from ecsweb.api.validation import checked
from ecsweb.controlplane.decisions import decision_as_json
from ecsweb.controlplane.drafts import Draft, draft_of
from ecsweb.controlplane.forecasts import ServiceForecast, direct_tasks_of, forecasts_of
from ecsweb.controlplane.references import find_task_definition
from ecsweb.domain.errors import ClientException, InvalidParameterException
from ecsweb.domain.service_scheduler.forecast import Forecast


@our_operation("DescribeTaskDefinitionDraft")
def describe_draft(request: Request) -> dict[str, Any]:
    """Check a registration by the same rules and say where one task could stand; nothing is stored."""
    definition = request.params.get("definition")
    if not isinstance(definition, Mapping):
        raise InvalidParameterException("definition must be given.", field="definition")
    draft = draft_of(request.account, request.region, checked("RegisterTaskDefinition", definition))
    clusters = [
        {"clusterName": cluster.name, "decision": decision_as_json(decision, at=request.now)}
        for cluster, decision in draft.places
    ]
    return {"taskDefinition": _described(draft), "clusters": clusters}


def _described(draft: Draft) -> dict[str, Any]:
    return {
        "family": draft.document["family"],
        "revision": draft.revision,
        "requiresAttributes": list(draft.requires_attributes),
        "compatibilities": list(draft.compatibilities),
        "cpu": draft.demand.cpu,
        "memory": draft.demand.memory,
        "tcpPorts": sorted(draft.demand.tcp_ports),
        "udpPorts": sorted(draft.demand.udp_ports),
        "networkInterfaces": draft.demand.enis,
    }


@our_operation("DescribeDeploymentForecast")
def describe_forecast(request: Request) -> dict[str, Any]:
    """Say what a deployment of a revision would do to each service of its family, round by round; nothing is done."""
    reference = request.params.get("taskDefinition")
    if not isinstance(reference, str):
        raise InvalidParameterException("taskDefinition must be given.", field="taskDefinition")
    definition = find_task_definition(request.account, request.region, reference)
    if definition is None:
        raise ClientException("Unable to describe task definition.", field="taskDefinition")
    return {
        "taskDefinition": definition.arn,
        "services": [_service(one, request) for one in forecasts_of(definition, now=request.now)],
        "directTasks": [
            {"taskArn": task.arn, "clusterName": task.cluster.name, "taskDefinition": task.task_definition.arn}
            for task in direct_tasks_of(definition)
        ],
    }


def _service(found: ServiceForecast, request: Request) -> dict[str, Any]:
    running = found.service.task_definition
    return {
        "serviceArn": found.service.arn,
        "serviceName": found.service.name,
        "clusterName": found.service.cluster.name,
        "schedulingStrategy": found.service.scheduling_strategy,
        "minimumHealthyPercent": found.service.minimum_healthy_percent,
        "maximumPercent": found.service.maximum_percent,
        "taskDefinition": running.arn if running else "",
        "forecast": _forecast(found.forecast, request) if found.forecast else None,
    }


def _forecast(found: Forecast, request: Request) -> dict[str, Any]:
    return {
        "desiredCount": found.desired,
        "leastHealthy": found.least,
        "mostAtOnce": found.most,
        "replaced": found.replaced,
        "lowest": found.lowest,
        "highest": found.highest,
        "outcome": found.outcome.value,
        "decision": decision_as_json(found.unplaced, at=request.now) if found.unplaced else None,
        "rounds": [
            {"started": list(one.started), "stopped": one.stopped, "old": one.old, "new": one.new}
            for one in found.rounds
        ],
    }
