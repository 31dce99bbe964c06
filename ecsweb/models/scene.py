from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ecsweb.models.account import Account


class Scene(models.Model):
    """A scene of somebody's own, cut from a timeline or written in the admin: `learn.scenes` checks it."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="scenes", verbose_name=_("Account"))
    title = models.CharField(_("Title"), max_length=120)
    # As `learn.lessons.schema.Action` has them; `learn.scenes.checked_actions` checks them.
    actions = models.JSONField(_("Actions"), default=list)
    # What the way back to the start removes; the names begin with `scene-`, so that nothing else is ever among them.
    clusters = models.JSONField(_("Clusters"), default=list, blank=True)
    families = models.JSONField(_("Families"), default=list, blank=True)
    # Seconds between two actions.
    tempo = models.FloatField(_("Tempo"), default=0)
    # What of the stretch was left out, and why: [{"operation", "why"}].
    left_out = models.JSONField(_("Left out"), default=list, blank=True)
    created_at = models.DateTimeField(_("Made at"))

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("Scene")
        verbose_name_plural = _("Scenes")

    def __str__(self) -> str:
        return self.title
