"""How often somebody may try something: counted in the database, so that every web process sees the same count."""

from __future__ import annotations

import datetime as dt

from django.core.cache import cache
from django.db import transaction
from django.db.models import F

from tongzhou.kernel import clock, crypto
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.models import ThrottleCount

__all__ = ["forget_old", "hit", "hit_lightly"]


@transaction.atomic
def hit(name: str, who: str, *, limit: int, seconds: int) -> None:
    """Count one attempt of `who` at `name`; raises ``Refusal("too_many")`` beyond `limit` per `seconds`.

    `who` (an address, an account) is stored only as a keyed hash and forgotten with its window.
    """
    now = clock.now()
    window = int(now.timestamp()) // seconds
    hashed = crypto.mac("throttle", f"{name}|{who}".encode())
    ends = dt.datetime.fromtimestamp((window + 1) * seconds, dt.UTC)
    ThrottleCount.objects.bulk_create(
        [ThrottleCount(name=name, who=hashed, window=window, count=0, expires_at=ends)], ignore_conflicts=True
    )
    row = ThrottleCount.objects.filter(name=name, who=hashed, window=window)
    if not row.filter(count__lt=limit).update(count=F("count") + 1):
        raise Refusal("too_many", seconds=max(1, int((ends - now).total_seconds())))


def hit_lightly(name: str, who: str, *, limit: int, seconds: int) -> None:
    """The same for cheap reads that come with every key stroke: counted in this process only, nothing is written."""
    window = int(clock.now().timestamp()) // seconds
    key = f"throttle|{name}|{window}|{crypto.mac('throttle', f'{name}|{who}'.encode())}"
    cache.add(key, 0, seconds)
    if cache.incr(key) > limit:
        raise Refusal("too_many", seconds=seconds)


def forget_old() -> int:
    """Drop windows that are over; how many. Called by the tick."""
    return ThrottleCount.objects.filter(expires_at__lt=clock.now()).delete()[0]
