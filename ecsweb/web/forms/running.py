"""RunTask and StartTask as one form: where a container instance is named, it is StartTask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from ecsweb.domain.capacity.fargate import PLATFORM_VERSION
from ecsweb.web.forms.base import ApiForm
from ecsweb.web.forms.choices import DefinitionField, set_choices, set_names
from ecsweb.web.forms.definition_fields import EnvironmentField
from ecsweb.web.forms.launching import (
    NO_PROVIDERS,
    PROVIDER,
    Capacity,
    CapacityStrategyFields,
    LaunchTypeField,
    launch_choices,
    launching,
)
from ecsweb.web.forms.networks import NETWORK, NETWORK_PLACES, NetworkFields
from ecsweb.web.forms.overrides import Overrides
from ecsweb.web.forms.placement import PLACEMENT, PLACES, PlacementFields
from ecsweb.web.forms.tags import TAGGING, TaggingFields

NAMING: Mapping[str, str] = {
    "group": "group",
    "startedBy": "started_by",
    "clientToken": "client_token",
    "platformVersion": "platform_version",
}
# What only RunTask takes, as it chooses the place itself.
OF_THE_SCHEDULER = ("own_capacity", *sorted(PLACEMENT), "client_token", "platform_version")


class NamingFields(forms.Form):
    """What a task is known by, and when a call means the same as one before."""

    group = forms.CharField(
        label=_("Group"),
        required=False,
        max_length=1000,
        help_text=_("Placement counts tasks by it, and memberOf finds it as task:group. Empty: family:NAME."),
    )
    started_by = forms.CharField(
        label=_("Started by"),
        required=False,
        max_length=1000,
        help_text=_("A word of your own, such as nightly-job. ListTasks finds tasks by it."),
    )
    tags = EnvironmentField(
        label=_("Tags"), example="team=blue", help_text=_("Of each task: key=value, one on each line.")
    )
    client_token = forms.CharField(
        label=_("Client token"),
        required=False,
        max_length=1000,
        help_text=_("A call that is sent twice with the same token makes its tasks once. Up to 64 characters."),
    )
    platform_version = forms.ChoiceField(
        label=_("Platform version"),
        required=False,
        choices=[("", _("not said")), ("LATEST", "LATEST"), (PLATFORM_VERSION, PLATFORM_VERSION)],
        help_text=_("Of FARGATE alone: on EC2 it must not be said."),
    )

    def naming(self) -> dict[str, Any]:
        """Return the parameters of what was filled in."""
        data = self.cleaned_data
        found = {name: data[field] for name, field in NAMING.items()}
        found["tags"] = [{"key": tag["name"], "value": tag["value"]} for tag in data["tags"]]
        return {name: value for name, value in found.items() if value}


class RunTaskForm(PlacementFields, CapacityStrategyFields, NamingFields, TaggingFields, NetworkFields, ApiForm):
    operation = "RunTask"
    places: ClassVar = {
        "taskDefinition": "task_definition",
        "count": "count",
        "launchType": "launch_type",
        "capacityProviderStrategy": "own_capacity",
        "tags": "tags",
        **NAMING,
        **NETWORK_PLACES,
        **PLACES,
    }
    folded: ClassVar = PLACEMENT | TAGGING | NETWORK | {"own_capacity", "tags", *NAMING.values()}
    field_order = ("task_definition", "count", "launch_type", "where")

    task_definition = DefinitionField()
    count = forms.IntegerField(
        label=_("How many"),
        initial=1,
        min_value=1,
        max_value=10,
        help_text=_("From 1 to 10, each placed by itself. What finds no place is not tried again."),
    )
    launch_type = LaunchTypeField()
    where = forms.ChoiceField(
        label=_("Where"),
        required=False,
        help_text=_("Let the scheduler choose (RunTask), or name the container instance yourself (StartTask)."),
    )

    def __init__(
        self,
        *args: Any,
        cluster: str,
        revisions: list[str],
        instances: list[tuple[str, str]],
        overrides: Overrides,
        capacity: Capacity = NO_PROVIDERS,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.cluster, self.capacity, self.overrides = cluster, capacity, overrides
        set_choices(self, "launch_type", launch_choices(capacity))
        set_names(self, "task_definition", revisions)
        set_choices(self, "where", [("", _("wherever the scheduler puts it")), *instances])

    def params(self) -> dict[str, Any]:
        data = self.cleaned_data
        params: dict[str, Any] = {"cluster": self.cluster, "taskDefinition": data["task_definition"]}
        params |= {
            **self.naming(),
            **self.tagging(),
            **self.network(data["task_definition"]),
            **self.overrides.params(),
        }
        if data["where"]:
            return {**params, "containerInstances": [data["where"]]}
        where = launching(data["launch_type"], self.capacity, data["own_capacity"])
        return {**params, "count": data["count"], **where, **self.placement()}

    def clean(self) -> None:
        # StartTask is another operation of the same form: the choice of a place decides which is called.
        self.operation = "StartTask" if self.cleaned_data.get("where") else "RunTask"  # type: ignore[misc] # — per form
        if self.cleaned_data.get("where"):
            self._check_start()

    def _check_start(self) -> None:
        """Say beside its field what StartTask does not take, rather than leave it out in silence."""
        launch_type = self.cleaned_data.get("launch_type") or ""
        if launch_type == "FARGATE":
            self.add_error("where", _("With FARGATE there is no container instance to name."))
        if launch_type.startswith(PROVIDER):
            self.add_error("where", _("A capacity provider chooses the container instance itself."))
        for name in OF_THE_SCHEDULER:
            if self.cleaned_data.get(name):
                self.add_error(name, _("StartTask does not take it: the container instance is named already."))

    def is_valid(self) -> bool:
        return all((super().is_valid(), self.overrides.is_valid()))

    def refuse(self, path: str, message: str) -> None:
        if not self.overrides.refuse(path, message):
            super().refuse(path, message)
