"""Proposing: the one door that takes stock and serves needs. And every way back of what is not on its way yet."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction

from tongzhou.chain.dispatch.models import Assignment, Reserve
from tongzhou.chain.dispatch.policies import PROPOSE, TAKE_BACK
from tongzhou.chain.dispatch.selectors.balances import (
    Sums,
    free_of_offer,
    of_assignments,
    of_needs,
    of_offers,
    open_of_need,
    stock_of,
)  # fmt: skip
from tongzhou.chain.dispatch.services import events
from tongzhou.chain.dispatch.services.locking import lock_assignment, lock_need, lock_offer
from tongzhou.chain.dispatch.services.movements import append
from tongzhou.chain.dispatch.services.states import ENDED, settled
from tongzhou.chain.dispatch.types import LAPSES_AFTER, AssignmentState, Balance, Via
from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.intake.services.codes import free_code
from tongzhou.chain.intake.types import NeedState, OfferState
from tongzhou.chain.planning.models import PlanLine, StandingApproval
from tongzhou.kernel import changes, ids
from tongzhou.kernel.access import Act, Actor
from tongzhou.kernel.errors import Refusal

__all__ = [
    "close_reserves", "give_back", "into_state", "own_key", "propose", "require_open", "require_room",
    "withdraw_proposed",
]  # fmt: skip


@transaction.atomic
def propose(
    *, actor: Actor, need: Need, offer: Offer, quantity: int, plan_line: PlanLine | None = None,
    standing: StandingApproval | None = None, now: dt.datetime, lapses_after: dt.timedelta = LAPSES_AFTER,
) -> Assignment:  # fmt: skip
    """Assign `quantity` base units of `offer` to `need`, on the word of an approved line or a standing approval.

    The caller has judged the right to approve. An approved line makes one assignment, however often it is carried out.
    Raises ``Refusal``: ``need_not_open``, ``offer_not_open``, ``stock_unknown``, ``over_stock``, ``over_need``,
    ``bad_split`` (not positive), ``proposed_already``.
    """
    giver, wanted = lock_offer(offer.pk), lock_need(need.pk)
    before = Assignment.objects.filter(plan_line=plan_line).first() if plan_line is not None else None
    if before is not None:
        return before
    require_open(wanted, giver, now)
    if Assignment.objects.filter(need=wanted, offer=giver, state=AssignmentState.PROPOSED).exists():
        raise Refusal("proposed_already")
    require_room(wanted, giver, quantity)
    one = Assignment(
        code=free_code(Assignment, Need, Offer), response_id=wanted.response_id, line=wanted.line,
        place_id=wanted.place_id, need=wanted, offer=giver, category=giver.category,
        organisation_id=giver.organisation_id, receiver_id=wanted.organisation_id, team_id=giver.team_id,
        plan_id=plan_line.plan_id if plan_line else None, plan_line=plan_line, standing=standing, quantity=quantity,
        urgency=wanted.urgency_order, proposed_at=now, lapses_at=now + lapses_after,
        synthetic=wanted.synthetic or giver.synthetic,
    )  # fmt: skip
    try:
        with transaction.atomic():
            changes.create(one, actor=actor, act=PROPOSE)
    except IntegrityError:  # a claim of the same pair was given back at this very moment
        raise Refusal("proposed_already") from None
    via = Via.SYSTEM if actor.is_system else Via.PAGE
    steps = [(Balance.OUTSIDE, Balance.PLANNED, quantity)]
    append(actor=actor, assignment=one, steps=steps, key=own_key("propose", one), now=now, via=via)
    events.post("proposed", one)
    return one


def require_open(need: Need, offer: Offer, now: dt.datetime) -> None:
    """Both may be planned with at this moment: verified, not expired, not held back, in a response that is open."""
    held = need.submission is not None and bool(need.submission.held_reason)
    past = need.expires_at is not None and need.expires_at <= now
    if need.state != NeedState.VERIFIED or held or past or not need.response.is_open:
        raise Refusal("need_not_open", number=ids.format_code(need.code))
    if offer.state != OfferState.VERIFIED or offer.category_id is None or offer.response_id != need.response_id:
        raise Refusal("offer_not_open", number=ids.format_code(offer.code))


def require_room(need: Need, offer: Offer, quantity: int) -> None:
    """So much is free of the offer and open of the need; the caller has locked both."""
    if stock_of(offer) is None:
        raise Refusal("stock_unknown", number=ids.format_code(offer.code))
    free = free_of_offer(offer, of_offers([offer.pk])[offer.pk])
    lacking = open_of_need(need, of_needs([need.pk])[need.pk])
    if quantity < 1:
        raise Refusal("bad_split", asked=quantity, most=min(free, lacking))
    if quantity > free:
        raise Refusal("over_stock", number=ids.format_code(offer.code), free=free, asked=quantity)
    if quantity > lacking:
        raise Refusal("over_need", number=ids.format_code(need.code), open=lacking, asked=quantity)


def own_key(what: str, one: Assignment) -> str:
    """A movement key of the platform's own: one for each version of the assignment."""
    return f"{what}:{one.code}:{one.version}"


