"""Organisations, what each kind must show, what a person saw, and the standing that follows."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from tongzhou.kernel import clock
from tongzhou.kernel.models import Record
from tongzhou.kernel.words import local
from tongzhou.registers.catalogue.models import Category
from tongzhou.registers.catalogue.types import Line
from tongzhou.registers.organisations.types import (
    CHARITY_KINDS,
    AuthorityLevel,
    Cause,
    OrganisationKind,
    PaperState,
    StandingState,
    effect_at,
)
from tongzhou.registers.places.models import Place

__all__ = ["Organisation", "OrganisationScope", "Requirement", "Standing", "Verification"]


class Organisation(Record):
    """A foundation, association, agency, company, hospital, committee, public body or other unit. Nothing personal."""

    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=200, blank=True)
    short_name = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=12, choices=OrganisationKind.choices)
    is_charity = models.BooleanField(default=False)
    #: Unified social credit code (GB 32100-2015); blank when it has none or nobody knows it.
    credit_code = models.CharField(max_length=18, blank=True)
    authority = models.CharField(max_length=120, blank=True)
    authority_level = models.CharField(max_length=8, choices=AuthorityLevel.choices, blank=True)
    scope_text = models.TextField(max_length=1000, blank=True)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="organisations")
    #: The line the organisation publishes itself; never a person's phone.
    contact_line = models.CharField(max_length=120, blank=True)
    website = models.URLField(max_length=200, blank=True)
    #: The open stretch of its standing, kept by `services.standing`, so that lists need no further query.
    present = models.ForeignKey(
        "Standing", null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["place_id", "name"]
        indexes: ClassVar = [
            models.Index(fields=["kind", "place"], name="organisations_kind_place"),
            models.Index(fields=["name"], name="organisations_name"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["credit_code"], name="organisations_credit_code_once",
                condition=~Q(credit_code="") & Q(withdrawn_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["name", "place"], name="organisations_name_once", condition=Q(withdrawn_at__isnull=True)
            ),
            models.CheckConstraint(name="organisations_named", condition=~Q(name="")),
            models.CheckConstraint(name="organisations_kind", condition=Q(kind__in=OrganisationKind.values)),
            models.CheckConstraint(
                name="organisations_credit_code", condition=Q(credit_code="") | Q(Exact(Length("credit_code"), 18))
            ),
            models.CheckConstraint(
                name="organisations_charity",
                condition=Q(is_charity=False) | Q(kind__in=[str(k) for k in CHARITY_KINDS]),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """Its name in the reader's language."""
        return local(self.name, self.name_en)


class OrganisationScope(Record):
    """Registered scope in structured form: this category (or line, or everything) in this area. None: not stated."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="scopes")
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT, related_name="scopes")
    line = models.CharField(max_length=8, choices=Line.choices, blank=True)
    area = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="scopes")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "category", "area"], name="organisations_scope_category_once",
                condition=Q(category__isnull=False, withdrawn_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["organisation", "line", "area"], name="organisations_scope_line_once",
                condition=Q(category__isnull=True, withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                name="organisations_scope_one", condition=Q(category__isnull=True) | Q(line="")
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.category_id or self.line or '*'} @ {self.area_id}"


class Requirement(Record):
    """A paper that organisations of a kind must show, from a day on."""

    code = models.SlugField(max_length=40)
    kind = models.CharField(max_length=12, choices=OrganisationKind.choices)
    charity_only = models.BooleanField(default=False)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    explanation = models.CharField(max_length=300, blank=True)
    explanation_en = models.CharField(max_length=400, blank=True)
    #: At most so many days after it was verified; null: only the date on the paper counts.
    validity_days = models.PositiveSmallIntegerField(null=True, blank=True)
    mandatory = models.BooleanField(default=True)
    applies_from = models.DateField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["kind", "-mandatory", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "code"], name="organisations_requirement_once", condition=Q(withdrawn_at__isnull=True)
            ),
            models.CheckConstraint(name="organisations_requirement_named", condition=~Q(name="") & ~Q(code="")),
            models.CheckConstraint(
                name="organisations_requirement_validity",
                condition=Q(validity_days__isnull=True) | Q(validity_days__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}"

    @property
    def label(self) -> str:
        """Its name in the reader's language."""
        return local(self.name, self.name_en)

    @property
    def about(self) -> str:
        """Its explanation in the reader's language."""
        return local(self.explanation, self.explanation_en)


