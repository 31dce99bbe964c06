"""The form that chooses a stretch of the account's timeline, by the numbers of its events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MOST = 10**15


def _number(label: Any) -> forms.IntegerField:
    errors = {
        "invalid": gettext_lazy("This is no number of an event: digits only."),
        "min_value": gettext_lazy("Numbers of events begin with 1."),
        "max_value": gettext_lazy("There is no event with so high a number."),
    }
    return forms.IntegerField(label=label, min_value=0, max_value=MOST, error_messages=errors)


class StretchForm(forms.Form):
    """From which event to which."""

    since = _number(gettext_lazy("From event"))
    until = _number(gettext_lazy("To event"))

    def __init__(self, data: Mapping[str, Any] | None, *, last: int) -> None:
        super().__init__(data)
        self._last = last

    def clean_since(self) -> int:
        """Return where the stretch begins, which is something that has happened."""
        since = int(self.cleaned_data["since"])
        if since > self._last:
            words = _("The last event so far is %(last)s; this one has not happened yet.")
            raise forms.ValidationError(words % {"last": self._last})
        return since

    def clean(self) -> None:
        """Refuse a stretch that ends before it begins."""
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since is not None and until is not None and since > until:
            words = _("The stretch would end before it begins: “From” (%(since)s) is later than “To” (%(until)s).")
            self.add_error("until", words % {"since": since, "until": until})
