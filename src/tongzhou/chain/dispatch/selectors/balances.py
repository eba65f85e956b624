"""Every figure about quantities: sums over movements, for one or many needs, offers or assignments in one query."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Sum

from tongzhou.chain.dispatch.models import Movement
from tongzhou.chain.dispatch.types import COUNTS_FOR_NEED, TAKES_STOCK, Balance
from tongzhou.chain.intake.models import Need, Offer

__all__ = [
    "Figures", "Sums", "figures_of_needs", "free_of_offer", "of_assignments", "of_needs", "of_offers", "open_of_need",
    "stock_of",
]  # fmt: skip

Sums = dict[Balance, int]


def of_needs(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Sums]:
    """``{need id: {balance: base units}}``, zeros included. One query."""
    return _sums("need_id", ids)


def of_offers(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Sums]:
    """``{offer id: {balance: base units}}``, zeros included. One query."""
    return _sums("offer_id", ids)


def of_assignments(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Sums]:
    """``{assignment id: {balance: base units}}``, zeros included. One query."""
    return _sums("assignment_id", ids)


def _sums(column: str, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Sums]:
    wanted = list(ids)
    found: dict[uuid.UUID, Sums] = {one: dict.fromkeys(_INSIDE, 0) for one in wanted}
    if not wanted:
        return found
    rows = Movement.objects.filter(**{f"{column}__in": wanted}).order_by().values_list(column, "source", "target")
    for one, source, target, total in rows.annotate(total=Sum("quantity")):
        for name, change in ((source, -total), (target, total)):
            balance = Balance(name)
            if balance != Balance.OUTSIDE:
                found[one][balance] += int(change)
    return found


_INSIDE = tuple(one for one in Balance if one != Balance.OUTSIDE)


def stock_of(offer: Offer) -> int | None:
    """Base units the offer is for: confirmed, else as said; None when nobody knows."""
    return offer.quantity_confirmed if offer.quantity_confirmed is not None else offer.quantity


def free_of_offer(offer: Offer, sums: Mapping[Balance, int] | None = None) -> int:
    """Base units of it that nothing has taken; 0 when its quantity is unknown."""
    known = sums if sums is not None else of_offers([offer.pk])[offer.pk]
    return max(0, (stock_of(offer) or 0) - sum(known[one] for one in TAKES_STOCK))


def open_of_need(need: Need, sums: Mapping[Balance, int] | None = None) -> int:
    """Base units of the planned quantity that nothing looks after yet; 0 when it has none."""
    known = sums if sums is not None else of_needs([need.pk])[need.pk]
    return max(0, (need.quantity_planned or 0) - sum(known[one] for one in COUNTS_FOR_NEED))


@dataclass(frozen=True, slots=True)
class Figures:
    """What a need's page says, in base units: asked, planned on, waiting to be taken, taken, under way, received."""

    asked: int | None
    planned: int | None
    proposed: int
    accepted: int
    in_transit: int
    received: int
    open: int


def figures_of_needs(needs: Iterable[Need]) -> dict[uuid.UUID, Figures]:
    """The figures of many needs. One query."""
    listed = list(needs)
    sums = of_needs(need.pk for need in listed)
    return {
        need.pk: Figures(
            need.quantity_asked, need.quantity_planned, sums[need.pk][Balance.PLANNED],
            sums[need.pk][Balance.ACCEPTED], sums[need.pk][Balance.IN_TRANSIT], sums[need.pk][Balance.RECEIVED],
            open_of_need(need, sums[need.pk]),
        )
        for need in listed
    }  # fmt: skip
