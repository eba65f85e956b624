"""A view of a table as a page shows it: rows of cells, facets with figures and addresses, pages, the permalink."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tongzhou.kernel import clock
from tongzhou.kernel.tables.asked import ALL, Asked
from tongzhou.kernel.tables.counts import CAP, LOOKED_AT, count_text, tally
from tongzhou.kernel.tables.declared import Cell, Choice, Column, Facet
from tongzhou.kernel.tables.paging import page_of
from tongzhou.kernel.tables.values import as_text

__all__ = ["Heading", "Pick", "Picks", "Row", "Sheet", "sheet"]

#: A facet with more values than this is folded up until one of them is chosen.
OPEN_UP_TO = 8


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's heading; `href` sorts by it."""

    key: str
    label: str
    number: bool
    href: str
    direction: str
    prints: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its key, its cells beside their headings, and the record itself."""

    key: str
    cells: list[tuple[Column, str, Cell]]
    record: Any


@dataclass(frozen=True, slots=True)
class Pick:
    """A facet's value: where a tap on it leads, and how many rows have it."""

    value: str
    label: str
    count: str
    chosen: bool
    href: str


@dataclass(frozen=True, slots=True)
class Picks:
    """A facet as shown. `above` leads back up a drill-down; `everything` lifts the facet."""

    key: str
    label: str
    picks: list[Pick]
    above: list[Pick]
    everything: Pick
    open: bool
    narrows: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """All a template needs. Addresses are query strings; `permalink` is the view from the top."""

    asked: Asked
    headings: list[Heading]
    rows: list[Row]
    facets: list[Picks]
    chips: list[Pick]
    sorts: list[Pick]
    columns: list[Pick]
    total: str
    is_empty: bool
    note: str
    newer: str
    older: str
    permalink: str
    hidden: list[tuple[str, str]]
    as_of: dt.datetime


def _row(asked: Asked, columns: list[Column], record: Any) -> Row:
    cells = []
    for column in columns:
        shown = column.cell(record) if column.cell else Cell(as_text(column.value(record)))
        cells.append((column, str(column.label), shown))
    return Row(asked.table.row_key(record), cells, record)


def _headings(asked: Asked, columns: list[Column]) -> list[Heading]:
    found = []
    for column in columns:
        href = direction = ""
        if column.sorts:
            here = column.sorts.index(asked.sort.key) if asked.sort.key in column.sorts else -1
            following = column.sorts[(here + 1) % len(column.sorts)]
            href = asked.with_sort(asked.table.sort(following)).query
            if here >= 0:
                direction = "descending" if asked.sort.descending else "ascending"
        found.append(Heading(column.key, str(column.label), column.number, href, direction, column.prints))
    return found


def _after_tap(facet: Facet, chosen: tuple[str, ...], value: str, order: list[str]) -> tuple[str, ...]:
    """What is chosen after a tap on a value; `order` is that of all the choices."""
    if not facet.many:
        return () if chosen == (value,) else (value,)
    if value in chosen:
        return tuple(one for one in chosen if one != value)
    return tuple(one for one in order if one in chosen or one == value) if chosen else (value,)


def _picks(asked: Asked, facet: Facet, figures: Any, open_ended: bool) -> Picks:
    chosen = asked.chosen(facet)
    query = asked.queries_with(facet)

    def pick(choice: Choice, after: tuple[str, ...], count: str = "") -> Pick:
        return Pick(choice.value, str(choice.label), count, choice.value in chosen, query(after))

    listed = facet.choices(chosen)
    order = [one.value for one in listed]
    picks = [
        pick(
            one, _after_tap(facet, chosen, one.value, order),
            count_text(figures.get(one.value, 0), at_least=open_ended),
        )
        for one in listed
    ]  # fmt: skip
    above = [pick(one, (one.value,)) for one in facet.above(chosen)] if facet.above else []
    everything = Pick(ALL, _("全部"), "", not chosen, query(()))
    narrows = facet.key in asked.facets
    return Picks(facet.key, str(facet.label), picks, above, everything, narrows or len(picks) <= OPEN_UP_TO, narrows)


def _chips(asked: Asked, facets: list[Picks]) -> list[Pick]:
    """What narrows the view now; a tap on a chip takes it away."""
    chips = []
    for facet, shown in zip(asked.table.facets, facets, strict=True):
        chosen = asked.chosen(facet)
        if facet.key not in asked.facets and facet.default_label:
            lifted = asked.with_facet(facet, ()).query
            chips.append(Pick(ALL, str(facet.default_label), "", True, lifted))
            continue
        named = {one.value: one.label for one in (*shown.above, *shown.picks)}
        for value in chosen:
            rest = tuple(one for one in chosen if one != value)
            label = f"{shown.label}{_('：')}{named.get(value, value)}"
            chips.append(Pick(value, label, "", True, asked.with_facet(facet, rest).query))
    if asked.words:
        chips.append(Pick("q", _("含“%(words)s”") % {"words": asked.words}, "", True, asked.without_words().query))
    return chips


def _note(asked: Asked, stopped: bool) -> str:
    parts = []
    if asked.ignored:
        parts.append(_("网址里有看不懂的条件，没有用到：%(names)s。") % {"names": "、".join(asked.ignored)})
    if stopped:
        parts.append(
            _("数字最多写到 %(cap)s；符合条件的超过 %(looked)s 条，只数了其中这么多，带“+”的表示至少。")
            % {"cap": f"{CAP:,}", "looked": f"{LOOKED_AT:,}"}
        )
    return "".join(parts)


def _hidden(asked: Asked) -> list[tuple[str, str]]:
    """What the search form has to carry along."""
    pairs = [*asked.kept]
    pairs += [(facet.key, value) for facet in asked.table.facets for value in asked.facets.get(facet.key, ())]
    if asked.sort != asked.table.sorts[0]:
        pairs.append(("sort", asked.sort.key))
    return pairs


def sheet(rows: QuerySet[Any], asked: Asked) -> Sheet:
    """The page of `rows` (already scoped to the reader) that the view asks for. The number of queries is fixed."""
    table = asked.table
    page = page_of(rows, asked)
    counted = tally(rows, asked)
    columns = [column for column in table.columns if asked.shows(column.key)]
    if table.prepare is not None:
        table.prepare(page.rows, asked.columns)
    facets = [
        _picks(asked, one, counted.values.get(one.key, {}), one.key in counted.open_ended) for one in table.facets
    ]
    return Sheet(
        asked=asked,
        headings=_headings(asked, columns),
        rows=[_row(asked, columns, record) for record in page.rows],
        facets=facets,
        chips=_chips(asked, facets),
        sorts=[Pick(one.key, str(one.label), "", one == asked.sort, asked.with_sort(one).query) for one in table.sorts],
        columns=[Pick(one.key, str(one.label), "", asked.shows(one.key), "") for one in table.columns if not one.heads],
        total=counted.total_text,
        is_empty=not page.rows,
        note=_note(asked, counted.stopped or bool(counted.open_ended)),
        newer=asked.address(page.newer) if page.newer else "",
        older=asked.address(page.older) if page.older else "",
        permalink=asked.query,
        hidden=_hidden(asked),
        as_of=clock.now(),
    )
