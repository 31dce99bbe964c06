"""The panels of a task and of a container in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ecsweb.controlplane.descriptions import describe_task
from ecsweb.controlplane.descriptions.tasks import describe_container
from ecsweb.domain.statuses import TaskStatus
from ecsweb.models import Cluster, Container, Event, Task
from ecsweb.web import calls, sentences
from ecsweb.web.panels.chaos import container_chaos, image_chaos
from ecsweb.web.panels.stories import call_at, story_of
from ecsweb.web.panels.values import Action, Member, Moment, Panel, Ref, Why
from ecsweb.web.panels.words import words_of
from ecsweb.web.pictures import instance_names, place_name
from ecsweb.web.requests import PageRequest
from ecsweb.web.rows import task_of, vanished
from ecsweb.web.task_ends import end_of
from ecsweb.web.usage import task_usage

ENGINE_CALLS_SHOWN = 20


def life_of(task: Task) -> tuple[Moment, ...]:
    """Return the steps of the task's life with their times."""
    return (
        Moment(_("created"), task.created_at),
        Moment(_("image ready"), task.pull_stopped_at),
        Moment(_("running"), task.started_at),
        Moment(_("stopping"), task.stopping_at),
        Moment(_("stopped"), task.stopped_at),
    )


def task_panel(request: PageRequest, cluster: Cluster, task_id: str) -> Panel:
    """Return the panel of a task. Raises Vanished."""
    task = task_of(request, cluster, task_id)
    names, containers = instance_names(cluster), list(task.containers.all())
    made_by = origin_of(task)
    return Panel(
        ref=Ref("task", task.task_id),
        what=_("task"),
        name=f"{task.task_id[:6]} · {task.task_definition.family_revision}",
        page=reverse("task", args=[cluster.name, task.task_id]),
        topics=(f"task-{task.task_id}",),
        status=task.last_status,
        detail=_owner(task),
        sentence=sentences.task_now(task),
        whys=_whys(task, containers, names),
        life=life_of(task),
        members=tuple(_member(cluster, one) for one in containers),
        story=story_of(
            cluster, topic=f"task-{task.task_id}", named=(task.task_id, task.arn), names=names, made_by=made_by
        ),
        words=words_of(
            request,
            made_by,
            ("DescribeTasks", {"cluster": cluster.name, "tasks": [task.task_id]}),
            docker=_docker(task),
        ),
        actions=_actions(cluster, task),
        chaos=tuple(action for one in containers for action in container_chaos(cluster, one)),
        usage=task_usage(task),
        document=describe_task(task),
    )


def origin_of(task: Task) -> Event | None:
    """Return the call that led to the task: its own, or the one that began its service's deployment."""
    account = task.cluster.account
    if task.deployment is not None:
        return call_at(account, task.deployment.created_at, ("CreateService", "UpdateService", "CreateTaskSet"))
    return call_at(account, task.created_at, ("RunTask", "StartTask"))


def _owner(task: Task) -> str:
    if task.service is None:
        return _("run directly: nobody looks after it")
    return _("of the service %(service)s") % {"service": task.service.name}


def _whys(task: Task, containers: list[Container], names: Mapping[str, str]) -> tuple[Why, ...]:
    """Return why it ended, where it has, and why it stands where it stands or waits."""
    found: list[Why] = []
    if sentences.task_end(task, containers):
        answer, end = sentences.task_story(task, containers), end_of(task, containers)
        found.append(Why(_("Why did it stop?"), answer, quote=end.quote, remedies=end.remedies))
    if waits := sentences.task_waits(task, containers):
        found.append(Why(_("Why does it not run yet?"), waits))
    place = place_name(task, names)
    question = _("Why on %(place)s?") % {"place": place} if place else _("Why has it no place?")
    answer = f"{sentences.decision(task.decision, names)} {sentences.task_capacity(task)}".strip()
    if answer:
        found.append(Why(question, answer, candidates=sentences.candidates(task.decision, names)))
    return tuple(found)


