from __future__ import annotations

from django.apps import AppConfig


class EcswebConfig(AppConfig):
    name = "ecsweb"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Wires `controlplane`'s announcements to Celery: the arrow from controlplane to jobs would point upwards.
        from ecsweb.jobs import wakeups

        wakeups.connect()
