"""Two people, one thing: whoever sends a form later is told what changed since it was filled in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import copy
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from ecsweb.api.principal import Principal
from ecsweb.api.validation import parsed_json
from ecsweb.domain.errors import EcsError
from ecsweb.web.forms.base import ApiForm

BEGAN = "began"
# A longer state is not kept, and nothing is told: with it a form would be more than the server reads.
LONGEST = 24 * 1024

State = Mapping[str, str]


class BeganField(forms.Field):
    """What stood there when the form was shown; what is no state of ours is none, and refuses nothing."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> State | None:
        try:
            found = parsed_json(str(value or "")[:LONGEST])
        except EcsError:
            return None
        return {str(name): str(said) for name, said in found.items()} if isinstance(found, dict) else None


class BegunForm(ApiForm):
    """A form that overwrites what is there. Sent over a change that its page did not show, it tells that first."""

    began = BeganField(required=False)

    def state(self) -> State:
        """Return what is there now, by AWS's names."""
        raise AssertionError("each form knows what it overwrites")

    def overwrites(self, name: str) -> bool:
        """Tell whether what was filled in takes the place of this part of the state."""
        return True

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        if field_name == BEGAN:
            return as_began(self.state())
        return super().get_initial_for_field(field, field_name)

    def submit(self, principal: Principal) -> dict[str, Any] | None:
        """Submit, unless something is to be told first; sent once more, it goes through."""
        is_asked_only = principal.rehearses
        return None if self.is_valid() and not is_asked_only and self._tells() else super().submit(principal)

    def _tells(self) -> bool:
        was, now = self.cleaned_data[BEGAN], self.state()
        changes = [] if was is None else [name for name in {**was, **now} if was.get(name) != now.get(name)]
        changes = [name for name in changes if self.overwrites(name)]
        if not changes:
            return False
        nothing = _("nothing")
        told = "; ".join(f"{name} {was.get(name) or nothing} → {now.get(name) or nothing}" for name in changes)
        words = _("This was changed since you began: %(changes)s.") % {"changes": told}
        self.add_error(None, f"{words} {_('If you still want this, send it once more.')}")
        sent: Any = copy(self.data)
        sent[self.add_prefix(BEGAN)] = as_began(now)
        self.data = sent
        return True


def as_began(state: State) -> str:
    """Return the state as a page keeps it, nothing where it is too long."""
    text = json.dumps(dict(state), ensure_ascii=False)
    return text if len(text) <= LONGEST else ""
