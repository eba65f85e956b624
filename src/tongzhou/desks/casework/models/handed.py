"""What was still open at the end of a shift and went into other hands; the note with it is sealed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tongzhou.desks.casework.types import MatterKind
from tongzhou.kernel import clock
from tongzhou.kernel.models import SealedRecord

__all__ = ["HandedMatter"]

_OPEN = Q(taken_at__isnull=True, settled_at__isnull=True)


class HandedMatter(SealedRecord):
    """A contact, an escalation or a promised call, handed to a colleague, or to the supervisors of the line (`to_id`
    null). Open until somebody takes it, or it is said that nothing is left to do."""

    SEALED = ("note",)

    line_id = models.UUIDField()
    kind = models.CharField(max_length=10, choices=MatterKind)
    contact_id = models.UUIDField(null=True)
    callback_id = models.UUIDField(null=True)
    from_id = models.UUIDField()
    #: Role and number, as colleagues read it.
    from_name = models.CharField(max_length=100)
    to_id = models.UUIDField(null=True)
    to_name = models.CharField(max_length=100, blank=True)
    note = models.BinaryField(null=True)
    handed_at = models.DateTimeField(default=clock.now)
    taken_by = models.UUIDField(null=True)
    taken_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="callback", callback_id__isnull=False, contact_id__isnull=True)
                | Q(kind__in=("contact", "escalation"), contact_id__isnull=False, callback_id__isnull=True),
                name="casework_handed_what",
            ),
            models.CheckConstraint(
                condition=Q(taken_at__isnull=True, taken_by__isnull=True)
                | Q(taken_at__isnull=False, taken_by__isnull=False),
                name="casework_handed_taken",
            ),
            models.UniqueConstraint(fields=["contact_id"], condition=_OPEN, name="casework_handed_contact"),
            models.UniqueConstraint(fields=["callback_id"], condition=_OPEN, name="casework_handed_callback"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["line_id", "handed_at"], condition=_OPEN, name="casework_handed_line"),
            models.Index(fields=["to_id"], condition=_OPEN, name="casework_handed_to"),
            models.Index(fields=["contact_id", "handed_at"], name="casework_handed_of"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
