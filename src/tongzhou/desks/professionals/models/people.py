"""Who answers: calls for people, the professionals with their papers, training, groups and times."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from tongzhou.desks.professionals.models.lines import ServiceLine
from tongzhou.desks.professionals.types import (
    CallState,
    DayOffKind,
    ImportState,
    ItemKind,
    LicenceKind,
    PersonState,
)
from tongzhou.kernel.models import Record, SealedRecord
from tongzhou.kernel.words import local

__all__ = [
    "Acknowledgement",
    "Availability",
    "DayOff",
    "PeopleImport",
    "Professional",
    "RecruitmentCall",
    "SupervisionGroup",
    "TrainingItem",
]


class RecruitmentCall(Record):
    """A public call for people, of measured need: it closes by itself when enough have come."""

    line = models.ForeignKey(ServiceLine, on_delete=models.PROTECT, related_name="calls")
    code = models.CharField(max_length=10, unique=True)
    state = models.CharField(max_length=6, choices=CallState.choices, default=CallState.OPEN)
    #: People the measured need asks for, people there were, so how many are to be recruited.
    needed = models.PositiveIntegerField()
    there = models.PositiveIntegerField()
    wanted = models.PositiveIntegerField()
    #: What the figures were worked out from, in numbers.
    basis = models.JSONField(default=dict)
    #: Only applicants with one of these skills or languages are needed; empty: any of the line.
    skills = models.JSONField(default=list)
    languages = models.JSONField(default=list)
    nights_only = models.BooleanField(default=False)
    opened_by = models.UUIDField(null=True)
    closes_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["line"], name="professionals_call_one_open", condition=Q(state="open")),
            models.CheckConstraint(name="professionals_call_wanted", condition=Q(wanted__gte=1)),
        ]

    def __str__(self) -> str:
        return self.code


class SupervisionGroup(Record):
    """A supervisor and the few people whose work the supervisor looks after."""

    line = models.ForeignKey(ServiceLine, on_delete=models.PROTECT, related_name="groups")
    name = models.CharField(max_length=40)
    supervisor = models.ForeignKey("Professional", on_delete=models.PROTECT, related_name="groups_led")
    most = models.PositiveSmallIntegerField(default=8)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["line", "name"], name="professionals_group_once", condition=Q(closed_at__isnull=True)
            ),
            models.CheckConstraint(name="professionals_group_most", condition=Q(most__range=(1, 20))),
        ]

    def __str__(self) -> str:
        return self.name


class Professional(SealedRecord):
    """Somebody who applied to a line, and, once checked and trained, works on it. Names and numbers are sealed."""

    SEALED = ("name", "contact", "licence_number")
    COMPARED = ("contact_index", "licence_index")
    NOT_IN_TRAIL: ClassVar[tuple[str, ...]] = ("secret_hash",)

    line = models.ForeignKey(ServiceLine, on_delete=models.PROTECT, related_name="professionals")
    call = models.ForeignKey(RecruitmentCall, null=True, on_delete=models.PROTECT, related_name="applications")
    account = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="professionals")
    group = models.ForeignKey(SupervisionGroup, null=True, on_delete=models.PROTECT, related_name="members")
    code = models.CharField(max_length=10, unique=True)
    #: What colleagues read: a role and a number, never a name.
    alias = models.CharField(max_length=40)
    secret_hash = models.CharField(max_length=64, unique=True, null=True)
    state = models.CharField(max_length=8, choices=PersonState.choices, default=PersonState.APPLIED)
    state_at = models.DateTimeField()
    name = models.BinaryField(null=True)
    contact = models.BinaryField(null=True)
    licence_number = models.BinaryField(null=True)
    contact_index = models.CharField(max_length=24, blank=True)
    licence_index = models.CharField(max_length=24, blank=True)
    licence_kind = models.CharField(max_length=15, choices=LicenceKind.choices)
    licence_issuer = models.CharField(max_length=80, blank=True)
    #: Last day printed on the licence, in the line's time zone.
    licence_until = models.DateField()
    years = models.PositiveSmallIntegerField(default=0)
    supervised_hours = models.PositiveIntegerField(default=0)
    skills = models.JSONField(default=list)
    languages = models.JSONField(default=list)
    places = models.JSONField(default=list)
    can_nights = models.BooleanField(default=False)
    is_adult = models.BooleanField(default=True)
    is_supervisor = models.BooleanField(default=False)
    week_minutes = models.PositiveSmallIntegerField(default=2400)
    is_synthetic = models.BooleanField(default=False, editable=False)
    #: Whoever put it in (null: the person), who looked at the papers, what they saw, why.
    entered_by = models.UUIDField(null=True)
    checked_by = models.UUIDField(null=True)
    checked_by_name = models.CharField(max_length=100, blank=True)
    checked_at = models.DateTimeField(null=True)
    evidence = models.CharField(max_length=500, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    #: Whoever made sure that the training was done, on which day it was, and what they saw. Nobody is rostered before.
    trained_by = models.UUIDField(null=True)
    trained_by_name = models.CharField(max_length=100, blank=True)
    trained_on = models.DateField(null=True)
    trained_evidence = models.CharField(max_length=500, blank=True)
    #: A supervisor who is not on shift can be reached until then.
    reachable_until = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["line", "state"], name="professionals_by_state")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["line", "account"], name="professionals_account_once",
                condition=Q(account__isnull=False) & ~Q(state__in=["ended", "refused"]),
            ),
            models.UniqueConstraint(
                fields=["line", "licence_index"], name="professionals_licence_once",
                condition=~Q(licence_index="") & ~Q(state__in=["ended", "refused"]),
            ),
            models.CheckConstraint(name="professionals_state", condition=Q(state__in=PersonState.values)),
            models.CheckConstraint(name="professionals_adult", condition=Q(is_adult=True)),
            # Nobody checks the papers they put in themselves.
            models.CheckConstraint(
                name="professionals_second_person",
                condition=Q(checked_by__isnull=True) | Q(entered_by__isnull=True) | ~Q(checked_by=F("entered_by")),
            ),
            models.CheckConstraint(
                name="professionals_trained",
                condition=Q(trained_on__isnull=True)
                | (Q(trained_by__isnull=False) & ~Q(trained_evidence="") & ~Q(trained_by=F("account_id")))
                | (Q(trained_by__isnull=False) & ~Q(trained_evidence="") & Q(account__isnull=True)),
            ),
            models.CheckConstraint(
                name="professionals_checked",
                condition=Q(state__in=["applied", "refused", "ended"])
                | (Q(checked_at__isnull=False) & ~Q(evidence="")),
            ),
            models.CheckConstraint(
                name="professionals_active_account",
                condition=~Q(state__in=["active", "paused"]) | Q(account__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.alias

    @property
    def week_hours(self) -> int:
        """Most hours a week."""
        return self.week_minutes // 60


class TrainingItem(Record):
    """Something to read and acknowledge before a shift; a new version has to be acknowledged again."""

    line = models.ForeignKey(ServiceLine, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(max_length=8, choices=ItemKind.choices)
    slug = models.SlugField(max_length=40)
    number = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(max_length=80)
    title_en = models.CharField(max_length=120, blank=True)
    body = models.TextField(max_length=6000)
    body_en = models.TextField(max_length=9000, blank=True)
    #: The name of a guide: it is read and acknowledged there, with its account, each time its steps change.
    guide = models.CharField(max_length=42, blank=True)
    published_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["kind", "slug"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["line", "slug", "number"], name="professionals_item_once"),
            models.UniqueConstraint(
                fields=["line", "slug"], name="professionals_item_current", condition=Q(withdrawn_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slug} {self.number}"

    @property
    def label(self) -> str:
        """Its title in the reader's language."""
        return local(self.title, self.title_en)

    @property
    def text(self) -> str:
        """Its words in the reader's language."""
        return local(self.body, self.body_en)


