"""Register a revision in the editor: by form or as JSON, which are kept in step while somebody types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ecsweb.api.undo import inverses
from ecsweb.web import editor
from ecsweb.web.editor import Check, Editor, meanwhile
from ecsweb.web.forms.definition_form import FIRST, DefinitionForm, beyond
from ecsweb.web.forms.task_definitions import JsonTaskDefinitionForm, tidy
from ecsweb.web.requests import PageRequest
from ecsweb.web.rows import definition_of
from ecsweb.web.undoing import say_done


@require_http_methods(["GET", "POST"])
def register(request: PageRequest) -> HttpResponse:
    """Register a revision by the form or as JSON; both begin with `?from=web:1` or the name `?family=hello`."""
    based_on = request.GET.get("from", "")
    document = definition_of(request, based_on).document if based_on else None
    family = request.GET.get("family", "")[:255]
    begin = tidy(document or ({**FIRST, "family": family} if family else FIRST))
    answer, status = None, 200
    if request.method == "GET":
        shown = editor.begun(request, begin)
    elif "document" in request.POST:
        shown, answer = _pasted(request, begin)
        status = 422
    else:
        shown, answer, status = _sent(request)
    if answer is not None:
        made = answer["taskDefinition"]
        _tell_of_others(request, made)
        told = _("Done: %(operation)s.") % {"operation": "RegisterTaskDefinition"}
        say_done(request, told, inverses("RegisterTaskDefinition", {}, answer, {}))
        return redirect("task-definition", f"{made['family']}:{made['revision']}")
    context = {**_context(request, shown), "based_on": based_on, "beyond": beyond(document) if document else []}
    return render(request, "task_definitions/register.html", context, status=status)


def _context(request: PageRequest, shown: Editor) -> dict[str, object]:
    return {"editor": shown, "newest": request.POST.get("newest") or shown.check.newest}


def _tell_of_others(request: PageRequest, made: Mapping[str, Any]) -> None:
    """Say what somebody else registered while this was written: it is not lost, but this knows nothing of it."""
    found = meanwhile(request.POST.get("newest", ""), made["family"], made["revision"])
    if found is not None:
        words = {"theirs": found[1], "newest": found[0]}
        messages.warning(request, _("While you wrote, %(theirs)s was registered; you began after %(newest)s.") % words)


def _pasted(request: PageRequest, begin: Mapping[str, Any]) -> tuple[Editor, dict[str, Any] | None]:
    """Register the JSON; where it is refused, the form says what the JSON says, as far as that can be read."""
    pasted = JsonTaskDefinitionForm(request.POST)
    answer = pasted.submit(request.principal)
    silent = Editor.silent(begin, pasted)
    return silent if answer else editor.from_json(request, pasted) or silent, answer


def _sent(request: PageRequest) -> tuple[Editor, dict[str, Any] | None, int]:
    """Do what the button of the form that was pressed asks: change the form, write it as JSON, or register."""
    form, asked = DefinitionForm.sent(request.POST), request.POST.get("change", "")
    if asked == "json":
        return editor.from_form(request, form), None, 200
    if asked:
        changed = form.changed(adds=asked == "add", removes=asked.removeprefix("remove-"))
        return editor.unasked(changed), None, 200
    answer = form.submit(request.principal)
    return editor.from_form(request, DefinitionForm.sent(request.POST)), answer, 422


@require_POST
def in_step(request: PageRequest) -> HttpResponse:
    """Return the editor after one side was typed into; JSON that cannot be read leaves the form as it is."""
    if "document" not in request.POST:
        shown = editor.from_form(request, DefinitionForm.sent(request.POST))
        return render(request, "task_definitions/_editor.html", _context(request, shown))
    pasted = JsonTaskDefinitionForm(request.POST)
    if (found := editor.from_json(request, pasted)) is not None:
        return render(request, "task_definitions/_editor.html", _context(request, found))
    check, newest = Check(is_json_unread=True), request.POST.get("newest", "")
    parts = {"pasted": pasted, "check": check, "is_beside": True, "newest": newest}
    text = "".join(render_to_string(f"task_definitions/{name}.html", parts, request) for name in ("_json", "_check"))
    answer = HttpResponse(text)
    answer["HX-Retarget"], answer["HX-Reswap"] = "#json", "morph:outerHTML"
    return answer
