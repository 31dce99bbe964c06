"""Forms of task sets, for services with the EXTERNAL deployment controller."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from ecsweb.web.forms.base import ApiForm
from ecsweb.web.forms.choices import DefinitionField, set_choices, set_names
from ecsweb.web.forms.launching import NO_PROVIDERS, Capacity, LaunchTypeField, launch_choices, launching


class ScaleField(forms.FloatField):
    """Percent of the service's desired count."""

    def __init__(self, **kwargs: Any) -> None:
        told = _("Percent of the service's desired count, rounded up to whole tasks.")
        super().__init__(label=_("Scale"), min_value=0, max_value=100, help_text=told, **kwargs)


def percent(value: float) -> dict[str, Any]:
    """Return the scale as ECS wants it."""
    return {"value": value, "unit": "PERCENT"}


class CreateTaskSetForm(ApiForm):
    operation = "CreateTaskSet"
    prefix = "new"
    places: ClassVar = {
        "taskDefinition": "task_definition",
        "scale": "scale",
        "launchType": "launch_type",
        "externalId": "external_id",
    }

    task_definition = DefinitionField()
    scale = ScaleField(initial=0)
    launch_type = LaunchTypeField()
    external_id = forms.CharField(
        label=_("External id"),
        required=False,
        max_length=255,
        help_text=_("A name of your own for this task set, for example green."),
    )

    def __init__(
        self,
        *args: Any,
        cluster: str,
        service: str,
        revisions: list[str],
        capacity: Capacity = NO_PROVIDERS,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.cluster, self.service, self.capacity = cluster, service, capacity
        set_choices(self, "launch_type", launch_choices(capacity))
        set_names(self, "task_definition", revisions)

    def params(self) -> dict[str, Any]:
        data = self.cleaned_data
        params: dict[str, Any] = {
            "cluster": self.cluster,
            "service": self.service,
            "taskDefinition": data["task_definition"],
            "scale": percent(data["scale"]),
            **launching(data["launch_type"], self.capacity),
        }
        return {**params, "externalId": data["external_id"]} if data["external_id"] else params


class ScaleTaskSetForm(ApiForm):
    operation = "UpdateTaskSet"
    prefix = "scale"
    places: ClassVar = {"taskSet": "task_set", "scale": "scale"}

    task_set = forms.ChoiceField(
        label=_("Task set"), help_text=_("The one whose share of the service's tasks changes.")
    )
    scale = ScaleField(initial=100)

    def __init__(self, *args: Any, cluster: str, service: str, task_sets: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cluster, self.service = cluster, service
        set_choices(self, "task_set", task_sets)

    def params(self) -> dict[str, Any]:
        return {
            "cluster": self.cluster,
            "service": self.service,
            "taskSet": self.cleaned_data["task_set"],
            "scale": percent(self.cleaned_data["scale"]),
        }


class CreateExternalServiceForm(ApiForm):
    operation = "CreateService"
    places: ClassVar = {"serviceName": "name", "desiredCount": "desired_count"}

    name = forms.CharField(
        label=_("Service name"), strip=False, initial="web", help_text=_("In this cluster; it cannot be changed later.")
    )
    desired_count = forms.IntegerField(
        label=_("Desired count"),
        initial=4,
        help_text=_("Each task set wants its percentage of it."),
    )

    def __init__(self, *args: Any, cluster: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cluster = cluster

    def params(self) -> dict[str, Any]:
        return {
            "cluster": self.cluster,
            "serviceName": self.cleaned_data["name"],
            "desiredCount": self.cleaned_data["desired_count"],
            "deploymentController": {"type": "EXTERNAL"},
        }
