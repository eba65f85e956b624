"""Bulletins, where they hold, their corrections, what was sent of them, and pages of the web they were made from."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from tongzhou.desks.bulletins.models.kept import KeptRecord
from tongzhou.desks.bulletins.types import (
    Brought,
    BulletinState,
    CapType,
    CorrectionState,
    Kind,
    Severity,
    Showing,
    Verdict,
)
from tongzhou.kernel.words import local

__all__ = ["Bulletin", "BulletinPlace", "CapMessage", "Correction", "Remark", "WebPage"]


class WebPage(KeptRecord):
    """A page brought in from the web: its bytes as they came, how it was cleaned, what a person put back."""

    how = models.CharField(max_length=6, choices=Brought)
    address = models.CharField(max_length=500, blank=True)
    name = models.CharField(max_length=200, blank=True)
    raw = models.BinaryField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    #: `services.cleaning.CleanPage.as_json`: every piece with its reason.
    cleaned = models.JSONField()
    score = models.PositiveSmallIntegerField()
    #: Numbers of pieces that were cut and put back by a person.
    put_back = models.JSONField(default=list)
    held = models.BooleanField()
    released_by_name = models.CharField(max_length=100, blank=True)
    released_at = models.DateTimeField(null=True)
    release_reason = models.CharField(max_length=300, blank=True)
    by_id = models.UUIDField()
    by_name = models.CharField(max_length=100)

    NOT_IN_TRAIL: ClassVar[tuple[str, ...]] = ("raw", "cleaned")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(how__in=Brought.values), name="bulletins_page_how"),
            models.CheckConstraint(
                condition=Q(held=True, released_at=None) | Q(held=False), name="bulletins_page_held"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.how} {self.sha256[:12]}"


class Bulletin(KeptRecord):
    """A verified public statement with its source and how long it holds."""

    code = models.CharField(max_length=10, unique=True, editable=False)
    response = models.ForeignKey("responses.Response", null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    state = models.CharField(max_length=10, choices=BulletinState, default=BulletinState.DRAFT)
    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=240, blank=True)
    body = models.TextField(max_length=8000)
    body_en = models.TextField(max_length=12000, blank=True)
    #: A rumour: what is said, what is true of it, and on what grounds. The answer is `body`.
    said = models.CharField(max_length=500, blank=True)
    said_en = models.CharField(max_length=800, blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True)
    evidence = models.TextField(max_length=4000, blank=True)
    source_name = models.CharField(max_length=160)
    source_url = models.CharField(max_length=500, blank=True)
    source_number = models.CharField(max_length=120, blank=True)
    severity = models.CharField(max_length=10, choices=Severity, default=Severity.UNKNOWN)
    stages = models.JSONField(default=list)
    valid_from = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)
    author_id = models.UUIDField()
    author_name = models.CharField(max_length=100)
    verified_by_id = models.UUIDField(null=True)
    verified_by_name = models.CharField(max_length=100, blank=True)
    verified_role = models.CharField(max_length=20, blank=True)
    verified_how = models.CharField(max_length=300, blank=True)
    verified_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    published_by_name = models.CharField(max_length=100, blank=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=300, blank=True)
    page = models.ForeignKey(WebPage, null=True, on_delete=models.PROTECT, related_name="bulletins")
    synthetic = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="bulletins_bulletin_kind"),
            models.CheckConstraint(condition=Q(state__in=BulletinState.values), name="bulletins_bulletin_state"),
            models.CheckConstraint(condition=Q(severity__in=Severity.values), name="bulletins_bulletin_severity"),
            models.CheckConstraint(
                condition=(Q(kind=Kind.RUMOUR, verdict__in=Verdict.values) & ~Q(said=""))
                | (~Q(kind=Kind.RUMOUR) & Q(verdict="", said="")),
                name="bulletins_bulletin_rumour",
            ),
            models.CheckConstraint(
                condition=Q(state=BulletinState.DRAFT)
                | (Q(verified_by_id__isnull=False, verified_at__isnull=False) & ~Q(verified_by_id=F("author_id"))),
                name="bulletins_bulletin_two_people",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[BulletinState.DRAFT, BulletinState.VERIFIED], published_at=None)
                | Q(
                    state__in=[BulletinState.PUBLISHED, BulletinState.ENDED],
                    published_at__isnull=False, valid_from__isnull=False,
                ),
                name="bulletins_bulletin_published",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_from=None) | Q(valid_until__gt=F("valid_from")),
                name="bulletins_bulletin_valid",
            ),
            models.CheckConstraint(
                condition=Q(state=BulletinState.ENDED, ended_at__isnull=False)
                | (~Q(state=BulletinState.ENDED) & Q(ended_at=None)),
                name="bulletins_bulletin_ended",
            ),
        ]  # fmt: skip
        indexes: ClassVar = [models.Index(fields=["state", "published_at", "id"], name="bulletins_b_listed")]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"

    @property
    def title_local(self) -> str:
        """The title in the reader's language."""
        return local(self.title, self.title_en)

    @property
    def body_local(self) -> str:
        """The text in the reader's language."""
        return local(self.body, self.body_en)

    @property
    def said_local(self) -> str:
        """What is said, in the reader's language."""
        return local(self.said, self.said_en)

    def showing(self, at: dt.datetime) -> Showing:
        """What it is at a moment, for whoever looks at it; needs `corrections`."""
        if self.state == BulletinState.ENDED:
            return Showing.ENDED
        if self.valid_until is not None and self.valid_until <= at:
            return Showing.EXPIRED
        if self.valid_from is not None and self.valid_from > at:
            return Showing.COMING
        made = any(one.state == CorrectionState.PUBLISHED for one in self.corrections.all())
        return Showing.CORRECTED if made else Showing.CURRENT


