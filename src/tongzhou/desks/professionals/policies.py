"""Who may look after a line and its people. An officer by organisation; supervisors and counsellors by their own line.

Lines are not seen by area: two associations of one city do not see each other's people. Administrators and the
government's liaison have no act here.
"""

from __future__ import annotations

from dataclasses import replace

from django.db.models import Q

from tongzhou.desks.professionals.models import Professional, ServiceLine
from tongzhou.desks.professionals.types import DONE_STATES, PersonState
from tongzhou.kernel.access import Act, Actor, act, allows, may, scope
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.people.types import COUNSELLOR, OFFICER, SUPERVISOR

__all__ = [
    "ACKNOWLEDGE",
    "APPLY",
    "CHECK_PERSON",
    "IMPORT_PEOPLE",
    "LAPSE",
    "LEAD_SHIFT",
    "LIST_PEOPLE",
    "LIST_ROSTERS",
    "MAKE_ROSTER",
    "MANAGE_LINE",
    "OWN_SHIFTS",
    "PUBLISH_ROSTER",
    "RUN_ROSTER",
    "SET_SHIFTS",
    "WORK_SHIFT",
    "allows_on",
    "lines_for",
    "require_on",
]

_LEADERS = {OFFICER, SUPERVISOR}

#: The people of a line: aliases, papers, groups. Names and telephone numbers are opened one by one, each look logged.
LIST_PEOPLE = act("line_people.list", _LEADERS)
#: Open a call, judge papers, put somebody into a group, pause, end.
CHECK_PERSON = act("line_people.check", _LEADERS, writes=True, contacts=True)
IMPORT_PEOPLE = act("line_people.import", {OFFICER}, writes=True)
#: The line itself: hours, targets, skills, training.
MANAGE_LINE = act("line_people.manage", {OFFICER}, writes=True)
#: The kinds of shift: whoever leads the work says how the day is cut.
SET_SHIFTS = act("line_shift.kinds", _LEADERS, writes=True)
LIST_ROSTERS = act("line_roster.list", _LEADERS)
MAKE_ROSTER = act("line_roster.make", _LEADERS, writes=True)
#: By somebody else than whoever made it.
PUBLISH_ROSTER = act("line_roster.publish", _LEADERS, writes=True)
#: Swaps, sickness of others, being reachable.
LEAD_SHIFT = act("line_shift.lead", _LEADERS, writes=True)
#: What everybody on the roster does for themselves.
WORK_SHIFT = act("line_shift.work", {COUNSELLOR, SUPERVISOR}, writes=True)
#: The same people, when nothing is changed.
OWN_SHIFTS = act("line_shift.own", {COUNSELLOR, SUPERVISOR})

# Done without a role: an application from the public page, reading and agreeing, the clock, the worker.
APPLY = "line_people.apply"
ACKNOWLEDGE = "line_people.acknowledge"
LAPSE = "line_shift.lapse"
RUN_ROSTER = "line_roster.run"


def _as_officer(actor: Actor) -> Actor:
    return replace(actor, grants=tuple(grant for grant in actor.grants if grant.role == OFFICER))


def _own(actor: Actor, wanted: Act) -> Q:
    """Rows of professionals by which the actor, no officer, has a right on a line."""
    working = wanted in (WORK_SHIFT, OWN_SHIFTS)
    mine = Q(account_id=actor.account_id)
    return mine & (~Q(state__in=DONE_STATES) if working else Q(state=PersonState.ACTIVE, is_supervisor=True))


def allows_on(actor: Actor, wanted: Act, line: ServiceLine) -> bool:
    """True when the actor may do it on this line. One query for people of the line."""
    if not may(actor, wanted):
        return False
    if actor.is_system:
        return True
    officer = _as_officer(actor)
    if allows(
        officer, wanted, line="services", area=line.place_id, response=line.response_id,
        organisation=line.organisation_id,
    ):  # fmt: skip
        return True
    if not (actor.roles & wanted.roles) - {OFFICER}:
        return False
    return Professional.objects.filter(_own(actor, wanted), line=line).exists()


def require_on(actor: Actor, wanted: Act, line: ServiceLine) -> None:
    """Raise ``Refusal("not_found")`` unless allowed: absent and forbidden give the same answer."""
    if not allows_on(actor, wanted, line):
        raise Refusal("not_found")


def lines_for(actor: Actor, wanted: Act) -> Q:
    """The lines on which the actor may do `wanted`, as a Q over ServiceLine."""
    if not may(actor, wanted):
        return Q(pk__in=[])
    if actor.is_system:
        return Q()
    found = scope(_as_officer(actor), wanted, line="", area="place_id")
    if (actor.roles & wanted.roles) - {OFFICER}:
        found |= Q(pk__in=Professional.objects.filter(_own(actor, wanted)).values("line"))
    return found
