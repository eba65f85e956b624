"""Who has what in hand at a moment."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.triage.models import Lock
from tongzhou.chain.triage.types import Holding
from tongzhou.kernel.access import Actor

__all__ = ["held_by", "holders", "in_hand", "kind_of", "live"]


def kind_of(record: Need | Offer) -> str:
    """``need`` or ``offer``."""
    return "need" if isinstance(record, Need) else "offer"


def live(record: Need | Offer, now: dt.datetime) -> Lock | None:
    """The lock on `record` that has not run out."""
    return Lock.objects.filter(object_type=kind_of(record), object_id=record.pk, until__gt=now).first()


def held_by(actor: Actor, record: Need | Offer, now: dt.datetime) -> Holding | None:
    """The actor's own hold on `record`, or None."""
    lock = live(record, now)
    if lock is None or actor.account_id is None or lock.holder_id != actor.account_id:
        return None
    return _holding(lock, now)


def in_hand(actor: Actor, now: dt.datetime) -> Holding | None:
    """What the actor has in hand now (one item at most)."""
    if actor.account_id is None:
        return None
    lock = Lock.objects.filter(holder_id=actor.account_id, until__gt=now).order_by("-until").first()
    return _holding(lock, now) if lock is not None else None


def _holding(lock: Lock, now: dt.datetime) -> Holding:
    left = int((lock.until - now).total_seconds())
    return Holding(lock.object_type, lock.object_id, lock.taken_at, lock.until, left)


def holders(kind: str, records: Iterable[uuid.UUID], now: dt.datetime) -> dict[uuid.UUID, Lock]:
    """The live locks of many records, by record. One query."""
    rows = Lock.objects.filter(object_type=kind, object_id__in=list(records), until__gt=now)
    return {row.object_id: row for row in rows}
