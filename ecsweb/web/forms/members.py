"""Forms whose fields are the members of an AWS shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise

from ecsweb.web.forms.definition_fields import member, put


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

    @property
    def plain(self) -> list[forms.BoundField]:
        """The fields that everybody sees."""
        folded = {name for _heading, names in self.folds for name in names}
        return [bound for bound in self if bound.name not in folded]

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
        """Return the members that were typed and could be read; what is left empty is left out."""
        made: dict[str, Any] = {}
        for name, path in self.members.items():
            value = getattr(self, "cleaned_data", {}).get(name)
            if value not in (None, "", [], {}) and value is not False:
                put(made, path, value)
        return made

    def field_at(self, path: str) -> str | None:
        """Return the field of the member at a dotted path or of what it is in; None when no field is."""
        for name, of_field in self.members.items():
            if f"{path}.".startswith(f"{of_field}."):
                return name
        whole = path.split(".", maxsplit=1)[0]
        return next((name for name, of_field in self.members.items() if of_field.split(".")[0] == whole), None)

    def refuse(self, path: str, message: str) -> None:
        """Say the message beside the field of the member, or over the form when there is none."""
        self.add_error(self.field_at(path) if path else None, message)

    def typed_so_far(self) -> dict[str, Any]:
        """Return what stands in the fields of a form that was sent, right or wrong."""
        return {
            name: field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            for name, field in self.fields.items()
        }
