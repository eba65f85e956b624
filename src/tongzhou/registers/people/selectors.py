"""Reads of people, always with the actor."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from tongzhou.kernel.access import Actor, allows, may
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.models import AuditEntry
from tongzhou.kernel.words import local
from tongzhou.registers.people import policies
from tongzhou.registers.people.actors import live_grants, sleeping
from tongzhou.registers.people.models import Account, Grant, Invitation, Team, TeamMember, Token
from tongzhou.registers.people.types import NEEDS_SECOND_FACTOR, Role
from tongzhou.registers.places.models import Place

__all__ = [
    "GrantLine",
    "account_page",
    "accounts",
    "area_names",
    "describe",
    "get_account",
    "get_grant",
    "get_member",
    "get_team",
    "get_token",
    "own_page",
    "role_names",
    "roles_of",
    "teams",
    "trail",
    "waiting_for_second",
]


def role_names(actor: Actor) -> list[str]:
    """The actor's roles in the reader's language, in the order of `Role`."""
    return [str(role.label) for role in Role if role.value in actor.roles]


@dataclass(frozen=True, slots=True)
class GrantLine:
    """A grant as people read it."""

    grant: Grant
    role: str
    line: str
    area: str


def area_names(codes: Iterable[str]) -> dict[str, str]:
    """Division code -> name in the reader's language; the nation under the empty code. One query."""
    wanted = {code for code in codes if code}
    found = {place.code: local(place.name, place.name_en) for place in Place.objects.filter(code__in=wanted)}
    return {"": _("全国"), **{code: code for code in wanted}, **found}


def describe(grants: Iterable[Grant]) -> list[GrantLine]:
    """Grants in words."""
    listed = list(grants)
    names = area_names(grant.area for grant in listed)
    return [GrantLine(grant, grant.get_role_display(), grant.get_line_display(), names[grant.area]) for grant in listed]


def own_page(*, actor: Actor, account: Account) -> dict[str, Any]:
    """What somebody reads about the own account. Nobody else's."""
    if actor.account_id != account.pk:
        raise Refusal("not_found")
    kinds = list(Authenticator.objects.filter(user=account).values_list("type", flat=True))
    grants = describe(live_grants().filter(account=account).order_by("role", "area"))
    return {
        "grants": grants,
        "needs_second": any(line.grant.role in NEEDS_SECOND_FACTOR for line in grants),
        "sleeps": Account.objects.filter(sleeping("pk"), pk=account.pk).exists(),
        "has_totp": Authenticator.Type.TOTP in kinds,
        "passkeys": kinds.count(Authenticator.Type.WEBAUTHN),
        "needs_factor": bool(actor.roles & NEEDS_SECOND_FACTOR),
        "teams": [
            m.team for m in account.memberships.filter(left_at=None).select_related("team").order_by("team__name")
        ],
    }


def accounts(*, actor: Actor, text: str = "", role: str = "", state: str = "") -> QuerySet[Account]:
    """Accounts an administrator may see, found by name, login or role; `state` is open, closed or program."""
    if not may(actor, policies.LIST_ACCOUNTS):
        return Account.objects.none()
    live = live_grants().filter(account=OuterRef("pk"))
    rows = Account.objects.annotate(
        has_factor=Exists(
            Authenticator.objects.filter(
                user=OuterRef("pk"), type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
            )
        ),
        roles_held=Count("grants", filter=Q(grants__in=live_grants()), distinct=True),
    ).order_by("login")
    if text:
        rows = rows.filter(Q(login__icontains=text) | Q(name__icontains=text) | Q(email__iexact=text))
    if role:
        rows = rows.filter(Exists(live.filter(role=role)))
    if state == "program":
        return rows.filter(is_program=True)
    if state:
        rows = rows.filter(is_active=state == "open")
    return rows


def get_account(*, actor: Actor, account_id: uuid.UUID) -> Account:
    """One account, or ``Refusal("not_found")``."""
    found = accounts(actor=actor).filter(pk=account_id).first()
    if found is None:
        raise Refusal("not_found")
    return found


