"""What rosters were made for beside what came: by day and by half hour of the day, with few hidden as everywhere.

Half hours that were forecast before they began and are over are compared, each with its own interval. Which of their
counts may be shown is decided together with the other figures of the line (`line_figures`), for they are parts of the
same sums.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from tongzhou.desks.casework.selectors.few import FEWEST
from tongzhou.desks.hotline.selectors import figures as counted
from tongzhou.desks.professionals.models import ServiceLine
from tongzhou.desks.professionals.services.forecasts import LEVEL_PERCENT, Expected, forecasts_made

__all__ = ["Beside", "Compared", "Part", "beside"]

Cells = dict[Hashable, int]
Sums = list[tuple[Hashable, list[Hashable]]]
_ALL: Hashable = ("forecast", "all")
_REST: Hashable = ("not forecast", "all")


@dataclass(frozen=True, slots=True)
class Part:
    """A day of the month, or a half hour of the day over all days: what was expected and what came.

    expected, low, high, came: contacts; None where the number is few or may not be shown, or where no one interval
    holds. Of `half_hours`, `inside` fell within their own intervals (None when there are few half hours).
    """

    label: str
    expected: int | None
    low: int | None
    high: int | None
    came: int | None
    inside: int | None
    half_hours: int


@dataclass(frozen=True, slots=True)
class Compared:
    """The whole period, its days, and the half hours of the day; so many per cent should lie within the intervals."""

    whole: Part
    level_percent: int
    days: list[Part]
    slots: list[Part]


@dataclass(frozen=True, slots=True)
class Beside:
    """Expected and came by half hour (on the line's clock), and what was expected of whole days that are over."""

    rows: dict[dt.datetime, tuple[Expected, int]]
    days: dict[dt.date, Expected]

    def cells(self, total: Hashable, slots: dict[Hashable, int], arrivals: int) -> tuple[Cells, Sums]:
        """The counts that would be shown, and how they add up with the line's own (`total`, its half hours `slots`).

        `slots` are the keys of the half hours of the day, by minute in the second place of the key.
        """
        if not self.rows:
            return {}, []
        by_day, by_slot = Counter[dt.date](), Counter[int]()
        for start, (_expected, came) in self.rows.items():
            by_day[start.date()] += came
            by_slot[_minute(start)] += came
        cells: Cells = {("day", day): came for day, came in by_day.items()}
        sums: Sums = [(_ALL, list(cells))]
        here = {key: key[1] for key in slots if isinstance(key, tuple) and key[1] in by_slot}
        cells |= {("forecast", minute): by_slot[minute] for minute in here.values()}
        cells |= {("not forecast", minute): slots[key] - by_slot[minute] for key, minute in here.items()}
        sums.append((_ALL, [("forecast", minute) for minute in here.values()]))
        sums += [(key, [("forecast", minute), ("not forecast", minute)]) for key, minute in here.items()]
        known = sum(by_day.values())
        cells |= {_ALL: known, _REST: arrivals - known}
        sums.append((total, [_ALL, _REST]))
        outside = [key for key in slots if key not in here]
        sums.append((_REST, [*(("not forecast", minute) for minute in here.values()), *outside]))
        return cells, sums

    def shown(self, hidden: set[Hashable]) -> Compared | None:
        """As it may be shown; None when nothing was forecast."""
        if not self.rows:
            return None
        by_day: dict[dt.date, list[tuple[Expected, int]]] = defaultdict(list)
        by_slot: dict[int, list[tuple[Expected, int]]] = defaultdict(list)
        for start, row in sorted(self.rows.items()):
            by_day[start.date()].append(row)
            by_slot[_minute(start)].append(row)
        days = [_part(f"{day:%m-%d}", rows, ("day", day) in hidden, self.days.get(day)) for day, rows in by_day.items()]
        slots = [
            _part(f"{minute // 60:02}:{minute % 60:02}", rows, ("forecast", minute) in hidden, None)
            for minute, rows in sorted(by_slot.items())
        ]
        return Compared(_part("", self.rows.values(), _ALL in hidden, None), LEVEL_PERCENT, days, slots)


def _minute(start: dt.datetime) -> int:
    return start.hour * 60 + start.minute


def _part(label: str, rows: Iterable[tuple[Expected, int]], is_hidden: bool, of_day: Expected | None) -> Part:
    listed = list(rows)
    expected = round(of_day.calls if of_day is not None else sum(one.calls for one, _came in listed))
    inside = sum(one.holds(came) for one, came in listed)
    return Part(
        label,
        expected if expected >= FEWEST else None,
        of_day.low if of_day is not None else None,
        of_day.high if of_day is not None else None,
        None if is_hidden else sum(came for _one, came in listed),
        inside if len(listed) >= FEWEST else None,
        len(listed),
    )


def beside(line: ServiceLine, since: dt.datetime, until: dt.datetime, now: dt.datetime) -> Beside:
    """Forecast and truth of the half hours of ``[since, until)`` that are over at `now`."""
    over = min(until, since + max(0, (now - since) // counted.HALF_HOUR) * counted.HALF_HOUR)
    made = forecasts_made(line, since, over)
    came = dict(counted.arrivals(line.pk, since, over)) if made.half_hours else {}
    rows = {start: (made.half_hours[start], n) for start, n in came.items() if start in made.half_hours}
    # A day is judged as a whole once its last half hour is over.
    days = {day: one for day, one in made.days.items() if _midnight(line, day) + dt.timedelta(days=1) <= over}
    return Beside(rows, {day: one for day, one in days.items() if any(start.date() == day for start in rows)})


def _midnight(line: ServiceLine, day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), line.zone)
