"""The form that takes a recording."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ecsweb.api import call
from ecsweb.api.principal import Principal
from ecsweb.domain.errors import EcsError
from ecsweb.domain.timeline.recording import LARGEST_BYTES, MOST_EVENTS, VERSION
from ecsweb.web.sentences.refusals import field_refusal

REASONS = {
    "no-json": gettext_lazy("This is no JSON file."),
    "no-recording": gettext_lazy("This is JSON, but no recording of ecsweb."),
    "other-version": gettext_lazy("This recording has version %(where)s; this ecsweb reads version %(version)s."),
    "too-large": gettext_lazy("A recording has at most %(mebibytes)s MiB."),
    "too-many-events": gettext_lazy("A recording has at most %(events)s events."),
    "wrong-shape": gettext_lazy("The recording is damaged or was changed: %(where)s is not what it has to be."),
}


class RecordingForm(forms.Form):
    """A file that was exported here or elsewhere."""

    document = forms.FileField(
        label=gettext_lazy("Recording (JSON file)"),
        max_length=200,
        help_text=gettext_lazy("A file that an ecsweb exported on its timeline."),
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("What you want to call it; left empty, it is called like the file."),
    )

    def clean_document(self) -> str:
        """Return the file's text."""
        file: UploadedFile[Any] = self.cleaned_data["document"]
        if file.size is None or file.size > LARGEST_BYTES:
            raise ValidationError(reason("too-large"))
        try:
            return str(file.read().decode("utf-8"))
        except UnicodeDecodeError as error:
            raise ValidationError(reason("no-json")) from error
        finally:
            self.file_name = str(file.name)

    def submit(self, principal: Principal) -> int | None:
        """Keep the recording and return its id; None when the file is none that can be replayed."""
        if not self.is_valid():
            return None
        name = self.cleaned_data["name"] or self.file_name[:120]
        try:
            answer = call(principal, "ImportRecording", {"name": name, "document": self.cleaned_data["document"]})
        except EcsError as error:
            code, _colon, where = error.message.partition(":")
            self.add_error("document", reason(code, where) if code in REASONS else field_refusal(error.message))
            return None
        return int(answer["recording"]["id"])


def reason(code: str, where: str = "") -> str:
    """Return why a file is not taken, in the reader's language."""
    words = {
        "where": where or _("something"),
        "version": VERSION,
        "mebibytes": LARGEST_BYTES // 2**20,
        "events": MOST_EVENTS,
    }
    return str(REASONS[code]) % words
