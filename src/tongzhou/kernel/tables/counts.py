"""Counts that stay fast over a million rows because they stop, and say so.

A figure is exact, or it ends in "+": at least so many. One pass over at most `LOOKED_AT` rows serves all facets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet, Value

from tongzhou.kernel.tables.asked import Asked
from tongzhou.kernel.tables.declared import Facet
from tongzhou.kernel.tables.paging import narrow

__all__ = ["CAP", "LOOKED_AT", "Tally", "capped_counts", "capped_grid", "count_text", "tally"]

#: Nobody needs a larger figure to decide what to open next; it is shown as "1,000+".
CAP = 1_000
#: Rows looked at for the figures of the facets.
LOOKED_AT = 1_000
#: SQLite puts at most 500 parts into one statement.
_MOST_PARTS = 400
#: Stand in a statement for the ends of a range until they are filled in.
_LOW, _HIGH = "\x01low", "\x01high"

G = TypeVar("G", bound=Hashable)
H = TypeVar("H", bound=Hashable)
N = TypeVar("N", bound=Hashable)


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
    using = next(iter(wanted.values())).db
    parts = [(name, *said) for name, rows in wanted.items() if (said := _capped(rows, using, cap)) is not None]
    return dict.fromkeys(wanted, 0) | _counted(using, parts)


def capped_grid(
    wanted: Mapping[G, QuerySet[Any]], column: str, ranges: Mapping[H, tuple[str, str]], cap: int = CAP
) -> dict[tuple[G, H], int]:
    """The same for each queryset in each half-open range of a text column; the ORM writes each queryset only once."""
    found = {(name, place): 0 for name in wanted for place in ranges}
    if not found:
        return found
    using = next(iter(wanted.values())).db
    parts = []
    for name, rows in wanted.items():
        within = rows.filter(**{f"{column}__gte": _LOW, f"{column}__lt": _HIGH})
        if (said := _capped(within, using, cap)) is None:
            continue
        sql, params = said
        for place, ends in ranges.items():
            bounds = {_LOW: ends[0], _HIGH: ends[1]}
            parts.append(((name, place), sql, [bounds.get(one, one) if type(one) is str else one for one in params]))
    return found | _counted(using, parts)


def _capped(rows: QuerySet[Any], using: str, cap: int) -> tuple[str, Sequence[Any]] | None:
    """A statement for so many of the rows at most and its parameters; None when there can be none."""
    try:
        sql, params = rows.order_by().values_list(Value(1))[: cap + 1].query.get_compiler(using).as_sql()
    except EmptyResultSet:
        return None
    return sql, params


def _counted(using: str, parts: Sequence[tuple[N, str, Sequence[Any]]]) -> dict[N, int]:
    """(name, statement, parameters) of each part > how many rows it has; as few statements as the database takes."""
    found: dict[N, int] = {}
    for start in range(0, len(parts), _MOST_PARTS):
        some = parts[start : start + _MOST_PARTS]
        # The ORM wrote the inner statements.
        sql = " UNION ALL ".join(f"SELECT {at}, COUNT(*) FROM ({one[1]}) AS counted" for at, one in enumerate(some))
        with connections[using].cursor() as cursor:
            cursor.execute(sql, [value for one in some for value in one[2]])
            found.update({some[at][0]: count for at, count in cursor.fetchall()})
    return found
