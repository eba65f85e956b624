"""Asked, confirmed, planned: three numbers that are never mixed up.

A plan works on what was confirmed; else on what was asked, up to the category's plausible maximum for such a requester;
else on the demand estimate; else on the category's smallest lot. Only the first is a confirmed number. A person may
still set another planned quantity by hand; that stands until the need is verified or corrected again.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from tongzhou.chain.intake.models import Need
from tongzhou.chain.intake.services.amounts import HOUSEHOLD_SHARE, plausibility
from tongzhou.chain.intake.types import Flag, ForWhom
from tongzhou.chain.triage.types import Basis, Planned
from tongzhou.registers.catalogue import selectors as catalogue
from tongzhou.registers.catalogue.types import Effective

__all__ = ["most_for", "plan_quantities", "planned", "planned_for"]

#: Flags that a person sets or that reading the form found; working the quantity out again never clears them.
_OF_THE_FORM = (Flag.UNIT, Flag.UNREAD)


def most_for(category: Effective, for_whom: str) -> int | None:
    """Base units such a requester can plausibly need: an institution the maximum, a household a small part of it."""
    if category.maximum is None or for_whom == ForWhom.FACILITY:
        return category.maximum
    return max(category.maximum // HOUSEHOLD_SHARE, category.minimum_lot, 1)


def planned(
    *, asked: int | None, confirmed: int | None, category: Effective | None, for_whom: str, unit_read: bool = True,
    estimate: int | None = None,
) -> Planned:  # fmt: skip
    """The quantity a plan may work on (base units), where it comes from, and the flag.

    `unit_read` False: the number counts something that could not be converted, so it is not a number of base units.
    `estimate`: the expected need of such a requester, when one is known. Nothing asked (0) is planned as 0.
    """
    if confirmed is not None:
        flag = plausibility(confirmed, category, for_whom)
        return Planned(confirmed, Basis.CONFIRMED, flag)
    if category is None:
        return Planned(asked if unit_read else None, Basis.ASKED if asked is not None and unit_read else Basis.UNKNOWN)
    if asked is not None and unit_read:
        most = most_for(category, for_whom)
        if most is not None and asked > most:
            return Planned(most, Basis.CAPPED, plausibility(asked, category, for_whom))
        return Planned(asked, Basis.ASKED)
    if estimate is not None:
        return Planned(estimate, Basis.ESTIMATE)
    return Planned(category.minimum_lot, Basis.MINIMUM)


def planned_for(need: Need, category: Effective | None, estimate: int | None = None) -> Planned:
    """`planned` for a need as it stands (its own flag of an unread unit is respected)."""
    found = planned(
        asked=need.quantity_asked, confirmed=need.quantity_confirmed, category=category, for_whom=need.for_whom,
        unit_read=need.quantity_flag not in _OF_THE_FORM, estimate=estimate,
    )  # fmt: skip
    if not found.flag and need.quantity_confirmed is None and need.quantity_flag in _OF_THE_FORM:
        return Planned(found.quantity, found.basis, need.quantity_flag)
    return found


def plan_quantities(needs: Sequence[Need]) -> int:
    """Store the planned quantity and the flag of needs that were just written or corrected; how many changed.

    Worked out from the row alone, so neither versioned nor in the trail by itself: the change that caused it is. Few
    statements for any number of needs.
    """
    known: dict[uuid.UUID, dict[str, Effective]] = {}
    changed: list[Need] = []
    for need in needs:
        of = known.setdefault(need.response_id, {})
        if not of:
            of.update({one.key: one for one in catalogue.categories(need.response_id, enabled_only=False)})
        found = planned_for(need, of.get(need.category_id or ""))
        if (need.quantity_planned, need.quantity_flag) != (found.quantity, found.flag):
            need.quantity_planned, need.quantity_flag = found.quantity, found.flag
            changed.append(need)
    Need.objects.bulk_update(changed, ["quantity_planned", "quantity_flag"], batch_size=200)
    return len(changed)
