"""Rosters and what happens to them: shifts, swaps, sickness, handovers, hours without a supervisor."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from tongzhou.desks.professionals.models.lines import ServiceLine
from tongzhou.desks.professionals.models.people import Professional
from tongzhou.desks.professionals.types import RosterState, SicknessState, SwapState
from tongzhou.kernel.models import Record, SealedRecord

__all__ = ["Handover", "Roster", "RosterSnapshot", "Shift", "ShiftSwap", "Sickness", "SupervisorGap"]


class Roster(Record):
    """Who works when over some days: asked for, made by the engine, published by a second person."""

    line = models.ForeignKey(ServiceLine, on_delete=models.PROTECT, related_name="rosters")
    number = models.PositiveIntegerField(unique=True)
    state = models.CharField(max_length=9, choices=RosterState.choices, default=RosterState.QUEUED)
    start = models.DateField()
    days = models.PositiveSmallIntegerField()
    #: A thought experiment: it can be looked at, never published.
    is_what_if = models.BooleanField(default=False)
    #: What was asked: {factor, column, history, seed, effort}.
    asked = models.JSONField(default=dict)
    seed = models.PositiveIntegerField(default=0)
    #: What the engine says: complete, short_proved, short; half hours of seats that no roster can fill, that this one
    #: does not fill; seconds; whether time ended it; fairness and how much the forecast knew.
    status = models.CharField(max_length=14, blank=True)
    least_shortage = models.PositiveIntegerField(null=True)
    shortage = models.PositiveIntegerField(null=True)
    seconds = models.FloatField(null=True)
    figures = models.JSONField(default=dict)
    shortages = models.JSONField(default=list)
    progress = models.PositiveSmallIntegerField(default=0)
    step = models.CharField(max_length=10, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    beat_at = models.DateTimeField()
    cancel_asked = models.BooleanField(default=False)
    failure = models.JSONField(default=dict)
    made_by = models.UUIDField(null=True)
    made_by_name = models.CharField(max_length=100, blank=True)
    ready_at = models.DateTimeField(null=True)
    published_by = models.UUIDField(null=True)
    published_by_name = models.CharField(max_length=100, blank=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-number"]
        indexes: ClassVar = [models.Index(fields=["line", "state"], name="professionals_roster_of")]
        constraints: ClassVar = [
            models.CheckConstraint(name="professionals_roster_state", condition=Q(state__in=RosterState.values)),
            models.CheckConstraint(name="professionals_roster_days", condition=Q(days__range=(1, 62))),
            models.CheckConstraint(
                name="professionals_roster_second_person",
                condition=Q(published_by__isnull=True) | Q(made_by__isnull=True) | ~Q(published_by=F("made_by")),
            ),
            models.CheckConstraint(
                name="professionals_roster_published",
                condition=~Q(state="published") | Q(published_at__isnull=False, is_what_if=False),
            ),
            models.UniqueConstraint(
                fields=["line"], name="professionals_roster_one_at_work", condition=Q(state__in=["queued", "running"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class RosterSnapshot(models.Model):
    """What the engine was given and what it answered, so that a roster can be made again and checked by others."""

    roster = models.OneToOneField(Roster, primary_key=True, on_delete=models.PROTECT, related_name="snapshot")
    #: gzip of JSON: demand, forecast, people (ids), shifts, rules, wishes.
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.roster_id}"


class Shift(Record):
    """Somebody works: on the day `date`, at one skill of the line."""

    roster = models.ForeignKey(Roster, on_delete=models.PROTECT, related_name="shifts")
    line = models.ForeignKey(ServiceLine, on_delete=models.PROTECT, related_name="shifts")
    professional = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="shifts")
    date = models.DateField()
    kind = models.CharField(max_length=8)
    skill = models.CharField(max_length=30)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    #: False while its roster is a draft; withdrawn: swapped away, sick, replaced.
    in_force = models.BooleanField(default=False)
    withdrawn_at = models.DateTimeField(null=True)
    #: At its start the person could not take contacts: the refusal's code. The roster shows a hole.
    hole_code = models.CharField(max_length=30, blank=True)

    class Meta:
        ordering: ClassVar = ["starts_at", "id"]
        indexes: ClassVar = [
            models.Index(fields=["line", "in_force", "ends_at"], name="professionals_shift_now"),
            models.Index(fields=["professional", "ends_at"], name="professionals_shift_of"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["roster", "professional", "date"], name="professionals_shift_once",
                condition=Q(withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(name="professionals_shift_order", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(
                name="professionals_shift_force", condition=Q(in_force=False) | Q(withdrawn_at__isnull=True)
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.date} {self.kind}"


class ShiftSwap(Record):
    """One shift given away or exchanged for another."""

    line = models.ForeignKey(ServiceLine, on_delete=models.PROTECT, related_name="swaps")
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="+")
    asker = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="swaps_asked")
    other = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="swaps_offered")
    other_shift = models.ForeignKey(Shift, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=9, choices=SwapState.choices, default=SwapState.ASKED)
    #: Rules that would be broken, as the engine names them: [{rule, zh, en}].
    faults = models.JSONField(default=list)
    answered_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["shift"], name="professionals_swap_one_open", condition=Q(state__in=["asked", "accepted"])
            ),
            models.CheckConstraint(name="professionals_swap_two", condition=~Q(asker=F("other"))),
        ]

    def __str__(self) -> str:
        return f"{self.shift_id} {self.state}"


class Sickness(Record):
    """Somebody cannot come, from one moment until another. Why is nobody's business."""

    professional = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="sicknesses")
    line = models.ForeignKey(ServiceLine, on_delete=models.PROTECT, related_name="sicknesses")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=SicknessState.choices, default=SicknessState.REPORTED)
    reported_by = models.UUIDField(null=True)
    #: What was changed to fill the places: [{move, person, date, shift_before, skill_before, shift, skill}].
    moves = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(name="professionals_sick_order", condition=Q(ends_at__gt=F("starts_at")))
        ]

    def __str__(self) -> str:
        return f"{self.professional_id} {self.state}"


class Handover(SealedRecord):
    """A few words from one shift to the next: about the work, never about a caller. Sealed all the same."""

    SEALED = ("words",)

    line = models.ForeignKey(ServiceLine, on_delete=models.PROTECT, related_name="handovers")
    author = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="handovers")
    words = models.BinaryField(null=True)
    expires_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.pk}"


class SupervisorGap(Record):
    """A time in which nobody supervised the line while it was open: no new contact of high risk was taken."""

    line = models.ForeignKey(ServiceLine, on_delete=models.PROTECT, related_name="supervisor_gaps")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    #: How many supervisors were asked.
    asked = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["-since"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["line"], name="professionals_gap_one_open", condition=Q(until__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.since:%Y-%m-%d %H:%M}"
