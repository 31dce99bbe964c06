"""From a line to an operation and its parameters, by the parser of the AWS CLI itself.

Nothing of the server leaks in: no configuration file, no environment, no plug-in of the CLI is loaded, and what would
read a file or an address (`file://`) is refused before it is parsed.
"""

from __future__ import annotations

import argparse
import json
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from typing import Any, NoReturn

from awscli.argparser import ArgTableArgParser
from awscli.argprocess import ParamError, ParamShorthandParser
from awscli.botocore import xform_name
from awscli.botocore.session import Session
from awscli.clidriver import ServiceOperation
from django.utils.translation import gettext as _

from ecsweb.api.model import ECS, VERSIONS
from ecsweb.api.registry import handler_of
from ecsweb.domain.errors import EcsError

LONGEST_LINE = 20_000
# A backslash at the end of a line; pasted into a field of one line, the line's end is a blank.
GOES_ON = re.compile(r"\\\r?\n|(?<!\S)\\(?:[ \t]+|$)")
# Options of the CLI as a whole that mean something here; each has a value.
VALUED = frozenset({"--output", "--query", "--region"})
# Those that say how a terminal reaches AWS, with a value and without: a line copied with them is carried out here, and
# it is said that they were ignored.
IGNORED_VALUED = frozenset(
    {"--endpoint-url", "--profile", "--ca-bundle", "--cli-read-timeout", "--cli-connect-timeout", "--color"}
)
IGNORED = frozenset({"--no-cli-pager", "--no-paginate", "--no-sign-request", "--no-verify-ssl", "--debug"})
# Those that would make another thing of the line.
REFUSED = frozenset({"--cli-binary-format", "--generate-cli-skeleton"})
OUTPUTS = ("json", "table", "yaml", "text")
READS_FILES = ("file://", "fileb://")
# What means something to a shell between words, and nothing here.
SHELL_WORDS = frozenset({"|", "||", "&&", ";", "&", ">", ">>", "<", "2>", "2>&1"})


class UsageError(EcsError):
    """The line is no command: what is wrong with it, in the reader's language.

    Where the words are those of the CLI's own parser, `lead` says in the reader's language what they are about.
    """

    code = "UsageError"

    def __init__(self, message: str, *, lead: str = "") -> None:
        super().__init__(message)
        self.lead = lead


@dataclass(frozen=True, slots=True)
class Command:
    """A line understood: one operation of a service with its parameters, and how to show the answer.

    `operation` is the door's name of it, "ssm:PutParameter" for one of another service. `help_of` says that help was
    asked for instead: of the CLI ("" for the service), or of an operation by its command. `ignored` are the options of
    the line that have no meaning here.
    """

    service: str
    operation: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    output: str = "json"
    query: str = ""
    region: str = ""
    ignored: Sequence[str] = ()
    help_of: str | None = None


@cache
def commands(service: str) -> Mapping[str, str]:
    """Return the CLI's command of each operation of the service. Example: "run-task" → "RunTask"."""
    model = _session().get_service_model(service, api_version=VERSIONS[service])
    return {xform_name(name, "-"): name for name in model.operation_names}


@cache
def _session() -> Session:
    """Return a session of the CLI's own that sees neither the server's environment nor its files."""
    names = ("profile", "region", "data_path", "config_file", "ca_bundle", "credentials_file")
    session = Session(session_vars=dict.fromkeys(names, (None, None, None, None)))
    session.register("process-cli-arg", ParamShorthandParser())
    return session


def operation_named(service: str, command: str) -> str:
    """Return the door's name of a command's operation. Example: ("ssm", "put-parameter") → "ssm:PutParameter"."""
    name = commands(service)[command]
    return name if service == ECS else f"{service}:{name}"


def offered(service: str) -> Sequence[str]:
    """Return the commands of the operations that the door carries out: what help lists and Tab offers."""
    return sorted(command for command in commands(service) if handler_of(operation_named(service, command)) is not None)


def argument_table(service: str, command: str) -> Mapping[str, Any]:
    """Return the arguments of a command by their names without dashes."""
    table: Mapping[str, Any] = _operation(service, command).arg_table
    return table


