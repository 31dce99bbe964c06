"""Carry a line out: through the one door, as whoever types it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from ecsweb.api.call import call
from ecsweb.api.command_line.help import help_text
from ecsweb.api.command_line.output import shown
from ecsweb.api.command_line.parsing import Command, UsageError, offered, parse
from ecsweb.api.model import service_and_name
from ecsweb.api.principal import Principal
from ecsweb.domain.errors import EcsError
from ecsweb.domain.identifiers import REGION

ORIGIN = "console"
# What the CLI exits with: fine, a line that is no command, an error that the service answered.
FINE, USAGE, REFUSED = 0, 252, 254


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a line came to: the CLI's exit status and its output. `operation` is "" where nothing was called.

    `lead` says in the reader's language what a text is about that is in the CLI's own words, and `refused` holds what
    the service itself said. `listed` are the commands that help lists after its text. `ignored` are options that have
    no meaning here; `region` is that of the call where it is not the page's.
    """

    line: str
    status: int
    text: str
    operation: str = ""
    lead: str = ""
    refused: str = ""
    listed: Sequence[str] = ()
    ignored: Sequence[str] = ()
    region: str = ""

    @property
    def is_fine(self) -> bool:
        """Tell whether it was carried out."""
        return self.status == FINE


def run_line(principal: Principal, line: str) -> Outcome:
    """Carry out one line. Whatever was typed, the answer is an outcome, never an exception of a typing slip."""
    try:
        command = parse(line)
    except UsageError as error:
        return Outcome(line, USAGE, error.message, lead=error.lead)
    if command.help_of is not None:
        listed = offered(command.service) if not command.help_of else ()
        return Outcome(line, FINE, help_text(command), listed=listed, ignored=command.ignored)
    elsewhere = "" if command.region == principal.region else command.region
    return replace(_call(principal, command, line), ignored=command.ignored, region=elsewhere)


def _call(principal: Principal, command: Command, line: str) -> Outcome:
    region = command.region or principal.region
    if not re.fullmatch(REGION, region):
        return Outcome(line, USAGE, _("“%(region)s” is no region.") % {"region": region[:80]})
    who = replace(principal, origin=ORIGIN, region=region)
    name = service_and_name(command.operation)[1]
    try:
        answer = call(who, command.operation, command.params)
    except EcsError as error:
        text = f"An error occurred ({error.code}) when calling the {name} operation: {error.message}"
        return Outcome(line, REFUSED, text, command.operation, refused=error.message)
    try:
        return Outcome(line, FINE, shown(command, answer), command.operation)
    except UsageError as error:
        return Outcome(line, USAGE, error.message, command.operation, lead=error.lead)
