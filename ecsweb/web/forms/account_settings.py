from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from ecsweb.domain.account_settings import RULES
from ecsweb.web.forms.base import ApiForm

SETTABLE = [name for name, rule in RULES.items() if not rule.is_aws_managed]
VALUES = sorted({value for name in SETTABLE for value in RULES[name].values})


class AccountSettingForm(ApiForm):
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

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("for_all"):
            self.operation = "PutAccountSettingDefault"  # type: ignore[misc]
        return cleaned

    def params(self) -> dict[str, Any]:
        return {"name": self.cleaned_data["name"], "value": self.cleaned_data["value"]}