class _Parser(ArgTableArgParser):  # type: ignore[misc] # — the CLI has no types
    """The CLI's parser, which tells what is wrong instead of ending the process."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


class _Operation(ServiceOperation):  # type: ignore[misc] # — the CLI has no types
    def _create_operation_parser(self, arg_table: Any) -> _Parser:
        return _Parser(arg_table)

    def _build_call_parameters(self, args: Any, arg_table: Mapping[str, Any], globals_: Any) -> dict[str, Any]:
        """Build them one by one, so that a value that Python cannot read is told with its option."""
        params: dict[str, Any] = {}
        for name, argument in arg_table.items():
            try:
                params.update(super()._build_call_parameters(args, {name: argument}, globals_))
            except ValueError as error:
                said = _("The value of --%(option)s cannot be read; it should be: %(kind)s. In the AWS CLI's words:")
                lead = said % {"option": name, "kind": argument.cli_type_name}
                raise UsageError(str(error)[:600], lead=lead) from error
        return params


class _Caller:
    """Stands where the CLI would send the request: it keeps what would be sent."""

    def __init__(self) -> None:
        self.params: dict[str, Any] = {}

    def invoke(self, _service: str, _operation: str, parameters: dict[str, Any], _globals: object) -> int:
        self.params = parameters
        return 0


def _operation(service: str, command: str, caller: _Caller | None = None) -> _Operation:
    model = _session().get_service_model(service, api_version=VERSIONS[service])
    operation = model.operation_model(commands(service)[command])
    return _Operation(command, service, caller, operation, _session())


def parse(line: str) -> Command:
    """Return what a line asks for; the words `aws` and `ecs` may be left out. Raises UsageError."""
    words = _words(line)
    globals_, words, ignored = _globals(words)
    words = words[1:] if words[:1] == ["aws"] else words
    service = words[0] if words and words[0] in VERSIONS else ECS
    words = words[1:] if words and words[0] in VERSIONS else words
    shown: dict[str, Any] = {
        "output": globals_.get("--output", "json"),
        "query": globals_.get("--query", ""),
        "ignored": ignored,
    }
    if not words or words == ["help"]:
        return Command(service, help_of="", **shown)
    command, *rest = words
    _check_command(service, command)
    if rest[:1] == ["help"]:
        return Command(service, help_of=command, **shown)
    params = _params(service, command, rest)
    return Command(service, operation_named(service, command), params, region=globals_.get("--region", ""), **shown)


def _words(line: str) -> list[str]:
    """Split the line as a shell would, and no more: nothing is expanded, nothing is run."""
    if len(line) > LONGEST_LINE:
        raise UsageError(_("A command has at most %(most)s characters here.") % {"most": LONGEST_LINE})
    try:
        words = shlex.split(GOES_ON.sub(" ", line).replace("\r", " ").replace("\n", " "))
    except ValueError as error:
        raise UsageError(f"{error}.", lead=_("The quotes do not close.")) from error
    if found := next((word for word in words if word in SHELL_WORDS), None):
        said = _("There is no shell here: %(word)s means nothing. One command at a time.")
        raise UsageError(said % {"word": found})
    if found := next((word for word in words if _reads_a_file(word)), None):
        said = _("There are no files here: write the JSON itself in place of %(word)s.")
        raise UsageError(said % {"word": found[:80]})
    return words


def _reads_a_file(word: str) -> bool:
    return word.startswith(READS_FILES) or any(f"={prefix}" in word for prefix in READS_FILES)


def _globals(words: Sequence[str]) -> tuple[dict[str, str], list[str], list[str]]:
    """Take the options of the CLI as a whole out of the words, wherever they stand: those that mean something here with
    their values, and the names of those that are ignored."""
    found: dict[str, str] = {}
    ignored: dict[str, str] = {}
    left: list[str] = []
    queue = list(words)
    while queue:
        word = queue.pop(0)
        name, equals, value = word.partition("=")
        if name in REFUSED:
            said = _("%(option)s is not for here: this command line carries one call out and shows its answer.")
            raise UsageError(said % {"option": name})
        if name in VALUED:
            found[name] = value if equals else _value(name, queue)
        elif name in IGNORED_VALUED:
            ignored[name] = value if equals else _value(name, queue)
        elif word in IGNORED:
            ignored[word] = ""
        else:
            left.append(word)
    if found.get("--output", "json") not in OUTPUTS:
        raise UsageError(_("--output is one of: %(known)s.") % {"known": ", ".join(OUTPUTS)})
    return found, left, list(ignored)


def _value(option: str, queue: list[str]) -> str:
    if not queue:
        raise _wants_value(option)
    return queue.pop(0)


def _wants_value(option: str) -> UsageError:
    return UsageError(_("%(option)s wants a value.") % {"option": option})


def _check_command(service: str, command: str) -> None:
    known = commands(service)
    if command in known:
        return
    if command == "wait":
        raise UsageError(
            _("aws ecs wait asks again and again: watch the picture instead, or use the real CLI on your machine.")
        )
    if service == ECS and command in other_services():
        said = _("Of AWS's services only these are here: %(known)s. “aws %(service)s” is not.")
        raise UsageError(said % {"known": ", ".join(VERSIONS), "service": command})
    near = get_close_matches(command, offered(service), n=3, cutoff=0.6)
    hint = _("Did you mean: %(near)s?") % {"near": ", ".join(near)} if near else _("help lists the commands.")
    said = _("aws %(service)s has no command “%(command)s”.") % {"service": service, "command": command[:80]}
    raise UsageError(f"{said} {hint}")


@cache
def other_services() -> frozenset[str]:
    """Return the names of AWS's services as the CLI has them, but for those that are here."""
    return frozenset(_session().get_available_services()) - VERSIONS.keys()


