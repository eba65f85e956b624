"""What a table is made of: columns, facets, sorts. Declared once, frozen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.functional import Promise

__all__ = ["Cell", "Choice", "Column", "Facet", "Sort", "Table", "Text"]

#: A text, or one that is translated when the page is made.
Text = str | Promise


@dataclass(frozen=True, slots=True)
class Cell:
    """What a page shows in a cell; `more` stands below it, `links` (word, address) are ways on from the row.

    `kind`: text, words (a sentence), party (who, and where), time, code, urgency or tag (of a `tone`).
    """

    text: Any = ""
    kind: str = "text"
    href: str = ""
    tone: str = ""
    more: str = ""
    links: tuple[tuple[Text, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `value`: what is exported (None, bool, int, str, date, aware datetime); `cell`: what a page shows."""

    key: str
    label: Text
    value: Callable[[Any], Any]
    cell: Callable[[Any], Cell] | None = None
    number: bool = False
    #: Shown unless the reader asks for other columns.
    shown: bool = True
    #: The cell that names the row; it cannot be hidden.
    heads: bool = False
    #: Sorts that its heading goes through.
    sorts: tuple[str, ...] = ()
    #: False for what only serves on a screen (a link to act on the row).
    prints: bool = True


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet, with its name."""

    value: str
    label: Text


@dataclass(frozen=True, slots=True)
class Facet:
    """Something rows are narrowed by.

    `column` is the ORM path that is counted; `fold` turns what stands in it into a choice's value ("" belongs to none).
    `choices` gets the values asked for (a drill-down offers what lies below them). `narrow` makes the filter.
    """

    key: str
    label: Text
    column: str
    choices: Callable[[tuple[str, ...]], Sequence[Choice]]
    narrow: Callable[[tuple[str, ...]], Q] | None = None
    fold: Callable[[Any], str] = field(default=lambda value: "" if value is None else str(value))
    many: bool = True
    #: What holds when the address does not name the facet; the value ``all`` lifts it.
    default: tuple[str, ...] = ()
    #: What the default means, in words ("only the open ones").
    default_label: Text = ""
    #: A drill-down: the values above the chosen one, from the top, to go back up by.
    above: Callable[[tuple[str, ...]], Sequence[Choice]] | None = None
    #: Whether a value of the address can be meant at all; by default one of the choices.
    knows: Callable[[str], bool] | None = None

    def q(self, values: tuple[str, ...]) -> Q:
        """The filter for these values."""
        if not values:
            return Q()
        return self.narrow(values) if self.narrow else Q(**{f"{self.column}__in": values})


@dataclass(frozen=True, slots=True)
class Sort:
    """An order of rows: columns all up or all down, the last one the key, so that a cursor can stand between two."""

    key: str
    label: Text
    fields: tuple[str, ...]
    descending: bool = False

    @property
    def order_by(self) -> tuple[str, ...]:
        """For `QuerySet.order_by`."""
        return tuple(f"-{name}" for name in self.fields) if self.descending else self.fields


def _unsearchable(rows: QuerySet[Any], words: str) -> QuerySet[Any]:
    return rows


@dataclass(frozen=True, slots=True)
class Table:
    """A table: `name` stands in file names and the audit trail; the first sort is the default.

    `fan` names a facet on a plain column that leads the indexes: rows are fetched value by value and merged, so that an
    index serves the order although several values are asked for.
    """

    name: str
    columns: tuple[Column, ...]
    sorts: tuple[Sort, ...]
    facets: tuple[Facet, ...] = ()
    search: Callable[[QuerySet[Any], str], QuerySet[Any]] | None = None
    fan: str = ""
    page_size: int = 50
    #: Parameters of the address that belong to the page around the table and are carried along as they are.
    kept: tuple[str, ...] = ()
    #: Loaded with the rows of a page (`select_related`).
    with_rows: tuple[str, ...] = ()
    row_key: Callable[[Any], str] = field(default=lambda row: str(row.pk))
    #: Called with the rows of a page (of a file: some at a time) and the keys of the columns shown, before any cell is
    #: made: what a column needs of other tables is read here in a fixed number of queries.
    prepare: Callable[[Sequence[Any], Collection[str]], None] | None = None

    @property
    def searchable(self) -> bool:
        """Whether its rows can be found by words."""
        return self.search is not None

    def find(self, rows: QuerySet[Any], words: str) -> QuerySet[Any]:
        """Rows that hold the words."""
        return (self.search or _unsearchable)(rows, words)

    def facet(self, key: str) -> Facet | None:
        """The facet of that key."""
        return next((one for one in self.facets if one.key == key), None)

    def sort(self, key: str) -> Sort:
        """The sort of that key; the default one when there is none (an allow-list)."""
        return next((one for one in self.sorts if one.key == key), self.sorts[0])


Row = Model
