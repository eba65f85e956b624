"""Three numbers of a need - asked, confirmed, planned - and what of them the engine is told (pure)."""

from __future__ import annotations

from tongzhou.chain.intake.models import Need
from tongzhou.chain.intake.types import Flag
from tongzhou.chain.triage.types import Basis
from tongzhou_engines.catalogue import Catalogue, Category

__all__ = ["basis_of", "engine_amounts"]

_UNREAD = (Flag.UNIT, Flag.UNREAD)


def basis_of(need: Need, category: Category) -> tuple[int, str]:
    """The planned quantity of a need in base units, and where it comes from (a `Basis` value)."""
    planned, confirmed = need.quantity_planned, need.quantity_confirmed
    asked = None if need.quantity_flag in _UNREAD else need.quantity_asked
    if planned is None:
        if confirmed is not None:
            return confirmed, Basis.CONFIRMED
        return (asked, Basis.ASKED) if asked is not None else (category.minimum_lot, Basis.MINIMUM)
    if confirmed is not None and planned == confirmed:
        return planned, Basis.CONFIRMED
    if confirmed is None and asked is not None and planned <= asked:
        return planned, Basis.ASKED if planned == asked else Basis.CAPPED
    if confirmed is None and asked is None and planned == category.minimum_lot:
        return planned, Basis.MINIMUM
    return planned, Basis.ESTIMATE


def engine_amounts(need: Need, planned: int, basis: str, catalogue: Catalogue) -> tuple[int | None, int | None]:
    """(quantity, confirmed) for the engine's table, so that it plans exactly `planned` base units.

    `quantity` is what was asked. Where the engine reaches the same number from it by its own rule (as asked, capped,
    minimum lot) nothing is called confirmed; else the open quantity stands there, for the engine knows no other way to
    be told it. What really is confirmed stands in the plan's own tables.
    """
    category = catalogue[str(need.category_id)]
    asked = None if need.quantity_flag in _UNREAD else need.quantity_asked
    if basis != Basis.CONFIRMED:
        most = category.plausible_maximum
        own = category.minimum_lot if asked is None else asked if most is None else min(asked, most)
        if own == planned:
            return asked, None
    return asked, planned
