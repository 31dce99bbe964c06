"""The panel of a container instance."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ecsweb.controlplane.descriptions import describe_container_instance
from ecsweb.domain.agents import AgentCondition, possible_operations
from ecsweb.domain.statuses import STATUSES_BEFORE_STOPPED, ContainerInstanceStatus, SchedulingStrategy
from ecsweb.models import Cluster, ContainerInstance, Task
from ecsweb.web import calls, sentences
from ecsweb.web.panels.instead import host_words
from ecsweb.web.panels.stories import call_at, story_of
from ecsweb.web.panels.values import Action, Member, Moment, Panel, Ref
from ecsweb.web.panels.words import words_of
from ecsweb.web.pictures import instance_names
from ecsweb.web.requests import PageRequest
from ecsweb.web.rows import instance_of
from ecsweb.web.usage import instance_usage

SHOWN = 12
# What the scheduler can be asked about before it is done.
PREDICTABLE = frozenset({"LoseInstance", "StopInstance", "DisconnectAgent", "KillAgent"})


def instance_panel(request: PageRequest, cluster: Cluster, instance_id: str) -> Panel:
    """Return the panel of a container instance. Raises Vanished."""
    row = instance_of(request, cluster, instance_id)
    names = instance_names(cluster)
    tasks = list(
        Task.objects.filter(container_instance=row, last_status__in=STATUSES_BEFORE_STOPPED).select_related(
            "task_definition", "service"
        )
    )
    made_by = call_at(cluster.account, row.registered_at, ("RegisterContainerInstance",))
    return Panel(
        ref=Ref("instance", row.instance_id),
        what=_("container instance"),
        name=names[row.instance_id],
        page=reverse("instance", args=[cluster.name, row.instance_id]),
        topics=(f"instance-{row.instance_id}",),
        status=row.status,
        detail=f"{row.instance_type} · {row.availability_zone}",
        sentence=sentences.instance_now(row),
        life=(Moment(_("registered"), row.registered_at), Moment(_("last heard"), row.agent_connection_changed_at)),
        facts=_facts(row, tasks),
        members=tuple(_member(cluster, task) for task in tasks[:SHOWN]),
        story=story_of(
            cluster,
            topic=f"instance-{row.instance_id}",
            named=(row.instance_id, row.arn),
            names=names,
            made_by=made_by,
        ),
        words=words_of(
            request,
            made_by,
            ("DescribeContainerInstances", {"cluster": cluster.name, "containerInstances": [row.instance_id]}),
        ),
        actions=_actions(cluster, row, tasks),
        chaos=_chaos(cluster, row),
        usage=instance_usage(row),
        document=describe_container_instance(row),
    )


def _facts(row: ContainerInstance, tasks: list[Task]) -> list[tuple[str, str]]:
    cpu, memory = sum(task.cpu for task in tasks), sum(task.memory for task in tasks)
    ports = sorted(port for task in tasks for port in (*task.tcp_ports, *task.udp_ports))
    facts = [
        ("CPU", _("%(left)s of %(all)s units left") % {"left": row.registered_cpu - cpu, "all": row.registered_cpu}),
        (
            _("memory"),
            _("%(left)s of %(all)s MiB left") % {"left": row.registered_memory - memory, "all": row.registered_memory},
        ),
        (_("fixed ports in use"), ", ".join(map(str, ports))),
        (_("capacity provider"), row.capacity_provider),
    ]
    return [(label, value) for label, value in facts if value]


def _member(cluster: Cluster, task: Task) -> Member:
    return Member(
        Ref("task", task.task_id),
        reverse("task", args=[cluster.name, task.task_id]),
        task.task_id[:6],
        task.last_status,
        task.task_definition.family_revision,
    )


def _actions(cluster: Cluster, row: ContainerInstance, tasks: list[Task]) -> tuple[Action, ...]:
    if row.status == ContainerInstanceStatus.INACTIVE:
        return ()
    url = reverse("set-instance-status", args=[cluster.name, row.instance_id])
    if row.status == ContainerInstanceStatus.DRAINING:
        change = Action(
            _("Make ACTIVE again"),
            url,
            {"status": "ACTIVE"},
            what_happens=_("It takes new tasks again."),
            calls=(calls.set_instance_status(cluster.name, row.instance_id, "ACTIVE"),),
        )
    else:
        change = Action(
            _("Drain"),
            url,
            {"status": "DRAINING"},
            what_happens=_if_drained(tasks),
            what_if=reverse("what-if", args=[cluster.name, "Drain", row.instance_id]),
            predict=reverse("predict-change", args=[cluster.name, "Drain", row.instance_id]),
            calls=(calls.set_instance_status(cluster.name, row.instance_id, "DRAINING"),),
        )
    run = Action(
        _("Run a task here…"), f"{reverse('run-task', args=[cluster.name])}?where={row.instance_id}", is_link=True
    )
    return (change, run)


def _if_drained(tasks: list[Task]) -> str:
    of_services = [task.service for task in tasks if task.service]
    daemons = sum(service.scheduling_strategy == SchedulingStrategy.DAEMON for service in of_services)
    moving, staying = len(of_services) - daemons, len(tasks) - len(of_services)
    moved = ngettext(
        "%(count)s task of a REPLICA service moves elsewhere.",
        "%(count)s tasks of REPLICA services move elsewhere.",
        moving,
    )
    stopped = ngettext(
        "%(count)s task of a DAEMON service stops and is started nowhere else.",
        "%(count)s tasks of DAEMON services stop and are started nowhere else.",
        daemons,
    )
    stayed = ngettext(
        "%(count)s task that was run directly stays until it ends.",
        "%(count)s tasks that were run directly stay until they end.",
        staying,
    )
    said = [words % {"count": n} for words, n in ((moved, moving), (stopped, daemons), (stayed, staying)) if n]
    return " ".join(said) or _("It is empty, and takes nothing new then.")


def _chaos(cluster: Cluster, row: ContainerInstance) -> tuple[Action, ...]:
    if row.status == ContainerInstanceStatus.INACTIVE:
        return ()
    operations = (*possible_operations(AgentCondition(row.agent_condition)), "LoseInstance")
    url = reverse("chaos-instance", args=[cluster.name, row.instance_id])
    return tuple(
        Action(
            label,
            url,
            {"operation": operation},
            is_danger=True,
            what_happens=will,
            what_if=reverse("what-if", args=[cluster.name, operation, row.instance_id])
            if operation in PREDICTABLE
            else "",
            predict=reverse("predict-change", args=[cluster.name, operation, row.instance_id])
            if operation in PREDICTABLE
            else "",
            calls=(calls.on_host(operation, cluster.name, row.instance_id),),
            instead=host_words(operation, row),
        )
        for operation, label, will in sentences.chaos_choices(operations)
    )
