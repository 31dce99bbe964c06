"""Each field of each form that is a call has its help."""

from __future__ import annotations

import importlib
import pkgutil

from django.forms import HiddenInput

from ecsweb.web import forms
from ecsweb.web.forms.base import ApiForm


def all_forms() -> set[type[ApiForm]]:
    for module in pkgutil.iter_modules(forms.__path__):
        importlib.import_module(f"{forms.__name__}.{module.name}")
    found, new = set[type[ApiForm]](), {ApiForm}
    while new:
        new = {one for each in new for one in each.__subclasses__()} - found
        found |= new
    return found


def test_each_field_of_each_call_has_its_help() -> None:
    fields = [(form.__name__, name, field) for form in all_forms() for name, field in vars(form)["base_fields"].items()]

    assert len(fields) > 70
    assert [
        (form, name)
        for form, name, field in fields
        if not field.help_text and not isinstance(field.widget, HiddenInput)
    ] == []
