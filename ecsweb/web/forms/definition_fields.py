"""Fields whose text stands for a member of a task definition: `clean` reads it, `text` writes it again."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

PORT = re.compile(r"(?:(?P<host>\d{1,6}):)?(?P<container>\d{1,6})(?:/(?P<protocol>tcp|udp))?", re.IGNORECASE)
NUMBER = re.compile(r"-?\d{1,9}")
EXEC = "CMD "


class TextField(forms.CharField):
    """A member that is a text."""

    def text(self, value: Any) -> Any:
        """Return what is typed for the value."""
        return value


class NumberField(forms.IntegerField):
    """A member that is a whole number."""

    def text(self, value: Any) -> Any:
        """Return what is typed for the value."""
        return value


class CpuField(NumberField):
    """The CPU units of a container."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("CPU units"), required=False, help_text=_("1024 are one vCPU."), **kwargs)


class HardLimitField(NumberField):
    """The memory of a container above which it is killed."""

    def __init__(self, **kwargs: Any) -> None:
        told = _("Above it the container is killed (hard limit).")
        super().__init__(label=_("Memory in MiB"), required=False, help_text=told, **kwargs)


class SwitchField(forms.BooleanField):
    """A member that is true or false."""

    def text(self, value: Any) -> Any:
        """Return whether it is ticked."""
        return bool(value)


class OptionField(forms.ChoiceField):
    """A member that is one of a few words."""

    def text(self, value: Any) -> Any:
        """Return the choice that stands for the value."""
        return value

    def offer(self, value: str) -> None:
        """Offer what a definition says already and the form does not know."""
        known: list[tuple[str, Any]] = list(self.widget.choices)
        if value and value not in dict(known):
            self.choices = [*known, (value, value)]


class ListedOptionField(OptionField):
    """A member that is a list of a few words, as one choice with commas."""

    def clean(self, value: Any) -> list[str]:
        chosen = super().clean(value)
        return chosen.split(",") if chosen else []

    def text(self, value: Any) -> Any:
        return ",".join(value)


