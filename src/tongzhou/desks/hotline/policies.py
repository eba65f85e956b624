"""Who may do what on the line: a caller holds a secret, a counsellor the contact, a supervisor their people's."""

from __future__ import annotations

from django.db.models import Q

from tongzhou.desks.hotline.models import Contact
from tongzhou.kernel.access import Act, Actor, act, may
from tongzhou.registers.people.types import ANALYST, COORDINATOR, COUNSELLOR, LIAISON, SUPERVISOR

__all__ = [
    "CALLER",
    "COUNT_CALLS",
    "LIST_CONTACTS",
    "READ_CONTACT",
    "READ_FIGURES",
    "SIT",
    "TAKE_CALL",
    "TAKE_CONTACT",
    "WATCH_LINE",
    "is_counsellor_of",
    "listed",
    "readable",
]

SIT = act("seat.change", {COUNSELLOR, SUPERVISOR}, writes=True)
TAKE_CONTACT = act("contact.take", {COUNSELLOR, SUPERVISOR}, writes=True, contacts=True)
READ_CONTACT = act("contact.read", {COUNSELLOR, SUPERVISOR}, contacts=True)
TAKE_CALL = act("line_callback.take", {COUNSELLOR, SUPERVISOR}, writes=True, contacts=True)
WATCH_LINE = act("line.watch", {SUPERVISOR})
#: That there are contacts, and when; a program may do it, for it opens none.
LIST_CONTACTS = act("line_contact.list", {COUNSELLOR, SUPERVISOR})
#: How many wait to be called and since when, never whom.
COUNT_CALLS = act("line_callback.count", {COUNSELLOR, SUPERVISOR})
READ_FIGURES = act("line.figures", {SUPERVISOR, COORDINATOR, LIAISON, ANALYST})

#: What callers and the platform itself do; stands in the trail, needs no role.
CALLER = "contact.caller"


def readable(actor: Actor) -> Q:
    """Contacts whose words the actor may read: own ones, those of the own people, those one was asked to."""
    return _in_hands(actor, READ_CONTACT)


def listed(actor: Actor) -> Q:
    """The same contacts, for a list that shows no words of theirs: state, kind and times."""
    return _in_hands(actor, LIST_CONTACTS)


def _in_hands(actor: Actor, wanted: Act) -> Q:
    if not may(actor, wanted) or actor.account_id is None:
        return Q(pk__in=[])
    me = actor.account_id
    return Q(counsellor_id=me) | Q(supervisor_id=me) | Q(joined_id=me)


def is_counsellor_of(actor: Actor, contact: Contact) -> bool:
    """True when the contact is in the actor's own hands."""
    return may(actor, TAKE_CONTACT) and actor.account_id is not None and contact.counsellor_id == actor.account_id
