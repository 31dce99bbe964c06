"""The panel of a task definition's revision, seen from a cluster."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ecsweb.controlplane.descriptions import describe_task_definition
from ecsweb.domain.resources import demand_of
from ecsweb.domain.statuses import STATUSES_BEFORE_STOPPED
from ecsweb.models import Cluster, Task, TaskDefinition
from ecsweb.web import calls
from ecsweb.web.panels.chaos import image_chaos, mending
from ecsweb.web.panels.instances import SHOWN
from ecsweb.web.panels.stories import call_at, story_of
from ecsweb.web.panels.values import Action, Choice, Member, Moment, Panel, Ref, Why
from ecsweb.web.panels.words import words_of
from ecsweb.web.pictures import instance_names, place_name
from ecsweb.web.requests import PageRequest
from ecsweb.web.rows import definition_of


def definition_panel(request: PageRequest, cluster: Cluster, name: str) -> Panel:
    """Return the panel of a revision, `family:revision`. Raises Vanished."""
    row, names = definition_of(request, name), instance_names(cluster)
    tasks = Task.objects.filter(task_definition=row, cluster=cluster, last_status__in=STATUSES_BEFORE_STOPPED)
    here = list(tasks.select_related("container_instance", "service"))
    made_by = call_at(cluster.account, row.registered_at, ("RegisterTaskDefinition",))
    demand = demand_of(row.document, row.requires_attributes)
    images = [str(one["image"]) for one in row.document["containerDefinitions"]]
    return Panel(
        ref=Ref("definition", row.family_revision),
        what=_("task definition"),
        name=row.family_revision,
        page=reverse("task-definition", args=[row.family_revision]),
        topics=("task-definitions", f"cluster-{cluster.pk}"),
        status=row.status,
        detail=_("outside every cluster"),
        sentence=_now(row, len(here)),
        whys=_whys(cluster, images),
        life=(Moment(_("registered"), row.registered_at),),
        facts=[
            ("CPU", _("%(cpu)s units") % {"cpu": demand.cpu}),
            (_("memory"), f"{demand.memory} MiB"),
            (_("containers"), ", ".join(_container(one) for one in row.document["containerDefinitions"])),
        ],
        members=tuple(
            Member(
                Ref("task", task.task_id),
                reverse("task", args=[cluster.name, task.task_id]),
                task.task_id[:6],
                task.last_status,
                place_name(task, names) or "–",
            )
            for task in here[:SHOWN]
        ),
        story=story_of(
            cluster, topic=f"definition-{row.pk}", named=(row.family_revision, row.arn), names=names, made_by=made_by
        ),
        words=words_of(request, made_by, ("DescribeTaskDefinition", {"taskDefinition": row.family_revision})),
        actions=_actions(cluster, row, names),
        chaos=image_chaos(cluster.account, cluster, images),
        document=describe_task_definition(row),
    )


def _whys(cluster: Cluster, images: list[str]) -> tuple[Why, ...]:
    remedies = mending(cluster.account, images)
    if not remedies:
        return ()
    told = _("An image of it was broken on purpose: each new task stops with CannotPullContainerError.")
    return (Why(_("Why can nothing new of it start?"), told, remedies=remedies),)


def _container(one: dict[str, object]) -> str:
    return f"★ {one['name']}" if one.get("essential", True) else str(one["name"])


def _now(row: TaskDefinition, count: int) -> str:
    if row.status != "ACTIVE":
        return _("No new task may come of it. What runs it runs on.")
    if not count:
        return _("A plan: nothing in this cluster runs it now.")
    return ngettext(
        "%(count)s task of this cluster was made from it.", "%(count)s tasks of this cluster were made from it.", count
    ) % {"count": count}


def _actions(cluster: Cluster, row: TaskDefinition, names: Mapping[str, str]) -> tuple[Action, ...]:
    chosen = urlencode({"definition": row.family_revision})
    based = urlencode({"from": row.family_revision})
    if row.status != "ACTIVE":
        return ()
    return (
        *_puts(cluster, row, names),
        Action(_("Run it here…"), f"{reverse('run-task', args=[cluster.name])}?{chosen}", is_link=True),
        Action(_("Keep it running…"), f"{reverse('create-service', args=[cluster.name])}?{chosen}", is_link=True),
        Action(_("Next revision…"), f"{reverse('register-task-definition')}?{based}", is_link=True),
        Action(
            _("Deregister"),
            reverse("deregister-task-definition", args=[row.family_revision]),
            is_danger=True,
            what_happens=_("No new task may come of it; what runs it runs on."),
            calls=(calls.deregister_definition(row.family_revision),),
        ),
    )


def _puts(cluster: Cluster, row: TaskDefinition, names: Mapping[str, str]) -> tuple[Action, ...]:
    """Return what dragging the revision does, for the keyboard: onto the cluster, an instance, a service."""
    url, chosen = reverse("put-revision", args=[cluster.name]), {"definition": row.family_revision}

    def onto(*goals: str) -> tuple[calls.Call, ...]:
        made = (calls.put_revision(cluster.name, row.family_revision, goal) for goal in goals)
        return tuple(one for one in made if one is not None)

    told = _("One task, where there is room.")
    found = [Action("RunTask", url, {**chosen, "onto": "cluster"}, what_happens=told, calls=onto("cluster"))]
    instances = cluster.container_instances.filter(status="ACTIVE", is_purged=False).order_by("pk")
    if places := [(f"instance:{one.instance_id}", names[one.instance_id]) for one in instances]:
        choice = Choice("onto", _("Container instance"), places)
        told = _("One task there: you choose instead of the scheduler.")
        made = onto(*(value for value, _name in places))
        found.append(Action("StartTask", url, chosen, choice=choice, what_happens=told, calls=made))
    services = cluster.services.filter(status="ACTIVE").exclude(deployment_controller="EXTERNAL").order_by("name")
    if goals := [(f"service:{one.name}", one.name) for one in services]:
        choice = Choice("onto", _("Service"), goals)
        told = _("A deployment: the service goes over to this revision.")
        made = onto(*(value for value, _name in goals))
        found.append(Action("UpdateService", url, chosen, choice=choice, what_happens=told, calls=made))
    return tuple(found)
