from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

NETWORK = frozenset({"subnets"})
# Here subnets are names only, so that nobody has to make one first.
DEFAULT_SUBNET = "subnet-default"
NETWORK_PLACES = {"networkConfiguration": "subnets"}


class NetworkFields(forms.Form):
    """Where awsvpc tasks get their network interface: `networkConfiguration` (`ecs-facts.md` 5.1)."""

    # The revisions whose tasks have one; a view gives them, as only the database knows.
    awsvpc: Collection[str] = ()

    subnets = forms.CharField(
        label=_("Subnets"),
        required=False,
        max_length=1000,
        initial=DEFAULT_SUBNET,
        help_text=_("Only for the network mode awsvpc: each task gets a network interface in a subnet."),
    )

    def network(self, revision: str) -> dict[str, Any]:
        """Return the parameter for a revision of the mode awsvpc, nothing for others: they take none."""
        if revision not in self.awsvpc:
            return {}
        named = str(self.cleaned_data["subnets"]).replace(",", " ").split() or [DEFAULT_SUBNET]
        return {"networkConfiguration": {"awsvpcConfiguration": {"subnets": named}}}

    def changed_network(self, revision: str) -> dict[str, Any]:
        """Return the parameter where the subnets were changed, or where the service had none yet: it is a roll-out."""
        is_new = not self.initial.get("subnets")
        return self.network(revision) if is_new or "subnets" in self.changed_data else {}
