"""What the list of events is narrowed to."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from ecsweb.web.timeline.listing import Asked

KINDS: dict[str, tuple[str, ...]] = {
    "tasks": ("ECS Task State Change", "Container Restart", "Task Protection"),
    "services": ("ECS Service Action", "Service State Change", "Task Set State Change"),
    "deployments": ("ECS Deployment State Change",),
    "instances": ("ECS Container Instance State Change",),
    "clusters": ("Cluster State Change", "Account Reset"),
    "definitions": ("Task Definition State Change",),
    "capacity": ("Managed Scaling", "Auto Scaling Group Change", "Capacity Provider Change"),
    "decisions": ("Decision",),
    "chaos": ("Chaos",),
    "calls": ("API Call",),
    "engine": ("Engine Call",),
    "tags": ("Tag Change on Resource",),
}
LONGEST = 200


class EventFilterForm(forms.Form):
    """Which events to list; every field may stay empty."""

    kind = forms.ChoiceField(
        label=_("What"),
        required=False,
        choices=[
            ("", _("everything")),
            ("tasks", _("tasks")),
            ("services", _("services")),
            ("deployments", _("deployments")),
            ("instances", _("container instances")),
            ("clusters", _("clusters")),
            ("definitions", _("task definitions")),
            ("capacity", _("capacity")),
            ("decisions", _("decisions of the scheduler")),
            ("chaos", _("chaos")),
            ("calls", _("calls")),
            ("engine", _("what the engine was told")),
            ("tags", _("tags")),
        ],
    )
    cluster = forms.CharField(label=_("Cluster"), required=False, max_length=LONGEST)
    about = forms.CharField(label=_("About (id or name)"), required=False, max_length=LONGEST)
    text = forms.CharField(label=_("Text"), required=False, max_length=LONGEST)

    def asked(self, before: str) -> Asked:
        """Return what a valid form asks for, older than the sequence number `before` where that is one."""
        said = self.cleaned_data
        is_number = before.isascii() and before.isdigit() and len(before) < 18
        return Asked(
            detail_types=KINDS.get(said["kind"], ()),
            cluster=said["cluster"],
            about=said["about"],
            text=said["text"],
            before=int(before) if is_number else None,
        )
