"""What the plans that hold say is lacking, and why; what they say should stay at home."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Count, F, Min, QuerySet, Sum
from django.db.models.functions import Coalesce

from tongzhou.chain.evaluation.selectors.arithmetic import Cell
from tongzhou.chain.evaluation.selectors.figures import grain
from tongzhou.chain.intake.models import Need
from tongzhou.chain.intake.types import ForWhom
from tongzhou.chain.planning.models import Plan, PlanLine, PlanNeed, PlanOffer
from tongzhou.chain.planning.types import LineState, PlanState
from tongzhou.kernel.words import local
from tongzhou.registers.cover.spreading import lies_in

__all__ = ["HELD", "PlanCell", "current_plans", "held_back", "plan_cells", "reason_texts", "speaking"]

R = TypeVar("R", PlanNeed, PlanLine)

#: Plans looked at; of each scope the newest counts.
_NEWEST = 50
#: The reason of an offer that nobody it may reach needs now.
HELD = "not_needed"


@dataclass(frozen=True, slots=True)
class PlanCell:
    """A plan about the needs of a cell that lack the same thing for the same reason ("" : they lack nothing).

    `needs` of them, `planned` base units wanted, `gap` of these unreached; `sample` is one of them (PlanNeed).
    `dropped`: what lines of it would have brought that were struck or overtaken; nobody brings that now.
    """

    plan: Plan
    cell: Cell
    reason: str
    needs: int
    planned: int
    gap: int
    sample: int
    dropped: int = 0


def current_plans(response_id: uuid.UUID) -> list[Plan]:
    """The newest plan of each scope that is approved, awaits approval or can send nothing, the newest first.

    One statement.
    """
    states = (PlanState.APPROVED, PlanState.READY, PlanState.EMPTY)
    rows = Plan.objects.filter(response_id=response_id, state__in=states)
    found: dict[tuple[str, str, str | None], Plan] = {}
    for plan in rows.order_by("-number")[:_NEWEST]:
        found.setdefault((plan.line, plan.area_id, plan.category_id), plan)
    return list(found.values())


def _about(plan: Plan, place: str, category: str, line: str) -> bool:
    """True when a place and category lie in the plan's scope."""
    return (
        lies_in(place, plan.area_id)
        and plan.category_id in (None, category)
        and plan.line in ("", line)
    )  # fmt: skip


def plan_cells(
    plans: Sequence[Plan], *, category: str = "", needs: QuerySet[Need] | None = None
) -> list[PlanCell]:  # fmt: skip
    """What the plans say of each cell; of several about a cell the newest. `needs`: only these. Two statements."""
    if not plans:
        return []
    rows = _narrowed(PlanNeed.objects.all(), plans, category, needs)
    by = ("plan_id", "where", "category_id", "category__line", "urgency", "need__for_whom", "reason")
    summed = rows.values_list(*by).annotate(
        count=Count("id"), planned_sum=Sum("planned"), gap_sum=Sum(F("planned") - F("served")), sample=Min("id")
    )
    known = {plan.pk: plan for plan in plans}
    newest: dict[tuple[str, str, str], int] = {}

    def speaks(plan_id: uuid.UUID, place: str, key: str, line: str) -> bool:
        where = (place, key, line)
        if where not in newest:
            newest[where] = max((one.number for one in plans if _about(one, *where)), default=0)
        return known[plan_id].number == newest[where]

    found = []
    for plan_id, place, key, line, urgency, whom, reason, count, planned, gap, sample in summed:
        if speaks(plan_id, place, key, line):
            cell = Cell(place, key, urgency, whom == ForWhom.FACILITY)
            found.append(PlanCell(known[plan_id], cell, reason, count, int(planned), int(gap), sample))
    for plan_id, place, key, line, urgency, count, dropped in _dropped(plans, category, needs):
        if speaks(plan_id, place, key, line):
            cell = Cell(place, key, urgency, True)
            found.append(PlanCell(known[plan_id], cell, "", count, 0, 0, 0, int(dropped)))
    return found


def _narrowed(rows: QuerySet[R], plans: Sequence[Plan], category: str, needs: QuerySet[Need] | None) -> QuerySet[R]:
    """Rows of these plans (and category, and needs) with the place they are summed by, in no order."""
    rows = rows.filter(plan_id__in=[plan.pk for plan in plans])
    if category:
        rows = rows.filter(category_id=category)
    if needs is not None:
        rows = rows.filter(need__in=needs)
    exact = any(len(plan.area_id) > len("420102") for plan in plans)
    placed: QuerySet[R] = rows.annotate(where=F("place_id") if exact else grain("place_id", ())).order_by()
    return placed


def _dropped(plans: Sequence[Plan], category: str, needs: QuerySet[Need] | None) -> list[tuple[Any, ...]]:
    """What struck and overtaken lines would have brought institutions, by plan and cell.

    Households are left out: one that lacks a part anyway would be counted twice, and their number guards a public sum.
    """
    rows = _narrowed(PlanLine.objects.all(), plans, category, needs)
    gone = rows.filter(
        state__in=(LineState.STRUCK, LineState.STALE), quantity__gt=Coalesce("was", 0), need__for_whom=ForWhom.FACILITY
    )
    by = ("plan_id", "where", "category_id", "category__line", "urgency")
    count, quantity = Count("need_id", distinct=True), Sum(F("quantity") - Coalesce("was", 0))
    return list(gone.values_list(*by).annotate(count=count, sum=quantity))


def speaking(said: Iterable[PlanCell]) -> list[Plan]:
    """The plans that say something of these cells, the newest first."""
    found = {one.plan.pk: one.plan for one in said}
    return sorted(found.values(), key=lambda plan: -plan.number)


def held_back(plans: Sequence[Plan]) -> set[str]:
    """Categories of which an offer stays at home because nobody it may reach needs it. One statement."""
    rows = PlanOffer.objects.filter(plan_id__in=[plan.pk for plan in plans], reason=HELD, held__gt=0)
    return set(rows.order_by().values_list("category_id", flat=True).distinct()) if plans else set()


def reason_texts(samples: Iterable[int]) -> dict[int, str]:
    """Id of a PlanNeed > what the plan says of it, in the reader's language. One statement."""
    rows = PlanNeed.objects.filter(pk__in=set(samples)).values_list("pk", "text_zh", "text_en")
    return {key: local(zh, en) for key, zh, en in rows}
