"""Plans and pins: started, read with their lines, gaps and holds, approved by a second person, steered."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Annotated, Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from ninja import Query, Router, Status
from pydantic import StringConstraints

from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.intake.policies import target_of
from tongzhou.chain.planning.models import Pin, Plan, PlanNeed, PlanOffer
from tongzhou.chain.planning.policies import APPROVE_PLAN, LIST_PLANS, MAKE_PLAN, STEER_PLAN
from tongzhou.chain.planning.selectors import seen
from tongzhou.chain.planning.selectors.plans import get_plan, plans
from tongzhou.chain.planning.services import approving, running, steering
from tongzhou.chain.planning.types import Scope
from tongzhou.flows import approve_later
from tongzhou.flows.approve_plan import Approved
from tongzhou.kernel import clock, kept
from tongzhou.kernel.access import require, route
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.places.selectors import under
from tongzhou.registers.responses.selectors import get_response
from tongzhou.screens.api.common import Cursor, Key, actor_of, checked_version, one_of, page_of, run_once
from tongzhou.screens.api.schemas import READING, REFUSALS, CategoryKey, Page, PlaceCode, Slug, Withdraw
from tongzhou.screens.api.schemas_plans import (
    Approval,
    ApprovedOut,
    Change,
    HoldOut,
    LineOut,
    LineState,
    PinIn,
    PinOut,
    PlanGapOut,
    PlanIn,
    PlanOut,
    PlanRefusal,
    PlanState,
)

router = Router(tags=["plans"])
pins = Router(tags=["plans"])

Reason = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,30}$")]
UrgencyDigit = Annotated[str, StringConstraints(pattern="^[0-3]$")]


class PlanFilter(Cursor):
    """Which plans."""

    response: Slug | None = None
    state: PlanState | None = None


class LineFilter(Cursor):
    """Which lines. `place` takes in everything below it."""

    state: LineState | None = None
    change: Change | None = None
    urgency: UrgencyDigit | None = None
    place: PlaceCode | None = None
    category: CategoryKey | None = None


class PlanGapFilter(Cursor):
    """Which gaps."""

    reason: Reason | None = None
    urgency: UrgencyDigit | None = None
    place: PlaceCode | None = None
    category: CategoryKey | None = None


class HoldFilter(Cursor):
    """Which holds."""

    reason: Reason | None = None
    place: PlaceCode | None = None
    category: CategoryKey | None = None


class PinFilter(Cursor):
    """Which pins."""

    response: Slug


def _numbered(
    rows: QuerySet[Any], page: Cursor, shown: Callable[[Any], Any], by: str, *, descending: bool = False
) -> dict[str, Any]:
    """One page in the order of a whole-numbered column."""
    if page.cursor:
        if not (page.cursor.isascii() and page.cursor.isdigit() and len(page.cursor) < 19):
            raise Refusal("bad_cursor")
        rows = rows.filter(**{f"{by}__{'lt' if descending else 'gt'}": int(page.cursor)})
    found = list(rows.order_by(f"-{by}" if descending else by)[: page.limit + 1])
    more = len(found) > page.limit
    found = found[: page.limit]
    return {"items": [shown(row) for row in found], "next": str(getattr(found[-1], by)) if more else None}


def _narrowed(rows: QuerySet[Any], page: Any) -> QuerySet[Any]:
    """The filters that a plan's tables share."""
    for column in ("state", "change", "reason"):
        if getattr(page, column, None) is not None:
            rows = rows.filter(**{column: getattr(page, column)})
    if getattr(page, "urgency", None) is not None:
        rows = rows.filter(urgency=int(page.urgency))
    if page.category is not None:
        rows = rows.filter(category_id=page.category)
    return rows.filter(under("place_id", page.place)) if page.place else rows


def shown(row: Plan) -> dict[str, Any]:
    """A plan as it goes out."""
    return {
        "number": row.number, "version": row.version, "response": row.response.slug, "line": row.line,
        "area": row.area_id, "category": row.category_id, "state": row.state, "progress": row.progress,
        "step": row.step, "is_proposal": row.is_proposal, "as_of": row.as_of, "ready_at": row.ready_at,
        "approved_at": row.approved_at, "made_by": row.made_by_name, "principles": row.principles,
        "figures": row.figures, "failure": row.failure, "closed_reason": row.closed_reason,
        "created_at": row.created_at, "updated_at": row.updated_at,
    }  # fmt: skip