@transaction.atomic
def withdraw_proposed(*, actor: Actor, assignment: Assignment, reason: str, now: dt.datetime) -> Assignment:
    """Take back what nobody has taken yet. Raises ``Refusal("already_covered")`` or ``assignment_over`` otherwise."""
    one = lock_assignment(assignment.pk)
    if one.state != AssignmentState.PROPOSED:
        over = one.state in (AssignmentState.DECLINED, AssignmentState.LAPSED, AssignmentState.WITHDRAWN)
        raise Refusal("assignment_over", state=one.get_state_display()) if over else Refusal("already_covered")
    return give_back(actor=actor, one=one, act=TAKE_BACK, reason=reason, ended=AssignmentState.WITHDRAWN, now=now)


def give_back(
    *, actor: Actor, one: Assignment, act: Act | str, reason: str, ended: AssignmentState, now: dt.datetime,
    key: str = "", via: str = Via.PAGE, returned: bool = False, **fields: Any,
) -> Assignment:  # fmt: skip
    """What is planned or accepted goes back to the offer and opens the need again; the caller has locked `one`.

    What is on its way stays so, unless `returned`: then it is recorded as returned. The state follows from what is
    left; `ended` is how it ends when nothing ever arrived.
    """
    sums = of_assignments([one.pk])[one.pk]
    steps = [(Balance.PLANNED, Balance.OUTSIDE, sums[Balance.PLANNED])]
    steps.append((Balance.ACCEPTED, Balance.OUTSIDE, sums[Balance.ACCEPTED]))
    if returned:
        steps.append((Balance.IN_TRANSIT, Balance.RETURNED, sums[Balance.IN_TRANSIT]))
    after = append(
        actor=actor, assignment=one, steps=steps, key=key or own_key("back", one), now=now, via=via, reason=reason
    )
    return into_state(actor=actor, one=one, act=act, sums=after, ended=ended, reason=reason, now=now, **fields)


def into_state(
    *, actor: Actor, one: Assignment, act: Act | str, sums: Sums, ended: AssignmentState, reason: str,
    now: dt.datetime, present: str = "", **fields: Any,
) -> Assignment:  # fmt: skip
    """Write the state that follows from the balances, with its row in the trail; an ended one lets its reserves go."""
    state = settled(sums, present=present or one.state, ended=ended)
    fields = {"state": state, "state_reason": reason[:300]} | fields
    if state == AssignmentState.CONFIRMED and one.confirmed_at is None:
        fields["confirmed_at"] = now
    if state in ENDED:
        fields["due_at"] = None
        close_reserves(actor=actor, one=one, now=now)
    return changes.apply(one, actor=actor, act=act, reason=reason, **fields)


def close_reserves(*, actor: Actor, one: Assignment, now: dt.datetime) -> None:
    """Nobody waits for it any more."""
    for reserve in Reserve.objects.filter(assignment=one, left_at=None):
        changes.apply(reserve, actor=actor, act="assignment.reserve", left_at=now)
