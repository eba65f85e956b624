"""The only clock of the platform, so that a test or a replay can move all of it at once."""

from __future__ import annotations

import datetime as dt

__all__ = ["BEIJING", "beijing", "now"]

#: Beijing time has had no daylight saving since 1991.
BEIJING = dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")


def now() -> dt.datetime:
    """The present moment, aware, in UTC."""
    return dt.datetime.now(dt.UTC)


def beijing(moment: dt.datetime) -> dt.datetime:
    """`moment` (aware) in Beijing time: what people read on cards and pages."""
    return moment.astimezone(BEIJING)