def _params(service: str, command: str, words: list[str]) -> dict[str, Any]:
    whole, words = _whole_input(words)
    caller = _Caller()
    operation = _operation(service, command, caller)
    if whole:
        for argument in operation.arg_table.values():
            argument.required = False
    shown = argparse.Namespace(output="json", query=None, color="off")
    lead = _("The options of aws %(service)s %(command)s are not understood. In the AWS CLI's words:")
    lead %= {"service": service, "command": command}
    try:
        operation(words, shown)
    except UsageError as error:
        raise UsageError(error.message, lead=error.lead or lead) from error
    except (ParamError, ValueError, TypeError, KeyError, AttributeError, argparse.ArgumentError) as error:
        raise UsageError(str(error)[:600], lead=lead) from error
    except SystemExit as error:
        raise UsageError("", lead=lead) from error
    except Exception as error:
        # The CLI's own errors share no base but Exception: unknown options, shorthand that does not parse.
        if not type(error).__module__.startswith("awscli"):
            raise
        raise UsageError(str(error)[:600], lead=_with_hint(lead, str(error), operation.arg_table)) from error
    return {**whole, **caller.params}


def _with_hint(lead: str, text: str, table: Mapping[str, Any]) -> str:
    """Ask first for the option that was probably meant, where the text names one that there is not."""
    wrong = [word.strip(",") for word in text.split() if word.startswith("--")]
    near = [get_close_matches(word, [f"--{name}" for name in table], n=1, cutoff=0.6) for word in wrong]
    found = [option for options in near for option in options]
    return " ".join([_("Did you mean: %(near)s?") % {"near": ", ".join(found)}, lead]) if found else lead


def _whole_input(words: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    """Take `--cli-input-json` out of the words; what single options say wins over it, as in the CLI."""
    left, text = list(words), None
    for place, word in enumerate(words):
        if word == "--cli-input-json":
            if place + 1 == len(words):
                raise _wants_value(word)
            text, left = words[place + 1], [*words[:place], *words[place + 2 :]]
        elif word.startswith("--cli-input-json="):
            text, left = word.partition("=")[2], [*words[:place], *words[place + 1 :]]
    if text is None:
        return {}, left
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(str(error), lead=_("--cli-input-json is no JSON.")) from error
    if not isinstance(whole, dict):
        raise UsageError(_("--cli-input-json wants an object."))
    return whole, left
