"""The panel of a deployment: one roll-out of a revision by a service."""

from __future__ import annotations

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from ecsweb.controlplane.descriptions import deployment_counts, describe_deployment
from ecsweb.domain.statuses import STATUSES_BEFORE_STOPPED, DeploymentStatus, RolloutState
from ecsweb.models import Cluster, Deployment, Service
from ecsweb.web.panels.instances import SHOWN
from ecsweb.web.panels.stories import call_at, story_of
from ecsweb.web.panels.values import Action, Member, Moment, Panel, Ref, Why
from ecsweb.web.panels.words import words_of
from ecsweb.web.pictures import instance_names, place_name
from ecsweb.web.requests import PageRequest
from ecsweb.web.rows import service_of


def deployment_panel(request: PageRequest, cluster: Cluster, key: str) -> Panel:
    """Return the panel of a deployment; the key is the service's name and the deployment's id. Raises Vanished."""
    name, _tilde, deployment_id = key.partition("~")
    service = service_of(request, cluster, name)
    row = service.deployments.select_related("task_definition__account").filter(deployment_id=deployment_id).first()
    if row is None:
        raise Http404(key)
    counts, names = deployment_counts(service), instance_names(cluster)
    desired, pending, running = counts.get(row.pk, (0, 0, 0))
    tasks = row.tasks.filter(last_status__in=STATUSES_BEFORE_STOPPED).select_related("container_instance")
    made_by = call_at(cluster.account, row.created_at, ("CreateService", "UpdateService"))
    return Panel(
        ref=Ref("deployment", key),
        what=_("deployment"),
        name=row.task_definition.family_revision,
        page=reverse("service", args=[cluster.name, name]),
        topics=(f"service-{service.pk}",),
        status=row.rollout_state,
        detail=f"{row.status} · {name}",
        sentence=deployment_now(row, running=running, desired=desired),
        whys=(Why(_("What does ECS say of it?"), "", quote=row.rollout_state_reason),)
        if row.rollout_state_reason
        else (),
        life=(Moment(_("begun"), row.created_at), Moment(_("last change"), row.updated_at)),
        facts=[
            (_("desired"), str(desired)),
            (_("running"), str(running)),
            (_("pending"), str(pending)),
            (_("failed to start"), str(row.failed_tasks_ever)),
        ],
        members=tuple(
            Member(
                Ref("task", task.task_id),
                reverse("task", args=[cluster.name, task.task_id]),
                task.task_id[:6],
                task.last_status,
                place_name(task, names) or "–",
            )
            for task in tasks[:SHOWN]
        ),
        story=story_of(cluster, topic=f"service-{service.pk}", named=(deployment_id,), names=names, made_by=made_by),
        words=words_of(request, made_by, ("DescribeServices", {"cluster": cluster.name, "services": [name]})),
        actions=(_to_service(cluster, service),),
        document=describe_deployment(row, counts),
    )


def deployment_now(row: Deployment, *, running: int, desired: int) -> str:
    """Return where the roll-out is, in a sentence."""
    words = {"running": running, "desired": desired}
    if row.rollout_state == RolloutState.FAILED:
        return _("It failed: its tasks did not come up.")
    if row.status == DeploymentStatus.ACTIVE:
        return (
            _("It is the one before: %(running)s of its tasks still run and go as those of the new one come.") % words
        )
    if row.status == DeploymentStatus.INACTIVE:
        return _("It is over: another one has taken its place.")
    if row.rollout_state == RolloutState.COMPLETED:
        return _("It is complete: %(running)s of %(desired)s run.") % words
    return _("It rolls out: %(running)s of %(desired)s run so far.") % words


def deployment_members(cluster: Cluster, service: Service) -> list[Member]:
    """Return a service's deployments that are not over, as what belongs to it."""
    rows = service.deployments.filter(task_set=None).exclude(status=DeploymentStatus.INACTIVE)
    return [
        Member(
            Ref("deployment", f"{service.name}~{row.deployment_id}"),
            reverse("service", args=[cluster.name, service.name]),
            row.task_definition.family_revision,
            row.rollout_state,
            _("deployment"),
        )
        for row in rows.select_related("task_definition")
    ]


def _to_service(cluster: Cluster, service: Service) -> Action:
    return Action(_("Change…"), f"{reverse('service', args=[cluster.name, service.name])}#update", is_link=True)
