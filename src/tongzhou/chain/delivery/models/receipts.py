"""What the receiver said arrived."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tongzhou.chain.delivery.types import Difference, HowConfirmed
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.kernel.models import Record

__all__ = ["Receipt"]


class Receipt(Record):
    """One confirmation by the receiver: appended; a correction is another receipt that names the one it corrects.

    Base units. What was sent is received, refused, missing or still on its way.
    """

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="receipts")
    how = models.CharField(max_length=10, choices=HowConfirmed)
    received = models.BigIntegerField()
    refused = models.BigIntegerField(default=0)
    missing = models.BigIntegerField(default=0)
    difference = models.CharField(max_length=12, choices=Difference, blank=True)
    note = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=100, blank=True)
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="corrected_by")
    key = models.CharField(max_length=80, unique=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(received__gte=0, refused__gte=0, missing__gte=0), name="delivery_receipt_quantities"
            ),
            models.CheckConstraint(
                condition=Q(refused=0, missing=0) | ~Q(difference=""), name="delivery_receipt_difference"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["assignment", "at"], name="delivery_receipt_of")]

    def __str__(self) -> str:
        return f"{self.received} of {self.assignment_id}"
