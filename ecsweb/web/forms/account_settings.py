from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from ecsweb.domain.account_settings import RULES
from ecsweb.web.forms.begun import BegunForm, State

SETTABLE = [name for name, rule in RULES.items() if not rule.is_aws_managed]
# Beside the name of a setting: the value is the whole account's.
OF_ACCOUNT = " (PutAccountSettingDefault)"
# In the order of the settings, so that what stands first in both lists fits together.
VALUES = list(dict.fromkeys(value for name in SETTABLE for value in RULES[name].values))


class AccountSettingForm(BegunForm):
    """`PutAccountSetting`, or `PutAccountSettingDefault` for whoever has set nothing."""

    operation = "PutAccountSetting"
    places: ClassVar = {"name": "name", "value": "value"}

    name = forms.ChoiceField(
        label=_("Setting"),
        choices=[(name, name) for name in SETTABLE],
        help_text=_("What each of them does stands in the table."),
    )
    value = forms.ChoiceField(
        label=_("Value"),
        choices=[(value, value) for value in VALUES],
        help_text=_("Not every setting has every value; ECS says so where it does not fit."),
    )
    for_all = forms.BooleanField(
        label=_("for the whole account"),
        required=False,
        help_text=_("PutAccountSettingDefault: it holds for each user and role that has set nothing of its own."),
    )

    def __init__(self, *args: Any, own: State, default: State, **kwargs: Any) -> None:
        """`own` is what holds for whoever asks, `default` what holds for the whole account."""
        super().__init__(*args, **kwargs)
        self.own, self.default = own, default

    def state(self) -> State:
        return {**self.own, **{f"{name}{OF_ACCOUNT}": value for name, value in self.default.items()}}

    def overwritten(self) -> str:
        return f"{self.cleaned_data['name']}{OF_ACCOUNT if self.cleaned_data['for_all'] else ''}"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("for_all"):
            self.operation = "PutAccountSettingDefault"  # type: ignore[misc]
        return cleaned

    def params(self) -> dict[str, Any]:
        return {"name": self.cleaned_data["name"], "value": self.cleaned_data["value"]}