def _line(row: Any) -> dict[str, Any]:
    """A line (`PlanLine`) with what its need asked and is planned on."""
    return {
        "id": row.pk, "need": row.need.code, "offer": row.offer.code, "line": row.line, "place": row.place_id,
        "from_place": row.offer.place_id, "category": row.category_id, "urgency": row.urgency,
        "quantity": row.quantity, "asked": row.asked, "planned": row.planned, "was": row.was, "change": row.change,
        "reach": row.reach, "basis": row.basis, "pinned": row.pinned, "reason": row.reason_zh,
        "reason_en": row.reason_en, "state": row.state, "decided_reason": kept.shown(row.decided_reason),
        "synthetic": row.need.synthetic or row.offer.synthetic,
    }  # fmt: skip


def _gap(row: PlanNeed) -> dict[str, Any]:
    return {
        "id": row.pk, "need": row.need.code, "place": row.place_id, "category": row.category_id,
        "urgency": row.urgency, "asked": row.asked, "planned": row.planned, "basis": row.basis, "served": row.served,
        "lacking": row.gap, "reason": row.reason, "bottleneck": row.bottleneck, "text": row.text_zh,
        "text_en": row.text_en,
    }  # fmt: skip


def _hold(row: PlanOffer) -> dict[str, Any]:
    return {
        "id": row.pk, "offer": row.offer.code, "place": row.place_id, "category": row.category_id, "free": row.free,
        "given": row.given, "held": row.held, "reason": row.reason, "text": row.text_zh, "text_en": row.text_en,
        "earmarked": row.earmarked,
    }  # fmt: skip


def _pin(row: Pin) -> dict[str, Any]:
    return {
        "id": row.pk, "version": row.version, "response": row.response.slug, "need": row.need.code,
        "offer": row.offer.code, "quantity": row.quantity, "reason": row.reason, "by": row.by_name,
        "created_at": row.created_at, "withdrawn_at": row.withdrawn_at,
    }  # fmt: skip


@router.get("", response={200: Page[PlanOut], **READING}, operation_id="list_plans")
@route(LIST_PLANS)
def list_plans(request: HttpRequest, page: Annotated[PlanFilter, Query()]) -> Any:
    """Plans, the newest first."""
    rows = plans(actor_of(request))
    if page.response is not None:
        rows = rows.filter(response__slug=page.response)
    if page.state is not None:
        rows = rows.filter(state=page.state)
    return _numbered(rows, page, shown, "number", descending=True)


@router.post("", response={201: PlanOut, **REFUSALS}, operation_id="create_plan")
@route(MAKE_PLAN)
def create_plan(request: HttpRequest, body: PlanIn, key: Key = None) -> Any:
    """Start a plan; read it again until its state is `ready`. Nothing moves before somebody else approves it."""
    actor = actor_of(request)

    def effect() -> int:
        response = get_response(actor, body.response)
        area = body.area or ""
        wanted = Scope(body.line or "", "" if area == response.area_id else area, body.category or "")
        return running.start_plan(actor=actor, response=response, scope=wanted, now=clock.now()).number

    number = run_once(request, key, body, "plan.create", effect)
    return Status(201, shown(get_plan(actor, number)))


@router.get("/{int:number}", response={200: PlanOut, **READING}, operation_id="read_plan")
@route(LIST_PLANS)
def read_plan(request: HttpRequest, number: int) -> Any:
    """One plan."""
    return shown(get_plan(actor_of(request), number))


@router.post("/{int:number}/cancel", response={200: PlanOut, **REFUSALS}, operation_id="cancel_plan")
@route(MAKE_PLAN)
def cancel_plan(request: HttpRequest, number: int) -> Any:
    """Stop a plan that is not made yet."""
    actor = actor_of(request)
    running.cancel_plan(actor=actor, plan=get_plan(actor, number), now=clock.now())
    return shown(get_plan(actor, number))


@router.post("/{int:number}/approve", response={200: ApprovedOut, **REFUSALS}, operation_id="approve_plan")
@route(APPROVE_PLAN)
def approve_plan(request: HttpRequest, number: int, body: Approval) -> Any:
    """Approve what is yours to approve; whoever made the plan is refused. A line that no longer fits becomes stale."""
    actor = actor_of(request)
    plan = get_plan(actor, number)
    told = approve_later.approve(
        actor=actor, plan=plan, expect=body.version, strike=body.strike, command_answer=body.command_answer,
        now=clock.now(),
    )  # fmt: skip
    done = told if isinstance(told, Approved) else Approved(left=told.total)
    return {
        "in_background": not isinstance(told, Approved),
        "approved": done.approved, "kept": done.kept, "withdrawn": done.withdrawn, "stale": done.stale,
        "struck": done.struck, "left": done.left, "plan": shown(get_plan(actor, number)),
    }  # fmt: skip


