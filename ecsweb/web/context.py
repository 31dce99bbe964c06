"""What every page shows around its content: banners, switches, where one is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from ecsweb.controlplane import heartbeats
from ecsweb.models import Heartbeat
from ecsweb.web.assets import modules
from ecsweb.web.looks import looks_of
from ecsweb.web.middleware import region_of
from ecsweb.web.shortcuts import shortcuts

REGIONS = ("ap-northeast-1", "ap-northeast-2", "ap-southeast-1", "eu-central-1", "eu-west-1", "us-east-1", "us-west-2")


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the menu of looks: what can be chosen, each with its glyph and word."""

    name: str
    label: str
    options: tuple[tuple[str, str, str], ...]
    chosen: str


def menu(chosen: Mapping[str, str]) -> tuple[Choice, ...]:
    """Return the menu of looks, in the reader's language."""
    return (
        Choice(
            "theme",
            _("Colours"),
            (
                ("auto", "◐", _("System")),
                ("light", "☀", _("Light")),
                ("dark", "☾", _("Dark")),
                ("contrast", "◑", _("High contrast")),
            ),
            chosen["theme"],
        ),
        Choice("motion", _("Motion"), (("auto", "≈", _("System")), ("less", "–", _("Less"))), chosen["motion"]),
        Choice(
            "shortcuts", _("Keyboard shortcuts"), (("on", "⌨", _("On")), ("off", "○", _("Off"))), chosen["shortcuts"]
        ),
    )


@dataclass(frozen=True, slots=True)
class Health:
    """What the banners tell: which engine answers, and whether the loop runs."""

    engine_kind: str = ""
    engine_version: str = ""
    engine_is_gone: bool = False
    engine_reason: str = ""
    loop_is_stalled: bool = False

    @property
    def is_simulated(self) -> bool:
        """Tell whether containers are only simulated."""
        return self.engine_kind == "simulated"

    @property
    def is_chosen(self) -> bool:
        """Tell whether the simulated engine was asked for, rather than being what is left."""
        return bool(settings.ECSWEB_ENGINE_ASKED == "simulated")


def health() -> Health:
    """Read the heartbeats; a part that was not seen for a while counts as gone."""
    rows = {row.part: row for row in Heartbeat.objects.all()}
    oldest = timezone.now() - heartbeats.FRESH
    engine, worker = rows.get("engine"), rows.get("worker")
    detail = engine.detail if engine else {}
    return Health(
        engine_kind=str(detail.get("kind", "")),
        engine_version=str(detail.get("version", "")),
        engine_is_gone=engine is not None and (not engine.ok or engine.seen_at < oldest),
        engine_reason=str(detail.get("reason", "")),
        loop_is_stalled=worker is not None and worker.seen_at < oldest,
    )


def chrome(request: HttpRequest) -> dict[str, object]:
    """Return what the frame of every page needs."""
    account = getattr(request, "account", None)
    looks = looks_of(request)
    return {
        "health": health(),
        "account": account,
        "last_sequence": account.last_sequence if account else 0,
        "region": region_of(request),
        "regions": sorted({*REGIONS, str(settings.ECSWEB_REGION)}),
        "looks": looks,
        "menu": menu(looks),
        "shortcuts": shortcuts(),
        "is_solo": settings.ECSWEB_MODE == "solo",
        "modules": modules(),
        "here": request.get_full_path(),
    }
