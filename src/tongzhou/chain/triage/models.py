"""Verification: who holds what, what the call found, when to call again, which records are the same."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from tongzhou.chain.triage.types import Decision, Outcome
from tongzhou.kernel.models import Record

__all__ = ["Check", "Decision", "DuplicatePair", "Lock", "NotCompared", "Outcome", "Retry"]

#: Each row is about one need or one offer.
_ONE = Q(need__isnull=False, offer__isnull=True) | Q(need__isnull=True, offer__isnull=False)


class Lock(models.Model):
    """One item in one person's hands until `until`; whoever holds it may see the contact."""

    id = models.BigAutoField(primary_key=True)
    object_type = models.CharField(max_length=10)  # need | offer
    object_id = models.UUIDField()
    holder_id = models.UUIDField()
    holder_name = models.CharField(max_length=100)
    taken_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["object_type", "object_id"], name="triage_lock_once"),
            models.CheckConstraint(condition=Q(object_type__in=["need", "offer"]), name="triage_lock_type"),
        ]
        indexes: ClassVar = [models.Index(fields=["holder_id", "until"], name="triage_lock_holder")]

    def __str__(self) -> str:
        return f"{self.object_type} {self.object_id} held until {self.until:%H:%M}"


class Check(Record):
    """One verification of a need or an offer: appended, never overwritten. Taking it back leaves it, marked."""

    need = models.ForeignKey("intake.Need", null=True, on_delete=models.PROTECT, related_name="checks")
    offer = models.ForeignKey("intake.Offer", null=True, on_delete=models.PROTECT, related_name="checks")
    by_id = models.UUIDField()
    by_name = models.CharField(max_length=100)
    outcome = models.CharField(max_length=12, choices=Outcome)
    quantity_confirmed = models.BigIntegerField(null=True)
    urgency = models.SmallIntegerField(null=True)
    place = models.ForeignKey("places.Place", null=True, on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey("catalogue.Category", null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=500, blank=True)
    #: Which edition of the call script was read from.
    script = models.CharField(max_length=20, blank=True)
    #: Ties the rows of the trail that this outcome wrote; taking it back works from them.
    group = models.UUIDField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=_ONE, name="triage_check_one"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="triage_check_outcome"),
            models.CheckConstraint(condition=Q(quantity_confirmed__gte=0), name="triage_check_quantity"),
            models.CheckConstraint(condition=Q(urgency__range=(0, 3)), name="triage_check_urgency"),
        ]
        indexes: ClassVar = [models.Index(fields=["by_id", "created_at"], name="triage_check_by")]

    def __str__(self) -> str:
        return f"{self.outcome} {self.created_at:%Y-%m-%d %H:%M}"


class Retry(Record):
    """When to call again somebody who could not be reached. One row for each need or offer, from the first attempt."""

    need = models.OneToOneField("intake.Need", null=True, on_delete=models.PROTECT, related_name="retry")
    offer = models.OneToOneField("intake.Offer", null=True, on_delete=models.PROTECT, related_name="retry")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    #: Set when closing was proposed; a person decides, nothing is closed by itself.
    proposed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=_ONE, name="triage_retry_one")]
        indexes: ClassVar = [models.Index(fields=["next_at"], name="triage_retry_due")]

    def __str__(self) -> str:
        return f"{self.attempts} attempts"


class DuplicatePair(Record):
    """Two needs that look like the same plea; `first` is the older. A person decides."""

    first = models.ForeignKey("intake.Need", on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey("intake.Need", on_delete=models.PROTECT, related_name="+")
    score = models.PositiveSmallIntegerField()
    signs = models.JSONField(default=list)
    decision = models.CharField(max_length=10, choices=Decision, default=Decision.OPEN)
    #: The trail's group of the merge; taking the merge back works from it.
    merge_group = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["first", "second"], name="triage_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="triage_pair_order"),
            models.CheckConstraint(condition=Q(score__lte=100), name="triage_pair_score"),
            models.CheckConstraint(condition=Q(decision__in=Decision.values), name="triage_pair_decision"),
        ]
        indexes: ClassVar = [models.Index(fields=["decision", "score"], name="triage_pair_open")]

    def __str__(self) -> str:
        return f"{self.score} {self.decision}"


class NotCompared(models.Model):
    """A need that has not been compared with the others since it came in or was corrected: written with the need,
    gone with the pairs that were found. What the worker loses the tick finds here."""

    need = models.OneToOneField("intake.Need", primary_key=True, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["since"], name="triage_notcompared_since")]

    def __str__(self) -> str:
        return f"{self.need_id} since {self.since:%Y-%m-%d %H:%M}"
