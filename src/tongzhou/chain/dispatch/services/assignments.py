"""Proposing: the one door that takes stock and serves needs. And every way back of what is not on its way yet."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
from tongzhou.chain.dispatch.services.locking import lock_assignment, lock_assignments, lock_needs, lock_offers
from tongzhou.chain.dispatch.services.movements import append, append_many
from tongzhou.chain.dispatch.services.states import ENDED, settled
from tongzhou.chain.dispatch.types import LAPSES_AFTER, AssignmentState, Balance, Via
from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.intake.services.codes import free_codes
from tongzhou.chain.intake.types import NeedState, OfferState
from tongzhou.chain.planning.models import PlanLine, StandingApproval
from tongzhou.kernel import changes, ids
from tongzhou.kernel.access import Act, Actor
from tongzhou.kernel.errors import Refusal

__all__ = [
    "Proposal", "close_reserves", "give_back", "into_state", "own_key", "propose", "propose_many", "require_open",
    "require_room", "withdraw_many", "withdraw_proposed",
]  # fmt: skip

#: How often proposals are judged again when another one of the same pair comes in between.
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is to be assigned: base units of an offer to a need, on the word of an approved line or an approval in
    advance."""

    need: Need
    offer: Offer
    quantity: int
    plan_line: PlanLine | None = None
    standing: StandingApproval | None = None


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
    wanted = Proposal(need, offer, quantity, plan_line, standing)
    [done] = propose_many(actor=actor, wanted=[wanted], now=now, lapses_after=lapses_after)
    if isinstance(done, Refusal):
        raise done
    return done


@transaction.atomic
def propose_many(
    *, actor: Actor, wanted: Sequence[Proposal], now: dt.datetime, lapses_after: dt.timedelta = LAPSES_AFTER
) -> list[Assignment | Refusal]:
    """What becomes of each, in their order, as if one were proposed after the other; few statements for hundreds.

    Nothing is written of what is refused. A pair that appears from elsewhere at this very moment makes all of them be
    judged again; when that happens again and again the refusal is ``proposed_already``.
    """
    if not wanted:
        return []
    giving, taking = lock_offers(one.offer.pk for one in wanted), lock_needs(one.need.pk for one in wanted)
    for _ in range(_TRIES):
        told, fresh = _judged(wanted, giving, taking, now, lapses_after)
        try:
            with transaction.atomic():
                _write(actor, fresh, now)
        except IntegrityError:  # a claim of the same pair was given back at this very moment
            continue
        return told
    if len(wanted) == 1:
        return [Refusal("proposed_already")]
    return [
        done
        for one in wanted
        for done in propose_many(actor=actor, wanted=[one], now=now, lapses_after=lapses_after)
    ]  # fmt: skip


def _judged(
    wanted: Sequence[Proposal], giving: Mapping[uuid.UUID, Offer], taking: Mapping[uuid.UUID, Need], now: dt.datetime,
    lapses_after: dt.timedelta,
) -> tuple[list[Assignment | Refusal], list[Assignment]]:  # fmt: skip
    """What becomes of each, and the assignments that are new; the rows are locked."""
    lines = {one.plan_line.pk for one in wanted if one.plan_line is not None}
    made = {one.plan_line_id: one for one in Assignment.objects.filter(plan_line__in=lines)} if lines else {}
    waiting = Assignment.objects.filter(need__in=taking, offer__in=giving, state=AssignmentState.PROPOSED)
    pairs = set(waiting.values_list("need_id", "offer_id"))
    given, held = of_offers(giving), of_needs(taking)
    free = {pk: free_of_offer(offer, given[pk]) for pk, offer in giving.items()}
    lacking = {pk: open_of_need(need, held[pk]) for pk, need in taking.items()}
    codes = iter(free_codes(len(wanted), Assignment, Need, Offer))
    told: list[Assignment | Refusal] = []
    fresh: list[Assignment] = []
    for one in wanted:
        offer, need = giving[one.offer.pk], taking[one.need.pk]
        before = made.get(one.plan_line.pk) if one.plan_line is not None else None
        if before is not None:
            told.append(before)
            continue
        try:
            require_open(need, offer, now)
            if (need.pk, offer.pk) in pairs:
                raise Refusal("proposed_already")
            require_room(need, offer, one.quantity, free[offer.pk], lacking[need.pk])
        except Refusal as refusal:
            told.append(refusal)
            continue
        fresh.append(_assignment(one, need, offer, next(codes), now, now + lapses_after))
        told.append(fresh[-1])
        pairs.add((need.pk, offer.pk))
        free[offer.pk] -= one.quantity
        lacking[need.pk] -= one.quantity
        if one.plan_line is not None:
            made[one.plan_line.pk] = fresh[-1]
    return told, fresh


