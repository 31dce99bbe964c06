"""What one run changes of its revision: a form for the task and one for each container (`ecs-facts.md` 5.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from ecsweb.web.forms.definition_containers import MOST_FORMS
from ecsweb.web.forms.definition_fields import (
    CommandField,
    CpuField,
    EnvironmentField,
    HardLimitField,
    NumberField,
    TextField,
)
from ecsweb.web.forms.members import MembersForm

Typed = Mapping[str, Any]
PREFIX = "override"
CONTAINERS = "containerOverrides"


class OverrideForm(MembersForm):
    @classmethod
    def made(cls, prefix: str, typed: Typed, *, is_sent: bool) -> Self:
        """Return the form with what was typed: to be checked with `is_sent`, else only to be shown again."""
        if not is_sent:
            return cls(initial=typed, prefix=prefix)
        return cls({f"{prefix}-{name}": value for name, value in typed.items()}, prefix=prefix)

    @classmethod
    def read(cls, prefix: str, data: Typed) -> dict[str, str]:
        """Return what a browser sent for it."""
        return {name: str(data.get(f"{prefix}-{name}", "")) for name in cls.members}


class TaskOverrideForm(OverrideForm):
    members: ClassVar = {
        "cpu": "cpu",
        "memory": "memory",
        "task_role": "taskRoleArn",
        "execution_role": "executionRoleArn",
    }

    cpu = TextField(
        label=_("Task CPU"),
        required=False,
        max_length=1000,
        help_text=_("For all containers together, such as 256 or .25 vCPU; placement looks for so much."),
    )
    memory = TextField(
        label=_("Task memory"),
        required=False,
        max_length=1000,
        help_text=_("For all containers together, such as 512 or 1 GB; placement looks for so much."),
    )
    task_role = TextField(
        label=_("Task role ARN"),
        required=False,
        max_length=1000,
        help_text=_("In whose name the program in the container calls AWS. Here it is kept and shown."),
    )
    execution_role = TextField(
        label=_("Execution role ARN"),
        required=False,
        max_length=1000,
        help_text=_("In whose name the agent pulls images, reads secrets and writes logs. Here it is kept and shown."),
    )


class ContainerOverrideForm(OverrideForm):
    members: ClassVar = {
        "name": "name",
        "command": "command",
        "environment": "environment",
        "cpu": "cpu",
        "memory": "memory",
        "memory_reservation": "memoryReservation",
    }

    name = TextField(widget=forms.HiddenInput, strip=False)
    command = CommandField(label=_("Command"), help_text=_("Instead of the revision's; the entry point stays."))
    environment = EnvironmentField(
        label=_("Environment"),
        help_text=_("NAME=value, one on each line: added to the revision's, and a name that is there gets this value."),
    )
    cpu = CpuField()
    memory = HardLimitField()
    memory_reservation = NumberField(
        label=_("Memory reservation in MiB"),
        required=False,
        help_text=_("What placement sets aside for it (soft limit); it may use more."),
    )

    @property
    def container(self) -> str:
        """The name of the container that it is about."""
        return str(self["name"].value() or "")

    def hint(self, definition: Mapping[str, Any]) -> None:
        """Show in each empty field what holds without an override."""
        for name, said in self.typed(definition).items():
            self.fields[name].widget.attrs["placeholder"] = str(said)


class Overrides:
    """The forms together: the containers of a revision, and those of another one for which something was typed."""

    def __init__(self, data: Typed | None, containers: Sequence[Mapping[str, Any]], *, is_sent: bool) -> None:
        """`data` is what a browser sent: to be checked with `is_sent`, else only to be shown again."""
        own = {one["name"]: one for one in containers}
        rows = dict(_rows(data or {}))
        kept = {name: typed for name, typed in rows.items() if name in own or any(typed.values())}
        names = [*own, *(name for name in kept if name not in own)]
        self.is_asked_for = data is not None and not is_sent
        self.strangers = frozenset(names) - own.keys()
        self.task = TaskOverrideForm.made(PREFIX, TaskOverrideForm.read(PREFIX, data or {}), is_sent=is_sent)
        self.containers = [
            ContainerOverrideForm.made(f"{PREFIX}-{index}", {**kept.get(name, {}), "name": name}, is_sent=is_sent)
            for index, name in enumerate(names)
        ]
        for form in self.containers:
            form.hint(own.get(form.container, {}))

    @property
    def is_open(self) -> bool:
        """Tell whether one of them was asked for, is filled in, or is to be corrected."""
        parts = [self.task, *self.containers]
        filled = any(bound.value() for part in parts for bound in part if not bound.is_hidden)
        return self.is_asked_for or filled or any(part.errors for part in parts)

    def is_valid(self) -> bool:
        """Tell whether everything that was typed can be read."""
        return all(part.is_valid() for part in (self.task, *self.containers))

    def params(self) -> dict[str, Any]:
        """Return the parameter `overrides`, nothing where nothing was typed."""
        changed = [document for document in (form.document() for form in self.containers) if len(document) > 1]
        found = {**self.task.document(), **({CONTAINERS: changed} if changed else {})}
        return {"overrides": found} if found else {}

    def refuse(self, path: str, message: str) -> bool:
        """Say a refusal beside what it is about; tell whether it is about an override."""
        first, _dot, rest = path.partition(".")
        if first in {"cpu", "memory"}:  # the sums of all containers, against the task's
            self.task.refuse(first, message)
        elif first == "overrides":
            self._refuse(rest, message)
        return first in {"overrides", "cpu", "memory"}

    def _refuse(self, path: str, message: str) -> None:
        head, _dot, rest = path.partition(".")
        number, _dot, inner = rest.partition(".")
        if head != CONTAINERS or not number.isdecimal():
            self.task.refuse(path, message)
            return
        # Those without anything typed were not sent, so that the call counted without them.
        sent = [form for form in self.containers if len(form.document()) > 1]
        sent[int(number)].refuse("" if inner == "name" else inner, message)


def _rows(data: Typed) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name of each container that was sent, and what was typed for it."""
    for index in range(MOST_FORMS):
        typed = ContainerOverrideForm.read(f"{PREFIX}-{index}", data)
        if name := typed.pop("name"):
            yield name, typed
