"""The panel of the cluster itself, and the way from a reference to its panel."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ecsweb.controlplane.descriptions import describe_cluster
from ecsweb.domain.statuses import STATUSES_BEFORE_STOPPED
from ecsweb.models import Cluster, ContainerInstance, Service
from ecsweb.web import sentences
from ecsweb.web.panels.definitions import definition_panel
from ecsweb.web.panels.deployments import deployment_panel
from ecsweb.web.panels.events import event_panel
from ecsweb.web.panels.instances import SHOWN, instance_panel
from ecsweb.web.panels.refusals import refusal_panel
from ecsweb.web.panels.services import service_panel
from ecsweb.web.panels.stories import story_of
from ecsweb.web.panels.tasks import container_panel, task_panel
from ecsweb.web.panels.values import Action, Member, Moment, Panel, Ref
from ecsweb.web.panels.words import words_of
from ecsweb.web.pictures import instance_names
from ecsweb.web.requests import PageRequest
from ecsweb.web.rows import Vanished

EVERYTHING = ("ATTACHMENTS", "CONFIGURATIONS", "SETTINGS", "STATISTICS", "TAGS")


def cluster_panel(request: PageRequest, cluster: Cluster, _key: str) -> Panel:
    """Return the panel of the cluster."""
    names = instance_names(cluster)
    instances = list(ContainerInstance.objects.filter(cluster=cluster, is_purged=False).exclude(status="INACTIVE"))
    services = list(Service.objects.filter(cluster=cluster).exclude(status="INACTIVE"))
    tasks = cluster.tasks.filter(last_status__in=STATUSES_BEFORE_STOPPED).count()
    members = [
        Member(
            Ref("instance", row.instance_id),
            reverse("instance", args=[cluster.name, row.instance_id]),
            names[row.instance_id],
            row.status,
            f"{row.instance_type} · {row.availability_zone}",
        )
        for row in instances[:SHOWN]
    ]
    members += [
        Member(
            Ref("service", row.name),
            reverse("service", args=[cluster.name, row.name]),
            row.name,
            row.status,
            _("service"),
        )
        for row in services[:SHOWN]
    ]
    described = {"clusters": [cluster.name], "include": list(EVERYTHING)}
    return Panel(
        ref=Ref("cluster", cluster.name),
        what=_("cluster"),
        name=cluster.name,
        page=reverse("cluster", args=[cluster.name]),
        topics=(f"cluster-{cluster.pk}",),
        status=cluster.status,
        sentence=sentences.cluster_now(instances=len(instances), tasks=tasks, services=len(services)),
        life=(Moment(_("created"), cluster.created_at),),
        members=tuple(members),
        story=story_of(cluster, topic=f"cluster-{cluster.pk}", named=(), names=names),
        words=words_of(request, None, ("DescribeClusters", described)),
        actions=(
            Action(_("Launch instance…"), reverse("launch-instance", args=[cluster.name]), is_link=True),
            Action(_("Run task…"), reverse("run-task", args=[cluster.name]), is_link=True),
            Action(_("Create service…"), reverse("create-service", args=[cluster.name]), is_link=True),
        ),
        document=describe_cluster(cluster, EVERYTHING),
    )


KINDS: Mapping[str, Callable[[PageRequest, Cluster, str], Panel]] = {
    "cluster": cluster_panel,
    "instance": instance_panel,
    "task": task_panel,
    "container": container_panel,
    "service": service_panel,
    "definition": definition_panel,
    "refusal": refusal_panel,
    "deployment": deployment_panel,
    "event": event_panel,
}


def panel_of(request: PageRequest, cluster: Cluster, kind: str, key: str) -> Panel:
    """Return the panel of a thing. Raises Vanished, also for a kind that there is not."""
    build = KINDS.get(kind)
    if build is None:
        raise Vanished(gettext_noop("panel"), f"{kind}:{key}", [])
    return build(request, cluster, key)


def asked_panel(request: PageRequest, cluster: Cluster) -> Panel | None:
    """Return the panel that the address asks for: `?panel=task:ID`. Raises Vanished."""
    kind, colon, key = request.GET.get("panel", "").partition(":")
    return panel_of(request, cluster, kind, key) if colon else None
