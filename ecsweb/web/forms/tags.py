from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from ecsweb.web.forms.base import ApiForm


class TagForm(ApiForm):
    """`TagResource` with one tag; a key that is there gets the new value."""

    operation = "TagResource"
    places: ClassVar = {"tags.key": "key", "tags.value": "value", "tags": "key"}

    key = forms.CharField(
        label=_("Key"), max_length=1000, strip=False, help_text=_("A key that is there already gets the new value.")
    )
    value = forms.CharField(label=_("Value"), max_length=1000, required=False, strip=False)

    def __init__(self, *args: Any, resource: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.resource = resource

    def params(self) -> dict[str, Any]:
        tag = {"key": self.cleaned_data["key"], "value": self.cleaned_data["value"]}
        return {"resourceArn": self.resource, "tags": [tag]}