class Acknowledgement(Record):
    """Somebody read an item and agreed to keep to it."""

    professional = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="acknowledgements")
    item = models.ForeignKey(TrainingItem, on_delete=models.PROTECT, related_name="acknowledgements")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["professional", "item"], name="professionals_acknowledged_once")
        ]

    def __str__(self) -> str:
        return f"{self.professional_id} {self.item_id}"


class Availability(Record):
    """A time of the week in which somebody can work; until may lie after midnight."""

    professional = models.ForeignKey(Professional, on_delete=models.CASCADE, related_name="windows")
    weekday = models.PositiveSmallIntegerField()
    from_minute = models.PositiveSmallIntegerField()
    until_minute = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["weekday", "from_minute"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["professional", "weekday", "from_minute"], name="professionals_window_once"
            ),
            models.CheckConstraint(
                name="professionals_window_times",
                condition=Q(weekday__lte=6, from_minute__lt=1440, until_minute__lte=2880)
                & Q(until_minute__gt=F("from_minute")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.from_minute}-{self.until_minute}"


class DayOff(Record):
    """Dates on which somebody would rather not, or cannot, work."""

    professional = models.ForeignKey(Professional, on_delete=models.CASCADE, related_name="days_off")
    first = models.DateField()
    last = models.DateField()
    kind = models.CharField(max_length=6, choices=DayOffKind.choices, default=DayOffKind.WISH)

    class Meta:
        ordering: ClassVar = ["first"]
        constraints: ClassVar = [
            models.CheckConstraint(name="professionals_dayoff_order", condition=Q(last__gte=F("first"))),
            models.UniqueConstraint(fields=["professional", "first", "kind"], name="professionals_dayoff_once"),
        ]

    def __str__(self) -> str:
        return f"{self.first} {self.kind}"


class PeopleImport(SealedRecord):
    """A roster workbook that was brought in: what it says stays sealed until it is accepted, then it is destroyed."""

    SEALED = ("content",)

    line = models.ForeignKey(ServiceLine, on_delete=models.PROTECT, related_name="imports")
    file_name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=9, choices=ImportState.choices, default=ImportState.READY)
    #: JSON: the rows as read, with what is wrong in each cell.
    content = models.BinaryField(null=True)
    rows = models.PositiveIntegerField(default=0)
    faulty = models.PositiveIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0)
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return self.file_name
