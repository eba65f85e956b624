"""Guides, their versions and steps, sources, who has read what, and what the front line asked."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from tongzhou.desks.guidance.types import OPEN_STATES, Group, GuideKind, GuideState, SaidSource, SaidStep
from tongzhou.kernel import clock, ids
from tongzhou.kernel.models import Record
from tongzhou.kernel.words import local
from tongzhou.registers.people.types import Role

__all__ = ["Acknowledgement", "Citation", "Guide", "GuideVersion", "Question", "Remark", "Step"]

_ACCOUNT = "people.Account"
_OPEN = [str(state) for state in OPEN_STATES]
_CHECKED = [str(one) for one in (GuideState.APPROVED, GuideState.PUBLISHED, GuideState.REPLACED, GuideState.WITHDRAWN)]
_SHOWN = [str(one) for one in (GuideState.PUBLISHED, GuideState.REPLACED, GuideState.WITHDRAWN)]


class Guide(Record):
    """One guide through all its versions: what it is for, and where in the work it is shown."""

    slug = models.CharField(max_length=42, unique=True, validators=[RegexValidator(r"^[a-z0-9][a-z0-9-]{1,40}\Z")])
    kind = models.CharField(max_length=8, choices=GuideKind)
    group = models.CharField(max_length=10, choices=Group, blank=True)
    #: Stage names; none means all.
    stages = models.JSONField(default=list)
    #: Roles of those who should read and acknowledge it; none means the whole front line.
    roles = models.JSONField(default=list)
    category = models.ForeignKey("catalogue.Category", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=GuideKind.values), name="guidance_guide_kind"),
            models.CheckConstraint(
                condition=(Q(kind=GuideKind.GROUP) & Q(group__in=Group.values))
                | (~Q(kind=GuideKind.GROUP) & Q(group="")),
                name="guidance_guide_group",
            ),
        ]

    def __str__(self) -> str:
        return self.slug


class GuideVersion(Record):
    """One version: written, reviewed by somebody else, published by a third act, then never changed.

    `version` is the row's own count of changes (`Record`); `number` is what people call the version.
    """

    guide = models.ForeignKey(Guide, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=9, choices=GuideState, default=GuideState.DRAFT)
    title = models.CharField(max_length=60)
    title_en = models.CharField(max_length=120, blank=True)
    summary = models.CharField(max_length=200, blank=True)
    summary_en = models.CharField(max_length=400, blank=True)
    what_changed = models.CharField(max_length=200, blank=True)
    what_changed_en = models.CharField(max_length=400, blank=True)
    why = models.CharField(max_length=200, blank=True)
    why_en = models.CharField(max_length=400, blank=True)
    #: An example that ships with the software: shown with its mark until a reviewer takes the mark away.
    is_example = models.BooleanField(default=False)
    author = models.ForeignKey(_ACCOUNT, on_delete=models.PROTECT, related_name="+")
    #: Ids of every account that wrote in it: none of them reviews it.
    writers = models.JSONField(default=list)
    reviewer = models.ForeignKey(_ACCOUNT, null=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    review_note = models.CharField(max_length=300, blank=True)
    publisher = models.ForeignKey(_ACCOUNT, null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True)
    valid_from = models.DateField(null=True)
    #: Until when it should be looked at again.
    review_by = models.DateField(null=True)
    withdrawn_by = models.ForeignKey(_ACCOUNT, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.CharField(max_length=300, blank=True)
    #: SHA-256 over everything it says, and over its steps alone: an acknowledgement holds as long as the steps do.
    digest = models.CharField(max_length=64, blank=True)
    steps_digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["guide", "number"], name="guidance_version_number"),
            models.UniqueConstraint(
                fields=["guide"], condition=Q(state=GuideState.PUBLISHED), name="guidance_version_one_published"
            ),
            models.UniqueConstraint(fields=["guide"], condition=Q(state__in=_OPEN), name="guidance_version_one_open"),
            models.CheckConstraint(condition=Q(state__in=GuideState.values), name="guidance_version_state"),
            models.CheckConstraint(
                condition=Q(reviewer__isnull=True) | ~Q(reviewer=F("author")), name="guidance_version_reviewer_other"
            ),
            models.CheckConstraint(
                condition=Q(publisher__isnull=True) | ~Q(publisher=F("author")), name="guidance_version_publisher_other"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=_CHECKED) | Q(reviewer__isnull=False, reviewed_at__isnull=False),
                name="guidance_version_reviewed",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=_SHOWN)
                | (
                    Q(publisher__isnull=False, published_at__isnull=False, valid_from__isnull=False)
                    & ~Q(digest="")
                    & ~Q(steps_digest="")
                ),
                name="guidance_version_published",
            ),
            models.CheckConstraint(
                condition=~Q(state=GuideState.WITHDRAWN)
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason="")),
                name="guidance_version_withdrawn",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.guide_id} v{self.number}"

    @property
    def label(self) -> str:
        """The title in the reader's language."""
        return local(self.title, self.title_en)

    @property
    def about(self) -> str:
        """The summary in the reader's language."""
        return local(self.summary, self.summary_en)

    @property
    def changed(self) -> str:
        """What changed, in the reader's language."""
        return local(self.what_changed, self.what_changed_en)

    @property
    def reason(self) -> str:
        """Why it changed, in the reader's language."""
        return local(self.why, self.why_en)

    @property
    def is_open(self) -> bool:
        """True while it is in the making."""
        return self.state in _OPEN

    def is_overdue(self, today: dt.date) -> bool:
        """True when it should have been looked at again by now."""
        return self.state == GuideState.PUBLISHED and self.review_by is not None and self.review_by < today


