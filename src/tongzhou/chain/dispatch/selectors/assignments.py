"""Assignments as somebody may see them: by role, as holder, as a member of the team, by the offer's own link."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet

from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.policies import CARRY, CLAIM, LIST_ASSIGNMENTS, LIST_TASKS
from tongzhou.chain.dispatch.types import LIVE, AssignmentState
from tongzhou.chain.intake.models import Need, Offer
from tongzhou.kernel import clock, ids
from tongzhou.kernel.access import Actor, may, scope
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.people.models import TeamMember
from tongzhou.registers.responses.models import Response

__all__ = ["assignments", "get_assignment", "given_by", "my_tasks", "served_by", "tasks", "teams_of"]

_SHOWN = ("need", "offer", "place", "category", "organisation", "receiver", "team")


def _all() -> QuerySet[Assignment]:
    return Assignment.objects.select_related(*_SHOWN).defer("need__note", "offer__note")


def assignments(actor: Actor, response: Response | None = None) -> QuerySet[Assignment]:
    """What lies in the actor's line and area, and for an officer what the own organisation gives or gets."""
    if not may(actor, LIST_ASSIGNMENTS):
        return Assignment.objects.none()
    mine = scope(actor, LIST_ASSIGNMENTS) | scope(actor, LIST_ASSIGNMENTS, organisation="receiver_id")
    rows = _all().filter(mine)
    return rows.filter(response=response) if response is not None else rows


def get_assignment(actor: Actor, code: str) -> Assignment:
    """One assignment the actor may see, by what was typed of its code; ``Refusal("not_found")``."""
    number = ids.parse_code(code[:40])
    rows = _all().filter(code=number) if number else Assignment.objects.none()
    found = rows.filter(pk__in=assignments(actor).filter(code=number).values("pk")).first() if number else None
    if found is None and number and actor.account_id is not None:
        mine = Q(pk__in=[])
        if may(actor, CARRY):
            mine |= Q(holder_id=actor.account_id)
        if may(actor, LIST_TASKS):
            mine |= Q(team_id__in=teams_of(actor))
        found = rows.filter(mine).first()
    if found is None:
        raise Refusal("not_found")
    return found


def teams_of(actor: Actor) -> list[object]:
    """Ids of the open teams the actor is a present member of."""
    if actor.account_id is None:
        return []
    rows = TeamMember.objects.filter(account_id=actor.account_id, left_at=None, team__closed_at=None)
    return list(rows.values_list("team_id", flat=True))


def tasks(actor: Actor, response: Response | None = None, now: dt.datetime | None = None) -> QuerySet[Assignment]:
    """What members of the actor's teams may claim at this moment, the most urgent and oldest first."""
    if not may(actor, LIST_TASKS):
        return Assignment.objects.none()
    rows = _all().filter(team_id__in=teams_of(actor), state=AssignmentState.PROPOSED, lapses_at__gt=now or clock.now())
    rows = rows.filter(response=response) if response is not None else rows
    return rows.order_by("urgency", "proposed_at", "pk")


def my_tasks(actor: Actor) -> QuerySet[Assignment]:
    """What the actor has in hand and the receiver has not confirmed, the one that runs out first at the top."""
    if actor.account_id is None or not (may(actor, CLAIM) or may(actor, CARRY)):
        return Assignment.objects.none()
    return _all().filter(holder_id=actor.account_id, state__in=LIVE).order_by("due_at", "urgency", "pk")


def given_by(offer: Offer) -> QuerySet[Assignment]:
    """What was assigned of an offer, newest first; for whoever holds its secret link or may see the offer."""
    return _all().filter(offer=offer).order_by("-proposed_at", "-pk")


def served_by(need: Need) -> QuerySet[Assignment]:
    """What was assigned to a need, newest first; for whoever holds its secret link or may see the need."""
    return _all().filter(need=need).order_by("-proposed_at", "-pk")
