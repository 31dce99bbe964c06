"""The form that registers a task definition: what belongs to the task, and its containers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from ecsweb.api import call
from ecsweb.api.principal import Principal
from ecsweb.api.validation import checked, parsed_json
from ecsweb.domain.errors import EcsError
from ecsweb.web.forms.definition_containers import (
    MOST_FORMS,
    PREFIX,
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
# The hidden field with the document that the form began with, and how long it may be.
BASE = "base"
LONGEST_BASE = 128 * 1024

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
    """The two together, and the document that they began with, of which nothing is lost.

    A refusal of the operation stands beside the field of the container it is about.
    """

    def __init__(self, task: TaskForm, containers: forms.BaseFormSet[ContainerForm], base: Document) -> None:
        self.task, self.containers, self.base = task, containers, base

    @classmethod
    def shown(cls, document: Document) -> DefinitionForm:
        """Return the form filled in with a document, as far as it can say it."""
        base = document["containerDefinitions"]
        typed = [{**ContainerForm.typed(one), "origin": str(index)} for index, one in enumerate(base[:MOST_FORMS])]
        task = TaskForm(initial=TaskForm.typed(document), said=document)
        return cls(task, containers_shown(typed, base), document)

    @classmethod
    def sent(cls, data: Mapping[str, Any]) -> DefinitionForm:
        """Return the form as it was sent."""
        base = _base_of(str(data.get(BASE, "")))
        return cls(TaskForm(data, said=base), containers_sent(data, base.get("containerDefinitions", [])), base)

    @classmethod
    def holding(cls, document: Document) -> DefinitionForm:
        """Return the form as a browser would send it that was given the document and touched nothing."""
        return cls.shown(document).as_sent()

    def as_sent(self) -> DefinitionForm:
        """Return the form that is shown as a browser would send it."""
        parts = [self.task, *self.containers.forms]
        sent = {BASE: self.base_text, f"{PREFIX}-TOTAL_FORMS": str(len(parts) - 1), f"{PREFIX}-INITIAL_FORMS": "0"}
        for bound in (bound for part in parts for bound in part):
            value = as_browser_sends(bound.field, bound.value())
            if value is not None and value is not False:
                sent[bound.html_name] = "on" if value is True else str(value)
        return DefinitionForm.sent(sent)

    @property
    def base_text(self) -> str:
        """The document that the form began with, for the page to send back."""
        return json.dumps(self.base, ensure_ascii=False) if self.base else ""

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
        task = TaskForm(initial=self.task.typed_so_far(), said=self.base)
        return DefinitionForm(task, containers_shown(typed, self.base.get("containerDefinitions", [])), self.base)

    def submit(self, principal: Principal) -> dict[str, Any] | None:
        """Register; None when something is to be corrected, which the fields then say."""
        if not self.is_valid():
            return None
        try:
            return call(principal, "RegisterTaskDefinition", self.document())
        except EcsError as error:
            self.refuse(error.field, error.message)
            return None

    def refuse(self, path: str, message: str) -> None:
        """Say the message beside the field of the member at the path, or over the form when there is none."""
        part, inner = self._part(path)
        part.refuse(inner, message)

    def refuse_too(self, path: str, message: str) -> None:
        """Say it beside a field that could be read, though others could not: of those it may be a consequence."""
        part, inner = self._part(path)
        name = part.field_at(inner) if inner else None
        if name is not None and name not in part.errors:
            part.refuse(inner, message)

    def _part(self, path: str) -> tuple[MembersForm, str]:
        """Return the form of the task or of a container that a path is about, and the path in it."""
        first, _dot, rest = path.partition(".")
        index, _dot, inner = rest.partition(".")
        if first == "containerDefinitions" and index.isdecimal() and int(index) < len(self.containers.forms):
            return self.containers.forms[int(index)], inner
        return self.task, path


def _base_of(text: str) -> Document:
    """Return the document that the page sent back; nothing where it sent none, or none of ours."""
    try:
        return checked("RegisterTaskDefinition", parsed_json(text)) if len(text) <= LONGEST_BASE else {}
    except EcsError:
        return {}


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
    kinds: list[tuple[type[MembersForm], Document]] = [(TaskForm, document)]
    kinds += [(ContainerForm, one) for one in document["containerDefinitions"]]
    for kind, part in kinds:
        typed = kind.typed(part)
        fields: Mapping[str, forms.Field] = kind.base_fields
        form = kind({name: as_browser_sends(fields[name], value) for name, value in typed.items() if name in fields})
        form.offer(typed)
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
