"""The receiver's name, phone and address: for whoever carries, between taking and finishing, each time logged."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.policies import ANSWER, SEE_DELIVERY_CONTACT, giver_target
from tongzhou.chain.dispatch.types import AssignmentState
from tongzhou.flows.carry_assignment import is_holder
from tongzhou.kernel import audit, crypto, throttle
from tongzhou.kernel.access import Actor, allows, may
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.people.types import OFFICER

__all__ = ["FIELDS", "MOST_LOOKS", "reveal"]

#: What is shown, of what was given.
FIELDS = ("name", "phone", "address")
#: Looks of one person in an hour; more than a day's work needs is refused and stands in the trail.
MOST_LOOKS, SECONDS = 60, 3600
_OPEN = (AssignmentState.ACCEPTED, AssignmentState.IN_TRANSIT, AssignmentState.DELIVERED)


def reveal(*, actor: Actor, assignment: Assignment, now: dt.datetime) -> dict[str, str]:
    """``{field: text}`` of what the receiver gave. Raises ``not_found``, ``contact_not_now``, ``too_many``."""
    if actor.account_id is None or not _may_see(actor, assignment):
        raise Refusal("not_found")
    if assignment.state not in _OPEN:
        raise Refusal("contact_not_now")
    throttle.hit("delivery-contact", str(actor.account_id), limit=MOST_LOOKS, seconds=SECONDS)
    with transaction.atomic():
        one = Assignment.objects.select_related("need__contact").get(pk=assignment.pk)
        contact = one.need.contact
        if one.state not in _OPEN or not _may_see(actor, one):
            raise Refusal("contact_not_now")
        if contact is None:
            return {}
        found = {name: crypto.unseal(contact, name) for name in FIELDS}
        shown = {name: text for name, text in found.items() if text}
        audit.looked(actor=actor, act=SEE_DELIVERY_CONTACT, obj=contact, fields=sorted(shown), reason=one.code)
        return shown


def _may_see(actor: Actor, one: Assignment) -> bool:
    """Its holder; the giver's officer; a coordinator only where the giver answered by telephone or link."""
    if not may(actor, SEE_DELIVERY_CONTACT):
        return False
    if is_holder(actor, one):
        return True
    of_giver = any(
        grant.role == OFFICER and grant.organisation is not None and grant.organisation == one.organisation_id
        for grant in actor.grants
    )
    return allows(actor, ANSWER, **giver_target(one)) and (of_giver or one.holder_id is None)
