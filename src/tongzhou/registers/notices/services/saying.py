"""Saying something to somebody: a notice in the house at once, and a message for every way out that was chosen."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q

from tongzhou.kernel import clock, ids, outbox
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.notices.models import Channel, Notice, Preference
from tongzhou.registers.notices.types import NoticeKind

__all__ = ["mark_read", "not_before", "say"]

_LONGEST_KEY = 120


def not_before(preference: Preference, now: dt.datetime, urgent: bool) -> dt.datetime:
    """The moment a message may go out: now, or the end of the quiet hours it falls into. Urgent ones do not wait."""
    begin, end = preference.quiet_from, preference.quiet_until
    if urgent or begin == end:
        return now
    local = clock.beijing(now)
    minute = local.hour * 60 + local.minute
    quiet = begin <= minute < end if begin < end else minute >= begin or minute < end
    if not quiet:
        return now
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    morning = midnight + dt.timedelta(minutes=end)
    return morning if morning > local else morning + dt.timedelta(days=1)


def _bounded(key: str) -> str:
    """A key that fits its column. A long one keeps its end's difference: it is hashed, not cut off."""
    if len(key) <= _LONGEST_KEY:
        return key
    return key[: _LONGEST_KEY - 33] + ":" + hashlib.sha256(key.encode()).hexdigest()[:32]


@transaction.atomic
def say(
    *,
    accounts: Iterable[uuid.UUID],
    kind: str,
    facts: Mapping[str, Any],
    path: str,
    key: str,
    now: dt.datetime,
    urgent: bool = False,
    response: uuid.UUID | None = None,
) -> int:
    """Tell these accounts, and the groups that listen for this kind; how many accounts. The same key says it once.

    `facts` fills the sentence (see `wording.sentence`): codes, places, amounts; never a contact or a person's words.
    """
    told = [
        Notice(
            id=ids.new_id(), account_id=account, kind=NoticeKind(kind), facts=dict(facts), path=path, urgent=urgent,
            key=_bounded(f"{key}:{account}"), created_at=now, updated_at=now,
        )
        for account in sorted(set(accounts), key=str)
    ]  # fmt: skip
    Notice.objects.bulk_create(told, ignore_conflicts=True)
    # Of a notice that was there before the ids here are not in the table; what stands there is what counts.
    kept = {row.account_id: row.pk for row in Notice.objects.filter(key__in=[one.key for one in told])}
    wanted = Preference.objects.filter(account__in=kept, enabled=True, channel__enabled=True).select_related("channel")
    for preference in wanted:
        if not preference.kinds or kind in preference.kinds:
            said = {"notice": kept[preference.account_id], "preference": preference.pk, "way": preference.way}
            outbox.post(
                "notice",
                {name: str(value) for name, value in said.items()},
                key=f"notice:{kept[preference.account_id]}:{preference.pk}",
                due_at=not_before(preference, now, urgent),
            )
    for channel in Channel.objects.filter(Q(response=None) | Q(response_id=response), enabled=True):
        if kind in channel.broadcasts:
            told_all = {"kind": kind, "facts": dict(facts), "path": path}
            ways = {"channel": str(channel.pk), "way": str(channel.pk)}
            outbox.post("broadcast", ways | told_all, key=_bounded(f"broadcast:{channel.pk}:{key}"))
    return len(kept)


def mark_read(*, actor: Actor, notices: Iterable[Notice], now: dt.datetime) -> int:
    """The actor has seen these; how many were new. Nobody marks another's."""
    rows = [one.pk for one in notices if one.account_id == actor.account_id]
    if actor.account_id is None:
        raise Refusal("not_found")
    return Notice.objects.filter(pk__in=rows, read_at=None).update(read_at=now)
