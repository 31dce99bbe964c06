"""The form of a prediction: which tasks end, how many new ones stand where, how many are RUNNING after ten seconds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from ecsweb.domain.statuses import TaskDefinitionStatus
from ecsweb.models import Cluster, Service, TaskDefinition
from ecsweb.web.guesses import OF_INSTANCES, Column

MOST_TASKS = 1000
MOST_GHOSTS = 100


class GuessForm(forms.Form):
    """Fields for what the board has now; `deed` is the call that the prediction is about."""

    def __init__(self, data: Any = None, *, cluster: Cluster, change: str, key: str, columns: Sequence[Column]) -> None:
        super().__init__(data)
        self.cluster, self.change, self.key, self.columns = cluster, change, key, columns
        tasks = [(task.task_id, task.task_id[:6]) for column in columns for task in column.tasks]
        self.fields["ending"] = forms.MultipleChoiceField(choices=tasks, required=False)
        self.fields["running"] = forms.IntegerField(
            min_value=0,
            max_value=MOST_TASKS,
            label=_("How many tasks of the whole cluster %(cluster)s are RUNNING after 10 seconds?")
            % {"cluster": cluster.name},
        )
        for column in columns:
            self.fields[f"ghosts-{column.key}"] = forms.IntegerField(
                min_value=0, max_value=MOST_GHOSTS, required=False, label=_("New tasks here")
            )
        self._add_details()

    def _add_details(self) -> None:
        """Add what the call itself needs: a count, or a revision."""
        service = Service.objects.filter(cluster=self.cluster, name=self.key).exclude(status="INACTIVE").first()
        if self.change == "Scale":
            self.fields["desired"] = forms.IntegerField(
                min_value=0,
                max_value=MOST_TASKS,
                label=_("Desired count"),
                initial=service.desired_count + 1 if service else None,
            )
        if self.change == "Deploy" and service is not None and service.task_definition is not None:
            rows = TaskDefinition.objects.filter(
                account=self.cluster.account,
                region=self.cluster.region,
                family=service.task_definition.family,
                status=TaskDefinitionStatus.ACTIVE,
            )
            names = [row.family_revision for row in rows.order_by("-revision")[:20]]
            self.fields["revision"] = forms.ChoiceField(
                choices=[(name, name) for name in names], label=_("Revision to deploy")
            )

    @property
    def details(self) -> list[forms.BoundField]:
        """Return the fields of the call itself."""
        return [self[name] for name in ("desired", "revision") if name in self.fields]

    @property
    def places(self) -> list[tuple[Column, forms.BoundField]]:
        """Return each column of the board with its field for new tasks."""
        return [(column, self[f"ghosts-{column.key}"]) for column in self.columns]

    def deed(self) -> tuple[str, dict[str, Any]]:
        """Return the operation and parameters that the prediction is about."""
        where = {"cluster": self.cluster.name}
        if self.change == "KillContainer":
            task, _tilde, container = self.key.partition("~")
            return "KillContainer", {**where, "task": task, "container": container}
        if self.change == "StopTask":
            return "StopTask", {**where, "task": self.key}
        if self.change == "Drain":
            drained = {"containerInstances": [self.key], "status": "DRAINING"}
            return "UpdateContainerInstancesState", {**where, **drained}
        if self.change in OF_INSTANCES:
            return self.change, {**where, "containerInstance": self.key}
        if self.change == "Scale":
            return "UpdateService", {**where, "service": self.key, "desiredCount": self.cleaned_data["desired"]}
        named = {"taskDefinition": self.cleaned_data["revision"], "forceNewDeployment": True}
        return "UpdateService", {**where, "service": self.key, **named}

    def guess(self) -> dict[str, Any]:
        """Return what was predicted."""
        ghosts = {
            name.removeprefix("ghosts-"): value
            for name, value in self.cleaned_data.items()
            if name.startswith("ghosts-") and value
        }
        return {
            "ending": self.cleaned_data["ending"],
            "placed": ghosts,
            "running": self.cleaned_data["running"],
        }
