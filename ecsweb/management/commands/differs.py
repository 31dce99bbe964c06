"""Print `docs/differs-from-aws.md`: where ecsweb departs from Amazon ECS on purpose."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from ecsweb.learn.differs import documentation_page


class Command(BaseCommand):
    help = "Print where ecsweb departs from Amazon ECS on purpose (docs/differs-from-aws.md)."
    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(documentation_page(), ending="")
