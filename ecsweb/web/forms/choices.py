"""Choices that only a view knows, such as the revisions that can be run now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class DefinitionField(forms.ChoiceField):
    """The ACTIVE revisions, newest first."""

    def __init__(self, **kwargs: Any) -> None:
        told = _("The plan of each task: family and revision. It is a snapshot and never changes.")
        super().__init__(**{"label": _("Task definition"), "help_text": told, **kwargs})


def set_choices(form: forms.Form, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
    """Offer these in a field of the form."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"{name} is no choice")
    field.choices = list(choices)


def set_names(form: forms.Form, name: str, names: Iterable[str]) -> None:
    """Offer names that stand for themselves."""
    set_choices(form, name, ((one, one) for one in names))
