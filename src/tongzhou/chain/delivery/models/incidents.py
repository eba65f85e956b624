"""What went wrong, and money that was laid out for an errand."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tongzhou.chain.delivery.types import IncidentKind, IncidentState
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.kernel.models import Record, SealedRecord

__all__ = ["CashAdvance", "IncidentReport"]


class CashAdvance(Record):
    """Money laid out or handed over for an errand, in fen; settled when paid back or spent with proof."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="advances")
    amount_fen = models.BigIntegerField()
    #: Spent with a receipt; the rest was handed back.
    spent_fen = models.BigIntegerField(null=True)
    paid_by = models.CharField(max_length=100)
    note = models.CharField(max_length=300, blank=True)
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=100, blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by_name = models.CharField(max_length=100, blank=True)
    key = models.CharField(max_length=80, unique=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="delivery_cash_amount"),
            models.CheckConstraint(condition=Q(spent_fen=None) | Q(spent_fen__gte=0), name="delivery_cash_spent"),
            models.CheckConstraint(
                condition=Q(settled_at=None) | Q(spent_fen__isnull=False), name="delivery_cash_settled"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_fen} fen for {self.assignment_id}"


class IncidentReport(SealedRecord):
    """Something that went wrong, as whoever met it said it (sealed); a person handles it."""

    SEALED = ("text",)

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="incidents")
    response = models.ForeignKey("responses.Response", on_delete=models.PROTECT, related_name="+")
    line = models.CharField(max_length=10)
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=IncidentKind)
    text = models.BinaryField(null=True)
    state = models.CharField(max_length=10, choices=IncidentState, default=IncidentState.OPEN)
    #: Who says it: an account's id, or blank when it came by a link.
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=100, blank=True)
    handled_at = models.DateTimeField(null=True)
    handled_by_name = models.CharField(max_length=100, blank=True)
    outcome = models.CharField(max_length=300, blank=True)
    key = models.CharField(max_length=80, unique=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=IncidentState.values), name="delivery_incident_state"),
            models.CheckConstraint(condition=Q(kind__in=IncidentKind.values), name="delivery_incident_kind"),
        ]
        indexes: ClassVar = [models.Index(fields=["response", "state", "created_at"], name="delivery_incident_queue")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
