"""Print `docs/operations.md`: what is offered of AWS's operations, and what is refused and why."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from ecsweb.api.operations_table import operations_page


class Command(BaseCommand):
    help = "Print which operations are offered, and why the others are refused (docs/operations.md)."
    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(operations_page(), ending="")
