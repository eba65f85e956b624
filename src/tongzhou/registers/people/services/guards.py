"""Checks several services share: whole authority, not oneself, never no administrator, two people for a takeover."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import connection
from django.db.models import QuerySet

from tongzhou.kernel import audit, clock
from tongzhou.kernel.access import Act, Actor, allows
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.people.actors import live_grants, sleeping
from tongzhou.registers.people.models import Account, Grant
from tongzhou.registers.people.types import ADMIN, ALL, INVITATION_DAYS

__all__ = ["keep_one_admin", "not_oneself", "other_admins", "require_whole", "reset_by_same_admin"]


def require_whole(actor: Actor, act: Act) -> None:
    """Accounts have no area: only an administrator of the whole may touch them. Raises ``Refusal("not_found")``."""
    if not allows(actor, act):
        raise Refusal("not_found")


def not_oneself(actor: Actor, account: Account) -> None:
    """Raise ``Refusal("own_account")`` when somebody would do this to the own account."""
    if actor.account_id == account.pk:
        raise Refusal("own_account")


def _whole_admins() -> QuerySet[Grant]:
    """Grants of administrators of the whole who can act: open accounts whose roles do not sleep."""
    whole = live_grants().filter(role=ADMIN, line=ALL, area="", response_id=None, account__is_active=True)
    return whole.exclude(sleeping())


def other_admins(actor: Actor, account: Account) -> bool:
    """True when somebody else than the actor and the account could act as an administrator of the whole."""
    others = _whole_admins().exclude(account__in=[one for one in (actor.account_id, account.pk) if one])
    return others.exclude(account__password__startswith=UNUSABLE_PASSWORD_PREFIX).exists()


def keep_one_admin(actor: Actor, *, leaving: Account, grant: Grant | None = None) -> None:
    """Lock the administrators; refuse when `leaving` (or `grant` of it) is the last, or the actor is none any more.

    Two administrators who remove each other at the same moment meet at this lock: the second is none by then.
    """
    rows = _whole_admins().order_by("id")
    if connection.features.has_select_for_update:
        list(Grant.objects.filter(role=ADMIN, revoked_at=None).order_by("id").select_for_update())
    admins = list(rows.values_list("id", "account_id"))
    if actor.account_id is not None and actor.account_id not in {account for _, account in admins}:
        raise Refusal("not_found")
    gone = {id_ for id_, account in admins if account == leaving.pk and (grant is None or id_ == grant.pk)}
    if gone and len(gone) == len(admins):
        raise Refusal("last_admin")


def reset_by_same_admin(actor: Actor, account: Account, other: Act) -> None:
    """Raise ``Refusal("two_people")`` when this administrator did `other` to the account in the last days.

    Password and second factor together are the account: nobody gets both from one administrator.
    """
    since = clock.now() - dt.timedelta(days=INVITATION_DAYS)
    if (
        actor.account_id
        and audit.history(account).filter(act=other.name, actor_id=actor.account_id, at__gte=since).exists()
    ):
        raise Refusal("two_people")
