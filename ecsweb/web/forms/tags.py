from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from ecsweb.web.forms.begun import BegunForm, State

TAGGING = frozenset({"propagate_tags", "managed_tags"})
SOURCES = [("", _("none of their own")), ("TASK_DEFINITION", _("those of the task definition"))]


class TaggingFields(forms.Form):
    """Which tags new tasks get: `propagateTags` and `enableECSManagedTags` (`ecs-facts.md` 5.1)."""

    propagate_tags = forms.ChoiceField(
        label=_("Tags of new tasks"),
        required=False,
        choices=SOURCES,
        help_text=_("Where a new task's tags come from, beside those given here."),
    )
    managed_tags = forms.BooleanField(
        label=_("ECS-managed tags"),
        required=False,
        help_text=_("Each new task is tagged with the names of its cluster and service."),
    )

    def tagging(self) -> dict[str, Any]:
        """Return the parameters of what was chosen."""
        chosen = {
            "propagateTags": self.cleaned_data["propagate_tags"],
            "enableECSManagedTags": self.cleaned_data["managed_tags"],
        }
        return {name: value for name, value in chosen.items() if value}


class ServiceTaggingFields(TaggingFields):
    """The same for the tasks of a service, whose own tags they can get."""

    propagate_tags = forms.ChoiceField(
        label=_("Tags of new tasks"),
        required=False,
        choices=[*SOURCES, ("SERVICE", _("those of the service"))],
        help_text=_("Where a new task's tags come from, beside those given here."),
    )


class TagForm(BegunForm):
    """`TagResource` with one tag; a key that is there gets the new value."""

    operation = "TagResource"
    places: ClassVar = {"tags.key": "key", "tags.value": "value", "tags": "key"}

    key = forms.CharField(
        label=_("Key"), max_length=1000, strip=False, help_text=_("A key that is there already gets the new value.")
    )
    value = forms.CharField(
        label=_("Value"),
        max_length=1000,
        required=False,
        strip=False,
        help_text=_("Up to 256 characters; may be empty."),
    )

    def __init__(self, *args: Any, resource: str, tags: Sequence[Mapping[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.resource, self.tags = resource, tags

    def state(self) -> State:
        return state_of_tags(self.tags)

    def overwritten(self) -> str:
        return str(self.cleaned_data["key"])

    def params(self) -> dict[str, Any]:
        tag = {"key": self.cleaned_data["key"], "value": self.cleaned_data["value"]}
        return {"resourceArn": self.resource, "tags": [tag]}


def state_of_tags(tags: Sequence[Mapping[str, str]]) -> State:
    """Return each tag's value by its key; an empty value is one."""
    return {tag["key"]: tag.get("value") or '""' for tag in tags}
