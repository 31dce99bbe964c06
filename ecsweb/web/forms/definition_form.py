"""The form that registers a task definition: what belongs to the task, and its containers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from ecsweb.api import call
from ecsweb.api.principal import Principal
from ecsweb.domain.errors import EcsError
from ecsweb.web.forms.definition_containers import (
    MOST_FORMS,
    ContainerForm,
    containers_sent,
    containers_shown,
)
from ecsweb.web.forms.definition_fields import (
    ListedOptionField,
    OptionField,
    TextField,
    VolumesField,
    as_browser_sends,
)
from ecsweb.web.forms.members import MembersForm

Document = Mapping[str, Any]

FIRST: Document = {
    "family": "web",
    "containerDefinitions": [
        {"name": "app", "image": "ecsweb/web:1", "cpu": 128, "memory": 64, "portMappings": [{"containerPort": 80}]}
    ],
}
# What means the same as leaving the member out.
DEFAULTS = (("cpu", 0), ("hostPort", 0), ("protocol", "tcp"), ("essential", True), ("value", ""))


class TaskForm(MembersForm):
    members: ClassVar = {
        "family": "family",
        "network_mode": "networkMode",
        "task_cpu": "cpu",
        "task_memory": "memory",
        "requires_compatibilities": "requiresCompatibilities",
        "volumes": "volumes",
        "execution_role": "executionRoleArn",
    }
    folds: ClassVar = (
        (_("Size, and where it can run"), ("task_cpu", "task_memory", "requires_compatibilities")),
        (_("Volumes"), ("volumes",)),
        (_("Execution role"), ("execution_role",)),
    )

    family = TextField(label=_("Family"), strip=False, help_text=_("Each registration makes its next revision."))
    network_mode = OptionField(
        label=_("Network mode"),
        required=False,
        choices=[
            ("", _("not said: bridge")),
            ("bridge", _("bridge – ports of the instance are mapped to the containers")),
            ("awsvpc", _("awsvpc – each task has a network interface of its own")),
            ("none", _("none – no network")),
        ],
        help_text=_("How the containers of the task are reached."),
    )
    task_cpu = TextField(
        label=_("Task CPU"),
        required=False,
        help_text=_("For all containers together, such as 256 or .25 vCPU. FARGATE must have it."),
    )
    task_memory = TextField(
        label=_("Task memory"),
        required=False,
        help_text=_("For all containers together, such as 512 or 1 GB. FARGATE must have it."),
    )
    requires_compatibilities = ListedOptionField(
        label=_("Requires compatibilities"),
        required=False,
        choices=[("", _("not said")), ("EC2", "EC2"), ("FARGATE", "FARGATE"), ("EC2,FARGATE", "EC2, FARGATE")],
        help_text=_("ECS checks at registration that the definition can run there."),
    )
    volumes = VolumesField(
        label=_("Volumes"),
        example="data",
        help_text=_("Names, one on each line. Containers share them by mount points; they go with the task."),
    )
    execution_role = TextField(
        label=_("Execution role ARN"),
        required=False,
        help_text=_("In whose name the agent pulls images, reads secrets and writes logs."),
    )


class DefinitionForm:
    """The two together. A refusal of the operation stands beside the field of the container it is about."""

    def __init__(self, task: TaskForm, containers: forms.BaseFormSet[ContainerForm]) -> None:
        self.task, self.containers = task, containers

    @classmethod
    def shown(cls, document: Document) -> DefinitionForm:
        """Return the form filled in with a document, as far as it can say it."""
        containers = [ContainerForm.typed(one) for one in document["containerDefinitions"]]
        return cls(TaskForm(initial=TaskForm.typed(document)), containers_shown(_all_said(containers)))

    @classmethod
    def sent(cls, data: QueryDict) -> DefinitionForm:
        """Return the form as it was sent."""
        return cls(TaskForm(data), containers_sent(data))

    @property
    def next_number(self) -> int:
        """The number that one more container would have."""
        return len(self.containers.forms) + 1

    @property
    def may_grow(self) -> bool:
        """Tell whether there is room for one more container."""
        return len(self.containers.forms) < MOST_FORMS

    def document(self) -> dict[str, Any]:
        """Return the parameters of RegisterTaskDefinition, as far as what was typed can be read."""
        self.is_valid()
        containers = [form.document() for form in self.containers.forms]
        return {**self.task.document(), "containerDefinitions": containers}

    def is_valid(self) -> bool:
        """Tell whether everything that was typed can be read."""
        return all((self.task.is_valid(), self.containers.is_valid()))

    def changed(self, *, adds: bool = False, removes: str = "") -> DefinitionForm:
        """Return the form with one container more, or without one of them, and all else as it was typed."""
        typed = [form.typed_so_far() for form in self.containers.forms]
        if removes.isdecimal() and int(removes) < len(typed) and len(typed) > 1:
            del typed[int(removes)]
        if adds and self.may_grow:
            typed.append({})
        return DefinitionForm(TaskForm(initial=self.task.typed_so_far()), containers_shown(typed))

    def submit(self, principal: Principal) -> dict[str, Any] | None:
        """Register; None when something is to be corrected, which the fields then say."""
        if not self.is_valid():
            return None
        try:
            return call(principal, "RegisterTaskDefinition", self.document())
        except EcsError as error:
            self._refuse(error.field, error.message)
            return None

    def _refuse(self, path: str, message: str) -> None:
        first, _dot, rest = path.partition(".")
        index, _dot, inner = rest.partition(".")
        if first == "containerDefinitions" and index.isdecimal() and int(index) < len(self.containers.forms):
            self.containers.forms[int(index)].refuse(inner, message)
        else:
            self.task.refuse(path, message)


def _all_said(containers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what is typed for each container with `essential` said, which is ECS's default."""
    return [{"essential": True, **typed} for typed in containers]


def beyond(document: Document) -> list[str]:
    """Return the members of a definition that the form cannot say; what it shows of the others, it sends back as is."""
    containers = document["containerDefinitions"]
    if len(containers) > MOST_FORMS:
        return ["containerDefinitions"]
    task, *sent = _sent_back(document)
    found = list(_differences(document, task.document(), but="containerDefinitions"))
    for container, form in zip(containers, sent, strict=True):
        found += [f"{container['name']}: {name}" for name in _differences(container, form.document())]
    return found


def _sent_back(document: Document) -> Iterator[MembersForm]:
    for kind, part in ((TaskForm, document), *((ContainerForm, one) for one in document["containerDefinitions"])):
        typed = {"essential": True, **kind.typed(part)}
        fields = kind.base_fields
        form = kind({name: as_browser_sends(fields[name], value) for name, value in typed.items() if name in fields})
        form.full_clean()
        yield form


def _differences(had: Document, has: Document, *, but: str = "") -> Iterator[str]:
    before, after = _pruned(had), _pruned(has)
    for name in sorted(before.keys() | after.keys() - {but}):
        if name != but and before.get(name) != after.get(name):
            yield name


def _pruned(value: Any) -> Any:
    """Return the value without what means the same as leaving it out."""
    if isinstance(value, Mapping):
        kept = {key: _pruned(inner) for key, inner in value.items() if (key, inner) not in DEFAULTS}
        return {key: inner for key, inner in kept.items() if key == "essential" or not _is_left_out(inner)}
    return [_pruned(inner) for inner in value] if isinstance(value, list) else value


def _is_left_out(value: Any) -> bool:
    return value is None or value is False or value in ([], {})
