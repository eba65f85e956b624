"""Reads of organisations: the list with what each is entitled to at this moment, the record, its checklist."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When

from tongzhou.kernel import clock
from tongzhou.kernel.access import Actor, require
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.catalogue.models import Category
from tongzhou.registers.organisations.models import (
    Organisation,
    OrganisationScope,
    Requirement,
    Standing,
    Verification,
)
from tongzhou.registers.organisations.policies import LIST_ORGANISATIONS
from tongzhou.registers.organisations.types import PaperState, StandingState, start_of
from tongzhou.registers.places.selectors import under

__all__ = [
    "UNVERIFIED",
    "Check",
    "categories_done",
    "checklist",
    "get_organisation",
    "history",
    "is_current",
    "organisations",
    "requirements",
    "scopes",
    "search",
    "standing_at",
    "with_standing",
]

#: What the list shows for an organisation whose papers have not been verified yet.
UNVERIFIED = "unverified"


def with_standing(rows: QuerySet[Organisation], at: dt.datetime | None = None) -> QuerySet[Any]:
    """The organisations with `standing` as it is at `at` (now): a passed date counts at once, tick or no tick."""
    now = at or clock.now()
    held = Standing.objects.filter(organisation=OuterRef("pk"), since__lte=now).filter(Q(until=None) | Q(until__gt=now))
    effective = Case(
        When(~Q(state=StandingState.REVOKED) & Q(expires_at__lte=now), then=Value(StandingState.EXPIRED.value)),
        When(state=StandingState.CURRENT, suspends_at__lte=now, then=Value(StandingState.SUSPENDED.value)),
        default=F("state"),
        output_field=CharField(),
    )
    state = Subquery(held.annotate(counts_as=effective).values("counts_as")[:1], output_field=CharField())
    return rows.annotate(held=state).annotate(
        standing=Case(When(held=None, then=Value(UNVERIFIED)), default=F("held"), output_field=CharField())
    )


def organisations(
    actor: Actor,
    *,
    text: str = "",
    kind: str = "",
    standing: str = "",
    place: str = "",
    category: str = "",
    charity: bool | None = None,
    at: dt.datetime | None = None,
) -> QuerySet[Any]:
    """Organisations in use, narrowed by facets, each with `standing`; nothing for who may not list them.

    text: part of a name or the beginning of a credit code. place: at or below. category: registered to do it.
    """
    require(actor, LIST_ORGANISATIONS)
    rows = (
        Organisation.objects.filter(withdrawn_at=None)
        .filter(under("place_id", place))
        .select_related("place", "present")
    )
    if text.strip():
        rows = rows.filter(search(text.strip()))
    if kind:
        rows = rows.filter(kind=kind)
    if charity is not None:
        rows = rows.filter(is_charity=charity)
    if category:
        rows = rows.filter(Exists(_scope_of(category)))
    known = with_standing(rows, at)
    return known.filter(standing=standing) if standing else known


def search(text: str) -> Q:
    """Organisations whose name holds `text` or whose credit code begins with it."""
    return (
        Q(name__contains=text)
        | Q(name_en__icontains=text)
        | Q(short_name__contains=text)
        | Q(credit_code__startswith=text.upper())
    )


def _scope_of(category: str) -> QuerySet[OrganisationScope]:
    """Lines of scope of the organisation around it (for `Exists`) that cover a category."""
    line = Subquery(Category.objects.filter(key=category).values("line")[:1])
    held = OrganisationScope.objects.filter(organisation=OuterRef("pk"), withdrawn_at=None)
    return held.filter(Q(category_id=category) | Q(category=None, line="") | Q(category=None, line=line))


def get_organisation(actor: Actor, organisation_id: uuid.UUID) -> Organisation:
    """One organisation in use, with `standing`; ``Refusal("not_found")`` when absent or not the actor's to see."""
    found: Organisation | None = organisations(actor).filter(pk=organisation_id).first()
    if found is None:
        raise Refusal("not_found")
    return found


def standing_at(organisation_id: uuid.UUID, at: dt.datetime | None = None) -> str:
    """The standing at a moment, past or present: a `StandingState` or `UNVERIFIED`."""
    found = (
        with_standing(Organisation.objects.filter(pk=organisation_id), at).values_list("standing", flat=True).first()
    )
    return str(found or UNVERIFIED)


def categories_done() -> list[Category]:
    """Categories that some organisation is registered for by name, in the order of the catalogue."""
    rows = Category.objects.filter(scopes__isnull=False, scopes__withdrawn_at=None)
    return list(rows.distinct().order_by("position"))


def is_current(organisation_id: uuid.UUID, at: dt.datetime | None = None) -> bool:
    """Whether it may work here at that moment (now)."""
    return standing_at(organisation_id, at) == StandingState.CURRENT


def history(organisation: Organisation) -> QuerySet[Standing]:
    """Every stretch of its standing, the present one first."""
    return Standing.objects.filter(organisation=organisation)


def scopes(organisation: Organisation) -> QuerySet[OrganisationScope]:
    """What it is registered to do where."""
    rows = OrganisationScope.objects.filter(organisation=organisation, withdrawn_at=None)
    return rows.select_related("category", "area").order_by("area_id", "line", "category__position")


def requirements(kind: str = "") -> QuerySet[Requirement]:
    """The papers asked for, of one kind of organisation or of all."""
    rows = Requirement.objects.filter(withdrawn_at=None)
    return rows.filter(kind=kind) if kind else rows


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the checklist: the paper, the verification that counts (or the last one), whether it counts now."""

    requirement: Requirement
    verification: Verification | None
    counts: bool
    applies: bool

    @property
    def state(self) -> str:
        """valid, lapsed, refused, withdrawn or missing."""
        if self.counts:
            return "valid"
        if self.verification is None:
            return "missing"
        return "lapsed" if self.verification.state == PaperState.ACCEPTED else str(self.verification.state)


def checklist(organisation: Organisation, at: dt.datetime | None = None) -> list[Check]:
    """What is asked of this organisation and what a person saw of it. Two queries."""
    now = at or clock.now()
    rows = requirements(organisation.kind)
    if not organisation.is_charity:
        rows = rows.filter(charity_only=False)
    seen: dict[Any, list[Verification]] = {}
    for one in Verification.objects.filter(organisation=organisation).order_by("-verified_at", "-id"):
        seen.setdefault(one.requirement_id, []).append(one)
    return [_check(row, seen.get(row.pk, []), now) for row in rows]


def _check(row: Requirement, seen: list[Verification], now: dt.datetime) -> Check:
    accepted = [one for one in seen if one.state == PaperState.ACCEPTED]
    valid = [one for one in accepted if one.ends_at is None or one.ends_at > now]
    # Of several that count, the one that counts longest.
    best = max(valid, key=lambda one: (one.ends_at is None, one.ends_at or now), default=seen[0] if seen else None)
    return Check(row, best, bool(valid), start_of(row.applies_from) <= now)
