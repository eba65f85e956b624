"""Teams: made, changed, closed; people join and leave."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import IntegrityError, transaction

from tongzhou.kernel import changes, clock
from tongzhou.kernel.access import Actor, allows
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.people import policies
from tongzhou.registers.people.models import Account, Team, TeamMember
from tongzhou.registers.people.types import ALL

__all__ = ["change_team", "close_team", "create_team", "join_team", "leave_team"]


def _require_over(actor: Actor, *, line: str, area: str, response_id: uuid.UUID | None) -> None:
    if not allows(actor, policies.MANAGE_TEAM, line=line, area=area or None, response=response_id):
        raise Refusal("not_found")


def _require_team(actor: Actor, team: Team) -> None:
    _require_over(actor, line=team.line, area=team.area, response_id=team.response_id)


@transaction.atomic
def create_team(
    *,
    actor: Actor,
    name: str,
    area: str = "",
    line: str = ALL,
    response_id: uuid.UUID | None = None,
    lead: Account | None = None,
    reason: str = "",
) -> Team:
    """Make a team. Raises ``Refusal`` team_taken, not_found."""
    _require_over(actor, line=line, area=area, response_id=response_id)
    team = Team(name=name.strip(), area=area, line=line, response_id=response_id, lead=lead)
    team.clean_fields(exclude=["lead"])
    try:
        with transaction.atomic():
            return changes.create(team, actor=actor, act=policies.MANAGE_TEAM, reason=reason)
    except IntegrityError as error:
        raise Refusal("team_taken") from error


@transaction.atomic
def change_team(*, actor: Actor, team: Team, expect: int, reason: str = "", **fields: Any) -> Team:
    """Change name, area, line or lead. Raises ``Refusal`` team_taken, version_stale, not_found."""
    _require_team(actor, team)
    _require_over(
        actor,
        line=fields.get("line", team.line),
        area=fields.get("area", team.area),
        response_id=fields.get("response_id", team.response_id),
    )
    try:
        with transaction.atomic():
            return changes.apply(team, actor=actor, act=policies.MANAGE_TEAM, expect=expect, reason=reason, **fields)
    except IntegrityError as error:
        raise Refusal("team_taken") from error


@transaction.atomic
def close_team(*, actor: Actor, team: Team, reason: str) -> Team:
    """Close a team; its past stays readable. Raises ``Refusal`` version_stale, not_found."""
    _require_team(actor, team)
    if team.closed_at is not None:
        raise Refusal("version_stale")
    return changes.apply(team, actor=actor, act=policies.MANAGE_TEAM, reason=reason, closed_at=clock.now())


@transaction.atomic
def join_team(*, actor: Actor, team: Team, account: Account) -> TeamMember:
    """Put somebody into a team; already in it is no error."""
    _require_team(actor, team)
    present = team.members.filter(account=account, left_at=None).first()
    if present is not None:
        return present
    try:
        with transaction.atomic():
            return changes.create(TeamMember(team=team, account=account), actor=actor, act=policies.MANAGE_TEAM)
    except IntegrityError:  # somebody else added the same person a moment ago
        return team.members.get(account=account, left_at=None)


@transaction.atomic
def leave_team(*, actor: Actor, member: TeamMember) -> TeamMember:
    """Take somebody out of a team. Raises ``Refusal`` version_stale, not_found."""
    _require_team(actor, member.team)
    if member.left_at is not None:
        raise Refusal("version_stale")
    return changes.apply(member, actor=actor, act=policies.MANAGE_TEAM, left_at=clock.now())