class CommandField(forms.CharField):
    """A command's words as a shell would read them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, strip=False, widget=forms.Textarea(attrs={"rows": 2}), **kwargs)

    def clean(self, value: Any) -> list[str]:
        return _words(unix_lines(super().clean(value)))

    def text(self, value: Any) -> str:
        return shlex.join(value)


class HealthCommandField(CommandField):
    """A health check: a line for the shell, or after CMD the words of a program."""

    def clean(self, value: Any) -> list[str]:
        typed = unix_lines(forms.CharField.clean(self, value))
        if not typed.strip():
            return []
        if typed.startswith(EXEC):
            return ["CMD", *_words(typed.removeprefix(EXEC))]
        return ["CMD-SHELL", typed]

    def text(self, value: Any) -> str:
        first, *words = value
        return words[0] if first == "CMD-SHELL" and len(words) == 1 else f"{first} {shlex.join(words)}"


class LinesField(forms.CharField):
    """A member that is a list, one of it on each line."""

    def __init__(self, *, example: str = "", rows: int = 2, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows, "placeholder": example, "spellcheck": "false"})
        super().__init__(required=False, strip=False, widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        lines = unix_lines(super().clean(value)).split("\n")
        return [self.read(line) for line in lines if line.strip()]

    def text(self, value: Any) -> str:
        return "\n".join(self.write(one) for one in value)

    def merged(self, typed: str, had: Sequence[Any]) -> list[Any]:
        """Return the list for the typed lines; what the form cannot say of a line that stood there stays with it.

        A line that was changed in its place keeps the rest of what stood there, such as a port's name.
        """
        lines = [line for line in unix_lines(typed).split("\n") if line.strip()]
        there: dict[str, list[Any]] = {}
        for one in had:
            there.setdefault(self.write(one), []).append(one)
        old = had if len(lines) == len(had) else [None] * len(lines)
        return [
            there[line].pop(0)
            if there.get(line)
            else self._changed(line, None if self.write(was or {}) in lines else was)
            for line, was in zip(lines, old, strict=True)
        ]

    def _changed(self, line: str, was: Any) -> Any:
        now = self.read(line)
        if not isinstance(was, Mapping):
            return now
        try:
            said = self.read(self.write(was))
        except ValidationError:
            return now
        return {key: value for key, value in was.items() if key not in said} | now

    def read(self, line: str) -> Any:
        """Return what a line stands for. Raises ValidationError."""
        return line.strip()

    def write(self, value: Any) -> str:
        """Return the line for one of the list."""
        return str(value)


class EnvironmentField(LinesField):
    """NAME=value; what stands behind the first equals sign is the value, its blanks included."""

    def read(self, line: str) -> dict[str, str]:
        name, equals, value = line.partition("=")
        if not equals or not name.strip():
            raise ValidationError(_("Each line must be NAME=value."))
        return {"name": name.strip(), "value": value}

    def write(self, value: Any) -> str:
        return f"{value.get('name', '')}={value.get('value') or ''}"


class OptionsField(EnvironmentField):
    """name=value lines that make a map."""

    def clean(self, value: Any) -> dict[str, str]:
        return {pair["name"]: pair["value"] for pair in super().clean(value)}

    def text(self, value: Any) -> str:
        return "\n".join(f"{name}={said}" for name, said in value.items())


class PortsField(LinesField):
    """containerPort, hostPort:containerPort, each with /udp or /tcp or without."""

    def read(self, line: str) -> dict[str, Any]:
        found = PORT.fullmatch(line.strip())
        if found is None:
            raise ValidationError(_("Each line must be like 80, 8080:80 or 8080:80/udp."))
        mapping: dict[str, Any] = {"containerPort": int(found["container"])}
        if found["host"]:
            mapping["hostPort"] = int(found["host"])
        return mapping | ({"protocol": found["protocol"].lower()} if found["protocol"] else {})

    def write(self, value: Any) -> str:
        host = f"{value['hostPort']}:" if value.get("hostPort") else ""
        protocol = "/udp" if value.get("protocol") == "udp" else ""
        return f"{host}{value.get('containerPort') or value.get('containerPortRange', '')}{protocol}"


class DependenciesField(LinesField):
    """container:CONDITION; without a condition it is START."""

    def read(self, line: str) -> dict[str, str]:
        name, _colon, condition = line.strip().partition(":")
        return {"containerName": name.strip(), "condition": condition.strip().upper() or "START"}

    def write(self, value: Any) -> str:
        return f"{value['containerName']}:{value['condition']}"


class MountsField(LinesField):
    """volume:/path, with :ro when it is read-only."""

    def read(self, line: str) -> dict[str, Any]:
        volume, colon, path = line.strip().partition(":")
        path, read_only = path.removesuffix(":ro"), path.endswith(":ro")
        if not colon or not volume or not path:
            raise ValidationError(_("Each line must be volume:/path or volume:/path:ro."))
        mount: dict[str, Any] = {"sourceVolume": volume, "containerPath": path}
        return mount | ({"readOnly": True} if read_only else {})

    def write(self, value: Any) -> str:
        end = ":ro" if value.get("readOnly") else ""
        return f"{value.get('sourceVolume', '')}:{value.get('containerPath', '')}{end}"


class VolumesField(LinesField):
    """Names of volumes that live as long as the task."""

    def read(self, line: str) -> dict[str, str]:
        return {"name": line.strip()}

    def write(self, value: Any) -> str:
        return str(value.get("name", ""))


class NumbersField(forms.CharField):
    """Whole numbers with commas or blanks between them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def clean(self, value: Any) -> list[int]:
        words = super().clean(value).replace(",", " ").split()
        if any(not NUMBER.fullmatch(word) for word in words):
            raise ValidationError(_("Whole numbers with commas between them, such as 0, 143."))
        return [int(word) for word in words]

    def text(self, value: Iterable[int]) -> str:
        return ", ".join(str(number) for number in value)


def unix_lines(text: str) -> str:
    """Return the text with the line ends that a browser's text area sends made plain."""
    return text.replace("\r\n", "\n")


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise ValidationError(_("A quotation mark is not closed.")) from error


def as_browser_sends(field: forms.Field, value: Any) -> Any:
    """Return what a browser sends back of a value it was given: it has its own way with the ends of lines."""
    if not isinstance(value, str):
        return value
    if isinstance(field.widget, forms.Textarea):
        return re.sub(r"\r\n|\r|\n", "\r\n", value)
    return re.sub(r"[\r\n]", "", value)


def is_untouched(field: forms.Field, given: Any, sent: Any) -> bool:
    """Tell whether a browser sent back what it was given."""
    return _plain(field, given) == _plain(field, sent)


def _plain(field: forms.Field, value: Any) -> str:
    if isinstance(field, forms.BooleanField):
        return "on" if value else ""
    text = "" if value is None else str(value)
    if isinstance(field.widget, forms.Textarea):
        return re.sub(r"\r\n|\r", "\n", text)
    return re.sub(r"[\r\n]", "", text)


def member(document: Mapping[str, Any], path: str) -> Any:
    """Return the member at the dotted path, None when it or what it is in is left out."""
    found: Any = document
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def put(document: dict[str, Any], path: str, value: Any) -> None:
    """Set the member at the dotted path, making what it is in."""
    *outer, last = path.split(".")
    for part in outer:
        document = document.setdefault(part, {})
    document[last] = value


def drop(document: dict[str, Any], path: str) -> None:
    """Take the member at the dotted path away, and what it was in when nothing else is there."""
    outer, _dot, last = path.rpartition(".")
    within = member(document, outer) if outer else document
    if isinstance(within, dict) and last in within:
        del within[last]
        if outer and not within:
            drop(document, outer)
