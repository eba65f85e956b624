"""Who is told of what: events become notices. Called by the round that sends, never inside the work itself."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import override

from tongzhou.chain.delivery.types import IncidentKind
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.types import AssignmentState
from tongzhou.chain.intake.types import Urgency
from tongzhou.chain.planning.models import Plan
from tongzhou.chain.planning.policies import APPROVE_PLAN
from tongzhou.flows.notify import notify
from tongzhou.kernel.access import Grant as Right
from tongzhou.kernel.words import counted
from tongzhou.registers.notices.types import NoticeKind
from tongzhou.registers.people.actors import live_grants
from tongzhou.registers.people.models import TeamMember
from tongzhou.registers.people.types import COORDINATOR, OFFICER, VERIFIER

__all__ = ["tell", "tell_of_plan"]

Accounts = set[uuid.UUID]


def _officers(organisation: uuid.UUID | None) -> Accounts:
    if organisation is None:
        return set()
    rows = live_grants().filter(role=OFFICER, organisation_id=organisation, account__is_active=True)
    return set(rows.values_list("account_id", flat=True))


def _members(team: uuid.UUID | None) -> Accounts:
    if team is None:
        return set()
    rows = TeamMember.objects.filter(team=team, left_at=None, account__is_active=True)
    return set(rows.values_list("account_id", flat=True))


def _looks_after(roles: frozenset[str], line: str, area: str, response: uuid.UUID) -> Accounts:
    """Accounts with one of these roles over that line and area."""
    rows = live_grants().filter(Q(response_id=None) | Q(response_id=response), role__in=roles, account__is_active=True)
    found: Accounts = set()
    for grant in rows:
        right = Right(role=grant.role, line=grant.line, area=grant.area, response=grant.response_id)
        if right.covers(line or None, area, response, None):
            found.add(grant.account_id)
    return found


def _givers(one: Assignment, meant: Accounts) -> Accounts:
    return _officers(one.organisation_id) | meant


def _proposed(one: Assignment, meant: Accounts) -> Accounts:
    return _members(one.team_id) | _officers(one.organisation_id)


def _receivers(one: Assignment, meant: Accounts) -> Accounts:
    return _officers(one.receiver_id)


def _holder(one: Assignment, meant: Accounts) -> Accounts:
    return {one.holder_id} if one.holder_id else _officers(one.organisation_id)


def _meant(one: Assignment, meant: Accounts) -> Accounts:
    return meant


def _coordinators(one: Assignment, meant: Accounts) -> Accounts:
    return _looks_after(frozenset({COORDINATOR, VERIFIER}), one.line, one.place_id, one.response_id)


#: Event > (kind of notice, who is told). Events that are not here change nothing for anybody but who caused them.
_TOLD: dict[str, tuple[NoticeKind, Callable[[Assignment, Accounts], Accounts]]] = {
    "proposed": (NoticeKind.ASSIGNMENT, _proposed),
    "reserve_asked": (NoticeKind.RESERVE, _meant),
    "lapsing": (NoticeKind.LAPSING, _holder),
    "withdrawn": (NoticeKind.WITHDRAWN, _givers),
    "return_asked": (NoticeKind.WITHDRAWN, _meant),
    "delivered": (NoticeKind.DELIVERED, _receivers),
    "confirmed": (NoticeKind.CONFIRMED, _holder),
    "short": (NoticeKind.CONFIRMED, _holder),
    "incident": (NoticeKind.INCIDENT, _coordinators),
}


def _place_of(one: Assignment) -> str:
    """The street for an institution, the district for a household: a notice may be read over a shoulder."""
    if one.receiver_id or len(one.place_id) <= 6 or one.place.parent is None:
        return str(one.place.full_label)
    return str(one.place.parent.full_label)


@transaction.atomic
def tell(payload: Mapping[str, Any], key: str) -> int:
    """Make the notices of one event; how many accounts. An event that says nothing to anybody is 0."""
    said = _TOLD.get(str(payload["event"]))
    one = Assignment.objects.select_related("place__parent", "category").filter(code=payload["assignment"]).first()
    if said is None or one is None:
        return 0
    kind, whom = said
    if kind == NoticeKind.ASSIGNMENT and one.state != AssignmentState.PROPOSED:
        return 0  # somebody was faster than the notice
    accounts = whom(one, {uuid.UUID(account) for account in payload.get("accounts", ())})
    if kind == NoticeKind.ASSIGNMENT and one.team_id:
        kind = NoticeKind.TASK
    facts: dict[str, Any] = {"code": one.code, "minutes": payload.get("minutes", 0)}
    for language, ending in (("zh-hans", ""), ("en", "_en")):
        with override(language):
            facts |= {f"{name}{ending}": text for name, text in _words(one, payload).items()}
    page = f"/tasks/{one.code}/" if one.team_id else f"/assignments/{one.code}/"
    return notify(
        accounts=accounts, kind=kind, facts=facts, path="/incidents/" if kind == NoticeKind.INCIDENT else page, key=key,
        urgent=one.urgency == Urgency.LIFE, response=one.response_id,
    )  # fmt: skip


def _words(one: Assignment, payload: Mapping[str, Any]) -> dict[str, str]:
    """What a notice says, in the active language."""
    category = one.category
    amount = f"{one.quantity:,} {counted(one.quantity, category.unit, category.unit_en)}".strip()
    return {"what": category.label, "amount": amount, "where": _place_of(one), "reason": _reason(payload)}


def _reason(payload: Mapping[str, Any]) -> str:
    kind = str(payload.get("kind", ""))
    return str(IncidentKind(kind).label) if kind in IncidentKind.values else str(payload.get("reason", ""))


@transaction.atomic
def tell_of_plan(payload: Mapping[str, Any], key: str) -> int:
    """A plan awaits approval: whoever may approve lines of its area is told, but not its maker."""
    plan = Plan.objects.filter(pk=payload["plan"]).first()
    if plan is None:
        return 0
    pairs = set(plan.lines.values_list("line", "place_id").distinct()[:2000])
    wanted: Accounts = set()
    rights = live_grants().filter(Q(response_id=None) | Q(response_id=plan.response_id), role__in=APPROVE_PLAN.roles)
    for grant in rights.filter(account__is_active=True):
        if grant.account_id == plan.made_by:
            continue
        right = Right(role=grant.role, line=grant.line, area=grant.area, response=grant.response_id)
        if any(right.covers(line, place, plan.response_id, None) for line, place in pairs):
            wanted.add(grant.account_id)
    return notify(
        accounts=wanted, kind=NoticeKind.PLAN_READY, facts={"number": plan.number}, path=f"/plans/{plan.number}/",
        key=key, response=plan.response_id,
    )  # fmt: skip
