"""A counsellor answers: only on shift, only with papers in order, and of two at once one gets the caller."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction

from tongzhou.desks.casework.services import handing, talking
from tongzhou.desks.hotline import policies
from tongzhou.desks.hotline.models import Contact, Seat
from tongzhou.desks.hotline.selectors.queue import Waiting, line_now, suits
from tongzhou.desks.hotline.services import queue, seats
from tongzhou.desks.hotline.types import SeatState, Urgency
from tongzhou.desks.professionals.selectors.shifts import can_take_contacts, on_shift
from tongzhou.desks.professionals.types import OnShift
from tongzhou.flows import line_words
from tongzhou.flows.line_live import HUB
from tongzhou.kernel.access import Actor, require
from tongzhou.kernel.errors import Refusal

__all__ = ["own_shift", "sit", "take_contact", "take_next"]


def own_shift(actor: Actor, line_id: uuid.UUID, now: dt.datetime) -> OnShift:
    """The actor's present shift, when they may take contacts in it.

    Raises the refusal that says why not: ``shift_none``, ``shift_licence``, ``shift_training``, ``shift_conduct``,
    ``shift_paused``.
    """
    if actor.account_id is None:
        raise Refusal("not_found")
    verdict = can_take_contacts(actor.account_id, now, line_id)
    if not verdict.ok:
        raise Refusal(verdict.code)
    found = next((one for one in on_shift(line_id, now) if one.account_id == actor.account_id), None)
    if found is None:
        raise Refusal("shift_none")
    return found


@transaction.atomic
def sit(*, actor: Actor, line_id: uuid.UUID, state: str, now: dt.datetime) -> Seat:
    """Sit down, take a break or leave; sitting down needs a shift and papers in order."""
    require(actor, policies.SIT)
    if state == SeatState.OPEN:
        own_shift(actor, line_id, now)
    seat = seats.change(actor=actor, line_id=line_id, state=state, now=now)
    HUB.nudge()
    return seat


def take_contact(*, actor: Actor, contact_id: uuid.UUID, now: dt.datetime) -> Contact:
    """Answer this one. Raises ``contact_taken``, ``seat_busy``, or why the shift does not allow it."""
    require(actor, policies.TAKE_CONTACT)
    waiting = Contact.objects.filter(pk=contact_id).first()
    if waiting is None:
        raise Refusal("not_found")
    shift = own_shift(actor, waiting.line_id, now)
    return _answer(actor, shift, contact_id, now)


def take_next(*, actor: Actor, line_id: uuid.UUID, now: dt.datetime) -> Contact | None:
    """Answer whoever comes first among those this counsellor can help; None when nobody waits for them."""
    require(actor, policies.TAKE_CONTACT)
    shift = own_shift(actor, line_id, now)
    for one in _for(shift, line_id, now):
        try:
            return _answer(actor, shift, one.id, now)
        except Refusal as refusal:
            if refusal.code != "contact_taken":
                raise
    return None


def _for(shift: OnShift, line_id: uuid.UUID, now: dt.datetime) -> list[Waiting]:
    """The queue as this counsellor is to take it: what suits first; what suits nobody on shift is anybody's."""
    line = line_now(line_id, now)
    others = [one for one in on_shift(line_id, now) if one.account_id != shift.account_id]

    def fits(one: Waiting, who: OnShift) -> bool:
        return suits(one, account_id=who.account_id, skills=who.skills, languages=who.languages, now=now)

    free = [one for one in line.queue if one.kept_for(now) in (None, shift.account_id)]
    return [one for one in free if fits(one, shift) or not any(fits(one, who) for who in others)]


@transaction.atomic
def _answer(actor: Actor, shift: OnShift, contact_id: uuid.UUID, now: dt.datetime) -> Contact:
    if shift.supervisor_account_id is None:
        _refuse_high_risk_alone(contact_id)
    contact = queue.take(actor=actor, contact_id=contact_id, supervisor_id=shift.supervisor_account_id, now=now)
    handing.went_on(actor=actor, act=policies.TAKE_CONTACT, contact_id=contact.pk, now=now)
    talking.announce(contact_id=contact.pk, code=line_words.ANSWERED, now=now)
    HUB.nudge()
    return contact


def _refuse_high_risk_alone(contact_id: uuid.UUID) -> None:
    """Without a supervisor who can be reached nobody begins a conversation of high risk alone."""
    if Contact.objects.filter(pk=contact_id, urgency=Urgency.NOW).exists():
        raise Refusal("shift_no_supervisor")
