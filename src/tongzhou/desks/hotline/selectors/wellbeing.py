"""When somebody should rest: after a hard conversation, after several, after hours at the seat."""

from __future__ import annotations

import datetime as dt

from tongzhou.desks.hotline.models import Seat
from tongzhou.desks.hotline.types import SeatState

__all__ = ["LONG_AFTER", "MANY", "break_due"]

#: Conversations, and time, after which a break is due (the same figures for everybody; a line may rest sooner).
MANY = 5
LONG_AFTER = dt.timedelta(hours=2)


def break_due(seat: Seat | None, now: dt.datetime) -> str:
    """Why a break is due: ``hard``, ``many`` or ``long``; "" when none is."""
    if seat is None or seat.state in (SeatState.OFF, SeatState.BREAK):
        return ""
    if seat.hard_since_break:
        return "hard"
    if seat.since_break >= MANY:
        return "many"
    since = max((one for one in (seat.sitting_since, seat.last_break_at) if one is not None), default=now)
    return "long" if now - since >= LONG_AFTER else ""
