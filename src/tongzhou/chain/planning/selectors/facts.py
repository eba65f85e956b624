"""What the rules of a plan are judged by: organisations, papers, scopes, names. Few queries for any size."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Q

from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.intake.types import NeedState
from tongzhou.chain.triage.models import Lock
from tongzhou.kernel import clock
from tongzhou.registers.catalogue.models import Category
from tongzhou.registers.organisations.models import Organisation, OrganisationScope, Verification
from tongzhou.registers.organisations.selectors import UNVERIFIED, with_standing
from tongzhou.registers.organisations.types import PaperState
from tongzhou_engines.gazetteer.names import squeeze

__all__ = ["Facts", "OrganisationFacts", "facts_of", "held_ids", "today_of"]


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    """An organisation at a moment: standing, codes of papers that count, scopes (category, line, area)."""

    name: str
    standing: str
    papers: frozenset[str]
    scopes: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Facts:
    """What the rules need to know beside an offer and a need.

    `names`: organisations and institutions that ask, made plain; `names_of`: those of one organisation; `licences`:
    licence codes by category.
    """

    organisations: dict[uuid.UUID, OrganisationFacts] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    names_of: dict[uuid.UUID, frozenset[str]] = field(default_factory=dict)
    licences: dict[str, tuple[str, ...]] = field(default_factory=dict)


def today_of(now: dt.datetime) -> dt.date:
    """The day it is in Beijing."""
    return clock.beijing(now).date()


def facts_of(offers: Collection[Offer], needs: Collection[Need], now: dt.datetime) -> Facts:
    """The facts about these offers (and these needs, as receivers) at a moment. At most six queries."""
    given = {offer.organisation_id for offer in offers if offer.organisation_id is not None}
    names: set[str] = set()
    names_of: dict[uuid.UUID, frozenset[str]] = {}
    if any(offer.earmark for offer in offers):
        rows = Organisation.objects.filter(withdrawn_at=None).values_list("pk", "name", "short_name")
        names_of = {pk: frozenset(squeeze(one) for one in (name, short) if one) for pk, name, short in rows}
        asking = Need.objects.filter(state=NeedState.VERIFIED, response_id__in={o.response_id for o in offers})
        asked = {squeeze(one) for one in asking.exclude(requester="").values_list("requester", flat=True).distinct()}
        names = {one for own in names_of.values() for one in own} | asked
    rows_of = Category.objects.exclude(licence="").values_list("key", "licence")
    licences = {key: tuple(one for one in written.split(";") if one) for key, written in rows_of}
    return Facts(_organisations(given, now), frozenset(names), names_of, licences)


def _organisations(wanted: Collection[uuid.UUID], now: dt.datetime) -> dict[uuid.UUID, OrganisationFacts]:
    if not wanted:
        return {}
    papers: dict[uuid.UUID, set[str]] = {}
    seen = Verification.objects.filter(organisation__in=wanted, state=PaperState.ACCEPTED, verified_at__lte=now)
    live = seen.filter(Q(ends_at=None) | Q(ends_at__gt=now))
    for pk, code in live.values_list("organisation_id", "requirement__code"):
        papers.setdefault(pk, set()).add(code)
    scopes: dict[uuid.UUID, list[tuple[str, str, str]]] = {}
    stated = OrganisationScope.objects.filter(organisation__in=wanted, withdrawn_at=None)
    for pk, category, line, area in stated.values_list("organisation_id", "category_id", "line", "area_id"):
        scopes.setdefault(pk, []).append((category or "", line, area))
    found = with_standing(Organisation.objects.filter(pk__in=wanted), now)
    return {
        pk: OrganisationFacts(
            name, state or UNVERIFIED, frozenset(papers.get(pk, ())), tuple(sorted(scopes.get(pk, ())))
        )
        for pk, name, state in found.values_list("pk", "name", "standing")
    }


def held_ids(kind: str, now: dt.datetime) -> set[uuid.UUID]:
    """Needs (``need``) or offers (``offer``) that a verifier has in hand at this moment."""
    return set(Lock.objects.filter(object_type=kind, until__gt=now).values_list("object_id", flat=True))
