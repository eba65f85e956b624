"""Verification: who holds what, what the call found, which records are the same."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tongzhou.kernel.models import Record

__all__ = ["Check", "DuplicatePair", "Lock", "Outcome"]


class Outcome(models.TextChoices):
    """What a verification call found; one key each."""

    CONFIRMED = "confirmed", _("属实")
    CHANGED = "changed", _("属实，内容有改")
    UNREACHABLE = "unreachable", _("联系不上")
    SOLVED = "solved", _("已经解决")
    FALSE = "false", _("不属实")
    WITHDRAWN = "withdrawn", _("对方撤回")


class Lock(models.Model):
    """One item in one person's hands until `until`; whoever holds it may see the contact."""

    id = models.BigAutoField(primary_key=True)
    object_type = models.CharField(max_length=10)  # need | offer | callback
    object_id = models.UUIDField()
    holder_id = models.UUIDField()
    holder_name = models.CharField(max_length=100)
    taken_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["object_type", "object_id"], name="triage_lock_once")]
        indexes: ClassVar = [models.Index(fields=["holder_id", "until"], name="triage_lock_holder")]

    def __str__(self) -> str:
        return f"{self.object_type} {self.object_id} held until {self.until:%H:%M}"


class Check(Record):
    """One verification of a need or an offer: appended, never overwritten."""

    need = models.ForeignKey("intake.Need", null=True, on_delete=models.PROTECT, related_name="checks")
    offer = models.ForeignKey("intake.Offer", null=True, on_delete=models.PROTECT, related_name="checks")
    by_id = models.UUIDField()
    by_name = models.CharField(max_length=100)
    outcome = models.CharField(max_length=12, choices=Outcome)
    quantity_confirmed = models.BigIntegerField(null=True)
    urgency = models.SmallIntegerField(null=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(need__isnull=False, offer__isnull=True) | Q(need__isnull=True, offer__isnull=False),
                name="triage_check_one",
            ),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="triage_check_outcome"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.created_at:%Y-%m-%d %H:%M}"


class DuplicatePair(Record):
    """Two needs that look like the same plea; `first` is the older. A person decides."""

    class Decision(models.TextChoices):
        """What was decided."""

        OPEN = "open", _("待判断")
        SAME = "same", _("同一件事")
        DIFFERENT = "different", _("不是同一件事")

    first = models.ForeignKey("intake.Need", on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey("intake.Need", on_delete=models.PROTECT, related_name="+")
    score = models.PositiveSmallIntegerField()
    signs = models.JSONField(default=list)
    decision = models.CharField(max_length=10, choices=Decision, default=Decision.OPEN)
    merge_group = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["first", "second"], name="triage_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="triage_pair_order"),
            models.CheckConstraint(condition=Q(score__lte=100), name="triage_pair_score"),
        ]
        indexes: ClassVar = [models.Index(fields=["decision", "score"], name="triage_pair_open")]

    def __str__(self) -> str:
        return f"{self.score} {self.decision}"
