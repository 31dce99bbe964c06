"""Make a new data folder ready: the solo account, the admin with a random password, our own images. Safe to repeat."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand

from ecsweb.agent.discovery import current_engine
from ecsweb.agent.engine import EngineError
from ecsweb.agent.health import note_engine
from ecsweb.agent.images import ensure_images
from ecsweb.controlplane.accounts import open_account


class Command(BaseCommand):
    help = "Prepare the account, the administrator and the product's own images."

    def handle(self, *_args: Any, **_options: Any) -> None:
        open_account(settings.ECSWEB_ACCOUNT)
        self._administrator()
        note_engine(current_engine())
        try:
            ensure_images(current_engine(), self.stdout.write)
        except EngineError as error:
            self.stderr.write(f"The images of the labs could not be made: {error}")

    def _administrator(self) -> None:
        users = get_user_model()
        if users.objects.filter(is_superuser=True).exists():
            return
        password = secrets.token_urlsafe(12)
        users.objects.create_superuser("admin", password=password)
        self.stdout.write(f"Administrator of /admin/ (shown only this once): user admin, password {password}")
