"""A service line: what it offers, when it is open, what it promises, how its day is cut into shifts."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import ClassVar

from django.db import models
from django.db.models import Q

from tongzhou.kernel.models import Record
from tongzhou.kernel.words import local
from tongzhou.registers.organisations.models import Organisation
from tongzhou.registers.places.models import Place
from tongzhou.registers.responses.models import Response

__all__ = ["DAY", "ArrivalCount", "LineSkill", "ServiceLine", "ShiftKind"]

DAY = 24 * 60


def _always() -> dict[str, list[int]]:
    return {str(weekday): [0, DAY] for weekday in range(7)}


class ServiceLine(Record):
    """A counselling line of one organisation in one response."""

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="service_lines")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="service_lines")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    #: `Spoken` values in which callers can ask for help.
    languages = models.JSONField(default=list)
    #: Weekday ("0" Monday .. "6") > [from, until] in minutes of the day; a day that is missing is closed.
    hours = models.JSONField(default=_always)
    time_zone = models.CharField(max_length=40, default="Asia/Shanghai")
    #: Targets: so many per cent answered within so many seconds; at most so many per cent hang up.
    answer_percent = models.PositiveSmallIntegerField(default=80)
    answer_seconds = models.PositiveSmallIntegerField(default=20)
    abandon_percent = models.PositiveSmallIntegerField(default=5)
    least_seats = models.PositiveSmallIntegerField(default=2)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["response", "name"], name="professionals_line_once", condition=Q(closed_at__isnull=True)
            ),
            models.CheckConstraint(name="professionals_line_named", condition=~Q(name="")),
            # Notice 肺炎机制发〔2020〕18号: every hotline keeps at least two seats.
            models.CheckConstraint(name="professionals_line_seats", condition=Q(least_seats__gte=2)),
            models.CheckConstraint(
                name="professionals_line_targets",
                condition=Q(answer_percent__range=(1, 99), abandon_percent__range=(1, 99), answer_seconds__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """Its name in the reader's language."""
        return local(self.name, self.name_en)

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """Its time zone; rosters and opening hours are in it."""
        return zoneinfo.ZoneInfo(self.time_zone)

    def is_open(self, at: dt.datetime) -> bool:
        """Whether callers are received at `at` (aware); hours that end after midnight reach into the next day."""
        if self.closed_at is not None and self.closed_at <= at:
            return False
        here = at.astimezone(self.zone)
        minute = here.hour * 60 + here.minute
        for back in (0, 1):
            window = self.hours.get(str((here.weekday() - back) % 7))
            if window and window[0] <= minute + back * DAY < window[1]:
                return True
        return False


class LineSkill(Record):
    """One kind of help the line gives, with what is known of its calls."""

    line = models.ForeignKey(ServiceLine, on_delete=models.PROTECT, related_name="skills")
    code = models.SlugField(max_length=30)
    name = models.CharField(max_length=40)
    name_en = models.CharField(max_length=80, blank=True)
    #: How long a contact keeps a seat busy, notes included; how long a caller would wait; share of all contacts.
    handle_seconds = models.PositiveIntegerField(default=1500)
    patience_seconds = models.PositiveIntegerField(default=180)
    share_percent = models.PositiveSmallIntegerField(default=100)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-share_percent", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["line", "code"], name="professionals_skill_once", condition=Q(withdrawn_at__isnull=True)
            ),
            models.CheckConstraint(
                name="professionals_skill_figures",
                condition=Q(handle_seconds__range=(1, 86400), patience_seconds__range=(1, 86400))
                & Q(share_percent__range=(0, 100)),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def label(self) -> str:
        """Its name in the reader's language."""
        return local(self.name, self.name_en)


class ShiftKind(Record):
    """A kind of shift: when it starts and how long it lasts, with its breaks, in whole half hours."""

    line = models.ForeignKey(ServiceLine, on_delete=models.PROTECT, related_name="shift_kinds")
    code = models.CharField(max_length=8)
    name = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60, blank=True)
    start_minute = models.PositiveSmallIntegerField()
    minutes = models.PositiveSmallIntegerField()
    #: [[minutes after the start, length], ...]
    breaks = models.JSONField(default=list)
    #: Seats that are filled in any case while it runs (not on its breaks): {skill: seats}.
    least = models.JSONField(default=dict)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["start_minute", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["line", "code"], name="professionals_kind_once", condition=Q(withdrawn_at__isnull=True)
            ),
            models.CheckConstraint(
                name="professionals_kind_times", condition=Q(start_minute__lt=1440, minutes__range=(30, 1440))
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def label(self) -> str:
        """Its name in the reader's language."""
        return local(self.name, self.name_en)

    @property
    def span(self) -> str:
        """From when until when, as it is read on a wall."""
        ends = self.start_minute + self.minutes
        clock = [f"{minute % DAY // 60:02d}:{minute % 60:02d}" for minute in (self.start_minute, ends)]
        return f"{clock[0]}–{clock[1]}"


class ArrivalCount(models.Model):
    """How many contacts began in the half hour from `start` (local time of the line); 0 says that nobody called."""

    id = models.BigAutoField(primary_key=True)
    line = models.ForeignKey(ServiceLine, on_delete=models.PROTECT, related_name="arrivals")
    start = models.DateTimeField()
    calls = models.PositiveIntegerField()
    #: Counted by the platform from its own contacts; otherwise somebody brought the record in, and it is left alone.
    counted = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["start"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["line", "start"], name="professionals_arrivals_once")]

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%d %H:%M} {self.calls}"
