"""Forms that are API calls: what was typed becomes parameters, and a refusal comes back beside its field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms

from ecsweb.api import call
from ecsweb.api.principal import Principal
from ecsweb.api.undo import Inverse, before, inverses, was_there
from ecsweb.domain.errors import EcsError
from ecsweb.web.sentences.refusals import field_refusal


def refuse_at(form: forms.Form, place: str | None, message: str) -> None:
    """Say a refusal beside a field, or over the form when there is none."""
    label = str(form.fields[place].label or "") if place else ""
    form.add_error(place, field_refusal(message, label))


class ApiForm(forms.Form):
    """A form for one operation. `places` maps a path in the parameters to the name of the field it came from."""

    operation: ClassVar[str]
    places: ClassVar[Mapping[str, str]] = {}
    # Fields that most people leave as they are: shown when asked for, or when one of them is to be corrected.
    folded: ClassVar[frozenset[str]] = frozenset()
    # What takes the call back once it is made.
    undo: Sequence[Inverse] = ()
    # Whether the call answered with what had been there before.
    was_there = False

    @property
    def is_unfolded(self) -> bool:
        """Tell whether one of the folded fields has something to say."""
        return any(name in self.folded for name in self.errors)

    def params(self) -> dict[str, Any]:
        """Return the operation's parameters, AWS-shaped, from the cleaned data."""
        raise AssertionError("each form words its own parameters")

    def submit(self, principal: Principal) -> dict[str, Any] | None:
        """Check, call the one door, and return its answer; None when something is to be corrected."""
        if not self.is_valid():
            return None
        params = self.params()
        was = before(principal, self.operation, params)
        try:
            answer = call(principal, self.operation, params)
        except EcsError as error:
            self.refuse(error.field, error.message)
            return None
        self.undo = inverses(self.operation, params, answer, was)
        self.was_there = was_there(self.operation, answer, was)
        return answer

    def refuse(self, path: str, message: str) -> None:
        """Say a refusal beside the field that its parameter came from."""
        refuse_at(self, self._place(path), message)

    def _place(self, path: str) -> str | None:
        """Return the field nearest to the path of a refused parameter, or None for the whole form."""
        wanted = ".".join(part for part in path.split(".") if not part.isdigit())
        while wanted:
            if wanted in self.places:
                return self.places[wanted]
            wanted = wanted.rpartition(".")[0]
        return None
