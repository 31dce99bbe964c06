from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ecsweb.domain.errors import InvalidParameterException
from ecsweb.domain.placement.strategies import strategies_of
from ecsweb.web.sentences.refusals import field_refusal

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

PLACEMENT = frozenset({"strategy", "own_strategy", "member_of", "is_distinct"})


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
    own_strategy = forms.CharField(
        label=_("Or a strategy of your own"),
        required=False,
        max_length=1000,
        help_text=_("Up to five, in order, such as: spread attribute:stack, binpack memory. It replaces the choice."),
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

    def clean_own_strategy(self) -> list[dict[str, str]]:
        """Return the chain that was typed, AWS-shaped; what is none is said beside the field in AWS's words."""
        links = [link.split(maxsplit=1) for link in self.cleaned_data["own_strategy"].split(",") if link.strip()]
        chain = [dict(zip(("type", "field"), (part.strip() for part in link), strict=False)) for link in links]
        try:
            strategies_of(chain)
        except InvalidParameterException as error:
            raise forms.ValidationError(field_refusal(error.message, str(self.fields["own_strategy"].label))) from error
        return chain

    def placement(self) -> dict[str, Any]:
        """Return the parameters `placementStrategy` and `placementConstraints`, where something was chosen."""
        data = self.cleaned_data
        constraints: list[dict[str, str]] = []
        if data.get("member_of"):
            constraints.append({"type": "memberOf", "expression": data["member_of"]})
        if data.get("is_distinct"):
            constraints.append({"type": "distinctInstance"})
        strategy = data.get("own_strategy") or STRATEGIES[data.get("strategy") or ""]
        found = {"placementStrategy": strategy, "placementConstraints": constraints}
        return {name: value for name, value in found.items() if value}
