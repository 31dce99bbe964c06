from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec
from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ecsweb.api import call
from ecsweb.api.operations.scenes import LONGEST_TITLE
from ecsweb.api.principal import ADMIN, root_of
from ecsweb.controlplane.plays import SCENE_PREFIX, is_of_a_scene
from ecsweb.learn.scene_faults import Fault
from ecsweb.learn.scenes import BadScene, checked_actions
from ecsweb.models import Account, Scene
from ecsweb.web.admin.door import ModelAdmin
from ecsweb.web.sentences.shapes import with_literal

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Scene]
else:
    ModelForm = forms.ModelForm


class _Readable(json.JSONEncoder):
    """Writes a script as people read it: indented, Korean as Korean."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "indent": 2, "ensure_ascii": False})


class SceneForm(ModelForm):
    """A scene as its script; what is wrong in it is said with its place."""

    tempo = forms.FloatField(
        label=gettext_lazy("Tempo"),
        min_value=0,
        max_value=60,
        initial=4,
        help_text=gettext_lazy("Seconds between two actions."),
    )
    title = forms.CharField(label=gettext_lazy("Title"), max_length=LONGEST_TITLE)
    actions = forms.JSONField(
        label=gettext_lazy("Actions"),
        encoder=_Readable,
        widget=forms.Textarea(attrs={"rows": 30, "cols": 110, "spellcheck": "false"}),
        help_text=gettext_lazy("As docs/lessons.md describes them: call, until, pause, say."),
    )

    class Meta:
        model = Scene
        fields = ("account", "title", "tempo", "clusters", "families", "actions")

    def clean_actions(self) -> list[Any]:
        """Return the script. Raises ValidationError with what does not fit the schema, and where."""
        try:
            return [msgspec.to_builtins(action) for action in checked_actions(self.cleaned_data["actions"])]
        except BadScene as error:
            raise ValidationError([_told(fault) for fault in error.faults]) from error

    def clean_clusters(self) -> list[str]:
        """Return the clusters that the way back to the start empties."""
        return _named(self.cleaned_data["clusters"])

    def clean_families(self) -> list[str]:
        """Return the families that the way back to the start empties."""
        return _named(self.cleaned_data["families"])


def _told(fault: Fault) -> str:
    return with_literal(fault.here(), fault.literal) if fault.literal else fault.here()


def _named(names: Any) -> list[str]:
    found = names or []
    if not isinstance(found, list) or not all(map(is_of_a_scene, found)):
        raise ValidationError(_("A list of names, each beginning with %(prefix)s.") % {"prefix": SCENE_PREFIX})
    return found


@admin.register(Scene)
class SceneAdmin(ModelAdmin[Scene]):
    """Scenes that teachers cut from a timeline, to be worked on here; writing goes through the one door."""

    form = SceneForm
    list_display = ("title", "account", "tempo", "created_at")
    list_select_related = ("account",)
    search_fields = ("title", "account__account_id")
    readonly_fields = ("left_out", "created_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Scene | None = None) -> tuple[str, ...]:
        return (*self.readonly_fields, "account") if obj else ()

    def save_model(self, request: HttpRequest, obj: Scene, form: Any, change: bool) -> None:
        """Record or update the scene as its account's owner."""
        said = form.cleaned_data
        params = {name: said[name] for name in ("title", "tempo", "clusters", "families", "actions")}
        if change:
            _call(obj.account, "UpdateScene", {**params, "scene": obj.pk, "leftOut": obj.left_out})
        else:
            obj.pk = _call(obj.account, "RecordScene", params)["scene"]
            obj.refresh_from_db()

    def delete_model(self, request: HttpRequest, obj: Scene) -> None:
        """Forget it."""
        _call(obj.account, "DeleteScene", {"scene": obj.pk})

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Scene]) -> None:
        """Forget them, each by its own call."""
        for scene in queryset.select_related("account"):
            self.delete_model(request, scene)


def _call(account: Account, operation: str, params: dict[str, Any]) -> dict[str, Any]:
    return call(root_of(account.account_id, settings.ECSWEB_REGION, origin=ADMIN), operation, params)
