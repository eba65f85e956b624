"""Sent, brought to the door: by whoever has it in hand, the giver's officer, a coordinator who was told."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.policies import ANSWER, ANSWERED_BY_LINK, CARRY, giver_target
from tongzhou.chain.dispatch.selectors.volunteers import is_member
from tongzhou.chain.dispatch.services import carrying
from tongzhou.chain.dispatch.services.locking import lock_assignment, require_version
from tongzhou.chain.dispatch.services.movements import seen
from tongzhou.chain.dispatch.types import Via
from tongzhou.flows import events
from tongzhou.flows.answer_assignment import link_fits
from tongzhou.kernel.access import Act, Actor, allows, may
from tongzhou.kernel.errors import Refusal

__all__ = ["carrier_act", "is_holder", "mark_delivered", "mark_sent"]


def is_holder(actor: Actor, one: Assignment) -> bool:
    """True for the account that took it on."""
    return actor.account_id is not None and one.holder_id == actor.account_id


def carrier_act(actor: Actor, one: Assignment, secret: str = "") -> Act | str:
    """The act by which the actor may carry it: holder, giver's officer, coordinator, or the offer's secret link.

    Raises ``not_yours`` (it is in another member's hands) or ``not_found``.
    """
    if secret and link_fits(one.offer, secret):
        return ANSWERED_BY_LINK
    if is_holder(actor, one) and may(actor, CARRY):
        return CARRY
    if allows(actor, ANSWER, **giver_target(one)):
        return CARRY
    if actor.account_id and one.team_id and may(actor, CARRY) and is_member(actor.account_id, one.team_id):
        raise Refusal("not_yours")
    raise Refusal("not_found")


@transaction.atomic
def mark_sent(
    *, actor: Actor, assignment: Assignment, quantity: int | None = None, key: str, via: str = Via.PAGE,
    now: dt.datetime, rest_back: bool = False, secret: str = "", expect: int | None = None,
) -> Assignment:  # fmt: skip
    """It is on its way, all or `quantity` of it; the rest stays with its holder or, `rest_back`, goes back.

    `expect` is the version that was shown. Raises ``Refusal``: ``not_found``, ``not_yours``, ``assignment_over``,
    ``bad_split``, ``key_reused``, ``version_stale``.
    """
    act = carrier_act(actor, assignment, secret)
    one = lock_assignment(assignment.pk)
    if seen(one, key):
        return one
    carrier_act(actor, one, secret)  # it may have changed hands since it was shown
    require_version(one, expect)
    sent = carrying.send(
        actor=actor, one=one, act=act, quantity=quantity, rest_back=rest_back, key=key, now=now, via=via
    )
    events.post("sent", sent)
    return sent


@transaction.atomic
def mark_delivered(
    *, actor: Actor, assignment: Assignment, key: str, via: str = Via.PAGE, now: dt.datetime, secret: str = ""
) -> Assignment:
    """It is at the receiver's door. Raises as `mark_sent`."""
    act = carrier_act(actor, assignment, secret)
    one = lock_assignment(assignment.pk)
    if seen(one, key):
        return one
    carrier_act(actor, one, secret)
    done = carrying.deliver(actor=actor, one=one, act=act, key=key, now=now, via=via)
    events.post("delivered", done)
    return done
