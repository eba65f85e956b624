"""Assignments: list, read, answer, carry, confirm, take back. No contact, and nobody who carries is named."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Annotated, Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Schema, Status

from tongzhou.chain.delivery.models import Receipt
from tongzhou.chain.delivery.policies import CONFIRM
from tongzhou.chain.delivery.selectors.receipts import receipts_of
from tongzhou.chain.delivery.types import HowConfirmed
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.policies import ANSWER, CARRY, LIST_ASSIGNMENTS, TAKE_BACK, giver_target, target_of
from tongzhou.chain.dispatch.selectors.assignments import assignments
from tongzhou.chain.dispatch.selectors.balances import of_assignments
from tongzhou.chain.dispatch.types import AssignmentState, Balance, Via
from tongzhou.flows import answer_assignment, carry_assignment, confirm_delivery
from tongzhou.flows.return_goods import returned
from tongzhou.flows.withdraw_assignment import withdraw
from tongzhou.kernel import clock, kept
from tongzhou.kernel.access import Actor, require, route
from tongzhou.registers.people.types import OFFICER
from tongzhou.screens.api.common import (
    Cursor,
    Key,
    actor_of,
    checked_version,
    movement_key,
    narrowed,
    one_of,
    page_of,
    run_once,
)
from tongzhou.screens.api.schemas import (
    READING,
    REFUSALS,
    CategoryKey,
    Line,
    Moment,
    Page,
    PlaceCode,
    Slug,
    Withdraw,
)
from tongzhou.screens.api.way_schemas import (
    AcceptIn,
    AssignmentOut,
    ConfirmIn,
    CorrectIn,
    DeclineIn,
    ReceiptOut,
    ReturnIn,
    SentIn,
    StateWord,
)

router = Router(tags=["assignments"])


class AssignmentFilter(Cursor):
    """Which assignments. `organisation` gives or gets."""

    response: Slug | None = None
    state: StateWord | None = None
    place: PlaceCode | None = None
    category: CategoryKey | None = None
    line: Line | None = None
    organisation: uuid.UUID | None = None
    need: uuid.UUID | None = None
    offer: uuid.UUID | None = None
    updated_since: Moment | None = None


def visible(actor: Actor) -> QuerySet[Assignment]:
    """Every assignment the actor may read."""
    return assignments(actor).select_related("response", "need", "offer", "category")


def _with_sums(rows: list[Assignment]) -> None:
    sums = of_assignments(row.pk for row in rows)
    for row in rows:
        row.sums = sums[row.pk]  # type: ignore[attr-defined]


def shown(row: Assignment) -> dict[str, Any]:
    """An assignment as it goes out, with its balances."""
    sums = getattr(row, "sums", None) or of_assignments([row.pk])[row.pk]
    return {
        "id": row.pk, "code": row.code, "version": row.version, "response": row.response.slug, "line": row.line,
        "place": row.place_id, "need": row.need_id, "need_code": row.need.code, "offer": row.offer_id,
        "offer_code": row.offer.code, "organisation": row.organisation_id, "receiver": row.receiver_id,
        "team": row.team_id, "category": row.category_id, "unit": row.category.unit, "quantity": row.quantity,
        "balances": {str(one): sums[one] for one in Balance if one != Balance.OUTSIDE}, "urgency": row.urgency,
        "state": row.state, "decline_reason": row.decline_reason, "state_reason": kept.shown(row.state_reason),
        "proposed_at": row.proposed_at, "lapses_at": row.lapses_at, "accepted_at": row.accepted_at,
        "due_at": row.due_at, "sent_at": row.sent_at, "delivered_at": row.delivered_at,
        "confirmed_at": row.confirmed_at, "synthetic": row.synthetic, "created_at": row.created_at,
        "updated_at": row.updated_at,
    }  # fmt: skip


@router.get("", response={200: Page[AssignmentOut], **READING}, operation_id="list_assignments")
@route(LIST_ASSIGNMENTS)
def list_assignments(request: HttpRequest, page: Annotated[AssignmentFilter, Query()]) -> Any:
    """Assignments, the newest first; an officer's are those the own organisation gives or gets."""
    rows = narrowed(visible(actor_of(request)), page)
    if page.organisation:
        rows = rows.filter(Q(organisation_id=page.organisation) | Q(receiver_id=page.organisation))
    for column, value in (("need_id", page.need), ("offer_id", page.offer)):
        rows = rows.filter(**{column: value}) if value else rows
    return page_of(rows, page, shown, prepare=_with_sums)


