"""Narrowed and ordered rows, and one page of them by cursor: as fast on the thousandth page as on the first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Field, Model, QuerySet
from django.db.models.fields.tuple_lookups import (  # type: ignore[import-untyped]
    Tuple,
    TupleGreaterThan,
    TupleLessThan,
)

from tongzhou.kernel.tables.asked import Asked, Cursor
from tongzhou.kernel.tables.declared import Sort

__all__ = ["Page", "cursor_of", "narrow", "ordered", "page_of"]


def narrow(rows: QuerySet[Any], asked: Asked, but: str = "") -> QuerySet[Any]:
    """`rows` with every filter of the view (`but` names a facet that is left out, to count its other values)."""
    for facet in asked.table.facets:
        if facet.key != but and (values := asked.chosen(facet)):
            rows = rows.filter(facet.q(values))
    return asked.table.find(rows, asked.words) if asked.words else rows


def ordered(rows: QuerySet[Any], asked: Asked) -> QuerySet[Any]:
    """The rows of the view from the top, in its order, with what its columns need."""
    return narrow(rows, asked).order_by(*asked.sort.order_by).select_related(*asked.table.with_rows)


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a page in their order, and the cursors to both sides (None where the list ends)."""

    rows: list[Any]
    newer: Cursor | None
    older: Cursor | None


def cursor_of(row: Sequence[Any], *, back: bool = False) -> Cursor:
    """The cursor at a row, given the values of the sort's columns."""
    return Cursor(tuple(value.isoformat() if isinstance(value, dt.datetime) else str(value) for value in row), back)


def _position(model: type[Model], sort: Sort, cursor: Cursor) -> tuple[Any, ...] | None:
    """The cursor's values as the columns hold them; None when they cannot stand there."""
    values = []
    for name, text in zip(sort.fields, cursor.values, strict=True):
        column = model._meta.get_field(name)
        if not isinstance(column, Field):
            return None
        try:
            value = column.to_python(text)
        except ValidationError:
            return None
        if value is None or (isinstance(value, int) and abs(value) > 2**62):
            return None
        values.append(value)
    return tuple(values)


def _fan(asked: Asked) -> tuple[str, tuple[str, ...]]:
    """The column rows are fetched by, one value after the other, and the values; ("", ()) when in one go."""
    facet = asked.table.facet(asked.table.fan) if asked.table.fan else None
    if facet is None:
        return "", ()
    return facet.column, asked.chosen(facet) or tuple(choice.value for choice in facet.choices(()))


def _keys(
    rows: QuerySet[Any], asked: Asked, most: int, *, back: bool, at: tuple[Any, ...] | None
) -> list[tuple[Any, ...]]:
    """The sort columns of the next rows from `at`, nearest first. One query for each value of the fan."""
    sort = asked.sort
    down = sort.descending != back
    if at is not None:
        where = Tuple(*(F(name) for name in sort.fields))
        rows = rows.filter(TupleLessThan(where, at) if down else TupleGreaterThan(where, at))
    rows = rows.order_by(*(f"-{name}" if down else name for name in sort.fields)).values_list(*sort.fields)
    column, values = _fan(asked)
    if len(values) < 2:
        return list(rows[:most])
    found = [key for value in values for key in rows.filter(**{column: value})[:most]]
    return sorted(found, reverse=down)[:most]


def page_of(rows: QuerySet[Any], asked: Asked) -> Page:
    """One page of `rows` (already scoped to the reader) as the view asks for it."""
    size, cursor = asked.table.page_size, asked.cursor
    at = _position(rows.model, asked.sort, cursor) if cursor else None
    back = bool(cursor and cursor.back and at)
    narrowed = narrow(rows, asked)
    keys = _keys(narrowed, asked, size + 1, back=back, at=at)
    more = len(keys) > size
    keys = keys[:size]
    if back:
        keys.reverse()
    # The sort's last column is the primary key.
    found = rows.model._default_manager.select_related(*asked.table.with_rows).in_bulk([key[-1] for key in keys])
    before = at is not None if not back else more
    after = more if not back else True
    return Page(
        rows=[found[key[-1]] for key in keys if key[-1] in found],
        newer=cursor_of(keys[0], back=True) if keys and before else None,
        older=cursor_of(keys[-1]) if keys and after else None,
    )
