from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from ecsweb.web.forms.base import ApiForm
from ecsweb.web.forms.begun import BegunForm, State
from ecsweb.web.forms.choices import DefinitionField, set_choices, set_names
from ecsweb.web.forms.launching import (
    NO_PROVIDERS,
    Capacity,
    CapacityStrategyFields,
    LaunchTypeField,
    launch_choices,
    launching,
)
from ecsweb.web.forms.networks import NETWORK, NETWORK_PLACES, NetworkFields
from ecsweb.web.forms.placement import PLACEMENT, PLACES, PlacementFields
from ecsweb.web.forms.tags import TAGGING, ServiceTaggingFields


class BreakerField(forms.ChoiceField):
    """The deployment circuit breaker as one choice."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [
            ("", _("off: tries for ever")),
            ("on", _("on: a failed deployment stops trying")),
            ("rollback", _("on, with rollback to the last completed deployment")),
        ]
        super().__init__(
            label=_("Deployment circuit breaker"),
            required=False,
            choices=choices,
            help_text=_("Tasks that fail to start again and again end the deployment, and it may roll back."),
            **kwargs,
        )


def breaker_choice(asked: Mapping[str, Any]) -> str:
    """Return the choice that stands for what a service has."""
    return ("rollback" if asked.get("rollback") else "on") if asked.get("enable") else ""


def breaker(chosen: str) -> dict[str, Any]:
    """Return the choice as ECS wants it."""
    return {"deploymentCircuitBreaker": {"enable": bool(chosen), "rollback": chosen == "rollback"}}


class CreateServiceForm(PlacementFields, CapacityStrategyFields, ServiceTaggingFields, NetworkFields, ApiForm):
    operation = "CreateService"
    places: ClassVar = {
        "serviceName": "name",
        "taskDefinition": "task_definition",
        "desiredCount": "desired_count",
        "deploymentConfiguration.minimumHealthyPercent": "minimum_healthy_percent",
        "deploymentConfiguration.maximumPercent": "maximum_percent",
        "launchType": "launch_type",
        "capacityProviderStrategy": "own_capacity",
        **NETWORK_PLACES,
        **PLACES,
    }
    folded: ClassVar = (
        PLACEMENT
        | TAGGING
        | NETWORK
        | {"own_capacity", "minimum_healthy_percent", "maximum_percent", "circuit_breaker"}
    )
    field_order = (
        "name",
        "task_definition",
        "launch_type",
        "scheduling_strategy",
        "desired_count",
        "minimum_healthy_percent",
        "maximum_percent",
        "circuit_breaker",
    )

    name = forms.CharField(
        label=_("Service name"), strip=False, initial="web", help_text=_("In this cluster; it cannot be changed later.")
    )
    task_definition = DefinitionField()
    launch_type = LaunchTypeField()
    scheduling_strategy = forms.ChoiceField(
        label=_("Type"),
        choices=[("REPLICA", _("REPLICA – a number of tasks")), ("DAEMON", _("DAEMON – one on each instance"))],
        help_text=_("What the service counts: tasks, or container instances. It cannot be changed later."),
    )
    desired_count = forms.IntegerField(
        label=_("Desired count"),
        required=False,
        initial=3,
        # For a DAEMON the style sheet hides the field, and this stays.
        help_text=_(
            "Only for REPLICA. A DAEMON has none to choose: it runs one task on each container instance, and ECS "
            "counts those."
        ),
    )
    minimum_healthy_percent = forms.IntegerField(
        label=_("Minimum healthy percent"), required=False, help_text=_("Empty: 100, for a DAEMON 0.")
    )
    maximum_percent = forms.IntegerField(
        label=_("Maximum percent"), required=False, help_text=_("Empty: 200, for a DAEMON 100.")
    )
    circuit_breaker = BreakerField()

    def __init__(
        self, *args: Any, cluster: str, revisions: list[str], capacity: Capacity = NO_PROVIDERS, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.cluster, self.capacity = cluster, capacity
        set_choices(self, "launch_type", launch_choices(capacity))
        set_names(self, "task_definition", revisions)

    def params(self) -> dict[str, Any]:
        data = self.cleaned_data
        params: dict[str, Any] = {
            "cluster": self.cluster,
            "serviceName": data["name"],
            "taskDefinition": data["task_definition"],
            "schedulingStrategy": data["scheduling_strategy"],
            **launching(data["launch_type"], self.capacity, data["own_capacity"]),
            **self.network(data["task_definition"]),
            **self.placement(),
            **self.tagging(),
        }
        if data["scheduling_strategy"] == "REPLICA":
            params["desiredCount"] = data["desired_count"]
        percents = {
            "minimumHealthyPercent": data["minimum_healthy_percent"],
            "maximumPercent": data["maximum_percent"],
        }
        given = {k: v for k, v in percents.items() if v is not None}
        return {**params, "deploymentConfiguration": {**given, **breaker(data["circuit_breaker"])}}


class UpdateServiceForm(NetworkFields, BegunForm):
    operation = "UpdateService"
    places: ClassVar = {"taskDefinition": "task_definition", "desiredCount": "desired_count", **NETWORK_PLACES}
    folded: ClassVar = NETWORK

    task_definition = DefinitionField(help_text=_("Another revision begins a deployment: new tasks come, old ones go."))
    desired_count = forms.IntegerField(
        label=_("Desired count"), required=False, help_text=_("How many tasks the service keeps running.")
    )
    force_new_deployment = forms.BooleanField(
        label=_("Replace all tasks even if nothing changed (forceNewDeployment)"),
        required=False,
        help_text=_("A tag such as latest may mean another image by now."),
    )
    circuit_breaker = BreakerField()

    def __init__(self, *args: Any, cluster: str, service: str, revisions: list[str], kind: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.cluster, self.service = cluster, service
        set_names(self, "task_definition", revisions)
        if kind == "DAEMON":
            del self.fields["desired_count"]
        if kind == "EXTERNAL":  # all else belongs to its task sets
            for field in ("task_definition", "force_new_deployment", "circuit_breaker"):
                del self.fields[field]

    def state(self) -> State:
        # Its view fills in what the service has; what the form does not show it does not overwrite.
        shown = {"taskDefinition": "task_definition", "desiredCount": "desired_count"}
        shown |= {"deploymentCircuitBreaker": "circuit_breaker", "subnets": "subnets"}
        shown |= {"securityGroups": "security_groups", "assignPublicIp": "public_ip"}
        there = {name: self.initial.get(field, "") for name, field in shown.items() if field in self.fields}
        return {name: "" if value is False else str(value) for name, value in there.items()}

    def params(self) -> dict[str, Any]:
        data = self.cleaned_data
        params = {
            "cluster": self.cluster,
            "service": self.service,
            "taskDefinition": data.get("task_definition"),
            "desiredCount": data.get("desired_count"),
            "forceNewDeployment": data.get("force_new_deployment"),
            "deploymentConfiguration": breaker(data["circuit_breaker"]) if "circuit_breaker" in data else None,
            **self.changed_network(data.get("task_definition") or ""),
        }
        return {key: value for key, value in params.items() if value is not None}
