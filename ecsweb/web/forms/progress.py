"""The form that takes somebody's progress back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy

from ecsweb.api.principal import Principal
from ecsweb.learn.progress_file import LARGEST_BYTES, VERSION, BadProgress, take_in
from ecsweb.web.sentences.shapes import with_literal

REASONS = {
    "no-json": gettext_lazy("This is no JSON file."),
    "no-progress": gettext_lazy("This is JSON, but no progress of ecsweb."),
    "other-version": gettext_lazy("This file has version %(where)s; this ecsweb reads version %(version)s."),
    "too-large": gettext_lazy("A file of progress has at most %(mebibytes)s MiB."),
    "unknown-lesson": gettext_lazy("This ecsweb has no lesson %(where)s."),
    "unknown-question": gettext_lazy("This ecsweb has no question %(where)s."),
    "wrong-shape": gettext_lazy("The file is damaged or was changed."),
}


class ProgressForm(forms.Form):
    """A file that was taken along from here or elsewhere."""

    document = forms.FileField(
        label=gettext_lazy("My progress (JSON file)"),
        max_length=200,
        help_text=gettext_lazy("A file of “Take my progress with me”. What is here already stays."),
    )

    def submit(self, principal: Principal) -> dict[str, Any] | None:
        """Take the file in and return how much of it was new; None when it cannot be taken, with the reason."""
        if not self.is_valid():
            return None
        file: UploadedFile[Any] = self.cleaned_data["document"]
        try:
            return take_in(principal, file.read(LARGEST_BYTES + 1))
        except BadProgress as error:
            words = {
                "where": error.where,
                "version": VERSION,
                "mebibytes": LARGEST_BYTES // 2**20,
            }
            said = str(REASONS[error.code]) % words
            is_literal = error.code == "wrong-shape" and error.where
            self.add_error("document", ValidationError(with_literal(said, error.where) if is_literal else said))
            return None
