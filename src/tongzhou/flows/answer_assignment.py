"""Whoever gives says yes or no: the organisation's officer, a coordinator for them by phone, a person by the link."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.policies import ANSWER, ANSWERED_BY_LINK, giver_target
from tongzhou.chain.dispatch.services import answering, assignments
from tongzhou.chain.dispatch.services.locking import lock_assignment
from tongzhou.chain.dispatch.services.movements import seen
from tongzhou.chain.dispatch.services.states import require_free
from tongzhou.chain.dispatch.types import Via
from tongzhou.chain.intake.models import Offer
from tongzhou.chain.intake.policies import secret_fits
from tongzhou.chain.planning.services.compliance import require_lawful
from tongzhou.flows import events
from tongzhou.kernel import throttle
from tongzhou.kernel.access import ANONYMOUS, Actor, require
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.people.types import OFFICER

__all__ = ["accept", "accept_by_link", "decline", "decline_by_link", "link_fits"]

#: Answers by one secret link in an hour.
MOST_ANSWERS, SECONDS = 60, 3600


@transaction.atomic
def accept(*, actor: Actor, assignment: Assignment, key: str, via: str = Via.PAGE, now: dt.datetime) -> Assignment:
    """Take it on for the giver; the first who does has it. The same `key` again gives the same answer.

    An officer of the giver becomes its holder; a coordinator only writes down what the giver said. Raises ``Refusal``:
    ``not_found``, ``already_covered``, ``lapsed``, ``assignment_over``, what compliance says, ``key_reused``.
    """
    require(actor, ANSWER, **giver_target(assignment))
    one = lock_assignment(assignment.pk)
    if seen(one, key):
        return one
    own = any(
        grant.role == OFFICER and grant.organisation is not None and grant.organisation == one.organisation_id
        for grant in actor.grants
    )
    _require_possible(one, now)
    taken = answering.take(
        actor=actor, one=one, act=ANSWER, holder_id=actor.account_id if own else None,
        holder_name=actor.name if own else _giver(one), key=key, now=now, via=via,
    )  # fmt: skip
    events.post("accepted", taken)
    return taken


def _require_possible(one: Assignment, now: dt.datetime) -> None:
    """Still free, and still lawful: rules may have changed since it was approved."""
    require_free(one, now)
    assignments.require_open(one.need, one.offer, now)
    require_lawful(offer=one.offer, need=one.need, now=now)


def _giver(one: Assignment) -> str:
    return one.organisation.name if one.organisation is not None else one.offer.giver


@transaction.atomic
def decline(
    *, actor: Actor, assignment: Assignment, reason: str, note: str = "", key: str, now: dt.datetime,
    via: str = Via.PAGE,
) -> Assignment:  # fmt: skip
    """Say no for the giver, with a reason (`DeclineReason`). Raises as `accept`."""
    require(actor, ANSWER, **giver_target(assignment))
    one = lock_assignment(assignment.pk)
    if seen(one, key):
        return one
    done = answering.decline(actor=actor, one=one, act=ANSWER, reason=reason, note=note, key=key, now=now, via=via)
    events.post("declined", done, reason=reason)
    return done


def link_fits(offer: Offer, secret: str) -> bool:
    """True when `secret` is the secret link of whoever sent the offer in."""
    return offer.submission is not None and secret_fits(secret, offer.submission.secret_hash)


def _by_link(offer: Offer, secret: str, assignment: Assignment) -> Assignment:
    """The assignment of this offer, locked; ``not_found`` for a wrong link as for a strange assignment."""
    if not link_fits(offer, secret) or assignment.offer_id != offer.pk:
        raise Refusal("not_found")
    throttle.hit("answer-by-link", str(offer.submission_id), limit=MOST_ANSWERS, seconds=SECONDS)
    return lock_assignment(assignment.pk)


@transaction.atomic
def accept_by_link(*, offer: Offer, secret: str, assignment: Assignment, key: str, now: dt.datetime) -> Assignment:
    """The person who offered takes it on by the secret link. Raises as `accept`, and ``too_many``."""
    one = _by_link(offer, secret, assignment)
    if seen(one, key):
        return one
    _require_possible(one, now)
    taken = answering.take(
        actor=ANONYMOUS, one=one, act=ANSWERED_BY_LINK, holder_id=None, holder_name=_giver(one), key=key, now=now,
        via=Via.PAGE,
    )  # fmt: skip
    events.post("accepted", taken)
    return taken


@transaction.atomic
def decline_by_link(
    *, offer: Offer, secret: str, assignment: Assignment, reason: str, note: str = "", key: str, now: dt.datetime
) -> Assignment:
    """The person who offered says no by the secret link. Raises as `accept_by_link`."""
    one = _by_link(offer, secret, assignment)
    if seen(one, key):
        return one
    done = answering.decline(
        actor=ANONYMOUS, one=one, act=ANSWERED_BY_LINK, reason=reason, note=note, key=key, now=now, via=Via.PAGE
    )
    events.post("declined", done, reason=reason)
    return done
