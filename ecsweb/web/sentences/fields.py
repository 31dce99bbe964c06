"""What of a task definition is not simply run here, as sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ecsweb.domain.task_definitions.field_fates import Fate, departures

# The sentences of the table, so that they are found for translation.
WHY = (
    gettext_noop("Memory and swap are one limit here, so that there is no swap to set."),
    gettext_noop("It is cut to 64 MiB, which count as memory."),
    gettext_noop("Device files and set-user-id programs are never allowed on it."),
    gettext_noop("It is cut to what one machine for all bears."),
    gettext_noop("A container that may do everything on the host is offered by no instance."),
    gettext_noop("The host's devices are offered by no instance."),
    gettext_noop("Namespaces of the host or of the whole task are offered by no instance."),
    gettext_noop("Paths of the host are offered by no instance."),
    gettext_noop("GPUs and accelerators are offered by no instance."),
    gettext_noop(
        "Credentials of private registries are offered by no instance; an image that the engine has runs without."
    ),
    gettext_noop("There is no IAM in the container here: a task role is offered by no instance."),
    gettext_noop("Name servers are the engine's, so that nobody's names are answered by others."),
    gettext_noop("Only no-new-privileges is taken, which every container has anyway."),
    gettext_noop("Only Docker's local driver without options is taken: options can mount paths of the host."),
    gettext_noop("Service Connect and App Mesh are not simulated here."),
    gettext_noop("Files in S3 are not read here; set the variables in environment."),
    gettext_noop("Log routers are not simulated here."),
    gettext_noop("Windows and its domains are not simulated here."),
    gettext_noop("Network file systems and EBS are not mounted here."),
    gettext_noop("All instances here have the processor and system of the machine that ecsweb runs on."),
    gettext_noop("Fault injection of AWS is not simulated here; use the chaos actions of the pages."),
    gettext_noop("Trusted execution is not simulated here."),
)


@dataclass(frozen=True, slots=True)
class Departure:
    """A field, what becomes of it in a word or two, and why."""

    path: str
    fate: str
    why: str


def field_departures(document: dict[str, Any]) -> list[Departure]:
    """Return what of the definition is cut, offered by no instance, or stored and not simulated."""
    words = {
        Fate.CLAMPED: _("cut to what is allowed"),
        Fate.NOT_OFFERED: _("no instance offers this"),
        Fate.STORED: _("stored, not simulated here"),
        Fate.REFUSED: _("refused"),
    }
    return [Departure(one.path, words[one.fate], _(one.why)) for one in departures(document)]
