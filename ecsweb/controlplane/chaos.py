"""What somebody breaks on purpose apart from hosts: images that cannot be had, and work put upon a container."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from ecsweb.controlplane import announcements, events
from ecsweb.domain.burdens import Burden
from ecsweb.domain.errors import ClientException, InvalidParameterException
from ecsweb.models import Account, BrokenImage, Container, Task

MOST_BROKEN = 50
LONGEST_IMAGE = 255
OPERATIONS = {Burden.MEMORY: "FillMemory", Burden.CPU: "FloodCpu"}


def request_burden(task: Task, container_name: str, burden: Burden, *, now: datetime) -> Container:
    """Ask the agent to burden a running container from inside. Raises ClientException when it cannot be done now."""
    container = Container.objects.filter(task=task, name=container_name).first()
    if container is None:
        raise InvalidParameterException(f"The task has no container named {container_name[:255]}.", field="container")
    if container.last_status != "RUNNING":
        raise ClientException(f"Container {container_name} is not running.", field="container")
    if not task.host.agent_connected:
        raise ClientException("The agent of its container instance is disconnected: nobody there would do it.")
    with transaction.atomic():
        Container.objects.filter(pk=container.pk, last_status="RUNNING").update(burden=burden)
        events.ours(
            task.cluster,
            detail_type="Chaos",
            detail={
                "operation": OPERATIONS[burden],
                "clusterArn": task.cluster.arn,
                "taskArn": task.arn,
                "container": container_name,
            },
            topics=events.task_topics(task),
            at=now,
        )
        announcements.wake_instance(task.host.pk)
    container.refresh_from_db()
    return container


def break_image(account: Account, image: str, *, region: str, now: datetime) -> bool:
    """Let the account's agents no longer have the image; tell whether they had it.

    Raises ClientException for more than anybody needs.
    """
    with transaction.atomic():
        if account.broken_images.count() >= MOST_BROKEN:
            raise ClientException(f"More than {MOST_BROKEN} images cannot be broken at a time.", field="image")
        _row, is_new = BrokenImage.objects.get_or_create(account=account, image=image, defaults={"broken_at": now})
        if is_new:
            _record(account, "BreakImage", image, region=region, now=now)
    return is_new


def mend_image(account: Account, image: str, *, region: str, now: datetime) -> bool:
    """Let the account's agents have the image again; tell whether it was broken."""
    with transaction.atomic():
        gone, _by_model = BrokenImage.objects.filter(account=account, image=image).delete()
        if gone:
            _record(account, "MendImage", image, region=region, now=now)
    return bool(gone)


def is_broken(account: Account, image: str) -> bool:
    """Tell whether the account's agents cannot have the image."""
    return BrokenImage.objects.filter(account=account, image=image).exists()


def _record(account: Account, operation: str, image: str, *, region: str, now: datetime) -> None:
    events.append(
        account,
        region=region or settings.ECSWEB_REGION,
        detail_type="Chaos",
        detail={"operation": operation, "image": image},
        topics=["task-definitions"],
        at=now,
        source=events.OURS,
    )
