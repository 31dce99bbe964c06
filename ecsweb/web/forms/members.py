"""Forms whose fields are the members of an AWS shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise

from ecsweb.web.forms.base import refuse_at
from ecsweb.web.forms.definition_fields import LinesField, OptionField, drop, is_untouched, member, put

# Where a field keeps what is to be said at it.
NOTES = "notes"


@dataclass(frozen=True)
class Fold:
    """Fields that belong together, under a heading."""

    heading: str | Promise
    fields: Sequence[forms.BoundField]

    @property
    def is_open(self) -> bool:
        """Tell whether one of them is filled in or is to be corrected."""
        return any(bound.value() or bound.errors for bound in self.fields)


class MembersForm(forms.Form):
    """A form each of whose fields is one member of an AWS shape; `members` says which, by its dotted path."""

    members: ClassVar[Mapping[str, str]]
    # What belongs together and is folded until it is filled in or is to be corrected, under its heading.
    folds: ClassVar[Sequence[tuple[str | Promise, Sequence[str]]]] = ()

    def __init__(self, *args: Any, said: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        """`said` is the document that the form began with: what the form cannot say of it stays."""
        super().__init__(*args, **kwargs)
        self.remember(said or {})

    def remember(self, said: Mapping[str, Any]) -> None:
        """Begin with a document; a choice of it that the form does not know is offered."""
        self.said = said
        self.given = self.typed(said)
        self.offer(self.given)

    def offer(self, typed: Mapping[str, Any]) -> None:
        """Offer the choices of a document that the form does not know."""
        for name, field in self.fields.items():
            if isinstance(field, OptionField):
                field.offer(str(typed.get(name, "")))

    def clean(self) -> dict[str, Any]:
        """What nobody touched is not refused: the form cannot say it, and it stays as it is."""
        for name in [name for name in self.errors if self.said and self.is_untouched(name)]:
            del self.errors[name]
        return self.cleaned_data

    def is_untouched(self, name: str) -> bool:
        """Tell whether the field was sent as the document filled it in."""
        return is_untouched(self.fields[name], self.given.get(name), self.typed_so_far()[name])

    @property
    def plain(self) -> list[forms.BoundField]:
        """The fields that everybody sees."""
        folded = {name for _heading, names in self.folds for name in names}
        return [bound for bound in self if bound.name not in folded and not bound.is_hidden]

    @property
    def folded_parts(self) -> list[Fold]:
        """The others, by what belongs together."""
        return [Fold(heading, [self[name] for name in names]) for heading, names in self.folds]

    @classmethod
    def typed(cls, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is typed into the fields for a document, as far as they can say it."""
        found = {name: member(document, path) for name, path in cls.members.items()}
        fields: Mapping[str, Any] = cls.base_fields
        return {name: fields[name].text(value) for name, value in found.items() if value not in (None, [], {})}

    def document(self) -> dict[str, Any]:
        """Return what the form began with, with what was typed otherwise; what cannot be read stays as it was.

        A field that was emptied takes its member away.
        """
        made = deepcopy(dict(self.said))
        typed, read = self.typed_so_far(), getattr(self, "cleaned_data", {})
        for name, path in self.members.items():
            if name in read and not self.is_untouched(name):
                self._write(made, path, self._value(name, typed[name]))
        return made

    def _value(self, name: str, typed: Any) -> Any:
        field, had = self.fields[name], member(self.said, self.members[name])
        if isinstance(field, LinesField) and isinstance(had, list):
            return field.merged(typed, had)
        return self.cleaned_data[name]

    def _write(self, made: dict[str, Any], path: str, value: Any) -> None:
        if value in (None, "", [], {}) or value is False:
            drop(made, path)
        else:
            put(made, path, value)

    def field_at(self, path: str) -> str | None:
        """Return the field of the member at a dotted path or of what it is in; None when no field is."""
        for name, of_field in self.members.items():
            if f"{path}.".startswith(f"{of_field}."):
                return name
        whole = path.split(".", maxsplit=1)[0]
        return next((name for name, of_field in self.members.items() if of_field.split(".")[0] == whole), None)

    def note(self, path: str, said: object) -> None:
        """Keep something to be said at the field of the member at a dotted path, if there is one."""
        name = self.field_at(path)
        if name is not None:
            field = self.fields[name]
            setattr(field, NOTES, [*getattr(field, NOTES, []), said])

    def refuse(self, path: str, message: str) -> None:
        """Say the message beside the field of the member, or over the form when there is none."""
        refuse_at(self, self.field_at(path) if path else None, message)

    def typed_so_far(self) -> dict[str, Any]:
        """Return what stands in the fields of a form that was sent, right or wrong."""
        return {
            name: field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            for name, field in self.fields.items()
        }


def dotted(path: str) -> str:
    """Return the path of a member without its marks of lists and maps. Example: volumes[].name → volumes.name."""
    return path.replace("[]", "").replace("{}", "")
