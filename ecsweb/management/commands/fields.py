"""Print `docs/fields.md`: what becomes of each field of a task definition."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from ecsweb.domain.task_definitions.fields_page import fields_page


class Command(BaseCommand):
    help = "Print which fields of a task definition are run, clamped, not offered, refused or stored (docs/fields.md)."
    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(fields_page(), ending="")
