"""What can be broken on purpose inside a task: its containers, and the images that they come from."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from ecsweb.controlplane.chaos import is_broken
from ecsweb.domain.burdens import FLOOD_SECONDS
from ecsweb.models import Account, Cluster, Container
from ecsweb.web import calls
from ecsweb.web.panels.instead import container_words, image_words
from ecsweb.web.panels.values import Action


def container_chaos(cluster: Cluster, container: Container) -> tuple[Action, ...]:
    """Return how a container can be broken: killed, filled, flooded; nothing where it does not run."""
    if container.last_status != "RUNNING":
        return ()
    return (
        kill_action(cluster, container),
        _burden(
            cluster,
            container,
            "FillMemory",
            _("Fill the memory of %(name)s"),
            _("A process inside takes memory until the container's limit ends it: OutOfMemoryError."),
        ),
        _burden(
            cluster,
            container,
            "FloodCpu",
            _("Flood the CPU from %(name)s"),
            _("A process inside keeps one CPU busy for %(seconds)s s. Nothing ends; neighbours feel it.")
            % {"seconds": FLOOD_SECONDS},
        ),
    )


def kill_action(cluster: Cluster, container: Container) -> Action:
    """Return the real `docker kill` of a running container, and what it will lead to."""
    return Action(
        _("Kill %(name)s") % {"name": container.name},
        reverse("kill-container", args=[cluster.name, container.task.task_id]),
        {"container": container.name},
        is_danger=True,
        what_happens=_after_kill(container),
        what_if=reverse("what-if", args=[cluster.name, "KillContainer", _key(container)]),
        predict=reverse("predict-change", args=[cluster.name, "KillContainer", _key(container)]),
        calls=(calls.on_container("KillContainer", cluster.name, container.task.task_id, container.name),),
        instead=container_words("KillContainer", container),
    )


def image_chaos(account: Account, cluster: Cluster, images: Iterable[str]) -> tuple[Action, ...]:
    """Return, for each image once, how it is broken, or mended where it is broken."""
    return tuple(_image(account, cluster, image) for image in sorted(set(images)))


def mending(account: Account, images: Iterable[str]) -> tuple[Action, ...]:
    """Return a button for each of the images that is broken: it can be had again then."""
    return tuple(_mend(image) for image in sorted(set(images)) if is_broken(account, image))


def _image(account: Account, cluster: Cluster, image: str) -> Action:
    if is_broken(account, image):
        return _mend(image)
    return Action(
        _("Break the image %(image)s") % {"image": image},
        reverse("chaos-image"),
        {"operation": "BreakImage", "image": image},
        is_danger=True,
        what_happens=_("As if it were gone from its registry: what runs runs on, nothing new of it can start."),
        what_if=reverse("what-if", args=[cluster.name, "BreakImage", image]),
        calls=(calls.on_image("BreakImage", image),),
        instead=image_words("BreakImage", image),
    )


def _mend(image: str) -> Action:
    return Action(
        _("Mend the image %(image)s") % {"image": image},
        reverse("chaos-image"),
        {"operation": "MendImage", "image": image},
        what_happens=_("It can be pulled again; services that failed for want of it try again by themselves."),
        calls=(calls.on_image("MendImage", image),),
        instead=image_words("MendImage", image),
    )


def _burden(cluster: Cluster, container: Container, operation: str, label: str, told: str) -> Action:
    return Action(
        label % {"name": container.name},
        reverse("burden-container", args=[cluster.name, container.task.task_id]),
        {"container": container.name, "operation": operation},
        is_danger=True,
        what_happens=told,
        what_if=reverse("what-if", args=[cluster.name, operation, _key(container)]),
        calls=(calls.on_container(operation, cluster.name, container.task.task_id, container.name),),
        instead=container_words(operation, container),
    )


def _key(container: Container) -> str:
    return f"{container.task.task_id}~{container.name}"


def _after_kill(container: Container) -> str:
    task = container.task
    if not container.essential:
        return _("It is not essential: it ends alone, and the task runs on without it.")
    if task.service is None:
        return _("It is essential: the whole task stops with it, and nobody starts another.")
    return _("It is essential: the whole task stops with it, and the service %(service)s starts a new task.") % {
        "service": task.service.name
    }
