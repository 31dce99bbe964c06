"""The nearest change that would let a task run, as buttons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from ecsweb.controlplane.references import find_container_instance
from ecsweb.domain.agents import AgentCondition, mending_operation
from ecsweb.domain.placement.remedies import Remedy, RemedyKind, remedies
from ecsweb.domain.resources import demand_of
from ecsweb.models import Cluster, Service, TaskDefinition
from ecsweb.web import calls
from ecsweb.web.panels.instead import host_words
from ecsweb.web.panels.values import Action


def service_remedies(row: Service, names: Mapping[str, str]) -> tuple[Action, ...]:
    """Return the buttons for a service whose last task found no place."""
    if not row.placement_failure or not row.last_decision or row.task_definition is None:
        return ()
    may_launch = row.scheduling_strategy != "DAEMON" and not row.capacity_provider_strategy
    return remedies_of(row.cluster, row.last_decision, row.task_definition, names, may_launch=may_launch)


def remedies_of(
    cluster: Cluster,
    decision: Mapping[str, Any],
    definition: TaskDefinition,
    names: Mapping[str, str],
    *,
    may_launch: bool = True,
) -> tuple[Action, ...]:
    """Return a button for each call that a task of the revision needs to find a place; all of them are needed."""
    demand = demand_of(definition.document, definition.requires_attributes)
    found = remedies(decision, demand, may_launch=may_launch)
    actions = [_action(cluster, one, names) for one in found]
    return tuple(action for action in actions if action is not None)


def _action(cluster: Cluster, one: Remedy, names: Mapping[str, str]) -> Action | None:
    if one.kind is RemedyKind.LAUNCH:
        return Action(
            _("Launch a %(type)s in zone %(zone)s") % {"type": one.instance_type, "zone": one.zone},
            reverse("launch-instance", args=[cluster.name]),
            {"instance_type": one.instance_type, "zone": one.zone},
            what_happens=_("The smallest type that holds the task."),
            calls=(calls.launch(cluster.name, cluster.region, instance_type=one.instance_type, zone=one.zone),),
        )
    here, name = [cluster.name, one.instance_id], names.get(one.instance_id, one.instance_id[:8])
    if one.kind is RemedyKind.ACTIVATE:
        label = _("Make %(name)s ACTIVE again") % {"name": name}
        made = calls.set_instance_status(cluster.name, one.instance_id, "ACTIVE")
        return Action(label, reverse("set-instance-status", args=here), {"status": "ACTIVE"}, calls=(made,))
    if one.kind is RemedyKind.ATTRIBUTE:
        put = f"{one.attribute}={one.value}" if one.value else one.attribute
        label = _("Put the attribute %(attribute)s on %(name)s") % {"attribute": put, "name": name}
        made = calls.put_attribute(cluster.name, one.instance_id, one.attribute, one.value)
        fields = {"name": one.attribute, "value": one.value}
        return Action(label, reverse("instance-attributes", args=here), fields, calls=(made,))
    return _agent(cluster, one, name)


def _agent(cluster: Cluster, one: Remedy, name: str) -> Action | None:
    """Return how the agent comes back as it is by now; None where it is back already."""
    row = find_container_instance(cluster, one.instance_id)
    operation = mending_operation(AgentCondition(row.agent_condition)) if row else ""
    labels = {
        "ReconnectAgent": _("Connect the agent of %(name)s again"),
        "RestartAgent": _("Start the agent of %(name)s again"),
        "StartInstance": _("Start the machine of %(name)s again"),
    }
    if row is None or operation not in labels:
        return None
    return Action(
        labels[operation] % {"name": name},
        reverse("chaos-instance", args=[cluster.name, one.instance_id]),
        {"operation": operation},
        calls=(calls.on_host(operation, cluster.name, one.instance_id),),
        instead=host_words(operation, row),
    )
