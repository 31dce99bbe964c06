"""The health check of a container: ends with 0 when the named part was heard of lately and is well."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ecsweb.controlplane import heartbeats


class Command(BaseCommand):
    help = "Tell whether a part of the product was heard of lately."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("part", choices=heartbeats.PARTS)

    def handle(self, *_args: Any, **options: Any) -> None:
        complaint = heartbeats.complaints(now=timezone.now())[options["part"]]
        if complaint:
            raise CommandError(complaint)
