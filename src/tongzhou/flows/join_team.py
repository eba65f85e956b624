"""Somebody scans a team's QR code and becomes one of its volunteers: account, role, team, declaration, all or none.

Whoever opened the entrance vouched for the people it lets in, so everything here is written in the platform's name and
its reason names the entrance. No phone number is asked for.
"""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from tongzhou.chain.dispatch.models import TeamEntrance, VolunteerProfile
from tongzhou.chain.dispatch.policies import DECLARE_HEALTH, JOINED_BY_ENTRANCE
from tongzhou.chain.dispatch.selectors.crew import refuse_unless_open
from tongzhou.chain.dispatch.services import entrances, profiles
from tongzhou.kernel import idempotency
from tongzhou.kernel.access import SYSTEM, Actor, require
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.people import services as people
from tongzhou.registers.people.models import Account, Grant, Team
from tongzhou.registers.people.types import VOLUNTEER

__all__ = ["Joined", "close_entrance", "declare_health", "join", "join_as", "open_entrance"]

#: Tries to find a login name nobody has.
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Joined:
    """Who joined. `fresh` is False when the same form was sent again."""

    account: Account
    fresh: bool


def open_entrance(
    *, actor: Actor, team: Team, most: int, valid_until: dt.datetime, insurance_contact: str = "", now: dt.datetime
) -> TeamEntrance:
    """Open a team's entrance, or change it for one with a new secret; see `services.entrances`."""
    return entrances.renew_entrance(
        actor=actor, team=team, most=most, valid_until=valid_until, insurance_contact=insurance_contact, now=now
    )


def close_entrance(*, actor: Actor, entrance: TeamEntrance, now: dt.datetime) -> TeamEntrance:
    """Close it."""
    return entrances.close_entrance(actor=actor, entrance=entrance, now=now)


def _free_login() -> str:
    for _try in range(_TRIES):
        login = f"v{secrets.randbelow(900_000) + 100_000}"
        if not Account.objects.filter(login=login).exists():
            return login
    raise Refusal("login_taken")


def _locked(entrance: TeamEntrance, now: dt.datetime) -> TeamEntrance:
    """The entrance under a lock, open: of two people at the last place one gets it."""
    row = TeamEntrance.objects.select_for_update().get(pk=entrance.pk)
    refuse_unless_open(row, now)
    return row


def _let_in(account: Account, entrance: TeamEntrance, said: dict[str, Any], now: dt.datetime) -> None:
    team, reason = entrance.team, f"entrance {entrance.pk}"
    same = Grant.objects.filter(account=account, role=VOLUNTEER, team=team, revoked_at=None)
    if not same.filter(line=team.line, area=team.area, response_id=team.response_id, organisation_id=None).exists():
        people.grant_role(
            actor=SYSTEM, account=account, role=VOLUNTEER, line=team.line, area=team.area,
            response_id=team.response_id, team=team, reason=reason,
        )  # fmt: skip
    people.join_team(actor=SYSTEM, team=team, account=account)
    profiles.declare(
        actor=SYSTEM, account_id=account.pk, adult=True, insurance_contact=entrance.insurance_contact, now=now,
        act=JOINED_BY_ENTRANCE, **said,
    )  # fmt: skip


@transaction.atomic
def join(
    *,
    entrance: TeamEntrance,
    name: str,
    login: str,
    password: str,
    adult: bool,
    healthy: bool,
    kit: bool,
    key: str,
    now: dt.datetime,
) -> Joined:
    """Make the account of somebody new and let it in; the same `key` again gives the same account.

    A blank `login` gets one made up. Raises ``Refusal`` guardian_consent (under 18), entrance_closed, entrance_over,
    entrance_full, login_taken, key_reused; ValidationError for a weak password or an impossible login.
    """
    if not adult:
        raise Refusal("guardian_consent")

    def effect() -> str:
        row = _locked(entrance, now)
        account = people.create_account(
            actor=SYSTEM, login=login.strip().lower() or _free_login(), name=name, reason=f"entrance {row.pk}"
        )
        people.accept_invitation(secret=people.invite(actor=SYSTEM, account=account), password=password)
        _let_in(account, row, {"healthy": healthy, "kit": kit}, now)
        return str(account.pk)

    content = idempotency.fingerprint([name, login])
    made, fresh = idempotency.once(scope=f"join:{entrance.pk}", key=key, content=content, effect=effect)
    return Joined(Account.objects.get(pk=uuid.UUID(made)), fresh)


@transaction.atomic
def join_as(*, actor: Actor, entrance: TeamEntrance, healthy: bool, kit: bool, now: dt.datetime) -> Account:
    """Let a volunteer who is signed in into one more team; being in it already is no error.

    What is not ticked leaves the earlier declaration as it is.

    Raises ``Refusal`` join_with_other (the account has other roles: a volunteer's role would mix with them),
    entrance_closed, entrance_over, entrance_full.
    """
    account = Account.objects.filter(pk=actor.account_id, is_active=True).first() if actor.account_id else None
    if account is None:
        raise Refusal("not_found")
    if actor.roles - {VOLUNTEER} or account.is_program or account.is_demo:
        raise Refusal("join_with_other")
    if entrance.team.members.filter(account=account, left_at=None).exists():
        return account
    row = _locked(entrance, now)
    _let_in(account, row, {"healthy": healthy or None, "kit": kit or None}, now)  # not ticked: as said before
    return account


def declare_health(*, actor: Actor, healthy: bool, kit: bool, now: dt.datetime) -> VolunteerProfile:
    """A volunteer's own declaration, counted for a fortnight. Raises ``Refusal("not_found")``."""
    require(actor, DECLARE_HEALTH)
    if actor.account_id is None:
        raise Refusal("not_found")
    return profiles.declare(actor=actor, account_id=actor.account_id, healthy=healthy, kit=kit, now=now)
