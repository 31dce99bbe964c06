"""Two ways to register a revision: a few fields for one container, or the whole JSON."""

from __future__ import annotations

import json
import shlex
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ecsweb.api.validation import parsed_json, unknown_members
from ecsweb.domain.errors import EcsError
from ecsweb.web.forms.base import ApiForm

LARGEST = 64 * 1024


class SimpleTaskDefinitionForm(ApiForm):
    """One essential container, the usual case (the notes: "generally one essential container")."""

    operation = "RegisterTaskDefinition"
    places: ClassVar = {
        "family": "family",
        "containerDefinitions.name": "name",
        "containerDefinitions.image": "image",
        "containerDefinitions.cpu": "cpu",
        "containerDefinitions.memory": "memory",
        "containerDefinitions.portMappings": "container_port",
        "containerDefinitions.environment": "environment",
    }

    family = forms.CharField(
        label=_("Family"), strip=False, initial="web", help_text=_("Each registration makes its next revision.")
    )
    name = forms.CharField(label=_("Container name"), strip=False, initial="app")
    image = forms.CharField(
        label=_("Image"),
        strip=False,
        initial="ecsweb/web:1",
        help_text=_(
            "Here without a download: ecsweb/web:1, ecsweb/worker:1, ecsweb/once:1, ecsweb/crash:1, ecsweb/eater:1."
        ),
    )
    cpu = forms.IntegerField(label=_("CPU units"), initial=128, required=False, help_text=_("1024 are one vCPU."))
    memory = forms.IntegerField(
        label=_("Memory in MiB"), initial=64, required=False, help_text=_("Above it the container is killed.")
    )
    container_port = forms.IntegerField(label=_("Container port"), initial=80, required=False)
    host_port = forms.IntegerField(
        label=_("Host port"), required=False, help_text=_("Empty or 0: a free one is chosen for each task.")
    )
    command = forms.CharField(label=_("Command"), required=False, help_text=_("Empty: what the image says."))
    environment = forms.CharField(
        label=_("Environment"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "COLOR=blue"}),
        help_text=_("NAME=value, one on each line."),
    )

    def clean_command(self) -> list[str]:
        try:
            return shlex.split(self.cleaned_data["command"])
        except ValueError as error:
            raise ValidationError(_("A quotation mark is not closed.")) from error

    def clean_environment(self) -> list[dict[str, str]]:
        pairs = []
        for line in self.cleaned_data["environment"].splitlines():
            name, equals, value = line.strip().partition("=")
            if not line.strip():
                continue
            if not equals or not name:
                raise ValidationError(_("Each line must be NAME=value."))
            pairs.append({"name": name, "value": value})
        return pairs

    def params(self) -> dict[str, Any]:
        data = self.cleaned_data
        container: dict[str, Any] = {"name": data["name"], "image": data["image"], "essential": True}
        container |= {key: data[key] for key in ("cpu", "memory", "command", "environment") if data[key]}
        if data["container_port"]:
            container["portMappings"] = [{"containerPort": data["container_port"], "hostPort": data["host_port"] or 0}]
        return {"family": data["family"], "containerDefinitions": [container]}


class JsonTaskDefinitionForm(ApiForm):
    """The whole of RegisterTaskDefinition, pasted; a misspelt member is told, as AWS would silently leave it out."""

    operation = "RegisterTaskDefinition"
    places: ClassVar = dict.fromkeys(("family", "containerDefinitions", "cpu", "memory", "volumes"), "document")

    document = forms.CharField(
        label=_("Task definition as JSON"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false"}),
    )

    def clean_document(self) -> dict[str, Any]:
        text = self.cleaned_data["document"]
        if len(text.encode()) > LARGEST:
            raise ValidationError(_("A task definition may have at most 64 KiB."))
        try:
            document = parsed_json(text)
        except EcsError as error:
            raise ValidationError(error.message) from error
        if not isinstance(document, dict):
            raise ValidationError(_("This must be a JSON object: { … }."))
        if unknown := unknown_members("RegisterTaskDefinition", document):
            raise ValidationError(
                _("Amazon ECS has no %(names)s here. Is it misspelt?") % {"names": ", ".join(unknown[:5])}
            )
        return document

    def params(self) -> dict[str, Any]:
        return dict(self.cleaned_data["document"])

    def _place(self, path: str) -> str | None:
        return "document"


def as_simple(document: dict[str, Any]) -> dict[str, Any]:
    """Return initial values of the simple form from a revision's first container."""
    container = document["containerDefinitions"][0]
    port = (container.get("portMappings") or [{}])[0]
    return {
        "family": document["family"],
        "name": container["name"],
        "image": container["image"],
        "cpu": container.get("cpu") or None,
        "memory": container.get("memory"),
        "container_port": port.get("containerPort"),
        "host_port": port.get("hostPort") or None,
        "command": shlex.join(container.get("command") or []),
        "environment": "\n".join(f"{v['name']}={v.get('value', '')}" for v in container.get("environment") or []),
    }


def as_json(document: dict[str, Any]) -> str:
    """Return a revision's document as text that can be registered again."""
    left_out = {"volumes", "placementConstraints"}
    shown = {key: value for key, value in document.items() if value or key not in left_out}
    return json.dumps(shown, indent=2, ensure_ascii=False)
