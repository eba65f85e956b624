"""A counsellor asks for quiet support, or escalates with one key; a supervisor comes."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tongzhou.desks.casework.services import talking
from tongzhou.desks.casework.types import Audience
from tongzhou.desks.hotline import policies
from tongzhou.desks.hotline.models import Contact
from tongzhou.desks.hotline.services import support
from tongzhou.desks.professionals.models import ServiceLine
from tongzhou.desks.professionals.selectors.shifts import reachable_supervisors
from tongzhou.flows import line_words
from tongzhou.flows.line_live import HUB
from tongzhou.kernel.access import Actor, require
from tongzhou.kernel.errors import Refusal

__all__ = ["ask_support", "end_support", "escalate_contact", "join_contact"]


@transaction.atomic
def ask_support(*, actor: Actor, contact: Contact, now: dt.datetime) -> None:
    """The counsellor asks; only the team sees it."""
    if not policies.is_counsellor_of(actor, contact):
        raise Refusal("not_found")
    support.ask(actor=actor, contact=contact, now=now)
    talking.announce(contact_id=contact.pk, code=line_words.SUPPORT, now=now, audience=Audience.TEAM)
    HUB.nudge()


@transaction.atomic
def join_contact(*, actor: Actor, contact: Contact, now: dt.datetime) -> None:
    """A supervisor of the line who can be reached now takes the wish for support and may read from now on."""
    require(actor, policies.WATCH_LINE)
    line = ServiceLine.objects.get(pk=contact.line_id)
    if actor.account_id not in reachable_supervisors(line, now) and contact.supervisor_id != actor.account_id:
        raise Refusal("not_found")
    support.join(actor=actor, contact=contact, now=now)
    talking.announce(contact_id=contact.pk, code=line_words.JOINED, now=now, audience=Audience.TEAM)
    HUB.nudge()


@transaction.atomic
def end_support(*, actor: Actor, contact: Contact, now: dt.datetime) -> None:
    """The counsellor, or the supervisor who came, says that it is enough."""
    if not (policies.is_counsellor_of(actor, contact) or contact.joined_id == actor.account_id):
        raise Refusal("not_found")
    support.over(actor=actor, contact=contact, now=now)
    HUB.nudge()


@transaction.atomic
def escalate_contact(*, actor: Actor, contact: Contact, now: dt.datetime) -> Contact:
    """Danger to life: a supervisor joins (the counsellor's own, else one who can be reached), the event is written."""
    if not policies.is_counsellor_of(actor, contact):
        raise Refusal("not_found")
    line = ServiceLine.objects.get(pk=contact.line_id)
    others = [one for one in reachable_supervisors(line, now) if one != actor.account_id]
    chosen = contact.supervisor_id if contact.supervisor_id in others else next(iter(others), contact.supervisor_id)
    if support.escalate(actor=actor, contact=contact, supervisor_id=chosen, now=now):
        talking.announce(contact_id=contact.pk, code=line_words.ESCALATED, now=now, audience=Audience.TEAM)
        HUB.nudge()
    contact.refresh_from_db()
    return contact
