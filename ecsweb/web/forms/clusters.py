from __future__ import annotations

import json
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from ecsweb.domain.account_settings import CONTAINER_INSIGHTS, INSIGHTS_VALUES
from ecsweb.domain.resources import INSTANCE_TYPES
from ecsweb.web.forms.base import ApiForm


class CreateClusterForm(ApiForm):
    operation = "CreateCluster"
    places: ClassVar = {"clusterName": "name"}

    name = forms.CharField(label=_("Name"), max_length=1000, required=False, strip=False, initial="demo")

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

    def __init__(self, *args: Any, cluster: str, region: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cluster, self.region = cluster, region

    def params(self) -> dict[str, Any]:
        document = {
            "instanceType": self.cleaned_data["instance_type"],
            "availabilityZone": f"{self.region}{self.cleaned_data['zone']}",
        }
        return {"cluster": self.cluster, "instanceIdentityDocument": json.dumps(document)}


class ClusterSettingsForm(ApiForm):
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

    def params(self) -> dict[str, Any]:
        setting = {"name": CONTAINER_INSIGHTS, "value": self.cleaned_data["container_insights"]}
        return {"cluster": self.cluster, "settings": [setting]}
