"""What people say of the service."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tongzhou.chain.evaluation.types import About, FeedbackState
from tongzhou.kernel.models import SealedRecord

__all__ = ["Feedback"]


class Feedback(SealedRecord):
    """What somebody says is wrong or missing. The words and how to answer are sealed: they may name people."""

    SEALED = ("words", "reply_to")

    response = models.ForeignKey("responses.Response", null=True, on_delete=models.PROTECT, related_name="+")
    about = models.CharField(max_length=10, choices=About)
    words = models.BinaryField(null=True)
    reply_to = models.BinaryField(null=True)
    language = models.CharField(max_length=10, blank=True)
    state = models.CharField(max_length=10, choices=FeedbackState, default=FeedbackState.OPEN)
    #: What was done about it; no person's details.
    outcome = models.CharField(max_length=300, blank=True)
    handled_at = models.DateTimeField(null=True)
    handled_by_name = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(about__in=About.values), name="evaluation_feedback_about"),
            models.CheckConstraint(
                condition=Q(state=FeedbackState.OPEN, handled_at=None, outcome="")
                | (Q(state=FeedbackState.HANDLED, handled_at__isnull=False) & ~Q(outcome="")),
                name="evaluation_feedback_state",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["response", "state", "created_at", "id"], name="evaluation_f_queue"),
            models.Index(fields=["state", "handled_at"], name="evaluation_f_kept"),
        ]

    def __str__(self) -> str:
        return f"feedback {self.pk}"
