"""Who may see, record, verify and judge organisations. All of it is institutional: no contact of a person is here."""

from __future__ import annotations

from tongzhou.kernel.access import Act, Actor, act, allows
from tongzhou.registers.organisations.models import Organisation
from tongzhou.registers.people.types import (
    ADMIN,
    ANALYST,
    COORDINATOR,
    DESK_ROLES,
    LIAISON,
    OFFICER,
    ROLES,
    VERIFIER,
    VOLUNTEER,
)  # fmt: skip
from tongzhou.registers.places.policies import anywhere, area_of

__all__ = [
    "ADD_ORGANISATION",
    "CHANGE_ORGANISATION",
    "CHANGE_OWN_ORGANISATION",
    "CHANGE_REQUIREMENT",
    "EXPORT_ORGANISATIONS",
    "JUDGE_ORGANISATION",
    "LIST_ORGANISATIONS",
    "VERIFY_ORGANISATION",
    "allows_on",
]

LIST_ORGANISATIONS = act("organisation.list", ROLES - {VOLUNTEER} - DESK_ROLES)
#: A file of the list; it holds nothing personal, and is logged all the same.
EXPORT_ORGANISATIONS = act("organisation.export", {ADMIN, ANALYST, COORDINATOR, LIAISON, VERIFIER})
ADD_ORGANISATION = act("organisation.add", {COORDINATOR, VERIFIER}, writes=True)
CHANGE_ORGANISATION = act("organisation.change", {COORDINATOR, VERIFIER}, writes=True)
#: What an officer may say of the own organisation; never what papers it has.
CHANGE_OWN_ORGANISATION = act("organisation.change_own", {OFFICER}, writes=True)
VERIFY_ORGANISATION = act("organisation.verify", {COORDINATOR, VERIFIER}, writes=True)
#: Suspend, revoke, reinstate, set a term.
JUDGE_ORGANISATION = act("organisation.judge", {COORDINATOR}, writes=True)
CHANGE_REQUIREMENT = act("organisation.change_requirement", {ADMIN}, writes=True)


def allows_on(actor: Actor, wanted: Act, organisation: Organisation) -> bool:
    """True when the actor may do it to this organisation: seated in the own area, or (officer) one's own.

    Lines and responses do not bound it: an organisation is one, whatever it gives and wherever.
    """
    return allows(anywhere(actor), wanted, area=area_of(organisation.place_id), organisation=organisation.pk)
