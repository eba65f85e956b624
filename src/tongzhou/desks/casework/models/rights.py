"""What callers agreed to, and the glass that two people break when a life is in danger."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from tongzhou.desks.casework.models.conversations import Conversation
from tongzhou.desks.casework.types import Purpose
from tongzhou.kernel import clock
from tongzhou.kernel.models import Record

__all__ = ["Consent", "GlassAccess"]


class Consent(models.Model):
    """Yes or no of one caller for one purpose; the newest counts, earlier ones stay."""

    id = models.BigAutoField(primary_key=True)
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=10, choices=Purpose)
    given = models.BooleanField()
    #: Null: the caller said it themselves, on their own page.
    account_id = models.UUIDField(null=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["conversation", "purpose", "id"], name="casework_consent_newest")]

    def __str__(self) -> str:
        return f"consent {self.pk}"


class GlassAccess(Record):
    """One breaking of the glass: asked by one, granted by a second, looked over by a third afterwards."""

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="glass")
    line_id = models.UUIDField()
    asked_by = models.UUIDField()
    asked_name = models.CharField(max_length=100, blank=True)
    asked_at = models.DateTimeField(default=clock.now)
    granted_by = models.UUIDField(null=True)
    granted_name = models.CharField(max_length=100, blank=True)
    granted_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    views = models.PositiveIntegerField(default=0)
    reviewed_by = models.UUIDField(null=True)
    reviewed_name = models.CharField(max_length=100, blank=True)
    reviewed_at = models.DateTimeField(null=True)
    justified = models.BooleanField(null=True)
    #: Sealed under the key of the conversation.
    reason = models.BinaryField(null=True)
    findings = models.BinaryField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(granted_by__isnull=True) | ~Q(granted_by=F("asked_by")), name="casework_glass_two"
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True)
                | Q(granted_by__isnull=False) & ~Q(reviewed_by=F("asked_by")) & ~Q(reviewed_by=F("granted_by")),
                name="casework_glass_third",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(granted_at__isnull=False), name="casework_glass_until"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["line_id", "asked_at"], name="casework_glass_line")]

    def __str__(self) -> str:
        return f"glass {self.pk}"
