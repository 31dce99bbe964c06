from __future__ import annotations

from django.db import models
from django.db.models import Q

from ecsweb.domain.statuses import TaskDefinitionStatus
from ecsweb.models.account import Account


class TaskDefinition(models.Model):
    """One immutable revision of a family; outside every cluster (`ecs-facts.md` 2.1)."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="task_definitions")
    region = models.CharField(max_length=32)
    family = models.CharField(max_length=255)
    revision = models.IntegerField()
    status = models.CharField(max_length=32, default=TaskDefinitionStatus.ACTIVE)
    # The whole of what was registered, AWS-shaped, defaults filled in as AWS does.
    document = models.JSONField()
    requires_attributes = models.JSONField(default=list)
    compatibilities = models.JSONField(default=list)
    tags = models.JSONField(default=list, blank=True)
    registered_at = models.DateTimeField()
    registered_by = models.CharField(max_length=255, blank=True)
    deregistered_at = models.DateTimeField(null=True, blank=True)
    delete_requested_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("family", "revision")
        constraints = (
            # Deregistered revisions keep their row, so a number is never used twice.
            models.UniqueConstraint(
                fields=("account", "region", "family", "revision"), name="revision_unique_in_family"
            ),
            models.CheckConstraint(condition=Q(revision__gte=1), name="revision_starts_at_one"),
        )

    def __str__(self) -> str:
        return self.family_revision

    @property
    def family_revision(self) -> str:
        return f"{self.family}:{self.revision}"

    @property
    def arn(self) -> str:
        return f"arn:aws:ecs:{self.region}:{self.account.account_id}:task-definition/{self.family_revision}"