class Step(Record):
    """One thing to do, short enough for a phone. `key` is the same in every version that has the step."""

    edition = models.ForeignKey(GuideVersion, on_delete=models.PROTECT, related_name="steps")
    key = models.UUIDField(default=ids.new_id)
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=120)
    text_en = models.CharField(max_length=300, blank=True)
    #: Something that can do harm when it is done wrongly.
    caution = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "position"], name="guidance_step_position"),
            models.UniqueConstraint(fields=["edition", "key"], name="guidance_step_key"),
            models.CheckConstraint(condition=~Q(text=""), name="guidance_step_text"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.text}"

    @property
    def label(self) -> str:
        """The step in the reader's language."""
        return local(self.text, self.text_en)

    @property
    def said(self) -> SaidStep:
        """The step as it was written."""
        return SaidStep(self.text, self.text_en, self.caution, str(self.key))


class Citation(Record):
    """A public source a version rests on."""

    edition = models.ForeignKey(GuideVersion, on_delete=models.PROTECT, related_name="citations")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    publisher = models.CharField(max_length=120)
    url = models.CharField(max_length=300, blank=True)
    #: A year, a month or a day: ``2020``, ``2020-03``, ``2020-03-18``.
    date = models.CharField(max_length=10, blank=True)
    #: The title was not found in a public text.
    unconfirmed = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "position"], name="guidance_citation_position"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(publisher=""), name="guidance_citation_whole"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def said(self) -> SaidSource:
        """The source as it was written."""
        return SaidSource(self.title, self.publisher, self.url, self.date, self.unconfirmed)


class Remark(Record):
    """Why a version went back to its author, and what the author answered. Both stay; readers never see them."""

    edition = models.ForeignKey(GuideVersion, on_delete=models.PROTECT, related_name="remarks")
    #: Where the version stood: in review, or approved.
    state = models.CharField(max_length=9, choices=GuideState)
    text = models.CharField(max_length=300)
    by = models.ForeignKey(_ACCOUNT, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    answer = models.CharField(max_length=300, blank=True)
    answered_by = models.ForeignKey(_ACCOUNT, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(text=""), name="guidance_remark_text"),
            models.CheckConstraint(condition=Q(state__in=GuideState.values), name="guidance_remark_state"),
            models.CheckConstraint(
                condition=Q(answer="", answered_by__isnull=True, answered_at__isnull=True)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="guidance_remark_answered",
            ),
            models.UniqueConstraint(fields=["edition"], condition=Q(answer=""), name="guidance_remark_one_open"),
        ]

    def __str__(self) -> str:
        return self.text


class Acknowledgement(Record):
    """Somebody of the front line has read a version and will work by it."""

    account = models.ForeignKey(_ACCOUNT, on_delete=models.PROTECT, related_name="+")
    edition = models.ForeignKey(GuideVersion, on_delete=models.PROTECT, related_name="acknowledgements")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "edition"], name="guidance_acknowledgement_once")
        ]

    def __str__(self) -> str:
        return f"{self.account_id} read {self.edition_id}"


class Question(Record):
    """What the front line asked about a version, and which version answers it. Pages name the role, not the person."""

    edition = models.ForeignKey(GuideVersion, on_delete=models.PROTECT, related_name="questions")
    step = models.ForeignKey(Step, null=True, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=300)
    account = models.ForeignKey(_ACCOUNT, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=11, choices=Role.choices)
    answer = models.CharField(max_length=500, blank=True)
    answer_en = models.CharField(max_length=900, blank=True)
    answered_in = models.ForeignKey(GuideVersion, null=True, on_delete=models.PROTECT, related_name="answers")
    answered_by = models.ForeignKey(_ACCOUNT, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(text=""), name="guidance_question_text"),
            models.CheckConstraint(
                condition=Q(answer="", answered_in__isnull=True, answered_at__isnull=True)
                | (~Q(answer="") & Q(answered_in__isnull=False, answered_at__isnull=False)),
                name="guidance_question_answered",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def reply(self) -> str:
        """The answer in the reader's language."""
        return local(self.answer, self.answer_en)
