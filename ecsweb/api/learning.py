"""Operations of ours that are about learning, not about ECS: what tells the story of a cluster leaves them out."""

from __future__ import annotations

from django.db.models import Q

LEARNING = frozenset(
    {
        *("StartLesson", "LeaveLesson", "TakeHint", "PredictStep", "ExplainStep", "ImportProgress"),
        *("PredictChange", "ExplainChange", "AnswerQuestion"),
        *("StartPlay", "SteerPlay", "RecordScene", "UpdateScene", "DeleteScene"),
    }
)


def about_learning() -> Q:
    """Return what finds the events that are about learning: calls of such operations, and how lessons go on."""
    return Q(detail_type="API Call", detail__operation__in=sorted(LEARNING)) | Q(detail_type="Lesson Progress")
