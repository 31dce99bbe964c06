"""What `help` says: the commands of a service, or the options of one command, a line each."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _

from ecsweb.api.command_line.parsing import Command, argument_table

_TAGS = re.compile(r"<[^>]+>")
LONGEST = 110


def help_text(command: Command) -> str:
    """Return the help that was asked for."""
    return _of_command(command.service, command.help_of) if command.help_of else _of_service(command.service)


def _of_service(service: str) -> str:
    how = _("aws ecs COMMAND help shows the options of a command. --query, --output json|table|yaml|text.")
    return "\n".join([f"aws {service} COMMAND [options]", "", how])


def _of_command(service: str, command: str) -> str:
    lines = [f"aws {service} {command}", ""]
    for name, argument in argument_table(service, command).items():
        wanted = " (required)" if argument.required else ""
        lines.append(f"  --{name} {_kind(argument)}{wanted}")
        if words := first_sentence(str(argument.documentation or "")):
            lines.append(f"      {words}")
    return "\n".join(lines)


def _kind(argument: Any) -> str:
    return f"<{argument.cli_type_name}>"


def first_sentence(documentation: str) -> str:
    """Return the first sentence of AWS's own words about an option, without their markup."""
    plain = " ".join(_TAGS.sub(" ", documentation).split()).replace(" .", ".").replace(" ,", ",")
    sentence = plain.split(". ")[0].rstrip(".")
    return sentence if len(sentence) <= LONGEST else f"{sentence[: LONGEST - 1]}…"
