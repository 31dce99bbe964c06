"""The other way to register a revision: the whole of it as JSON."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ecsweb.api.validation import parsed_json, unknown_members
from ecsweb.domain.errors import EcsError
from ecsweb.web.forms.base import ApiForm

LARGEST = 64 * 1024


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


def as_json(document: dict[str, Any]) -> str:
    """Return a revision's document as text that can be registered again."""
    left_out = {"volumes", "placementConstraints"}
    shown = {key: value for key, value in document.items() if value or key not in left_out}
    return json.dumps(shown, indent=2, ensure_ascii=False)
