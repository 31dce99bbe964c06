"""On whose machines tasks run: a launch type, a capacity provider, or the cluster's default strategy."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ecsweb.domain.capacity.strategies import FARGATE_PROVIDERS
from ecsweb.models import Cluster

PROVIDER = "provider:"
NUMBER = re.compile(r"\d{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Capacity:
    """The capacity providers of a cluster, and whether it has a default strategy."""

    providers: Sequence[str] = ()
    has_default: bool = False


NO_PROVIDERS = Capacity()


def capacity_of(cluster: Cluster) -> Capacity:
    """Return what the cluster offers beside the two launch types."""
    return Capacity(tuple(cluster.capacity_providers), bool(cluster.default_capacity_provider_strategy))


class LaunchTypeField(forms.ChoiceField):
    """On whose machines tasks run."""

    def __init__(self, **kwargs: Any) -> None:
        told = _("FARGATE takes task definitions with network mode awsvpc and a CPU and memory size of its table.")
        super().__init__(
            label=_("Launch type"), required=False, choices=launch_choices(NO_PROVIDERS), help_text=told, **kwargs
        )


class CapacityStrategyFields(forms.Form):
    """Several capacity providers at once: `capacityProviderStrategy` (`ecs-facts.md` 6.11)."""

    own_capacity = forms.CharField(
        label=_("Or capacity providers of your own choice"),
        required=False,
        max_length=5000,
        help_text=_("Such as: FARGATE base 1 weight 1, FARGATE_SPOT weight 3. It replaces the launch type."),
    )

    def clean_own_capacity(self) -> list[dict[str, Any]]:
        """Return the strategy that was typed, AWS-shaped; whether it makes sense the door says."""
        items = [item.split() for item in self.cleaned_data["own_capacity"].split(",") if item.strip()]
        return [_strategy_item(*item) for item in items]


def _strategy_item(name: str, *words: str) -> dict[str, Any]:
    said = dict(zip(words[::2], words[1::2], strict=False))
    if len(said) * 2 != len(words) or said.keys() - {"base", "weight"} or not all(map(NUMBER.fullmatch, said.values())):
        raise forms.ValidationError(
            _("Each provider must be like FARGATE base 1 weight 1; one of the two may be left out.")
        )
    return {"capacityProvider": name, **{part: int(number) for part, number in said.items()}}


def launch_choices(capacity: Capacity) -> list[tuple[str, Any]]:
    """Return the choices; the cluster's default strategy comes first where it has one."""
    default = [("default", _("the cluster's default capacity provider strategy"))] if capacity.has_default else []
    plain = [
        ("EC2", _("EC2 – on a container instance of the cluster")),
        ("FARGATE", _("FARGATE – without a container instance")),
    ]
    own = [name for name in capacity.providers if name not in FARGATE_PROVIDERS]
    spot = [name for name in capacity.providers if name == "FARGATE_SPOT"]
    return [
        *default,
        *plain,
        *((f"{PROVIDER}{name}", _("%s – capacity provider of an Auto Scaling group") % name) for name in own),
        *((f"{PROVIDER}{name}", _("%s – capacity provider") % name) for name in spot),
    ]


def launching(chosen: str, capacity: Capacity, own: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """Return the choice as ECS wants it; EC2 is said only where a default strategy would be meant otherwise."""
    if own:
        return {"capacityProviderStrategy": list(own)}
    if chosen.startswith(PROVIDER):
        return {"capacityProviderStrategy": [{"capacityProvider": chosen.removeprefix(PROVIDER), "weight": 1}]}
    if chosen == "FARGATE" or (chosen == "EC2" and capacity.has_default):
        return {"launchType": chosen}
    return {}
