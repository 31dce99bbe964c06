from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

NETWORK = frozenset({"subnets", "security_groups", "public_ip"})
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

    security_groups = forms.CharField(
        label=_("Security groups"),
        required=False,
        max_length=1000,
        help_text=_("Of that interface, up to five, such as sg-web. Here they are only names, nothing is filtered."),
    )
    public_ip = forms.BooleanField(
        label=_("Public IP address (assignPublicIp)"),
        required=False,
        help_text=_("Of FARGATE alone: without one a task in a public subnet reaches nothing outside."),
    )

    def network(self, revision: str) -> dict[str, Any]:
        """Return the parameter for a revision of the mode awsvpc, nothing for others: they take none."""
        if revision not in self.awsvpc:
            return {}
        asked: dict[str, Any] = {"subnets": _names(self.cleaned_data["subnets"]) or [DEFAULT_SUBNET]}
        if groups := _names(self.cleaned_data["security_groups"]):
            asked["securityGroups"] = groups
        if self.cleaned_data["public_ip"]:
            asked["assignPublicIp"] = "ENABLED"
        return {"networkConfiguration": {"awsvpcConfiguration": asked}}

    def changed_network(self, revision: str) -> dict[str, Any]:
        """Return the parameter where it was changed, or where the service had none yet: it is a roll-out."""
        is_new = not self.initial.get("subnets")
        return self.network(revision) if is_new or NETWORK & set(self.changed_data) else {}


def _names(text: str) -> list[str]:
    return text.replace(",", " ").split()


def typed_network(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is typed into the fields for the `networkConfiguration` that a service has."""
    asked = configuration.get("awsvpcConfiguration", {})
    return {
        "subnets": ", ".join(asked.get("subnets") or ()),
        "security_groups": ", ".join(asked.get("securityGroups") or ()),
        "public_ip": asked.get("assignPublicIp") == "ENABLED",
    }