@router.get("/{uuid:id}", response={200: AssignmentOut, **READING}, operation_id="read_assignment")
@route(LIST_ASSIGNMENTS)
def read_assignment(request: HttpRequest, id: uuid.UUID) -> Any:
    """One assignment."""
    return shown(one_of(visible(actor_of(request)), pk=id))


def _done(request: HttpRequest, key: str | None, body: Schema, act: str, row: Assignment,
          effect: Callable[[str], Any]) -> dict[str, Any]:  # fmt: skip
    """Carry an act out once for this key (a repeat gets the first answer); the assignment as it is now."""
    actor = actor_of(request)

    def once() -> str:
        answers = act in ("assignment.accept", "assignment.decline")
        if not answers or row.state == AssignmentState.PROPOSED:  # else somebody was faster, which says more
            checked_version(row, body.version)  # type: ignore[attr-defined]
        effect(movement_key(actor, key))
        return str(row.pk)

    run_once(request, key, body, f"{act}:{row.pk}", once)
    return shown(one_of(visible(actor), pk=row.pk))


@router.post("/{uuid:id}/accept", response={200: AssignmentOut, **REFUSALS}, operation_id="accept_assignment")
@route(ANSWER)
def accept_assignment(request: HttpRequest, id: uuid.UUID, body: AcceptIn, key: Key = None) -> Any:
    """Take it on for the giver; 409 `already_covered` when somebody was faster."""
    actor, row = actor_of(request), one_of(visible(actor_of(request)), pk=id)
    require(actor, ANSWER, **giver_target(row))

    def effect(own: str) -> None:
        answer_assignment.accept(actor=actor, assignment=row, key=own, via=Via.API, now=clock.now())

    return _done(request, key, body, "assignment.accept", row, effect)


@router.post("/{uuid:id}/decline", response={200: AssignmentOut, **REFUSALS}, operation_id="decline_assignment")
@route(ANSWER)
def decline_assignment(request: HttpRequest, id: uuid.UUID, body: DeclineIn, key: Key = None) -> Any:
    """Say no for the giver, with a reason; it goes back to planning at once."""
    actor, row = actor_of(request), one_of(visible(actor_of(request)), pk=id)
    require(actor, ANSWER, **giver_target(row))

    def effect(own: str) -> None:
        answer_assignment.decline(
            actor=actor, assignment=row, reason=body.reason, note=body.note, key=own, via=Via.API, now=clock.now()
        )

    return _done(request, key, body, "assignment.decline", row, effect)


@router.post("/{uuid:id}/sent", response={200: AssignmentOut, **REFUSALS}, operation_id="send_assignment")
@route(CARRY)
def send_assignment(request: HttpRequest, id: uuid.UUID, body: SentIn, key: Key = None) -> Any:
    """It, or a part of it, is on its way."""
    actor, row = actor_of(request), one_of(visible(actor_of(request)), pk=id)
    carry_assignment.carrier_act(actor, row)

    def effect(own: str) -> None:
        carry_assignment.mark_sent(
            actor=actor, assignment=row, quantity=body.quantity, rest_back=body.rest_back, key=own, via=Via.API,
            expect=body.version, now=clock.now(),
        )  # fmt: skip

    return _done(request, key, body, "assignment.sent", row, effect)


@router.post("/{uuid:id}/delivered", response={200: AssignmentOut, **REFUSALS}, operation_id="deliver_assignment")
@route(CARRY)
def deliver_assignment(request: HttpRequest, id: uuid.UUID, body: AcceptIn, key: Key = None) -> Any:
    """It is at the receiver's door, to be confirmed."""
    actor, row = actor_of(request), one_of(visible(actor_of(request)), pk=id)
    carry_assignment.carrier_act(actor, row)

    def effect(own: str) -> None:
        carry_assignment.mark_delivered(actor=actor, assignment=row, key=own, via=Via.API, now=clock.now())

    return _done(request, key, body, "assignment.delivered", row, effect)


@router.post("/{uuid:id}/return", response={200: AssignmentOut, **REFUSALS}, operation_id="return_assignment")
@route(CARRY)
def return_assignment(request: HttpRequest, id: uuid.UUID, body: ReturnIn, key: Key = None) -> Any:
    """So much is back with its giver and free again, but for what of it is `unusable`."""
    actor, row = actor_of(request), one_of(visible(actor_of(request)), pk=id)
    carry_assignment.carrier_act(actor, row)

    def effect(own: str) -> None:
        returned(
            actor=actor, assignment=row, quantity=body.quantity, unusable=body.unusable, key=own, via=Via.API,
            expect=body.version, now=clock.now(),
        )  # fmt: skip

    return _done(request, key, body, "assignment.return", row, effect)


