"""Forms about Auto Scaling groups, their capacity providers, and which of them a cluster uses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from ecsweb.domain.capacity.providers import MOST_MACHINES
from ecsweb.models import AutoScalingGroup, CapacityProvider, Cluster
from ecsweb.web.forms.base import ApiForm
from ecsweb.web.forms.begun import BegunForm, State
from ecsweb.web.forms.choices import set_choices, set_names
from ecsweb.web.forms.clusters import type_choices

SIZES: dict[str, str] = {"MinSize": "min_size", "DesiredCapacity": "desired_capacity", "MaxSize": "max_size"}
SCALING: dict[str, str] = {
    "targetCapacity": "target_capacity",
    "minimumScalingStepSize": "minimum_step",
    "maximumScalingStepSize": "maximum_step",
    "instanceWarmupPeriod": "warmup",
}
PROVIDER = "autoScalingGroupProvider"
# What a strategy says of each provider: the field, its most, its label and its help.
SHARES = (
    ("weight", 1000, _("Weight of %s"), _("Its share of the tasks, as a ratio to the other weights.")),
    ("base", 100_000, _("Base of %s"), _("So many tasks go here first. One provider may have a base.")),
)


class SizeFields(forms.Form):
    """How many machines a group has."""

    min_size = forms.IntegerField(
        label=_("Minimum size"),
        initial=0,
        min_value=0,
        max_value=MOST_MACHINES,
        help_text=_("Managed scaling never goes below it."),
    )
    desired_capacity = forms.IntegerField(
        label=_("Desired capacity"),
        initial=0,
        min_value=0,
        max_value=MOST_MACHINES,
        help_text=_("How many machines now. Managed scaling moves this number by itself."),
    )
    max_size = forms.IntegerField(
        label=_("Maximum size"),
        initial=4,
        min_value=0,
        max_value=MOST_MACHINES,
        help_text=_("Managed scaling never goes above it."),
    )

    def sizes(self) -> dict[str, int]:
        """Return the sizes as EC2 Auto Scaling words them."""
        return {name: self.cleaned_data[field] for name, field in SIZES.items()}


class CreateGroupForm(SizeFields, ApiForm):
    operation = "CreateAutoScalingGroup"
    places: ClassVar = {
        "AutoScalingGroupName": "name",
        "InstanceType": "instance_type",
        "AvailabilityZones": "zones",
    } | SIZES
    field_order = ("name", "instance_type", "zones", "min_size", "desired_capacity", "max_size")

    name = forms.CharField(
        label=_("Name"),
        initial="machines",
        strip=False,
        max_length=1000,
        help_text=_("Of the group, in this account and region."),
    )
    instance_type = forms.ChoiceField(
        label=_("Instance type"),
        choices=type_choices,
        initial="t3.small",
        help_text=_("All machines of the group are of this type."),
    )
    zones = forms.MultipleChoiceField(
        label=_("Availability zones"),
        choices=[("a", "a"), ("b", "b"), ("c", "c")],
        initial=["a", "b"],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The machines are spread over them."),
    )

    def __init__(self, *args: Any, cluster: Cluster, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cluster = cluster

    def params(self) -> dict[str, Any]:
        return {
            "cluster": self.cluster.name,
            "AutoScalingGroupName": self.cleaned_data["name"],
            "InstanceType": self.cleaned_data["instance_type"],
            "AvailabilityZones": [f"{self.cluster.region}{zone}" for zone in self.cleaned_data["zones"]],
            **self.sizes(),
        }


class UpdateGroupForm(SizeFields, BegunForm):
    operation = "UpdateAutoScalingGroup"
    places: ClassVar = SIZES

    def __init__(self, *args: Any, group: AutoScalingGroup, **kwargs: Any) -> None:
        kwargs |= {"initial": {field: getattr(group, field) for field in SIZES.values()}, "prefix": f"group-{group.pk}"}
        super().__init__(*args, **kwargs)
        self.group = group

    def state(self) -> State:
        return {name: str(getattr(self.group, field)) for name, field in SIZES.items()}

    def params(self) -> dict[str, Any]:
        return {"AutoScalingGroupName": self.group.name, **self.sizes()}


class ProviderFields(forms.Form):
    """`managedScaling` and the two other switches of a provider."""

    scales = forms.BooleanField(
        label=_("Managed scaling"),
        required=False,
        initial=True,
        help_text=_("Tasks without room wait in PROVISIONING, and the group grows for them; later it shrinks again."),
    )
    target_capacity = forms.IntegerField(
        label=_("Target capacity (%)"),
        initial=100,
        min_value=1,
        max_value=100,
        help_text=_("100: no spare instance. 50: as many again as the tasks need stand by."),
    )
    minimum_step = forms.IntegerField(
        label=_("Smallest step"),
        initial=1,
        min_value=1,
        max_value=10_000,
        help_text=_("At least so many machines come or go at a time."),
    )
    maximum_step = forms.IntegerField(
        label=_("Largest step"),
        initial=10_000,
        min_value=1,
        max_value=10_000,
        help_text=_("At most so many machines come at a time."),
    )
    warmup = forms.IntegerField(
        label=_("Warm-up (seconds)"),
        initial=300,
        min_value=0,
        max_value=10_000,
        help_text=_("So long a new instance is not ended. Divided by the speed of this installation."),
    )
    protects = forms.BooleanField(
        label=_("Termination protection"),
        required=False,
        initial=True,
        help_text=_("An instance with tasks is never ended by scaling in (a DAEMON's task does not count)."),
    )
    drains = forms.BooleanField(
        label=_("Managed draining"),
        required=False,
        initial=True,
        help_text=_("An instance that is to end is drained first, so that services move their tasks."),
    )

    def provider(self) -> dict[str, Any]:
        """Return the settings as ECS words them."""
        data = self.cleaned_data
        words = {True: "ENABLED", False: "DISABLED"}
        return {
            "managedScaling": {
                "status": words[data["scales"]],
                **{name: data[field] for name, field in SCALING.items()},
            },
            "managedTerminationProtection": words[data["protects"] and data["scales"]],
            "managedDraining": words[data["drains"]],
        }


PLACES: dict[str, str] = {f"{PROVIDER}.managedScaling.{name}": field for name, field in SCALING.items()}


class CreateProviderForm(ProviderFields, ApiForm):
    operation = "CreateCapacityProvider"
    places: ClassVar = PLACES | {"name": "name", f"{PROVIDER}.autoScalingGroupArn": "group"}
    folded: ClassVar = frozenset({"minimum_step", "maximum_step", "warmup", "drains"})
    field_order = ("name", "group")

    name = forms.CharField(
        label=_("Name"),
        initial="machines",
        strip=False,
        max_length=1000,
        help_text=_("Strategies name the provider so."),
    )
    group = forms.ChoiceField(
        label=_("Auto Scaling group"), help_text=_("Its machines are the capacity. A group has one provider.")
    )

    def __init__(self, *args: Any, groups: Sequence[AutoScalingGroup], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "group", ((group.arn, group.name) for group in groups))

    def params(self) -> dict[str, Any]:
        group = {"autoScalingGroupArn": self.cleaned_data["group"]}
        return {"name": self.cleaned_data["name"], PROVIDER: {**group, **self.provider()}}


class UpdateProviderForm(ProviderFields, BegunForm):
    operation = "UpdateCapacityProvider"
    places: ClassVar = PLACES
    folded: ClassVar = frozenset({"minimum_step", "maximum_step", "warmup", "drains"})

    def __init__(self, *args: Any, provider: CapacityProvider, **kwargs: Any) -> None:
        initial = {field: provider.managed_scaling[name] for name, field in SCALING.items()}
        switches = {
            "scales": provider.managed_scaling["status"],
            "protects": provider.managed_termination_protection,
            "drains": provider.managed_draining,
        }
        initial |= {name: value == "ENABLED" for name, value in switches.items()}
        kwargs |= {"initial": initial, "prefix": f"provider-{provider.pk}"}
        super().__init__(*args, **kwargs)
        self.row = provider

    def state(self) -> State:
        scaling = {name: str(self.row.managed_scaling[name]) for name in ("status", *SCALING)}
        return {
            **scaling,
            "managedTerminationProtection": self.row.managed_termination_protection,
            "managedDraining": self.row.managed_draining,
        }

    def params(self) -> dict[str, Any]:
        return {"name": self.row.name, PROVIDER: self.provider()}


class ClusterProvidersForm(BegunForm):
    """`PutClusterCapacityProviders`: which providers the cluster has, and how its default strategy shares tasks."""

    operation = "PutClusterCapacityProviders"
    places: ClassVar = {"capacityProviders": "used"}

    used = forms.MultipleChoiceField(
        label=_("Capacity providers of the cluster"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only what is chosen here can stand in a strategy of this cluster."),
    )

    def __init__(self, *args: Any, cluster: Cluster, known: Sequence[str], **kwargs: Any) -> None:
        default = {item["capacityProvider"]: item for item in cluster.default_capacity_provider_strategy}
        super().__init__(*args, **kwargs)
        self.cluster, self.known = cluster, list(known)
        set_names(self, "used", self.known)
        self.fields["used"].initial = cluster.capacity_providers
        for name in self.known:
            item = default.get(name, {})
            for part, most, label, told in SHARES:
                self.fields[f"{part}_{name}"] = forms.IntegerField(
                    label=label % name,
                    required=False,
                    min_value=0,
                    max_value=most,
                    initial=item.get(part),
                    help_text=told,
                )

    def state(self) -> State:
        strategy = self.cluster.default_capacity_provider_strategy
        items = [
            f"{one['capacityProvider']} (base {one.get('base', 0)}, weight {one.get('weight', 0)})" for one in strategy
        ]
        used = ", ".join(self.cluster.capacity_providers)
        return {"capacityProviders": used, "defaultCapacityProviderStrategy": ", ".join(items)}

    def params(self) -> dict[str, Any]:
        data = self.cleaned_data
        strategy = [
            {"capacityProvider": name, "weight": data[f"weight_{name}"] or 0, "base": data[f"base_{name}"] or 0}
            for name in self.known
            if data[f"weight_{name}"] or data[f"base_{name}"]
        ]
        return {
            "cluster": self.cluster.name,
            "capacityProviders": data["used"],
            "defaultCapacityProviderStrategy": strategy,
        }