def _assignment(
    one: Proposal, need: Need, offer: Offer, code: str, now: dt.datetime, lapses_at: dt.datetime
) -> Assignment:
    line = one.plan_line
    return Assignment(
        code=code, response_id=need.response_id, line=need.line, place_id=need.place_id, need=need, offer=offer,
        category_id=str(offer.category_id), organisation_id=offer.organisation_id, receiver_id=need.organisation_id,
        team_id=offer.team_id, plan_id=line.plan_id if line else None, plan_line=line, standing=one.standing,
        quantity=one.quantity, urgency=need.urgency_order, proposed_at=now, lapses_at=lapses_at,
        synthetic=need.synthetic or offer.synthetic,
    )  # fmt: skip


def _write(actor: Actor, fresh: Sequence[Assignment], now: dt.datetime) -> None:
    """The rows, their trail, their first movement and their event."""
    changes.create_many(fresh, actor=actor, act=PROPOSE)
    moves = [(one, [(Balance.OUTSIDE, Balance.PLANNED, one.quantity)], own_key("propose", one)) for one in fresh]
    append_many(actor=actor, moves=moves, now=now, via=Via.SYSTEM if actor.is_system else Via.PAGE)
    events.post_many("proposed", fresh)


def require_open(need: Need, offer: Offer, now: dt.datetime) -> None:
    """Both may be planned with at this moment: verified, not expired, not held back, in a response that is open."""
    held = need.submission is not None and bool(need.submission.held_reason)
    past = need.expires_at is not None and need.expires_at <= now
    if need.state != NeedState.VERIFIED or held or past or not need.response.is_open:
        raise Refusal("need_not_open", number=ids.format_code(need.code))
    if offer.state != OfferState.VERIFIED or offer.category_id is None or offer.response_id != need.response_id:
        raise Refusal("offer_not_open", number=ids.format_code(offer.code))


def require_room(need: Need, offer: Offer, quantity: int, free: int, lacking: int) -> None:
    """So much is `free` of the offer and `lacking` of the need; the caller has locked both and counted."""
    if stock_of(offer) is None:
        raise Refusal("stock_unknown", number=ids.format_code(offer.code))
    if quantity < 1:
        raise Refusal("bad_split", asked=f"{quantity:,}", most=f"{min(free, lacking):,}")
    if quantity > free:
        raise Refusal("over_stock", number=ids.format_code(offer.code), free=f"{free:,}", asked=f"{quantity:,}")
    if quantity > lacking:
        raise Refusal("over_need", number=ids.format_code(need.code), open=f"{lacking:,}", asked=f"{quantity:,}")


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


@transaction.atomic
def withdraw_many(
    *, actor: Actor, assignments: Iterable[Assignment], reason: str, now: dt.datetime
) -> list[Assignment]:
    """Take back those that nobody has taken yet, in few statements; which ones. The others stay as they are."""
    found = [one for one in lock_assignments(one.pk for one in assignments) if one.state == AssignmentState.PROPOSED]
    sums = of_assignments(one.pk for one in found)
    moves = [
        (one, [(Balance.PLANNED, Balance.OUTSIDE, sums[one.pk][Balance.PLANNED])], own_key("back", one))
        for one in found
    ]  # fmt: skip
    append_many(actor=actor, moves=moves, now=now, reason=reason)
    for reserve in Reserve.objects.filter(assignment__in=found, left_at=None):
        changes.apply(reserve, actor=actor, act="assignment.reserve", left_at=now)
    said = {"state": AssignmentState.WITHDRAWN, "state_reason": reason[:300], "due_at": None}
    changes.apply_same(found, actor=actor, act=TAKE_BACK, reason=reason, **said)
    return found


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
    state = settled(one, sums, present=present or one.state, ended=ended)
    fields = {"state": state, "state_reason": reason[:300]} | fields
    if state == AssignmentState.CONFIRMED and one.confirmed_at is None:
        fields["confirmed_at"] = now
    if state == AssignmentState.WITHDRAWN and one.confirmed_at is not None:
        fields["confirmed_at"] = None  # corrected: nobody had confirmed it after all
    if state in ENDED:
        fields["due_at"] = None
        close_reserves(actor=actor, one=one, now=now)
    return changes.apply(one, actor=actor, act=act, reason=reason, **fields)


def close_reserves(*, actor: Actor, one: Assignment, now: dt.datetime) -> None:
    """Nobody waits for it any more."""
    for reserve in Reserve.objects.filter(assignment=one, left_at=None):
        changes.apply(reserve, actor=actor, act="assignment.reserve", left_at=now)