class Verification(Record):
    """A person looked at a paper. Counts from `verified_at` until `ends_at` or its withdrawal."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="verifications")
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="verifications")
    state = models.CharField(max_length=9, choices=PaperState.choices)
    #: What was looked at and where: 民政部公示页，截图存档. Never a person's data.
    evidence = models.CharField(max_length=500)
    #: Last day printed on the paper, Beijing time; null when it has none.
    valid_until = models.DateField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    #: The account's id, as in the audit trail.
    verified_by = models.UUIDField(null=True)
    verified_by_name = models.CharField(max_length=100, blank=True)
    verified_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-verified_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["organisation", "requirement"], name="organisations_verification_of")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="organisations_verification_state",
                condition=Q(state=PaperState.WITHDRAWN, withdrawn_at__isnull=False, withdrawn_at__gte=F("verified_at"))
                | (Q(state__in=[PaperState.ACCEPTED, PaperState.REFUSED]) & Q(withdrawn_at__isnull=True)),
            ),
            models.CheckConstraint(name="organisations_verification_evidence", condition=~Q(evidence="")),
            models.CheckConstraint(
                name="organisations_verification_order",
                condition=Q(ends_at__isnull=True) | Q(state=PaperState.REFUSED) | Q(ends_at__gt=F("verified_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.requirement_id} {self.state}"


class Standing(Record):
    """One stretch of an organisation's standing. The open stretch (`until` null) is the present one.

    `decided` is what a person last decided, `state` what follows from it, the term and the papers. `suspends_at` and
    `expires_at` say when the state changes by itself: it counts from then, also before timed work writes it down.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="standings")
    state = models.CharField(max_length=9, choices=StandingState.choices)
    decided = models.CharField(max_length=9, choices=StandingState.choices)
    cause = models.CharField(max_length=16, choices=Cause.choices)
    reason = models.CharField(max_length=300, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    #: Last day of the term a person set, Beijing time; null: no term.
    term_ends_on = models.DateField(null=True, blank=True)
    suspends_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    #: Who caused it, as in the audit trail; null when it happened by itself.
    caused_by = models.UUIDField(null=True)
    caused_by_name = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering: ClassVar = ["-since", "-id"]
        indexes: ClassVar = [models.Index(fields=["organisation", "-since"], name="organisations_standing_of")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation"], name="organisations_standing_one_open", condition=Q(until__isnull=True)
            ),
            models.CheckConstraint(
                name="organisations_standing_order", condition=Q(until__isnull=True) | Q(until__gte=F("since"))
            ),
            models.CheckConstraint(name="organisations_standing_state", condition=Q(state__in=StandingState.values)),
            models.CheckConstraint(
                name="organisations_standing_decided",
                condition=Q(decided=StandingState.CURRENT)
                | Q(decided=StandingState.SUSPENDED, state__in=[StandingState.SUSPENDED, StandingState.EXPIRED])
                | Q(decided=StandingState.REVOKED, state=StandingState.REVOKED),
            ),
            models.CheckConstraint(
                name="organisations_standing_reason",
                condition=~Q(cause__in=[Cause.SUSPENDED, Cause.REVOKED, Cause.REINSTATED]) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="organisations_standing_suspends",
                condition=Q(suspends_at__isnull=True) | Q(state=StandingState.CURRENT, suspends_at__gt=F("since")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.state}"

    def effective(self, at: dt.datetime) -> StandingState:
        """The state at `at`, a moment inside this stretch."""
        return effect_at(self.state, self.suspends_at, self.expires_at, at)
