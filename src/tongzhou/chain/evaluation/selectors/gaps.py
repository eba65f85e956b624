"""Gaps, worst first, with the reason of the plan that holds; overlaps; rows of who does what where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tongzhou.chain.evaluation.selectors.arithmetic import Amounts, Overlap, fold, overlaps
from tongzhou.chain.evaluation.selectors.figures import Figures, district_of, whos_by_district
from tongzhou.chain.evaluation.selectors.plans import PlanCell
from tongzhou.registers.cover.spreading import lies_in

__all__ = ["Gap", "Row", "double", "gap_rows", "rows_of"]


@dataclass(frozen=True, slots=True)
class Row:
    """Who does what where: a category at a district (or above, where no district is known)."""

    place: str
    category: str
    amounts: Amounts
    whos: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """What is lacking. `urgency`: the most urgent class that lacks something; `reason`: "" when no plan has said why.

    `share`: how much of what is needed is lacking, 0..1. `sample`: a need of the plan that tells the reason in words.
    """

    place: str
    category: str
    urgency: int
    amounts: Amounts
    reason: str
    sample: int
    plan: int

    @property
    def share(self) -> float:
        """How much of what is needed is lacking, 0..1."""
        return self.amounts.gap / self.amounts.needed if self.amounts.needed else 0.0


def rows_of(found: Figures, *, area: str = "0", category: str = "") -> list[Row]:
    """Every place and category inside `area` where something is needed, done or covered, in the order of codes."""
    amounts = fold(found.amounts, lambda cell: (district_of(cell.place), cell.category))
    whos = whos_by_district(found.doings)
    return [
        Row(place, key, amounts.get((place, key), Amounts()), tuple(whos.get((place, key), ())))
        for place, key in sorted(set(amounts) | set(whos))
        if lies_in(place, area) and category in ("", key)
    ]


def gap_rows(found: Figures, said: Iterable[PlanCell], *, area: str = "0", category: str = "") -> list[Gap]:
    """What is lacking inside `area`, the worst first: most urgent, then the largest share, then the most needs.

    The reason is that of the largest gap the plan sees there.
    """
    reasons: dict[tuple[str, str], PlanCell] = {}
    for one in said:
        where = (district_of(one.cell.place), one.cell.category)
        if one.reason and (where not in reasons or one.gap > reasons[where].gap):
            reasons[where] = one
    urgencies: dict[tuple[str, str], int] = {}
    for cell, amounts in found.amounts.items():
        where = (district_of(cell.place), cell.category)
        if amounts.gap:
            urgencies[where] = min(cell.urgency, urgencies.get(where, cell.urgency))
    gaps = []
    for row in rows_of(found, area=area, category=category):
        where = (row.place, row.category)
        if row.amounts.gap:
            why = reasons.get(where)
            told = (why.reason, why.sample, why.plan.number) if why else ("", 0, 0)
            gaps.append(Gap(row.place, row.category, urgencies[where], row.amounts, *told))
    return sorted(gaps, key=lambda one: (one.urgency, -one.share, -one.amounts.needs, one.place, one.category))


def double(found: Figures, *, area: str = "0", category: str = "") -> list[Overlap]:
    """What is double or too much inside `area`."""
    amounts = fold(found.amounts, lambda cell: (district_of(cell.place), cell.category))
    unused: dict[tuple[str, str], int] = {}
    for row, left in zip(found.cover, found.left, strict=True):
        where = (district_of(row.place_id), row.category_id)
        unused[where] = unused.get(where, 0) + left
    listed = overlaps(amounts, whos_by_district(found.doings), {at: left for at, left in unused.items() if left})
    return [one for one in listed if lies_in(one.place, area) and category in ("", one.category)]
