"""Counts that stay fast over a million rows because they stop, and say so.

A figure is exact, or it ends in "+": at least so many. One pass over at most `LOOKED_AT` rows serves all facets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet, Value

from tongzhou.kernel.tables.asked import Asked
from tongzhou.kernel.tables.declared import Facet
from tongzhou.kernel.tables.paging import narrow

__all__ = ["CAP", "LOOKED_AT", "Tally", "capped_counts", "count_text", "tally"]

#: Nobody needs a larger figure to decide what to open next; it is shown as "1,000+".
CAP = 1_000
#: Rows looked at for the figures of the facets.
LOOKED_AT = 1_000
#: SQLite puts at most 500 parts into one statement.
_MOST_PARTS = 400


def count_text(count: int, *, at_least: bool = False) -> str:
    """``37``, ``1,000+``, or ``37+`` when counting stopped early; blank when nothing was met before it stopped."""
    if count >= CAP + (0 if at_least else 1):
        return f"{CAP:,}+"
    if at_least:
        return f"{count:,}+" if count else ""
    return f"{count:,}"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows match (stopped at `LOOKED_AT`) and how many have each value of each facet."""

    total: int
    stopped: bool
    values: Mapping[str, Mapping[str, int]]
    #: Facets whose figures are "at least".
    open_ended: frozenset[str]

    @property
    def total_text(self) -> str:
        """The total as a figure."""
        return count_text(self.total, at_least=self.stopped)


def _folded(facet: Facet, found: Counter[Any]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for value, count in found.items():
        counted[facet.fold(value)] += count
    return counted


def tally(rows: QuerySet[Any], asked: Asked, *, counted: tuple[str, ...] | None = None) -> Tally:
    """Count the view. One query, and one more for each facet that narrows now (its other values are counted too)."""
    facets = [one for one in asked.table.facets if counted is None or one.key in counted]
    free = [one for one in facets if not asked.chosen(one) or one.above is not None]
    columns = list(dict.fromkeys(one.column for one in free)) or ["pk"]
    seen = list(narrow(rows, asked).order_by().values_list(*columns)[: LOOKED_AT + 1])
    stopped = len(seen) > LOOKED_AT
    figures: dict[str, Counter[str]] = {}
    open_ended = {one.key for one in free} if stopped else set()
    for one in free:
        at = columns.index(one.column)
        figures[one.key] = _folded(one, Counter(row[at] for row in seen))
    for one in facets:
        if one in free:
            continue
        wide = narrow(rows, asked, but=one.key).order_by().values_list(one.column, flat=True)[: LOOKED_AT + 1]
        values = list(wide)
        figures[one.key] = _folded(one, Counter(values))
        if len(values) > LOOKED_AT:
            open_ended.add(one.key)
    return Tally(min(len(seen), LOOKED_AT), stopped, figures, frozenset(open_ended))


def capped_counts(wanted: Mapping[str, QuerySet[Any]], cap: int = CAP) -> dict[str, int]:
    """How many rows each queryset has, counted to ``cap + 1`` and no further; all in one plain statement."""
    if not wanted:
        return {}
    names = list(wanted)
    found = dict.fromkeys(names, 0)
    using = next(iter(wanted.values())).db
    for start in range(0, len(names), _MOST_PARTS):
        parts: list[str] = []
        params: list[Any] = []
        for number, name in enumerate(names[start : start + _MOST_PARTS], start):
            try:
                sql, more = wanted[name].order_by().values_list(Value(1))[: cap + 1].query.get_compiler(using).as_sql()
            except EmptyResultSet:
                continue
            parts.append(f"SELECT {number}, COUNT(*) FROM ({sql}) AS counted")  # the ORM wrote the inner statement
            params += more
        if parts:
            with connections[using].cursor() as cursor:
                cursor.execute(" UNION ALL ".join(parts), params)
                found.update({names[number]: count for number, count in cursor.fetchall()})
    return found
