from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

ZONE = {"type": "spread", "field": "attribute:ecs.availability-zone"}
STRATEGIES: dict[str, list[dict[str, str]]] = {
    "": [],
    "zones": [ZONE, {"type": "spread", "field": "instanceId"}],
    "zones-memory": [ZONE, {"type": "binpack", "field": "memory"}],
    "memory": [{"type": "binpack", "field": "memory"}],
    "cpu": [{"type": "binpack", "field": "cpu"}],
    "random": [{"type": "random"}],
}
PLACES = {"placementStrategy": "strategy", "placementConstraints": "member_of"}


class PlacementFields(forms.Form):
    """Where tasks go: a strategy orders the instances that fit, constraints keep instances out."""

    strategy = forms.ChoiceField(
        label=_("Placement strategy"),
        required=False,
        choices=[
            ("", _("the default")),
            ("zones", _("spread over zones, then over instances")),
            ("zones-memory", _("spread over zones, then binpack memory")),
            ("memory", _("binpack memory: fill an instance before the next")),
            ("cpu", _("binpack cpu: fill an instance before the next")),
            ("random", _("random")),
        ],
        help_text=_("A strategy is tried as well as it can be; it never keeps a task from being placed."),
    )
    member_of = forms.CharField(
        label=_("Only on instances for which this holds (memberOf)"),
        required=False,
        max_length=5000,
        help_text=_("Such as attribute:ecs.instance-type =~ t3.* and runningTasksCount < 5"),
    )
    is_distinct = forms.BooleanField(
        label=_("Each task on another instance (distinctInstance)"),
        required=False,
        help_text=_("A constraint binds: a task that fits nowhere is not placed."),
    )

    def placement(self) -> dict[str, Any]:
        """Return the parameters `placementStrategy` and `placementConstraints`, where something was chosen."""
        data = self.cleaned_data
        constraints: list[dict[str, str]] = []
        if data.get("member_of"):
            constraints.append({"type": "memberOf", "expression": data["member_of"]})
        if data.get("is_distinct"):
            constraints.append({"type": "distinctInstance"})
        found = {"placementStrategy": STRATEGIES[data.get("strategy") or ""], "placementConstraints": constraints}
        return {name: value for name, value in found.items() if value}
