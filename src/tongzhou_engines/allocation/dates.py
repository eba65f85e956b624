"""Days as people write them."""

from __future__ import annotations

import datetime as dt
import re

__all__ = ["parse_day"]

_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T ].*)?")


def parse_day(text: str) -> int | None:
    """Day number (proleptic Gregorian ordinal) of a written day; None when it is no day.

    Read are ``2020-02-06``, ``2020/2/6`` and ``2020年2月6日``; a time of day behind it is left out.
    """
    found = _DAY.fullmatch(text.strip())
    if not found:
        return None
    try:
        return dt.date(*(int(g) for g in found.groups())).toordinal()
    except ValueError:
        return None
