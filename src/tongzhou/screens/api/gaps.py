"""Who does what where, for programs; and what the public is told, for everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from django.http import HttpRequest
from ninja import Query, Router

from tongzhou.chain.evaluation.policies import LIST_GAPS
from tongzhou.chain.evaluation.selectors.figures import figures
from tongzhou.chain.evaluation.selectors.gaps import Row, gap_rows, rows_of
from tongzhou.chain.evaluation.selectors.plans import current_plans, plan_cells
from tongzhou.chain.evaluation.selectors.public import Line, public_now
from tongzhou.kernel import clock
from tongzhou.kernel.access import ANONYMOUS, PUBLIC, route
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.cover.spreading import lies_in
from tongzhou.registers.responses.selectors import get_response, open_responses
from tongzhou.screens.api.common import Cursor, actor_of
from tongzhou.screens.api.schemas import READING, CategoryKey, Page, PlaceCode, Slug
from tongzhou.screens.api.schemas_cover import GapOut, NeededOut

router = Router(tags=["gaps"])
needed = Router(tags=["needed"])
R = TypeVar("R", Row, Line)


class GapFilter(Cursor):
    """Of which response; `place` takes in everything below it."""

    response: Slug
    place: PlaceCode | None = None
    category: CategoryKey | None = None


class NeededFilter(Cursor):
    """Of which open response (the newest without one); `place` takes in everything below it."""

    response: Slug | None = None
    place: PlaceCode | None = None
    category: CategoryKey | None = None


def _page(rows: list[R], page: GapFilter | NeededFilter, shown: Callable[[R], Any]) -> dict[str, Any]:
    """One page in the order of place and category; the cursor is the last row's."""
    wanted = [
        row for row in sorted(rows, key=lambda row: (row.place, row.category))
        if (not page.place or lies_in(row.place, page.place)) and page.category in (None, row.category)
    ]  # fmt: skip
    if page.cursor:
        place, dot, category = page.cursor.partition(".")
        if not dot or not place.isascii() or not place.isdigit():
            raise Refusal("bad_cursor")
        wanted = [row for row in wanted if (row.place, row.category) > (place, category)]
    found = wanted[: page.limit]
    more = len(wanted) > page.limit
    return {"items": [shown(row) for row in found], "next": f"{found[-1].place}.{found[-1].category}" if more else None}


@router.get("", response={200: Page[GapOut], **READING}, operation_id="list_gaps")
@route(LIST_GAPS)
def list_gaps(request: HttpRequest, page: Annotated[GapFilter, Query()]) -> Any:
    """Needed, planned, accepted, on its way, received, covered and lacking, by district and category, with who."""
    actor = actor_of(request)
    response = get_response(actor, page.response)
    found = figures(actor, response, now=clock.now())
    gaps = {(one.place, one.category): one for one in gap_rows(found, plan_cells(current_plans(response.pk)))}

    def shown(row: Row) -> dict[str, Any]:
        one, gap = row.amounts, gaps.get((row.place, row.category))
        return {
            "place": row.place, "category": row.category, "needs": one.needs, "needed": one.needed,
            "planned": one.planned, "accepted": one.accepted, "in_transit": one.in_transit, "received": one.received,
            "received_all": one.received_all, "covered": one.covered, "gap": one.gap, "over": one.over,
            "reason": gap.reason if gap else "", "unreached": gap.unreached if gap else 0, "who": list(row.whos),
        }  # fmt: skip

    return _page(rows_of(found), page, shown)


@needed.get("", response={200: Page[NeededOut], **READING}, operation_id="list_needed")
@route(PUBLIC)
def list_needed(request: HttpRequest, page: Annotated[NeededFilter, Query()]) -> Any:
    """What is needed, and what is not needed now - do not send. Public; at most 20 seconds old."""
    rows = open_responses(ANONYMOUS).filter(is_exercise=False)
    newest = rows.first()
    response = rows.filter(slug=page.response).first() if page.response else newest
    if response is None or newest is None:
        raise Refusal("not_found")
    query = "" if response.pk == newest.pk else f"?response={response.slug}"

    def shown(row: Line) -> dict[str, Any]:
        return {
            "place": row.place, "category": row.category, "state": row.state, "quantity": row.figure.amount,
            "few_households_more": row.figure.few,
            "card": request.build_absolute_uri(f"/needed/{row.place}/{row.category}/{query}"),
        }  # fmt: skip

    return _page(list(public_now(response, clock.now()).lines), page, shown)