class BulletinPlace(KeptRecord):
    """A division where a bulletin holds, with everything below it."""

    bulletin = models.ForeignKey(Bulletin, on_delete=models.PROTECT, related_name="places")
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    #: Given up by an edit of the draft; never for a published one.
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["bulletin", "place"], name="bulletins_place_once", condition=Q(withdrawn_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bulletin_id} in {self.place_id}"


class Correction(KeptRecord):
    """What was wrong with a published bulletin: the words before and after, when and why. Both stay in sight."""

    bulletin = models.ForeignKey(Bulletin, on_delete=models.PROTECT, related_name="corrections")
    number = models.PositiveSmallIntegerField()
    #: ``{field: [before, after]}``.
    changed = models.JSONField()
    reason = models.CharField(max_length=300)
    reason_en = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=CorrectionState, default=CorrectionState.PROPOSED)
    by_id = models.UUIDField()
    by_name = models.CharField(max_length=100)
    published_by_id = models.UUIDField(null=True)
    published_by_name = models.CharField(max_length=100, blank=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bulletin", "number"], name="bulletins_correction_once"),
            models.UniqueConstraint(
                fields=["bulletin"], name="bulletins_correction_one_waits",
                condition=Q(state=CorrectionState.PROPOSED),
            ),
            models.CheckConstraint(
                condition=(
                    Q(state=CorrectionState.PUBLISHED, published_at__isnull=False) & ~Q(published_by_id=F("by_id"))
                )
                | (~Q(state=CorrectionState.PUBLISHED) & Q(published_at=None)),
                name="bulletins_correction_two_people",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"correction {self.number} of {self.bulletin_id}"

    @property
    def reason_local(self) -> str:
        """Why, in the reader's language."""
        return local(self.reason, self.reason_en)


class Remark(KeptRecord):
    """Why a draft went back to its author, and what the author answered. Both stay; the public never sees them."""

    bulletin = models.ForeignKey(Bulletin, on_delete=models.PROTECT, related_name="remarks")
    number = models.PositiveSmallIntegerField()
    #: How far the bulletin was: a draft, or verified.
    state = models.CharField(max_length=10, choices=BulletinState)
    text = models.CharField(max_length=300)
    by_id = models.UUIDField()
    by_name = models.CharField(max_length=100)
    at = models.DateTimeField()
    answer = models.CharField(max_length=300, blank=True)
    answered_by_id = models.UUIDField(null=True)
    answered_by_name = models.CharField(max_length=100, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bulletin", "number"], name="bulletins_remark_once"),
            models.UniqueConstraint(
                fields=["bulletin"], name="bulletins_remark_one_open", condition=Q(answer="")
            ),
            models.CheckConstraint(condition=Q(state__in=BulletinState.values), name="bulletins_remark_state"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None, answered_by_id=None)
                | (~Q(answer="") & Q(answered_at__isnull=False, answered_by_id__isnull=False)),
                name="bulletins_remark_answered",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"remark {self.number} on {self.bulletin_id}"


class CapMessage(KeptRecord):
    """A CAP 1.2 message as it went out; it never changes."""

    bulletin = models.ForeignKey(Bulletin, on_delete=models.PROTECT, related_name="cap_messages")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=6, choices=CapType)
    sender = models.CharField(max_length=200)
    identifier = models.CharField(max_length=100, unique=True)
    sent_at = models.DateTimeField()
    xml = models.TextField()

    NOT_IN_TRAIL: ClassVar[tuple[str, ...]] = ("xml",)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bulletin", "number"], name="bulletins_cap_once"),
            models.CheckConstraint(condition=Q(kind__in=CapType.values), name="bulletins_cap_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.identifier}"
