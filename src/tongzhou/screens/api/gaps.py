"""Who does what where, for programs; and what the public is told, for everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from django.http import HttpRequest
from ninja import Query, Router, Schema

from tongzhou.chain.evaluation.policies import LIST_GAPS, SEE_SITUATION
from tongzhou.chain.evaluation.selectors.figures import figures
from tongzhou.chain.evaluation.selectors.gaps import Row, double, gap_rows, rows_of
from tongzhou.chain.evaluation.selectors.plans import current_plans, plan_cells
from tongzhou.chain.evaluation.selectors.public import Line, public_now
from tongzhou.chain.evaluation.selectors.situation import area_for, situation_of
from tongzhou.kernel import clock
from tongzhou.kernel.access import ANONYMOUS, PUBLIC, route
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.cover.spreading import lies_in
from tongzhou.registers.responses.models import Response
from tongzhou.registers.responses.selectors import get_response, open_responses
from tongzhou.screens.api.common import Cursor, actor_of
from tongzhou.screens.api.schemas import READING, CategoryKey, Page, PlaceCode, Slug
from tongzhou.screens.api.schemas_cover import CallOutOut, GapOut, NeededOut, OverlapOut, SituationOut

router = Router(tags=["gaps"])
needed = Router(tags=["needed"])
situation = Router(tags=["situation"])
R = TypeVar("R", Row, Line)


class GapFilter(Cursor):
    """Of which response; `place` takes in everything below it."""

    response: Slug
    place: PlaceCode | None = None
    category: CategoryKey | None = None


class OverlapFilter(Schema):
    """Of which response; `place` takes in everything below it."""

    response: Slug
    place: PlaceCode | None = None
    category: CategoryKey | None = None


class SituationFilter(Schema):
    """Of which response; without a place the area the account looks after."""

    response: Slug
    place: PlaceCode | None = None


class CallsFilter(Schema):
    """Of which open response (the newest without one)."""

    response: Slug | None = None


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


@router.get("/overlaps", response={200: list[OverlapOut], **READING}, operation_id="list_overlaps")
@route(LIST_GAPS)
def list_overlaps(request: HttpRequest, page: Annotated[OverlapFilter, Query()]) -> Any:
    """What is double, more than is lacking, or uneven between neighbours; in the order of places."""
    actor = actor_of(request)
    found = figures(actor, get_response(actor, page.response), now=clock.now())
    return [
        {
            "kind": one.kind, "place": one.place, "category": one.category, "quantity": one.quantity,
            "who": list(one.whos), "beside": list(one.beside),
        }
        for one in double(found, area=page.place or "0", category=page.category or "")
    ]  # fmt: skip


@situation.get("", response={200: SituationOut, **READING}, operation_id="read_situation")
@route(SEE_SITUATION)
def read_situation(request: HttpRequest, page: Annotated[SituationFilter, Query()]) -> Any:
    """The situation sheet as data: four figures with source and freshness, the worst gaps, 24 hours, the asks."""
    actor = actor_of(request)
    response = get_response(actor, page.response)
    found = situation_of(actor, response, area_for(actor, response, page.place or ""), clock.now())
    return {
        "response": response.slug, "place": found.place.code, "as_of": found.as_of,
        "plan": found.plans[0].number if found.plans else None, "plans": [plan.number for plan in found.plans],
        "gaps_total": found.gaps_total, "asks": found.asks,
        "figures": [
            {"key": one.key, "value": one.value, "what": one.what, "more": one.more, "source": one.source,
             "changed_at": one.at}
            for one in found.figures
        ],
        "changes": [{"key": one.key, "value": one.value, "what": one.what} for one in found.changes],
        "gaps": [
            {"place": one.place, "category": one.category, "urgency": one.urgency, "needed": one.amounts.needed,
             "gap": one.amounts.gap, "unreached": one.unreached, "reason": one.reason}
            for one in found.gaps
        ],
    }  # fmt: skip


def _public(request: HttpRequest, slug: str | None) -> tuple[Response, Callable[[str, str], str]]:
    """The open response that is meant, and how the address of a card in it is written."""
    rows = open_responses(ANONYMOUS).filter(is_exercise=False)
    newest = rows.first()
    found = rows.filter(slug=slug).first() if slug else newest
    if found is None or newest is None:
        raise Refusal("not_found")
    query = "" if found.pk == newest.pk else f"?response={found.slug}"
    return found, lambda place, category: request.build_absolute_uri(f"/needed/{place}/{category}/{query}")


@needed.get("", response={200: Page[NeededOut], **READING}, operation_id="list_needed")
@route(PUBLIC)
def list_needed(request: HttpRequest, page: Annotated[NeededFilter, Query()]) -> Any:
    """What is needed, and what is not needed now - do not send. Public; at most 20 seconds old."""
    response, card = _public(request, page.response)

    def shown(row: Line) -> dict[str, Any]:
        return {
            "place": row.place, "category": row.category, "state": row.state, "quantity": row.figure.amount,
            "few_households_more": row.figure.few,
            "card": card(row.place, row.category),
        }  # fmt: skip

    return _page(list(public_now(response, clock.now()).lines), page, shown)


@needed.get("/calls", response={200: list[CallOutOut], **READING}, operation_id="list_call_outs")
@route(PUBLIC)
def list_call_outs(request: HttpRequest, page: Annotated[CallsFilter, Query()]) -> Any:
    """Where volunteers are called for, and where no longer; only what is measured. Public; at most 20 seconds old."""
    response, card = _public(request, page.response)
    return [
        {
            "place": one.place, "category": one.category, "filled": one.filled, "needed": one.needed,
            "able": one.able, "lacking": one.lacking, "card": card(one.place, one.category),
        }
        for one in public_now(response, clock.now()).call_outs
    ]  # fmt: skip
