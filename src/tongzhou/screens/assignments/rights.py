"""What the reader may do with an assignment at this moment: the same judgement as the flows make, asked beforehand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from tongzhou.chain.delivery.policies import CONFIRM, LIST_INCIDENTS, REPORT_INCIDENT, SEE_PHOTO, SETTLE_CASH
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.policies import ANSWER, SEE_DELIVERY_CONTACT, TAKE_BACK, giver_target, target_of
from tongzhou.chain.dispatch.types import LIVE, AssignmentState, Balance
from tongzhou.flows.carry_assignment import carrier_act, is_holder
from tongzhou.kernel.access import Actor, allows, may
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.people.types import COORDINATOR, OFFICER, VERIFIER

__all__ = ["Rights", "may_answer", "may_carry", "may_confirm", "may_settle", "may_take_back", "of_giver", "rights_of",
           "sees_people"]  # fmt: skip

_GOING = (AssignmentState.ACCEPTED, AssignmentState.IN_TRANSIT, AssignmentState.DELIVERED)


@dataclass(frozen=True, slots=True)
class Rights:
    """What can be pressed now."""

    answer: bool
    #: The answer is somebody else's, told by telephone.
    by_phone: bool
    #: Somebody else's acts are written down here.
    for_giver: bool
    send: bool
    deliver: bool
    confirm: bool
    give_back: bool
    take_back: bool
    contact: bool
    cash: bool
    correct: bool
    settle: bool
    report: bool
    incidents: bool
    photos: bool


def may_answer(actor: Actor, one: Assignment) -> bool:
    """For the giver."""
    return allows(actor, ANSWER, **giver_target(one))


def may_carry(actor: Actor, one: Assignment) -> bool:
    """Its holder, the giver's officer, a coordinator."""
    try:
        carrier_act(actor, one)
    except Refusal:
        return False
    return True


def may_take_back(actor: Actor, one: Assignment) -> bool:
    """A coordinator of its place and line."""
    return allows(actor, TAKE_BACK, **target_of(one))


def may_confirm(actor: Actor, one: Assignment) -> bool:
    """The receiver's officer, or whoever called the receiver; never who brought it."""
    return allows(actor, CONFIRM, **target_of(one))


def may_settle(actor: Actor, one: Assignment) -> bool:
    """A coordinator, of somebody else's errand."""
    return allows(actor, SETTLE_CASH, **target_of(one))


def of_giver(actor: Actor, one: Assignment) -> bool:
    """An officer of the organisation that gives."""
    return one.organisation_id is not None and any(
        grant.role == OFFICER and grant.organisation == one.organisation_id for grant in actor.grants
    )


def sees_people(actor: Actor, one: Assignment) -> bool:
    """Whether the names of those who carried and wrote things down are for this reader."""
    return bool(actor.roles & {COORDINATOR, VERIFIER}) or of_giver(actor, one)


def rights_of(actor: Actor, one: Assignment, sums: Mapping[Balance, int], now: dt.datetime) -> Rights:
    """What `actor` can do with `one`, whose balances are `sums`."""
    answer, carry = may_answer(actor, one), may_carry(actor, one)
    own = is_holder(actor, one)
    going = one.state in _GOING
    confirm = may_confirm(actor, one) and not own
    return Rights(
        answer=answer and one.state == AssignmentState.PROPOSED and one.lapses_at > now,
        by_phone=not of_giver(actor, one),
        for_giver=carry and going and not own and not of_giver(actor, one),
        send=carry and going and sums[Balance.ACCEPTED] > 0,
        deliver=carry and one.state in (AssignmentState.ACCEPTED, AssignmentState.IN_TRANSIT),
        confirm=confirm and going,
        give_back=carry and sums[Balance.REFUSED] + sums[Balance.IN_TRANSIT] > 0,
        take_back=may_take_back(actor, one) and one.state in LIVE,
        contact=may(actor, SEE_DELIVERY_CONTACT) and going
        and (own or (answer and (of_giver(actor, one) or one.holder_id is None))),
        cash=carry and one.accepted_at is not None,  # nobody lays out money for what nobody took on
        correct=confirm,
        settle=may_settle(actor, one) and not own,
        report=any(allows(actor, REPORT_INCIDENT, **target) for target in (target_of(one), giver_target(one))),
        incidents=allows(actor, LIST_INCIDENTS, line=one.line, area=one.place_id, response=one.response_id),
        photos=allows(actor, SEE_PHOTO, **target_of(one)),
    )  # fmt: skip
