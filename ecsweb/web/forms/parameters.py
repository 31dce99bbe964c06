from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from ecsweb.api.principal import Principal
from ecsweb.domain.parameters import PLAIN, TYPES
from ecsweb.models import Parameter
from ecsweb.web.forms.begun import BegunForm, State


class ParameterForm(BegunForm):
    """`ssm:PutParameter`; a name that is there already gets the new value and the next version."""

    operation = "ssm:PutParameter"
    places: ClassVar = {"Name": "name", "Value": "value", "Type": "type"}

    name = forms.CharField(
        label=_("Name"),
        max_length=2000,
        strip=False,
        help_text=_("Such as db-password or /demo/db/password. A name that is there already gets the next version."),
    )
    type = forms.ChoiceField(
        label=_("Type"),
        choices=[(kind, kind) for kind in TYPES],
        initial="SecureString",
        help_text=_("SecureString is never shown again; a StringList is values between commas."),
    )
    value = forms.CharField(
        label=_("Value"),
        max_length=20000,
        strip=False,
        # Whoever is told something first has what was typed still in the field, unless it is a secret.
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}, render_value=True),
        help_text=_("The container finds it in its environment when the task starts."),
    )

    def __init__(self, *args: Any, known: Iterable[Parameter], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known

    def state(self) -> State:
        # Never the values: which version it was says enough.
        return {one.name: f"{one.type} {one.version}" for one in self.known}

    def overwritten(self) -> str:
        return str(self.cleaned_data["name"])

    def submit(self, principal: Principal) -> dict[str, Any] | None:
        """Submit; where something is to be corrected or told first, a secret is not sent back to the page."""
        answer = super().submit(principal)
        if answer is None and self["value"].data and self["type"].data not in PLAIN:
            self.show_instead("value", "")
            self.add_error("value", _("Type the value again: a secret is never sent back to a page."))
        return answer

    def params(self) -> dict[str, Any]:
        return {
            "Name": self.cleaned_data["name"],
            "Type": self.cleaned_data["type"],
            "Value": self.cleaned_data["value"],
            "Overwrite": True,
        }
