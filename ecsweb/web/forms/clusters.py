from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from ecsweb.domain.account_settings import CONTAINER_INSIGHTS, INSIGHTS_VALUES
from ecsweb.domain.container_instances import memory_to_register
from ecsweb.domain.errors import EcsError
from ecsweb.domain.resources import INSTANCE_TYPES, RESERVED_TCP_PORTS
from ecsweb.web.calls import launch
from ecsweb.web.forms.base import ApiForm, refuse_at
from ecsweb.web.forms.begun import BegunForm, State


class CreateClusterForm(ApiForm):
    operation = "CreateCluster"
    places: ClassVar = {"clusterName": "name"}

    name = forms.CharField(
        label=_("Name"),
        max_length=1000,
        required=False,
        strip=False,
        initial="demo",
        help_text=_("Letters, digits, hyphens, underscores; empty, it is called default."),
    )

    def params(self) -> dict[str, Any]:
        return {"clusterName": self.cleaned_data["name"]} if self.cleaned_data["name"] else {}


def type_choices() -> list[tuple[str, str]]:
    return [(name, f"{name} · {size.vcpus} vCPU · {size.memory} MiB") for name, size in sorted(INSTANCE_TYPES.items())]


class LaunchInstanceForm(ApiForm):
    """`RegisterContainerInstance` as a click: the type's CPU and memory, in a zone of the region."""

    operation = "RegisterContainerInstance"
    places: ClassVar = {
        "instanceIdentityDocument.instanceType": "instance_type",
        "instanceIdentityDocument.availabilityZone": "zone",
        "instanceIdentityDocument": "instance_type",
        "totalResources": "reserved_ports",
    }

    instance_type = forms.ChoiceField(
        label=_("Instance type"),
        choices=type_choices,
        initial="t3.small",
        help_text=_("Decides how much CPU and memory the agent registers. A little memory is kept by the system."),
    )
    zone = forms.ChoiceField(
        label=_("Availability zone"),
        choices=[("a", "a"), ("b", "b"), ("c", "c")],
        help_text=_("A service spreads its tasks over zones first."),
    )

    reserved_memory = forms.IntegerField(
        label=_("Reserved memory (MiB)"),
        min_value=0,
        required=False,
        help_text=_("ECS_RESERVED_MEMORY: kept for the system; the agent registers that much less."),
    )
    reserved_ports = forms.CharField(
        label=_("Reserved ports"),
        max_length=1000,
        required=False,
        help_text=_("ECS_RESERVED_PORTS: further TCP ports that no task may have, such as 8080, 9000."),
    )

    def __init__(self, *args: Any, cluster: str, region: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cluster, self.region = cluster, region

    def clean(self) -> dict[str, Any]:
        """Say beside its field what cannot be reserved on a machine of this type."""
        cleaned = super().clean() or {}
        if "instance_type" in cleaned and cleaned.get("reserved_memory") is not None:
            try:
                memory_to_register(cleaned["instance_type"], cleaned["reserved_memory"])
            except EcsError as error:
                refuse_at(self, "reserved_memory", error.message)
        return cleaned

    def params(self) -> dict[str, Any]:
        chosen = {name: self.cleaned_data[name] for name in ("instance_type", "zone")}
        params = launch(self.cluster, self.region, **chosen).params
        return {**params, "totalResources": self._resources()} if self._reserves() else params

    def _reserves(self) -> bool:
        return bool(self.cleaned_data["reserved_memory"] or self.cleaned_data["reserved_ports"])

    def _resources(self) -> list[dict[str, Any]]:
        """Return what an agent with these settings would register."""
        size = INSTANCE_TYPES[self.cleaned_data["instance_type"]]
        memory = memory_to_register(self.cleaned_data["instance_type"], self.cleaned_data["reserved_memory"] or 0)
        more = self.cleaned_data["reserved_ports"].replace(",", " ").split()
        ports = list(dict.fromkeys([*map(str, RESERVED_TCP_PORTS), *more]))
        return [
            {"name": "CPU", "type": "INTEGER", "integerValue": size.registered_cpu},
            {"name": "MEMORY", "type": "INTEGER", "integerValue": memory},
            {"name": "PORTS", "type": "STRINGSET", "stringSetValue": ports},
        ]


class ClusterSettingsForm(BegunForm):
    """`UpdateClusterSettings`."""

    operation = "UpdateClusterSettings"
    places: ClassVar = {"settings": "container_insights"}

    container_insights = forms.ChoiceField(
        label="containerInsights",
        choices=[(value, value) for value in INSIGHTS_VALUES],
        help_text=_("On AWS it decides which metrics CloudWatch collects, and that costs; here it is only kept."),
    )

    def __init__(self, *args: Any, cluster: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cluster = cluster

    def state(self) -> State:
        return {CONTAINER_INSIGHTS: str(self.initial["container_insights"])}

    def params(self) -> dict[str, Any]:
        setting = {"name": CONTAINER_INSIGHTS, "value": self.cleaned_data["container_insights"]}
        return {"cluster": self.cluster, "settings": [setting]}
