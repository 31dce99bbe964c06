"""Two people, one thing: whoever sends a form later is told what changed since it was filled in."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from ecsweb.api.principal import Principal
from ecsweb.web.forms.base import ApiForm
from ecsweb.web.forms.seen import Seen, State, as_seen, seen_in

__all__ = ["BegunForm", "State"]

BEGAN = "began"


class BeganField(forms.Field):
    """What stood there when the form was shown; what is no state of ours is none, and refuses nothing."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> Seen | None:
        return seen_in(str(value or ""))


class BegunForm(ApiForm):
    """A form that overwrites what is there. Sent over a change that its page did not show, it tells that first."""

    began = BeganField(required=False)

    def state(self) -> State:
        """Return what is there now, by AWS's names."""
        raise AssertionError("each form knows what it overwrites")

    def overwritten(self) -> str | None:
        """Return the one part of the state whose place is taken by what was filled in; None: that of all."""
        return None

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        if field_name == BEGAN:
            return as_seen(self.state())
        return super().get_initial_for_field(field, field_name)

    def submit(self, principal: Principal) -> dict[str, Any] | None:
        """Submit, unless something is to be told first; sent once more, it goes through."""
        is_asked_only = principal.rehearses
        return None if self.is_valid() and not is_asked_only and self._tells() else super().submit(principal)

    def _tells(self) -> bool:
        was, now, one = self.cleaned_data[BEGAN], self.state(), self.overwritten()
        changes = was.changes(now, None if one is None else [one]) if was else []
        if not changes:
            return False
        words = _("This was changed since you began: %(changes)s.") % {"changes": _told(changes)}
        self.add_error(None, f"{words} {_('If you still want this, send it once more.')}")
        self.show_instead(BEGAN, as_seen(now))
        return True

    def show_instead(self, name: str, value: str) -> None:
        """Let the form that comes back show another value in a field than the one that was sent."""
        sent: Any = copy(self.data)
        sent[self.add_prefix(name)] = value
        self.data = sent


def _told(changes: Iterable[tuple[str, str, str]]) -> str:
    nothing = _("nothing")
    return "; ".join(f"{name} {was or nothing} → {now or nothing}" for name, was, now in changes)
