"""Reads of cover: the rows an actor may see, and what counts on a day."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db.models import Q, QuerySet

from tongzhou.kernel.access import Actor, scope
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.cover.models import Cover
from tongzhou.registers.cover.policies import LIST_COVER
from tongzhou.registers.cover.spreading import Covered

__all__ = ["counts_on", "covered_of", "covers", "current", "get_cover"]


def counts_on(day: dt.date) -> Q:
    """Cover that counts on a day: not withdrawn, begun, not over (both ends included)."""
    return Q(withdrawn_at=None, starts_on__lte=day) & (Q(ends_on=None) | Q(ends_on__gte=day))


def covers(actor: Actor, response_id: uuid.UUID | None = None) -> QuerySet[Cover]:
    """Cover the actor may list, withdrawn and past included, of one response when given."""
    found = Cover.objects.filter(scope(actor, LIST_COVER)).select_related("place", "category", "organisation")
    return found if response_id is None else found.filter(response_id=response_id)


def get_cover(actor: Actor, cover_id: uuid.UUID) -> Cover:
    """One row; absent and forbidden are the same `Refusal("not_found")`."""
    found = covers(actor).select_related("response", "place", "category", "organisation").filter(pk=cover_id).first()
    if found is None:
        raise Refusal("not_found")
    return found


def current(response_id: uuid.UUID, day: dt.date) -> list[Cover]:
    """What counts in a response on a day (Beijing), for the platform's own sums: planning, gaps. One query."""
    rows = Cover.objects.filter(counts_on(day), response_id=response_id)
    return list(rows.select_related("organisation").order_by("place_id", "category_id", "id"))


def covered_of(rows: list[Cover]) -> list[Covered]:
    """Rows as `spreading.spread` takes them, in the same order."""
    return [Covered(row.place_id, row.category_id, row.quantity) for row in rows]
