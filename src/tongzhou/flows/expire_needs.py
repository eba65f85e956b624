"""What time does by itself: a need nobody confirmed again expires, an offer past its day too. Each with its audit row.

Public lists do not wait for it: they ask the clock (`selectors.queue.publicly_open`). A plea that nobody has verified
yet never expires by itself: it is on no public list, and stays in the queue until a person has called.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_noop

from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.intake.types import OPEN_OFFERS, NeedState, OfferState
from tongzhou.chain.triage.models import Lock, Retry
from tongzhou.chain.triage.policies import EXPIRE
from tongzhou.flows.release_need import keep_in_step
from tongzhou.kernel import changes, clock
from tongzhou.kernel.access import SYSTEM
from tongzhou.kernel.errors import Refusal

__all__ = ["expire_due", "mark_stale"]

#: So many in one go; the tick comes again.
AT_ONCE = 2000


def expire_due(now: dt.datetime | None = None) -> int:
    """Expire verified needs past `expires_at`, and offers whose last day or shelf life is over; how many.

    What somebody has in hand at this moment is left for the next tick.
    """
    moment = now or clock.now()
    done = 0
    needs = Need.objects.filter(state=NeedState.VERIFIED, expires_at__lte=moment).order_by("expires_at")
    for need in _free("need", needs, moment):
        done += _expire(need, NeedState.EXPIRED, gettext_noop("到期没有再次核实"), moment)
    today = clock.beijing(moment).date()
    over = Q(available_until__lt=today) | Q(goods_expire_on__lt=today)
    for offer in _free("offer", Offer.objects.filter(over, state__in=OPEN_OFFERS).order_by("pk"), moment):
        past = offer.available_until is not None and offer.available_until < today
        why = gettext_noop("过了可以提供的日子") if past else gettext_noop("物品过了有效期")
        done += _expire(offer, OfferState.EXPIRED, why, moment)
    return done


def _free(kind: str, rows: Any, now: dt.datetime) -> Iterable[Any]:
    held = Lock.objects.filter(object_type=kind, object_id=OuterRef("pk"), until__gt=now)
    return list(rows.filter(~Exists(held))[:AT_ONCE])


def _expire(record: Need | Offer, state: str, reason: str, now: dt.datetime) -> int:
    try:
        with transaction.atomic():
            changes.apply(record, actor=SYSTEM, act=EXPIRE, reason=reason, state=state, state_reason=reason)
            keep_in_step(record=record, actor=SYSTEM, now=now, reason=reason)
    except Refusal:  # somebody was faster: it is looked at again by the next tick
        return 0
    return 1


def mark_stale(now: dt.datetime | None = None) -> int:
    """Propose to close needs that were called in vain and are past `expires_at`; how many. A person decides."""
    moment = now or clock.now()
    rows = Retry.objects.filter(
        need__state=NeedState.WAITING, need__expires_at__lte=moment, proposed_at=None, attempts__gt=0
    )
    done = 0
    for row in rows[:AT_ONCE]:
        try:
            with transaction.atomic():
                changes.apply(row, actor=SYSTEM, act=EXPIRE, proposed_at=moment)
        except Refusal:  # a verifier has just called
            continue
        done += 1
    return done