@router.post("/{int:number}/reject", response={200: PlanOut, **REFUSALS}, operation_id="reject_plan")
@route(APPROVE_PLAN)
def reject_plan(request: HttpRequest, number: int, body: PlanRefusal) -> Any:
    """Refuse a plan as a whole; what is in force stays."""
    actor = actor_of(request)
    approving.reject_plan(
        actor=actor, plan=get_plan(actor, number), expect=body.version, reason=body.reason, now=clock.now()
    )  # fmt: skip
    return shown(get_plan(actor, number))


@router.get("/{int:number}/lines", response={200: Page[LineOut], **READING}, operation_id="list_plan_lines")
@route(LIST_PLANS)
def list_plan_lines(request: HttpRequest, number: int, page: Annotated[LineFilter, Query()]) -> Any:
    """What moves from where to whom: the lines whose need lies in your line and area, the most urgent first."""
    actor = actor_of(request)
    rows = seen.lines_of(actor, get_plan(actor, number)).select_related("need", "offer")
    own = PlanNeed.objects.filter(plan=OuterRef("plan"), need=OuterRef("need"))
    beside = {name: Subquery(own.values(name)) for name in ("asked", "planned")}
    return _numbered(_narrowed(rows, page).annotate(**beside), page, _line, "pk")


@router.get("/{int:number}/gaps", response={200: Page[PlanGapOut], **READING}, operation_id="list_plan_gaps")
@route(LIST_PLANS)
def list_plan_gaps(request: HttpRequest, number: int, page: Annotated[PlanGapFilter, Query()]) -> Any:
    """Who lacks what, and why."""
    actor = actor_of(request)
    rows = seen.gaps_of(actor, get_plan(actor, number)).select_related("need")
    return _numbered(_narrowed(rows, page), page, _gap, "pk")


@router.get("/{int:number}/holds", response={200: Page[HoldOut], **READING}, operation_id="list_plan_holds")
@route(LIST_PLANS)
def list_plan_holds(request: HttpRequest, number: int, page: Annotated[HoldFilter, Query()]) -> Any:
    """What should not be sent now, and why."""
    actor = actor_of(request)
    rows = seen.holds_of(actor, get_plan(actor, number)).select_related("offer")
    return _numbered(_narrowed(rows, page), page, _hold, "pk")


@pins.get("", response={200: Page[PinOut], **READING}, operation_id="list_pins")
@route(LIST_PLANS)
def list_pins(request: HttpRequest, page: Annotated[PinFilter, Query()]) -> Any:
    """Pairs fixed or forbidden and still in force, the newest first."""
    actor = actor_of(request)
    rows = seen.pins_of(actor, get_response(actor, page.response)).select_related("response", "need", "offer")
    return page_of(rows, page, _pin)


@pins.post("", response={201: PinOut, **REFUSALS}, operation_id="create_pin")
@route(STEER_PLAN)
def create_pin(request: HttpRequest, body: PinIn, key: Key = None) -> Any:
    """Fix or forbid a pair; every plan made from now on obeys."""
    actor = actor_of(request)

    def effect() -> str:
        need = one_of(Need.objects.select_related("category", "place"), code=body.need)
        offer = one_of(Offer.objects.select_related("category", "place"), code=body.offer)
        pin = steering.set_pin(
            actor=actor, need=need, offer=offer, quantity=body.quantity, reason=body.reason, now=clock.now()
        )  # fmt: skip
        return str(pin.pk)

    made = run_once(request, key, body, "pin.create", effect)
    return Status(201, _pin(Pin.objects.select_related("response", "need", "offer").get(pk=made)))


@pins.post("/{uuid:id}/withdraw", response={200: PinOut, **REFUSALS}, operation_id="withdraw_pin")
@route(STEER_PLAN)
def withdraw_pin(request: HttpRequest, id: uuid.UUID, body: Withdraw) -> Any:
    """Take a pin back; the next plan decides by the rules again."""
    row = one_of(Pin.objects.select_related("response", "need", "offer"), pk=id)
    actor = actor_of(request)
    require(actor, STEER_PLAN, **target_of(row.need))
    checked_version(row, body.version)
    return _pin(steering.withdraw_pin(actor=actor, pin=row, now=clock.now()))
