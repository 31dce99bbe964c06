"""The other way to register a revision: the whole of it as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from ecsweb.api import call
from ecsweb.api.principal import Principal
from ecsweb.api.validation import checked, parsed_json, unknown_members
from ecsweb.domain.errors import EcsError
from ecsweb.domain.json_lines import lines_of, nearest_line
from ecsweb.web.forms.base import ApiForm
from ecsweb.web.sentences.refusals import field_refusal, plain_refusal

LARGEST = 64 * 1024
LEAST_ROWS = 12
# What the parser says, so that it is found for translation.
PARSER_SAYS = (
    gettext_noop("Expecting value"),
    gettext_noop("Expecting ',' delimiter"),
    gettext_noop("Expecting ':' delimiter"),
    gettext_noop("Expecting property name enclosed in double quotes"),
    gettext_noop("Unterminated string starting at"),
    gettext_noop("Invalid control character at"),
    gettext_noop("Invalid \\escape"),
    gettext_noop("Illegal trailing comma before end of object"),
    gettext_noop("Illegal trailing comma before end of array"),
    gettext_noop("Extra data"),
)
FIRST_MEMBERS = ("name", "image", "essential", "cpu", "memory", "memoryReservation", "portMappings", "environment")


class JsonTaskDefinitionForm(ApiForm):
    """The whole of RegisterTaskDefinition, pasted; a misspelt member is told, as AWS would silently leave it out."""

    operation = "RegisterTaskDefinition"

    document = forms.CharField(
        label=_("Task definition as JSON"),
        strip=False,
        widget=forms.Textarea(attrs={"spellcheck": "false", "wrap": "off", "autocomplete": "off"}),
        help_text=_("As RegisterTaskDefinition takes it: family and containerDefinitions are what it needs."),
    )

    # The line of the JSON that is wrong, once that is known, and the document without what ECS ignores.
    wrong_line: int | None = None
    shaped: dict[str, Any] | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # All lines are shown, so that the numbers beside them are theirs.
        self.fields["document"].widget.attrs["rows"] = max(LEAST_ROWS, len(self.numbers))

    def clean_document(self) -> dict[str, Any]:
        text = self.cleaned_data["document"]
        if len(text.encode()) > LARGEST:
            raise ValidationError(_("A task definition may have at most 64 KiB."))
        document = self._parsed(text)
        if not isinstance(document, dict):
            raise ValidationError(_("This must be a JSON object: { … }."))
        if unknown := unknown_members("RegisterTaskDefinition", document):
            words = _("Amazon ECS has no %(names)s here. Is it misspelt?") % {"names": ", ".join(unknown[:5])}
            raise self._wrong(text, unknown[0], str(words))
        try:
            self.shaped = checked("RegisterTaskDefinition", document)
        except EcsError as error:
            raise self._wrong(text, error.field, plain_refusal(error.message)) from error
        return document

    def _parsed(self, text: str) -> Any:
        try:
            return parsed_json(text)
        except EcsError as error:
            cause = error.__cause__
            if not isinstance(cause, json.JSONDecodeError):
                raise ValidationError(field_refusal(error.message)) from error
            self.wrong_line = cause.lineno
            words = {"line": cause.lineno, "column": cause.colno, "what": _(cause.msg)}
            raise ValidationError(
                _("This is not valid JSON: line %(line)s, column %(column)s: %(what)s") % words
            ) from error

    def _wrong(self, text: str, path: str, message: str) -> ValidationError:
        self.wrong_line = nearest_line(lines_of(text), path)
        return ValidationError(_("Line %(line)s: %(message)s") % {"line": self.wrong_line, "message": message})

    def submit(self, principal: Principal) -> dict[str, Any] | None:
        if not self.is_valid():
            return None
        try:
            return call(principal, self.operation, self.params())
        except EcsError as error:
            self.add_error("document", self._wrong(self.text, error.field, plain_refusal(error.message)))
            return None

    @property
    def text(self) -> str:
        """The JSON as it was typed or filled in."""
        return str(self["document"].value() or "").replace("\r\n", "\n")

    @property
    def numbers(self) -> range:
        """The numbers of its lines."""
        return range(1, self.text.count("\n") + 2)

    def params(self) -> dict[str, Any]:
        return dict(self.cleaned_data["document"])


def tidy(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a revision's document without the empty lists that ECS adds, and with what people look for first."""
    made = {key: value for key, value in document.items() if value != []}
    made["containerDefinitions"] = [_tidy_container(one) for one in document["containerDefinitions"]]
    return made


def _tidy_container(container: Mapping[str, Any]) -> dict[str, Any]:
    ordered = [name for name in FIRST_MEMBERS if name in container]
    rest = [name for name in container if name not in FIRST_MEMBERS]
    return {name: container[name] for name in [*ordered, *rest] if container[name] != []}


def as_json(document: Mapping[str, Any]) -> str:
    """Return a document as text that can be registered."""
    return json.dumps(document, indent=2, ensure_ascii=False)
