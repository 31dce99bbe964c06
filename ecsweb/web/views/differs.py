"""Where ecsweb departs from AWS on purpose, for learners."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ecsweb.learn.differs import AREAS, departures
from ecsweb.web.requests import PageRequest


def area_names() -> dict[str, str]:
    """Return what the areas are called, in their order."""
    return {
        "instances": _("Container instances"),
        "capacity": _("Capacity"),
        "definitions": _("Task definitions"),
        "placement": _("Placement"),
        "tasks": _("Tasks"),
        "services": _("Services and deployments"),
        "networks": _("Networks, volumes and logs"),
        "account": _("Account and API"),
    }


def page_names() -> dict[str, str]:
    """Return what the pages are called that an entry may lead to."""
    return {
        "parameters": _("Parameter store"),
        "account-settings": _("Account settings"),
        "timeline": _("Timeline"),
        "register-task-definition": _("Register a task definition"),
    }


@require_GET
def differs(request: PageRequest) -> HttpResponse:
    """Each departure by area: what AWS does, what happens here, and why; only those with the words looked for."""
    looked_for = request.GET.get("q", "").strip()
    names = area_names()
    found = [one for one in departures().values() if looked_for.lower() in _words_of(one.key)]
    areas = [(area, names[area], [one for one in found if one.area == area]) for area in AREAS]
    context = {"areas": [area for area in areas if area[2]], "page_names": page_names(), "looked_for": looked_for}
    return render(request, "learn/differs.html", context)


def _words_of(key: str) -> str:
    """Return the words of an entry in both languages, in small letters."""
    one = departures()[key]
    texts = (one.what, one.aws, one.here, one.why)
    return " ".join(f"{text.en} {text.ko}" for text in texts).replace("`", "").lower()
