"""A conversation ends, is written up, is handed over, or breaks off: whoever ends it, what was said stays."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction

from tongzhou.desks.casework.services import talking
from tongzhou.desks.hotline.models import Contact
from tongzhou.desks.hotline.policies import is_counsellor_of
from tongzhou.desks.hotline.services import queue, returning
from tongzhou.desks.hotline.services.events import happened
from tongzhou.desks.hotline.types import EndedBy, EventKind, State
from tongzhou.flows import line_words
from tongzhou.flows.line_live import HUB
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal

__all__ = ["caller_gone", "caller_leaves", "code_to_come_back", "finish", "hand_over", "seat_lost", "team_ends"]


@transaction.atomic
def caller_leaves(*, contact: Contact, now: dt.datetime) -> str:
    """The caller ends it, or does not wait longer; the state it has now."""
    was_active = contact.state == State.ACTIVE
    state = queue.end(contact_id=contact.pk, by=EndedBy.CALLER, now=now)
    if was_active and state == State.WRAPPING:
        talking.announce(contact_id=contact.pk, code=line_words.ENDED_BY_CALLER, now=now)
    HUB.nudge()
    return state


@transaction.atomic
def caller_gone(*, contact: Contact, now: dt.datetime) -> str:
    """The caller was not heard of for too long."""
    state = queue.leave(contact=contact, now=now)
    talking.announce(contact_id=contact.pk, code=line_words.CALLER_GONE, now=now)
    HUB.nudge()
    return state


@transaction.atomic
def team_ends(*, actor: Actor, contact: Contact, now: dt.datetime) -> str:
    """The counsellor ends it and goes on to write it up. Raises ``not_found`` for anybody else."""
    if not is_counsellor_of(actor, contact):
        raise Refusal("not_found")
    before = contact.state
    state = queue.end(contact_id=contact.pk, by=EndedBy.COUNSELLOR, now=now, actor=actor)
    if before == State.ACTIVE and state == State.WRAPPING:
        talking.announce(contact_id=contact.pk, code=line_words.ENDED_BY_TEAM, now=now)
    HUB.nudge()
    return state


@transaction.atomic
def finish(*, actor: Actor, contact: Contact, call_type: str, hard: bool, then: str, now: dt.datetime) -> Contact:
    """It is written up: what it was, whether it was hard, and what comes next for the counsellor."""
    if not is_counsellor_of(actor, contact):
        raise Refusal("not_found")
    done = queue.finish(
        actor=actor, contact_id=contact.pk, call_type=call_type, hard=hard or contact.hard, then=then, now=now
    )
    HUB.nudge()
    return done


@transaction.atomic
def hand_over(*, actor: Actor, contact: Contact, now: dt.datetime, to: uuid.UUID | None = None) -> None:
    """The shift ends while a conversation goes on: the caller goes to the front for the next counsellor, or `to`."""
    if not is_counsellor_of(actor, contact):
        raise Refusal("not_found")
    if not queue.return_to_front(contact_id=contact.pk, now=now, for_whom=to):
        raise Refusal("contact_over")
    happened(contact, EventKind.HANDED_OVER, now=now, account_id=actor.account_id)
    talking.announce(contact_id=contact.pk, code=line_words.HANDED_OVER, now=now)
    HUB.nudge()


@transaction.atomic
def seat_lost(*, contact: Contact, now: dt.datetime) -> bool:
    """The counsellor's browser was lost: the caller is told and goes to the front."""
    if not queue.return_to_front(contact_id=contact.pk, now=now):
        return False
    talking.announce(contact_id=contact.pk, code=line_words.LOST, now=now)
    HUB.nudge()
    return True


def code_to_come_back(*, contact: Contact, now: dt.datetime) -> str:
    """A code that leads to the same counsellor another time. Raises ``not_found`` when nobody answered."""
    return returning.make_code(contact=contact, now=now)
