"""The secret address of somebody's calendar of tasks."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import transaction

from tongzhou.kernel import changes
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.notices.models import CalendarLink
from tongzhou.registers.notices.policies import OWN_PREFERENCE, hash_secret
from tongzhou.registers.people.models import Account

__all__ = ["end_calendar", "make_calendar"]


@transaction.atomic
def make_calendar(*, actor: Actor, account: Account, now: dt.datetime) -> str:
    """A new secret for the own calendar, seen only now; the old address ends at once."""
    if actor.account_id != account.pk:
        raise Refusal("not_found")
    end_calendar(actor=actor, account=account, now=now)
    secret = secrets.token_urlsafe(24)
    changes.create(CalendarLink(account=account, secret_hash=hash_secret(secret)), actor=actor, act=OWN_PREFERENCE)
    return secret


@transaction.atomic
def end_calendar(*, actor: Actor, account: Account, now: dt.datetime) -> None:
    """End the own calendar's address."""
    if actor.account_id != account.pk:
        raise Refusal("not_found")
    for link in CalendarLink.objects.select_for_update().filter(account=account, ended_at=None):
        changes.apply(link, actor=actor, act=OWN_PREFERENCE, ended_at=now)