def _member(cluster: Cluster, container: Container) -> Member:
    key = f"{container.task.task_id}~{container.name}"
    exit_code = "" if container.exit_code is None else _("exit code %(code)s") % {"code": container.exit_code}
    star = "★ " if container.essential else ""
    return Member(
        Ref("container", key),
        reverse("task", args=[cluster.name, container.task.task_id]),
        f"{star}{container.name}",
        container.last_status,
        f"{container.image} {exit_code}".strip(),
    )


def _docker(task: Task) -> list[str]:
    """Return what Docker was really told about the task, a line a call."""
    calls = Event.objects.filter(cluster=task.cluster_id, detail_type="Engine Call", detail__taskArn=task.arn)
    return [_docker_line(call.detail) for call in calls.order_by("sequence")[:ENGINE_CALLS_SHOWN]]


def _docker_line(detail: Mapping[str, Any]) -> str:
    told = [detail.get("image"), *detail.get("ports", []), detail.get("container"), detail.get("name")]
    told += [f"sh -c '{detail['script']}'"] if "script" in detail else []
    told += [f"→ {detail['error']}"] if "error" in detail else []
    return " ".join(["docker", str(detail.get("operation", "")), *(str(word) for word in told if word)])


def _actions(cluster: Cluster, task: Task) -> tuple[Action, ...]:
    if task.last_status == TaskStatus.STOPPED:
        return ()
    future = (
        _("It is over then, and its service starts another one in its place.")
        if task.service
        else _("It is over then, and stays so: nobody looks after it.")
    )
    stop = Action(
        _("Stop task"),
        reverse("stop-task", args=[cluster.name, task.task_id]),
        is_danger=True,
        what_happens=future,
        what_if=reverse("what-if", args=[cluster.name, "StopTask", task.task_id]),
        predict=reverse("predict-change", args=[cluster.name, "StopTask", task.task_id]),
        calls=(calls.stop_task(cluster.name, task.task_id),),
    )
    return (stop,)


def container_panel(request: PageRequest, cluster: Cluster, key: str) -> Panel:
    """Return the panel of a container; the key is the task's id and the container's name. Raises Vanished."""
    task_id, _tilde, name = key.partition("~")
    task = task_of(request, cluster, task_id)
    container = task.containers.filter(name=name).first()
    if container is None:
        raise vanished(request, gettext_noop("container"), name)
    definitions = {one["name"]: one for one in task.task_definition.document["containerDefinitions"]}
    ports = [f"127.0.0.1:{b['hostPort']} → {b['containerPort']}" for b in container.network_bindings if "hostPort" in b]
    facts = [(_("image"), container.image), (_("ports"), ", ".join(ports)), ("runtimeId", container.runtime_id[:12])]
    return Panel(
        ref=Ref("container", key),
        what=_("container"),
        name=container.name,
        page=reverse("task", args=[cluster.name, task_id]),
        topics=(f"task-{task_id}",),
        status=container.last_status,
        detail=_("essential: when it ends, the task ends") if container.essential else _("not essential"),
        sentence=_container_now(container),
        whys=(Why(_("Why did it stop?"), container.reason),) if container.reason else (),
        life=(
            Moment(_("created"), task.created_at),
            Moment(_("running"), container.started_at),
            Moment(_("stopped"), container.finished_at),
        ),
        facts=[(label, value) for label, value in facts if value],
        members=(
            Member(
                Ref("task", task_id),
                reverse("task", args=[cluster.name, task_id]),
                task_id[:6],
                task.last_status,
                _("task"),
            ),
        ),
        story=story_of(cluster, topic=f"task-{task_id}", named=(task_id,), names=instance_names(cluster)),
        words=words_of(
            request,
            origin_of(task),
            ("DescribeTasks", {"cluster": cluster.name, "tasks": [task_id]}),
            docker=[line for line in _docker(task) if name in line],
        ),
        chaos=(*container_chaos(cluster, container), *image_chaos(cluster.account, cluster, [container.image])),
        document=describe_container(container, definitions.get(name, {})),
    )


def _container_now(container: Container) -> str:
    match container.last_status:
        case "RUNNING":
            return _("It runs: one real Docker container, one of its task's.")
        case "STOPPED" if container.exit_code is not None:
            return _("It has ended with exit code %(code)s.") % {"code": container.exit_code}
        case "STOPPED":
            return _("It never ran.")
        case _:
            return _("The agent prepares it.")