@router.post("/{uuid:id}/withdraw", response={200: AssignmentOut, **REFUSALS}, operation_id="withdraw_assignment")
@route(TAKE_BACK)
def withdraw_assignment(request: HttpRequest, id: uuid.UUID, body: Withdraw, key: Key = None) -> Any:
    """Take it back whatever its state; what is on its way is recorded as returned."""
    actor, row = actor_of(request), one_of(visible(actor_of(request)), pk=id)
    require(actor, TAKE_BACK, **target_of(row))

    def effect(own: str) -> None:
        withdraw(actor=actor, assignment=row, reason=body.reason, expect=body.version, now=clock.now())

    return _done(request, key, body, "assignment.withdraw", row, effect)


@router.post("/{uuid:id}/confirm", response={201: ReceiptOut, **REFUSALS}, operation_id="confirm_assignment")
@route(CONFIRM)
def confirm_assignment(request: HttpRequest, id: uuid.UUID, body: ConfirmIn, key: Key = None) -> Any:
    """Record what arrived: by the receiver's officer, or by whoever called the receiver."""
    actor, row = actor_of(request), one_of(visible(actor_of(request)), pk=id)
    require(actor, CONFIRM, **target_of(row))

    def effect() -> str:
        checked_version(row, body.version)
        receipt = confirm_delivery.confirm(
            actor=actor, assignment=row, received=body.received, refused=body.refused, missing=body.missing,
            difference=body.difference, note=body.note, how=_how(actor, row), key=movement_key(actor, key),
            expect=body.version, now=clock.now(),
        )  # fmt: skip
        return str(receipt.pk)

    made = run_once(request, key, body, f"delivery.confirm:{row.pk}", effect)
    return Status(201, receipt_shown(one_of(Receipt.objects.filter(assignment=row), pk=made)))


def _how(actor: Actor, row: Assignment) -> str:
    own = row.receiver_id is not None and any(
        grant.role == OFFICER and grant.organisation == row.receiver_id for grant in actor.grants
    )
    return HowConfirmed.OFFICER if own else HowConfirmed.CALL


@router.post(
    "/{uuid:id}/receipts/{uuid:receipt}/correct", response={201: ReceiptOut, **REFUSALS}, operation_id="correct_receipt"
)
@route(CONFIRM)
def correct_receipt(request: HttpRequest, id: uuid.UUID, receipt: uuid.UUID, body: CorrectIn, key: Key = None) -> Any:
    """Correct a receipt by another one: its quantities go back on their way, the new ones count instead.

    409 `correction_late` when it was corrected already; `below_returned` when more of what was refused has come back.
    """
    actor, row = actor_of(request), one_of(visible(actor_of(request)), pk=id)
    require(actor, CONFIRM, **target_of(row))
    wrong = one_of(Receipt.objects.filter(assignment=row).select_related("assignment"), pk=receipt)

    def effect() -> str:
        checked_version(row, body.version)
        made = confirm_delivery.correct(
            actor=actor, receipt=wrong, received=body.received, refused=body.refused, missing=body.missing,
            difference=body.difference, note=body.note, key=movement_key(actor, key), now=clock.now(),
        )  # fmt: skip
        return str(made.pk)

    made = run_once(request, key, body, f"delivery.correct:{wrong.pk}", effect)
    return Status(201, receipt_shown(one_of(Receipt.objects.filter(assignment=row), pk=made)))


def receipt_shown(row: Receipt) -> dict[str, Any]:
    """A receipt as it goes out."""
    return {
        "id": row.pk, "assignment": row.assignment_id, "how": row.how, "received": row.received,
        "refused": row.refused, "missing": row.missing, "difference": row.difference, "corrects": row.corrects_id,
        "at": row.at,
    }  # fmt: skip


@router.get("/{uuid:id}/receipts", response={200: list[ReceiptOut], **READING}, operation_id="list_receipts")
@route(LIST_ASSIGNMENTS)
def list_receipts(request: HttpRequest, id: uuid.UUID) -> Any:
    """Every receipt of an assignment, the oldest first."""
    row = one_of(visible(actor_of(request)), pk=id)
    return [receipt_shown(one) for one in receipts_of(row)]
