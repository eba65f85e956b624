"""The line's own contacts become the record that rosters are forecast from: counted per half hour, corrected later.

What is a contact is said once, by the figures of the line (`hotline.selectors.figures`): who gave up waiting counts,
silent, wrong, abusive and test calls do not. A half hour in which nobody came while the line was open is written as 0;
a missing one would be taken for closed. A record that somebody brought in by hand stands.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import Min

from tongzhou.desks.hotline.models import Contact
from tongzhou.desks.hotline.selectors.figures import HALF_HOUR, arrivals
from tongzhou.desks.professionals.models import ServiceLine
from tongzhou.desks.professionals.selectors.lines import arrivals_known
from tongzhou.desks.professionals.services.lines import record_arrivals
from tongzhou.kernel import clock
from tongzhou.kernel.access import SYSTEM

__all__ = ["LOOKS_BACK", "REACHES_BACK", "count_due"]

#: So long after it began a contact may still turn out to be none (written up late, events of an exchange that came
#: late); earlier half hours are looked at no more.
LOOKS_BACK = dt.timedelta(days=14)
#: A line that was never counted is counted from its first contact on, but no further back: the forecast reads no more.
REACHES_BACK = dt.timedelta(days=120)


def count_due(now: dt.datetime | None = None) -> int:
    """Count every open line up to the last half hour that is over; how many half hours were written. By the tick."""
    now = now or clock.now()
    return sum(_one(line, now) for line in ServiceLine.objects.filter(closed_at=None))


def _half_hour(at: dt.datetime, line: ServiceLine) -> dt.datetime:
    """The beginning of the half hour of `at` on the line's clock."""
    here = at.astimezone(line.zone)
    return here.replace(minute=here.minute // 30 * 30, second=0, microsecond=0)


def _one(line: ServiceLine, now: dt.datetime) -> int:
    first = Contact.objects.filter(line_id=line.pk).aggregate(first=Min("arrived_at"))["first"]
    if first is None:  # nobody ever came by the platform: its zeros would say something about another exchange
        return 0
    until, earliest = _half_hour(now, line), _half_hour(max(first, now - REACHES_BACK), line)
    known = arrivals_known(line, earliest)
    newest = max((start for start, (_calls, counted) in known.items() if counted), default=None)
    since = earliest if newest is None else max(earliest, min(newest + HALF_HOUR, _half_hour(now - LOOKS_BACK, line)))
    fresh = {}
    for start, came in arrivals(line.pk, since, until):
        before = known.get(start)
        if before is not None:
            if before[1] and before[0] != came:
                fresh[start] = came
        elif came or (line.is_open(start) and (newest is None or start > newest)):
            # Hours that opened since are not filled with zeros backwards: the line was closed then.
            fresh[start] = came
    return record_arrivals(actor=SYSTEM, line=line, counts=fresh, counted=True) if fresh else 0
