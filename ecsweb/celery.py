"""The Celery application. Jobs live in `ecsweb.jobs`; nothing else imports Celery."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecsweb.settings")

app = Celery("ecsweb")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["ecsweb.jobs"], related_name="reconcile")
app.autodiscover_tasks(["ecsweb.jobs"], related_name="agents")
app.autodiscover_tasks(["ecsweb.jobs"], related_name="housekeeping")
app.autodiscover_tasks(["ecsweb.jobs"], related_name="lessons")
