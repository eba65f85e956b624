"""Who may do what in casework: by the case or the conversation in hand, never by office alone."""

from __future__ import annotations

from django.db.models import Q

from tongzhou.kernel.access import Actor, act, may
from tongzhou.registers.people.types import COUNSELLOR, SUPERVISOR

__all__ = [
    "EDIT_FORMS",
    "ERASE",
    "GLASS_ASK",
    "GLASS_DECIDE",
    "KEEP_RULES",
    "READ_CASE",
    "WRITE_CASE",
    "readable_cases",
]

READ_CASE = act("case.read", {COUNSELLOR, SUPERVISOR}, contacts=True)
WRITE_CASE = act("case.write", {COUNSELLOR, SUPERVISOR}, writes=True, contacts=True)
GLASS_ASK = act("glass.ask", {COUNSELLOR, SUPERVISOR}, writes=True, contacts=True)
GLASS_DECIDE = act("glass.decide", {SUPERVISOR}, writes=True, contacts=True)
#: New editions of the written forms of a line: by its supervisors, two for each.
EDIT_FORMS = act("line.forms", {SUPERVISOR}, writes=True)
KEEP_RULES = act("line.keeping", {SUPERVISOR}, writes=True)

#: What ends when its purpose ends, or when the caller says so; stands in the trail, needs no role.
ERASE = "conversation.erase"


def readable_cases(actor: Actor) -> Q:
    """Cases the actor may read: their own, and those of which they are the supervisor."""
    if not may(actor, READ_CASE) or actor.account_id is None:
        return Q(pk__in=[])
    return Q(counsellor_id=actor.account_id) | Q(supervisor_id=actor.account_id)
