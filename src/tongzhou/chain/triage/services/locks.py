"""One item in one person's hands for ten minutes. This is the only door to `Lock`.

Taking is one conditional UPDATE (a free or run-out row, or the holder's own), else one INSERT that the unique key
judges: of two people at once one gets it and the other is told who has it. Whoever takes another item puts the first
one back, so nobody collects contacts.
"""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import IntegrityError, transaction
from django.db.models import Q

from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.triage.models import Lock
from tongzhou.chain.triage.policies import verify_act
from tongzhou.chain.triage.selectors import locks as reads
from tongzhou.chain.triage.types import Holding
from tongzhou.kernel import audit
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal

__all__ = ["HELD_FOR", "extend", "release", "release_all", "require_free", "require_mine", "take"]

#: How long one item stays in one person's hands.
HELD_FOR = dt.timedelta(minutes=10)


def take(*, actor: Actor, record: Need | Offer, now: dt.datetime) -> Holding:
    """Take `record` for ten minutes; again by its holder: ten minutes from now. What else the actor held is put back.

    The caller has judged the right to verify it. Raises ``Refusal("lock_held")`` when somebody else has it.
    """
    require_free(actor=actor, record=record, now=now)  # the usual refusal needs no write and no waiting
    return _take(actor, record, now)


@transaction.atomic
def _take(actor: Actor, record: Need | Offer, now: dt.datetime) -> Holding:
    require_free(actor=actor, record=record, now=now)  # SQLite's writers wait at the start: by now somebody may have it
    kind, holder = reads.kind_of(record), _holder(actor)
    mine = {"holder_id": holder, "holder_name": actor.name[:100], "taken_at": now, "until": now + HELD_FOR}
    rows = Lock.objects.filter(object_type=kind, object_id=record.pk)
    # What the actor holds is locked first, in one order, so that two windows of one person never wait for each other.
    list(Lock.objects.select_for_update().filter(holder_id=holder, until__gt=now).order_by("pk").values_list("pk"))
    again = rows.filter(holder_id=holder, until__gt=now).update(until=now + HELD_FOR)
    if not (
        again
        or rows.filter(until__lte=now).update(**mine)
        or _insert(kind, record.pk, mine)
        # One more try: the row may have run out or been released between the two statements.
        or rows.filter(Q(until__lte=now) | Q(holder_id=holder)).update(**mine)
    ):
        raise _held(rows.first(), now)
    others = Lock.objects.filter(holder_id=holder, until__gt=now).exclude(object_type=kind, object_id=record.pk)
    others.update(until=now)
    if not again:
        audit.record(actor=actor, act=verify_act(kind), obj=record, changes={"taken": True})
    return reads.held_by(actor, record, now) or _lost()


def _insert(kind: str, object_id: uuid.UUID, values: dict[str, object]) -> bool:
    try:
        with transaction.atomic():
            Lock.objects.create(object_type=kind, object_id=object_id, **values)
    except IntegrityError:
        return False
    return True


def _held(lock: Lock | None, now: dt.datetime) -> Refusal:
    left = (lock.until - now).total_seconds() if lock is not None else HELD_FOR.total_seconds()
    return Refusal("lock_held", name=lock.holder_name if lock else "", minutes=max(1, -int(-left // 60)))


def _lost() -> Holding:
    raise Refusal("lock_lost")


def _holder(actor: Actor) -> uuid.UUID:
    if actor.account_id is None:
        raise Refusal("not_found")
    return actor.account_id


@transaction.atomic
def extend(*, actor: Actor, record: Need | Offer, now: dt.datetime) -> Holding:
    """Ten minutes more from now, while it is still in hand. Raises ``Refusal("lock_lost")``."""
    rows = Lock.objects.filter(object_type=reads.kind_of(record), object_id=record.pk)
    if not rows.filter(holder_id=_holder(actor), until__gt=now).update(until=now + HELD_FOR):
        raise Refusal("lock_lost")
    return reads.held_by(actor, record, now) or _lost()


@transaction.atomic
def release(*, actor: Actor, record: Need | Offer, now: dt.datetime) -> bool:
    """Put it back; True when it was in hand. The contact is hidden from this moment."""
    rows = Lock.objects.filter(object_type=reads.kind_of(record), object_id=record.pk, until__gt=now)
    return rows.filter(holder_id=_holder(actor)).update(until=now) == 1


def release_all(*, actor: Actor, now: dt.datetime) -> int:
    """Put back everything the actor has in hand; how many."""
    return Lock.objects.filter(holder_id=_holder(actor), until__gt=now).update(until=now)


def require_mine(*, actor: Actor, record: Need | Offer, now: dt.datetime) -> Holding:
    """The actor's hold on `record`; ``Refusal("lock_lost")`` when it is not (any more) in hand."""
    return reads.held_by(actor, record, now) or _lost()


def require_free(*, actor: Actor, record: Need | Offer, now: dt.datetime) -> None:
    """Nobody else has `record` in hand; ``Refusal("lock_held")`` otherwise."""
    lock = reads.live(record, now)
    if lock is not None and lock.holder_id != actor.account_id:
        raise _held(lock, now)
