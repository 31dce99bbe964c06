"""Where on a page a form that was refused first says what is wrong: a link leads there, and with script the focus."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.forms import BaseForm

from ecsweb.web.editor import Editor
from ecsweb.web.forms.definition_form import DefinitionForm

WHOLE = "form-errors"


def first_refused(shown: Iterable[object]) -> str:
    """Return the id of the first error of the forms among what a page shows; empty where none of them has one."""
    return next((_place(form) for form in _forms(shown) if form.is_bound and form.errors), "")


def _forms(values: Iterable[object]) -> Iterator[BaseForm]:
    for value in values:
        if isinstance(value, Editor):
            yield from _forms((value.form, value.pasted))
        elif isinstance(value, DefinitionForm):
            yield from (value.task, *value.containers.forms)
        elif isinstance(value, BaseForm):
            yield value


def _place(form: BaseForm) -> str:
    if form.non_field_errors():
        return form.add_prefix(WHOLE)
    wrong = next((bound for bound in form if bound.errors and not bound.is_hidden), None)
    return f"{wrong.auto_id}_error" if wrong else "main"
