"""The panel of a service, also of one that finds no place."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ecsweb.controlplane.descriptions import deployment_counts, describe_service
from ecsweb.controlplane.references import DEFAULT_CLUSTER
from ecsweb.domain.statuses import STATUSES_BEFORE_STOPPED
from ecsweb.models import Cluster, Event, Service
from ecsweb.web import calls, sentences
from ecsweb.web.panels.deployments import deployment_members
from ecsweb.web.panels.instances import SHOWN
from ecsweb.web.panels.stories import call_at, story_of
from ecsweb.web.panels.values import Action, Member, Moment, Panel, Ref, Why
from ecsweb.web.panels.words import words_of
from ecsweb.web.pictures import instance_names, place_name, revision_name
from ecsweb.web.remedies import service_remedies
from ecsweb.web.requests import PageRequest
from ecsweb.web.rows import service_of
from ecsweb.web.task_ends import last_failure


def service_panel(request: PageRequest, cluster: Cluster, name: str) -> Panel:
    """Return the panel of a service. Raises Vanished."""
    row = service_of(request, cluster, name)
    counts, names = deployment_counts(row).values(), instance_names(cluster)
    running, pending = sum(one[2] for one in counts), sum(one[1] for one in counts)
    tasks = row.tasks.filter(last_status__in=STATUSES_BEFORE_STOPPED).select_related(
        "task_definition", "container_instance"
    )
    made_by = _newest_call(row)
    return Panel(
        ref=Ref("service", row.name),
        what=_("service"),
        name=row.name,
        page=reverse("service", args=[cluster.name, row.name]),
        topics=(f"service-{row.pk}",),
        status=row.status,
        detail=f"{row.scheduling_strategy} · {revision_name(row)}",
        sentence=sentences.service_now(row, running=running, pending=pending),
        whys=(*_why_failed(cluster, row), *_whys(row, names)),
        life=(Moment(_("created"), row.created_at), Moment(_("last start"), row.last_started_at)),
        facts=_facts(row, running, pending),
        members=(
            *deployment_members(cluster, row),
            *(
                Member(
                    Ref("task", task.task_id),
                    reverse("task", args=[cluster.name, task.task_id]),
                    task.task_id[:6],
                    task.last_status,
                    f"{task.task_definition.family_revision} · {place_name(task, names) or '–'}",
                )
                for task in tasks[:SHOWN]
            ),
        ),
        story=story_of(
            cluster,
            topic=f"service-{row.pk}",
            named=(row.arn,),
            names=names,
            made_by=made_by,
            since=row.created_at,
            calls=_calls_about(row),
        ),
        words=words_of(request, made_by, ("DescribeServices", {"cluster": cluster.name, "services": [row.name]})),
        actions=_actions(cluster, row),
        document=describe_service(row),
    )


def _calls_about(row: Service) -> Q:
    """Return the calls that name the service in its cluster; a revision may be its namesake, or a service elsewhere."""
    cluster = row.cluster
    here = Q(detail__parameters__cluster__in=(cluster.name, cluster.arn))
    if cluster.name == DEFAULT_CLUSTER:
        here |= Q(detail__parameters__cluster__isnull=True)
    return here & (Q(detail__parameters__service=row.name) | Q(detail__parameters__serviceName=row.name))


def _newest_call(row: Service) -> Event | None:
    """Return the call that gave the service what it rolls out now, else the one that created it."""
    newest = row.deployments.order_by("-created_at").first()
    moments = [newest.created_at if newest else None, row.created_at]
    calls = (call_at(row.cluster.account, moment, ("CreateService", "UpdateService")) for moment in moments)
    return next((call for call in calls if call is not None), None)


def _why_failed(cluster: Cluster, row: Service) -> tuple[Why, ...]:
    """Return why a task of the service ended that it did not want to end."""
    last = last_failure(row)
    if last is None:
        return ()
    task = last.task
    question = _("Why did a task of it fail, the last time?")
    name = f"{task.task_id[:6]} · {task.task_definition.family_revision}"
    url = reverse("task", args=[cluster.name, task.task_id])
    about = Member(Ref("task", task.task_id), url, name, task.last_status)
    return (Why(question, last.answer, quote=last.quote, remedies=last.remedies, about=about),)


def _whys(row: Service, names: Mapping[str, str]) -> tuple[Why, ...]:
    found: list[Why] = []
    decision = row.last_decision
    if not decision:
        return ()
    answer = sentences.decision(decision, names)
    if row.placement_failure:
        near = sentences.nearest(decision, names)
        quote = row.events.order_by("-created_at", "-pk").values_list("message", flat=True).first() or ""
        table = sentences.candidates(decision, names)
        found.append(
            Why(
                _("Why does no task find a place?"),
                f"{answer} {near}".strip(),
                table,
                quote,
                service_remedies(row, names),
            )
        )
    elif answer:
        found.append(Why(_("Why there, the last time?"), answer, sentences.candidates(decision, names)))
    return tuple(found)


def _facts(row: Service, running: int, pending: int) -> list[tuple[str, str]]:
    return [
        (_("desired"), str(row.desired_count)),
        (_("running"), str(running)),
        (_("pending"), str(pending)),
        (_("at least"), f"{row.minimum_healthy_percent} %"),
        (_("at most"), f"{row.maximum_percent} %"),
    ]


def _actions(cluster: Cluster, row: Service) -> tuple[Action, ...]:
    if row.status != "ACTIVE" or row.deployment_controller == "EXTERNAL":
        return ()
    here = [cluster.name, row.name]
    found = []
    if row.scheduling_strategy == "REPLICA":
        for label, count in (("＋1", row.desired_count + 1), ("−1", row.desired_count - 1)):
            if count >= 0:
                words = ngettext("It wants %(count)s task then.", "It wants %(count)s tasks then.", count)
                told = words % {"count": count}
                url = reverse("scale-service", args=here)
                made = calls.scale_service(cluster.name, row.name, count)
                found.append(Action(label, url, {"desired_count": str(count)}, what_happens=told, calls=(made,)))
    forced = Action(
        _("Replace all tasks"),
        reverse("redeploy-service", args=here),
        what_happens=_order_of_replacing(row),
        calls=(calls.redeploy_service(*here),),
    )
    logs = Action(_("Logs…"), reverse("service-logs", args=here), is_link=True)
    change = Action(_("Change…"), f"{reverse('service', args=here)}#update", is_link=True)
    return (*found, forced, *_predicted(cluster, row), logs, change)


def _order_of_replacing(row: Service) -> str:
    """Return what goes first when all tasks are replaced: without room for one more, the old ones have to."""
    if row.scheduling_strategy == "DAEMON":
        return _("On each instance the old task goes first, and then a new one of the same revision comes.")
    if row.desired_count * row.maximum_percent // 100 > row.desired_count:
        return _("New tasks of the same revision first, then the old ones go, as the percentages allow.")
    return _("Old tasks go first and new ones of the same revision follow, because no more may run than are desired.")


def _predicted(cluster: Cluster, row: Service) -> tuple[Action, ...]:
    """Return what can be predicted first and is then done."""
    changes = [("Deploy", _("Predict a deployment…"))]
    if row.scheduling_strategy == "REPLICA":
        changes.insert(0, ("Scale", _("Predict a change of the desired count…")))
    return tuple(
        Action(label, reverse("predict-change", args=[cluster.name, change, row.name]), is_link=True)
        for change, label in changes
    )
