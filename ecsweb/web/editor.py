"""The editor of task definitions: form and JSON in step, and what ECS would say of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ecsweb.api import call
from ecsweb.domain.errors import EcsError
from ecsweb.domain.json_lines import lines_of, nearest_line
from ecsweb.domain.task_definitions.differences import CONTAINERS
from ecsweb.web import sentences
from ecsweb.web.forms.definition_form import DefinitionForm
from ecsweb.web.forms.members import dotted
from ecsweb.web.forms.task_definitions import JsonTaskDefinitionForm, as_json
from ecsweb.web.pictures import instance_names
from ecsweb.web.requests import PageRequest
from ecsweb.web.rows import clusters_of
from ecsweb.web.sentences.refusals import field_refusal


@dataclass(frozen=True, slots=True)
class Place:
    """A cluster, how many of its instances could take one task now, and why the others could not."""

    cluster: str
    fitting: int
    total: int
    nearest: str
    candidates: list[Any]


@dataclass(frozen=True, slots=True)
class Check:
    """What ECS would say: a refusal with the line of the JSON it is about, or what would be registered."""

    refusal: str = ""
    line: int | None = None
    # Something in the form, or the JSON, cannot be read, so that nothing was asked.
    is_unread: bool = False
    is_json_unread: bool = False
    # What was asked about: the parameters of the registration, refused or not.
    asked: Mapping[str, Any] = field(default_factory=dict)
    draft: Mapping[str, Any] = field(default_factory=dict)
    places: tuple[Place, ...] = ()
    departures: tuple[Any, ...] = ()
    # What somebody else registered since this began: the newest then, and the newest now.
    meanwhile: tuple[str, str] | None = None

    @property
    def newest(self) -> str:
        """The newest revision of the family so far, 0 for none."""
        return f"{self.draft['family']}:{self.draft['revision'] - 1}" if self.draft else ""


def meanwhile(newest: str, family: str, revision: int) -> tuple[str, str] | None:
    """Return the newest revision as somebody began and the one before `revision`, if others came between."""
    known, _colon, number = newest.rpartition(":")
    if known != family or not number.isdecimal() or len(number) > 9 or revision - 1 <= int(number):
        return None
    return newest, f"{family}:{revision - 1}"


@dataclass(frozen=True, slots=True)
class Editor:
    """Both sides as they are to be shown, and the check."""

    form: DefinitionForm
    pasted: JsonTaskDefinitionForm
    check: Check

    @classmethod
    def silent(cls, document: Mapping[str, Any], pasted: JsonTaskDefinitionForm) -> Editor:
        """Return the form with a document beside a JSON that cannot be read, of which nothing was asked."""
        return cls(DefinitionForm.shown(document), pasted, Check(is_json_unread=True))


def unasked(form: DefinitionForm) -> Editor:
    """Return the editor with a form that got or lost a container: nobody has finished it, so nothing is refused."""
    pasted = JsonTaskDefinitionForm(initial={"document": as_json(form.as_sent().document())})
    return Editor(form, pasted, Check())


def begun(request: PageRequest, document: Mapping[str, Any]) -> Editor:
    """Return the editor filled in with a document."""
    pasted = JsonTaskDefinitionForm(initial={"document": as_json(document)})
    form = DefinitionForm.shown(document)
    _note_fates(form, document)
    return Editor(form, pasted, check(request, document))


def from_form(request: PageRequest, form: DefinitionForm) -> Editor:
    """Return the editor after something was typed into the form: the JSON follows."""
    can_be_read, document = form.is_valid(), form.document()
    _note_fates(form, document)
    pasted = JsonTaskDefinitionForm(initial={"document": as_json(document)})
    return Editor(form, pasted, check(request, document, form) if can_be_read else _unread(request, document, form))


def _unread(request: PageRequest, document: Mapping[str, Any], form: DefinitionForm) -> Check:
    """Nothing is said of the whole while a field cannot be read, but what is wrong with another one is not hidden."""
    try:
        call(request.principal, "DescribeTaskDefinitionDraft", {"definition": document})
    except EcsError as error:
        form.refuse_too(error.field, error.message)
    return Check(is_unread=True)


def from_json(request: PageRequest, pasted: JsonTaskDefinitionForm) -> Editor | None:
    """Return the editor after something was typed into the JSON: the form follows; None when it cannot be read."""
    # A refusal of the operation counts among the errors, too; that can be read, and is shown in the form.
    pasted.is_valid()
    document = pasted.shaped
    if document is None:
        return None
    form = DefinitionForm.holding(document)
    form.is_valid()
    _note_fates(form, document)
    return Editor(form, pasted, check(request, document, form, text=pasted.text))


def _note_fates(form: DefinitionForm, document: Mapping[str, Any]) -> None:
    """Say at each field what of it is not simply run here."""
    task = {name: value for name, value in document.items() if name != CONTAINERS}
    for one in sentences.field_departures(task):
        form.task.note(dotted(one.path), one)
    for part, container in zip(form.containers.forms, document[CONTAINERS], strict=False):
        for one in sentences.field_departures({CONTAINERS: [container]}):
            part.note(dotted(one.path).removeprefix(f"{CONTAINERS}."), one)


def check(
    request: PageRequest, document: Mapping[str, Any], form: DefinitionForm | None = None, *, text: str = ""
) -> Check:
    """Ask the one door what it would say of the registration; a refusal is said beside the form's field, too."""
    try:
        draft = call(request.principal, "DescribeTaskDefinitionDraft", {"definition": document})
    except EcsError as error:
        if form is not None:
            form.refuse(error.field, error.message)
        line = nearest_line(lines_of(text or as_json(document)), error.field)
        return Check(refusal=field_refusal(error.message), line=line, asked=document)
    found = draft["taskDefinition"]
    return Check(
        asked=document,
        draft=found,
        places=_places(request, draft),
        departures=tuple(sentences.field_departures(dict(document))),
        meanwhile=meanwhile(request.POST.get("newest", ""), found["family"], found["revision"]),
    )


def _places(request: PageRequest, draft: Mapping[str, Any]) -> tuple[Place, ...]:
    by_name = {cluster.name: cluster for cluster in clusters_of(request)}
    return tuple(
        _place(one["clusterName"], one["decision"], instance_names(by_name[one["clusterName"]]))
        for one in draft["clusters"]
        if one["clusterName"] in by_name
    )


def _place(name: str, decision: Mapping[str, Any], names: Mapping[str, str]) -> Place:
    return Place(
        cluster=name,
        fitting=sum(not one["excluded_by"] for one in decision["candidates"]),
        total=len(decision["candidates"]),
        nearest=sentences.nearest(decision, names),
        candidates=sentences.candidates(decision, names),
    )
