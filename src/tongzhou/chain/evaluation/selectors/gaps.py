"""Gaps, worst first, with the reason of the plan that holds; overlaps; rows of who does what where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tongzhou.chain.evaluation.selectors.arithmetic import Amounts, Overlap, fold, overlaps
from tongzhou.chain.evaluation.selectors.figures import Figures, district_of, whos_by_district
from tongzhou.chain.evaluation.selectors.plans import PlanCell
from tongzhou.chain.evaluation.types import GapReason
from tongzhou.chain.planning.types import PlanState
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
    """What is lacking. `urgency`: the most urgent class that lacks something; `reason`: "" when no plan has looked.

    `unreached`: how much of the gap the plan cannot reach either; the rest only waits, for the approval of the plan or
    for the next one. `sample`: a need of the plan that tells the reason in words; 0: none does.
    """

    place: str
    category: str
    urgency: int
    amounts: Amounts
    reason: str
    sample: int
    plan: int
    unreached: int

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

    The reason is that of the largest gap the plan sees there. Where the plan serves everything it is that the plan
    awaits approval, or that this came to be lacking after the plan.
    """
    looked: dict[tuple[str, str], list[PlanCell]] = {}
    for one in said:
        looked.setdefault((district_of(one.cell.place), one.cell.category), []).append(one)
    urgencies: dict[tuple[str, str], int] = {}
    for cell, amounts in found.amounts.items():
        where = (district_of(cell.place), cell.category)
        if amounts.gap:
            urgencies[where] = min(cell.urgency, urgencies.get(where, cell.urgency))
    gaps = [
        _gap(row, urgencies[row.place, row.category], looked.get((row.place, row.category), []))
        for row in rows_of(found, area=area, category=category)
        if row.amounts.gap
    ]
    return sorted(gaps, key=lambda one: (one.urgency, -one.share, -one.amounts.needs, one.place, one.category))


def _gap(row: Row, urgency: int, looked: list[PlanCell]) -> Gap:
    """A gap with what the plan says of its place and category. Of equal gaps the plan sees the first one speaks."""
    reason, sample, plan = "", 0, 0
    unreached = sum(one.gap for one in looked)
    if unreached:
        why = max(looked, key=lambda one: one.gap)
        reason, sample, plan = why.reason, why.sample, why.plan.number
    elif looked:
        newest = max((one.plan for one in looked), key=lambda one: one.number)
        waits = newest.state == PlanState.READY and sum(one.dropped for one in looked) < row.amounts.gap
        reason = str(GapReason.AWAITING_APPROVAL.value if waits else GapReason.SINCE_PLAN.value)
        plan = newest.number
    return Gap(
        row.place, row.category, urgency, row.amounts, reason, sample, plan, min(unreached, row.amounts.gap)
    )  # fmt: skip


def double(found: Figures, *, area: str = "0", category: str = "") -> list[Overlap]:
    """What is double or too much inside `area`."""
    amounts = fold(found.amounts, lambda cell: (district_of(cell.place), cell.category))
    unused: dict[tuple[str, str], int] = {}
    for row, left in zip(found.cover, found.left, strict=True):
        where = (district_of(row.place_id), row.category_id)
        unused[where] = unused.get(where, 0) + left
    whole: dict[tuple[str, str], list[str]] = {}
    for doing in found.doings:
        if doing.covered is None:
            whole.setdefault((doing.place, doing.category), []).append(doing.who.name)
    left_over = {at: left for at, left in unused.items() if left}
    listed = overlaps(amounts, whos_by_district(found.doings), left_over, whole)
    return [one for one in listed if lies_in(one.place, area) and category in ("", one.category)]
