"""A volunteer takes a task of the team, with a time limit; gives it back; somebody in reserve is asked."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_noop

from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.policies import CLAIM
from tongzhou.chain.dispatch.selectors.volunteers import declared, is_member, of_age
from tongzhou.chain.dispatch.services import answering, assignments
from tongzhou.chain.dispatch.services.locking import lock_assignment, lock_profile
from tongzhou.chain.dispatch.services.movements import seen
from tongzhou.chain.dispatch.services.states import require_free
from tongzhou.chain.dispatch.types import AssignmentState, Via
from tongzhou.chain.intake.services.submit import masked
from tongzhou.chain.planning.services.compliance import require_lawful
from tongzhou.flows import events
from tongzhou.kernel.access import Act, Actor, may
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.people.models import Account

__all__ = ["Claimed", "claim", "give_up", "unclaim"]

_RETURNED = gettext_noop("接单的人退回")


@dataclass(frozen=True, slots=True)
class Claimed:
    """What came of a claim: it is theirs (`held`), or somebody was faster and they stand in reserve at this place."""

    assignment: Assignment
    held: bool
    reserve_place: int | None = None


@transaction.atomic
def claim(*, actor: Actor, assignment: Assignment, key: str, via: str = Via.PAGE, now: dt.datetime) -> Claimed:
    """Take a task of one's own team; whoever comes later stands in reserve. The same `key` again: the same answer.

    Raises ``Refusal``: ``not_found`` (not a member), ``consent_missing`` (a minor), ``declare_first``,
    ``claims_full``, ``lapsed``, ``assignment_over``, ``already_covered`` (delivered already), what compliance says.
    """
    account_id = _member(actor, assignment)
    profile = lock_profile(account_id)
    if profile is None or not declared(profile, now):
        raise Refusal("declare_first")
    if not of_age(Account.objects.get(pk=account_id), profile):
        raise Refusal("consent_missing")
    one = lock_assignment(assignment.pk)
    if one.holder_id == account_id and one.state == AssignmentState.ACCEPTED:
        return Claimed(one, held=True)
    if seen(one, key):
        return Claimed(one, held=False)
    if one.state in (AssignmentState.ACCEPTED, AssignmentState.IN_TRANSIT):
        return Claimed(one, False, answering.reserve(actor=actor, one=one, account_id=account_id))
    require_free(one, now)
    answering.require_claims_left(account_id)
    assignments.require_open(one.need, one.offer, now)
    require_lawful(offer=one.offer, need=one.need, now=now)
    taken = answering.take(
        actor=actor, one=one, act=CLAIM, holder_id=account_id, holder_name=actor.name, key=key, now=now, via=via,
        due=answering.due_after(one.urgency),
    )  # fmt: skip
    events.post("accepted", taken)
    return Claimed(taken, held=True)


def _member(actor: Actor, one: Assignment) -> uuid.UUID:
    if actor.account_id is None or one.team_id is None or not may(actor, CLAIM):
        raise Refusal("not_found")
    if not is_member(actor.account_id, one.team_id):
        raise Refusal("not_found")
    return actor.account_id


@transaction.atomic
def unclaim(
    *, actor: Actor, assignment: Assignment, reason: str, key: str, now: dt.datetime, via: str = Via.PAGE
) -> Assignment:
    """Give a task back that is not sent yet: it waits again, and the first in reserve is asked.

    Raises ``Refusal``: ``not_yours``, ``not_found``, ``assignment_over``, ``key_reused``.
    """
    if actor.account_id is None or not may(actor, CLAIM):
        raise Refusal("not_found")
    one = lock_assignment(assignment.pk)
    if seen(one, key):
        return one
    if one.holder_id != actor.account_id:
        raise Refusal("not_yours" if one.team_id and is_member(actor.account_id, one.team_id) else "not_found")
    if one.state != AssignmentState.ACCEPTED:
        raise Refusal("assignment_over", state=one.get_state_display())
    return give_up(actor=actor, one=one, act=CLAIM, reason=masked(reason) or _RETURNED, now=now, key=key, via=via)


def give_up(
    *, actor: Actor, one: Assignment, act: Act | str, reason: str, now: dt.datetime, key: str = "", via: str = Via.PAGE
) -> Assignment:
    """It waits to be taken again (or ends, see `answering.propose_again`); the next in reserve hears of it."""
    holder = one.holder_id
    back = answering.propose_again(actor=actor, one=one, act=act, reason=reason, now=now, key=key, via=via)
    events.post("unclaimed", back, accounts=[holder], reason=reason)
    if back.state == AssignmentState.PROPOSED:
        asked = answering.ask_next(actor=actor, one=back, now=now)
        if asked is not None:
            events.post("reserve_asked", back, accounts=[asked.account_id])
    return back
