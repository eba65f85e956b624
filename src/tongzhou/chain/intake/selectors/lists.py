"""Lists of needs, offers and leads: the rows an actor may see of one response, found by words, and single records."""

from __future__ import annotations

import uuid
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet, Value
from django.db.models.functions import Concat

from tongzhou.chain.intake.models import Lead, Need, Offer
from tongzhou.chain.intake.policies import LIST_LEADS, LIST_NEEDS, LIST_OFFERS
from tongzhou.kernel import ids
from tongzhou.kernel.access import Act, Actor, scope
from tongzhou.kernel.errors import Refusal

__all__ = ["area_column", "leads", "needs", "offers", "one_lead", "one_need", "one_offer"]

M = TypeVar("M", bound=Model)

#: Digits of the division code of a city.
_CITY = 4
#: What a record page shows of other rooms, in the same query.
_WITH = ("response", "place", "category", "organisation", "site")


def area_column(*codes: str) -> str:
    """The column that tells where a row lies, for rows at or below these divisions.

    SQLite takes any range of codes for a small part of the table and would sort a whole city instead of walking the
    list's own index; for a city or more the column is therefore hidden from its planner. PostgreSQL knows better.
    """
    wide = connection.vendor == "sqlite" and all(len(code) <= _CITY for code in codes)
    return "area_text" if wide else "place_id"


def _scoped(rows: QuerySet[M], actor: Actor, act: Act, response_id: uuid.UUID | None) -> QuerySet[M]:
    column = area_column(*(grant.area for grant in actor.grants if grant.role in act.roles))
    found: QuerySet[M] = rows.alias(area_text=Concat("place_id", Value(""))).filter(scope(actor, act, area=column))
    return found if response_id is None else found.filter(response_id=response_id)


def needs(actor: Actor, response_id: uuid.UUID | None = None) -> QuerySet[Need]:
    """Needs the actor may list, of one response when given."""
    return _scoped(Need.objects.all(), actor, LIST_NEEDS, response_id)


def offers(actor: Actor, response_id: uuid.UUID | None = None) -> QuerySet[Offer]:
    """Offers the actor may list."""
    return _scoped(Offer.objects.all(), actor, LIST_OFFERS, response_id)


def leads(actor: Actor, response_id: uuid.UUID | None = None) -> QuerySet[Lead]:
    """Leads the actor may list."""
    return _scoped(Lead.objects.all(), actor, LIST_LEADS, response_id)


def one_need(actor: Actor, code: str) -> Need:
    """The need of that code; absent and forbidden are the same `Refusal("not_found")`."""
    return _one(Need.objects.select_related(*_WITH, "submission", "merged_into"), actor, LIST_NEEDS, code)


def one_offer(actor: Actor, code: str) -> Offer:
    """The offer of that code."""
    return _one(Offer.objects.select_related(*_WITH, "submission", "merged_into"), actor, LIST_OFFERS, code)


def one_lead(actor: Actor, code: str) -> Lead:
    """The lead of that code."""
    with_rows = tuple(name for name in _WITH if name != "site")
    return _one(Lead.objects.select_related(*with_rows, "offer"), actor, LIST_LEADS, code)


def _one(rows: QuerySet[M], actor: Actor, act: Act, code: str) -> M:
    wanted: Any = ids.parse_code(code)
    found = rows.filter(scope(actor, act), code=wanted).first() if wanted else None
    if found is None:
        raise Refusal("not_found")
    return found