def account_page(*, actor: Actor, account: Account) -> dict[str, Any]:
    """Roles past and present, teams, tokens and the open link of an account."""
    if not may(actor, policies.LIST_ACCOUNTS):
        raise Refusal("not_found")
    lines = describe(Grant.objects.filter(account=account).select_related("granted_by", "team").order_by("-valid_from"))
    live = set(live_grants().filter(account=account).values_list("pk", flat=True))
    return {
        "grants": [line for line in lines if line.grant.pk in live],
        "past_grants": [line for line in lines if line.grant.pk not in live],
        "tokens": Token.objects.filter(account=account).order_by("-created_at"),
        "open_link": Invitation.objects.filter(account=account, used_at=None, withdrawn_at=None).first(),
        "used_link": _used_links([account.pk]).get(account.pk),
        "memberships": account.memberships.filter(left_at=None).select_related("team").order_by("team__name"),
        "has_factor": Authenticator.objects.filter(user=account)
        .exclude(type=Authenticator.Type.RECOVERY_CODES)
        .exists(),
    }


def _used_links(accounts: Iterable[uuid.UUID]) -> dict[uuid.UUID, Invitation]:
    """Account id -> the link that opened it last."""
    rows = Invitation.objects.filter(account__in=list(accounts), used_at__isnull=False)
    return {one.account_id: one for one in rows.select_related("made_by", "confirmed_by").order_by("used_at")}


def waiting_for_second(*, actor: Actor) -> list[tuple[Account, Invitation]]:
    """Accounts whose roles sleep until a second administrator confirms who opened the link, with that link."""
    kept = Grant.objects.filter(account=OuterRef("pk"), revoked_at=None, role__in=NEEDS_SECOND_FACTOR)
    found = list(accounts(actor=actor, state="open").filter(Exists(kept), sleeping("pk")))
    links = _used_links(account.pk for account in found)
    return [(account, links[account.pk]) for account in found]


def get_grant(*, actor: Actor, grant_id: uuid.UUID) -> Grant:
    """One grant an administrator may see, or ``Refusal("not_found")``."""
    found = Grant.objects.select_related("account").filter(pk=grant_id).first()
    if found is None or not may(actor, policies.LIST_ACCOUNTS):
        raise Refusal("not_found")
    return found


def get_token(*, actor: Actor, token_id: uuid.UUID) -> Token:
    """One token, or ``Refusal("not_found")``."""
    found = Token.objects.select_related("account").filter(pk=token_id).first()
    if found is None or not may(actor, policies.MAKE_TOKEN):
        raise Refusal("not_found")
    return found


def teams(*, actor: Actor, closed: bool = False) -> QuerySet[Team]:
    """Teams an administrator may see."""
    if not may(actor, policies.MANAGE_TEAM):
        return Team.objects.none()
    rows = Team.objects.select_related("lead").annotate(size=Count("members", filter=Q(members__left_at=None)))
    return rows.filter(closed_at__isnull=not closed).order_by("name")


def get_team(*, actor: Actor, team_id: uuid.UUID) -> Team:
    """One team inside the administrator's bounds, or ``Refusal("not_found")``."""
    found = Team.objects.select_related("lead").filter(pk=team_id).first()
    if found is None or not allows(
        actor, policies.MANAGE_TEAM, line=found.line, area=found.area or None, response=found.response_id
    ):
        raise Refusal("not_found")
    return found


def get_member(*, actor: Actor, member_id: uuid.UUID) -> TeamMember:
    """One membership of a team inside the administrator's bounds, or ``Refusal("not_found")``."""
    found = TeamMember.objects.select_related("team", "account").filter(pk=member_id).first()
    if found is None:
        raise Refusal("not_found")
    get_team(actor=actor, team_id=found.team_id)
    return found


def roles_of(*, actor: Actor, accounts: Sequence[Account]) -> dict[uuid.UUID, list[str]]:
    """Account id -> the roles it holds now, in the reader's language. One query for a whole page."""
    if not may(actor, policies.LIST_ACCOUNTS):
        return {}
    held: dict[uuid.UUID, set[str]] = {}
    for account_id, role in live_grants().filter(account__in=accounts).values_list("account_id", "role"):
        held.setdefault(account_id, set()).add(role)
    return {account: [str(role.label) for role in Role if role.value in roles] for account, roles in held.items()}


def trail(
    *, actor: Actor, account_id: uuid.UUID | None = None, act: str = "", object_id: str = ""
) -> QuerySet[AuditEntry]:
    """The audit trail, newest first, for an administrator of the whole."""
    if not allows(actor, policies.READ_TRAIL):
        raise Refusal("not_found")
    rows = AuditEntry.objects.order_by("-id")
    if account_id is not None:
        rows = rows.filter(actor_id=account_id)
    if act:
        rows = rows.filter(act=act)
    if object_id:
        rows = rows.filter(object_id=object_id)
    return rows
