"""Operations of ours, kept apart from AWS's: break something for real, or empty the account."""

from __future__ import annotations

from typing import Any

from ecsweb.api.principal import ADMIN
from ecsweb.api.registry import Request, our_operation
from ecsweb.controlplane.accounts import begin_removal, begin_reset
from ecsweb.controlplane.chaos import LONGEST_IMAGE, break_image, mend_image, request_burden
from ecsweb.controlplane.references import get_cluster, get_task
from ecsweb.controlplane.stopping import request_kill
from ecsweb.domain.burdens import Burden
from ecsweb.domain.errors import AccessDeniedException, InvalidParameterException
from ecsweb.models import Task


def _container_of(request: Request) -> tuple[Task, str]:
    task_reference, name = request.params.get("task"), request.params.get("container")
    if not isinstance(task_reference, str) or not isinstance(name, str):
        raise InvalidParameterException("task and container must be given.", field="container")
    cluster = get_cluster(request.account, request.region, request.params.get("cluster"))
    return get_task(cluster, task_reference), name


@our_operation("KillContainer")
def kill_container(request: Request) -> dict[str, Any]:
    """Ask the agent for a real `docker kill` of one container; what becomes of the task is ECS's business."""
    task, name = _container_of(request)
    container = request_kill(task, name, now=request.now)
    return {"taskArn": task.arn, "container": container.name}


@our_operation("FillMemory")
def fill_memory(request: Request) -> dict[str, Any]:
    """Let a process inside a container take memory until the container's limit ends it."""
    task, name = _container_of(request)
    container = request_burden(task, name, Burden.MEMORY, now=request.now)
    return {"taskArn": task.arn, "container": container.name}


@our_operation("FloodCpu")
def flood_cpu(request: Request) -> dict[str, Any]:
    """Let a process inside a container keep one CPU busy for a minute."""
    task, name = _container_of(request)
    container = request_burden(task, name, Burden.CPU, now=request.now)
    return {"taskArn": task.arn, "container": container.name}


def _image_of(request: Request) -> str:
    image = request.params.get("image")
    if not isinstance(image, str) or not 0 < len(image) <= LONGEST_IMAGE:
        raise InvalidParameterException("image must be the name of an image.", field="image")
    return image


@our_operation("BreakImage")
def break_one(request: Request) -> dict[str, Any]:
    """Make an image impossible to pull for the account's agents, as if it were gone from its registry."""
    image = _image_of(request)
    is_changed = break_image(request.account, image, region=request.region, now=request.now)
    return {"image": image, "isChanged": is_changed}


@our_operation("MendImage")
def mend_one(request: Request) -> dict[str, Any]:
    """Let the account's agents pull a broken image again."""
    image = _image_of(request)
    is_changed = mend_image(request.account, image, region=request.region, now=request.now)
    return {"image": image, "isChanged": is_changed}


@our_operation("ResetAccount")
def reset_account(request: Request) -> dict[str, Any]:
    """Begin to empty the account; `controlplane.accounts.finish_reset` tells when the agents are done."""
    begin_reset(request.account, now=request.now)
    return {"accountId": request.account.account_id}


@our_operation("RemoveAccount")
def remove_account(request: Request) -> dict[str, Any]:
    """Empty the account and delete it with its person once the agents are done; only an administrator may."""
    if request.principal.origin != ADMIN:
        raise AccessDeniedException("Only an administrator removes an account.")
    begin_removal(request.account, now=request.now)
    return {"accountId": request.account.account_id}
