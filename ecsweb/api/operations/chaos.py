"""Operations of ours, kept apart from AWS's: break something for real, or empty the account."""

from __future__ import annotations

from typing import Any

from ecsweb.api.registry import Request, our_operation
from ecsweb.controlplane.accounts import begin_reset
from ecsweb.controlplane.references import get_cluster, get_task
from ecsweb.controlplane.stopping import request_kill
from ecsweb.domain.errors import InvalidParameterException


@our_operation("KillContainer")
def kill_container(request: Request) -> dict[str, Any]:
    """Ask the agent for a real `docker kill` of one container; what becomes of the task is ECS's business."""
    task_reference, name = request.params.get("task"), request.params.get("container")
    if not isinstance(task_reference, str) or not isinstance(name, str):
        raise InvalidParameterException("task and container must be given.", field="container")
    cluster = get_cluster(request.account, request.region, request.params.get("cluster"))
    task = get_task(cluster, task_reference)
    container = request_kill(task, name, now=request.now)
    return {"taskArn": task.arn, "container": container.name}


@our_operation("ResetAccount")
def reset_account(request: Request) -> dict[str, Any]:
    """Begin to empty the account; `controlplane.accounts.finish_reset` tells when the agents are done."""
    begin_reset(request.account, now=request.now)
    return {"accountId": request.account.account_id}
