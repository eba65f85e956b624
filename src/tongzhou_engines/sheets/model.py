"""What the parts of this room hand to each other: rows of sheets, lines of output, the record of every cell."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

__all__ = [
    "CHANGE_SCHEMA",
    "HEADING_SCHEMA",
    "LEAD_SCHEMA",
    "NEED_SCHEMA",
    "OFFER_SCHEMA",
    "TABLES",
    "TRACE_SCHEMA",
    "Cell",
    "Draft",
    "Entry",
    "Row",
    "line_id",
]

_LETTERS = "bcdfghjkmnpqrstvwxzy"
_SOURCE = {"source_file": pl.String, "source_sheet": pl.String, "source_row": pl.Int64, "source_column": pl.String}

#: Columns of needs.csv: those of a plan's needs in the same order, then where each line comes from.
NEED_SCHEMA: dict[str, type[pl.DataType]] = {
    "need_id": pl.String,
    "place": pl.String,
    "category": pl.String,
    "urgency": pl.Int64,
    "quantity": pl.Int64,
    "confirmed": pl.Int64,
    "unit": pl.String,
    "vulnerability": pl.String,
    "opened": pl.String,
    "due": pl.String,
    "requester": pl.String,
    "address": pl.String,
    "notes": pl.String,
    **_SOURCE,
    "quantity_basis": pl.String,
    "specification": pl.String,
    "as_of": pl.String,
    "requester_id": pl.String,
}
#: Columns of offers.csv.
OFFER_SCHEMA: dict[str, type[pl.DataType]] = {
    "offer_id": pl.String,
    "organisation": pl.String,
    "place": pl.String,
    "category": pl.String,
    "quantity": pl.Int64,
    "coverage": pl.String,
    "unit": pl.String,
    "reserve": pl.Int64,
    "from": pl.String,
    "until": pl.String,
    "address": pl.String,
    "notes": pl.String,
    **_SOURCE,
    "quantity_basis": pl.String,
    "specification": pl.String,
    "as_of": pl.String,
}
#: Columns of leads.csv: possible sources nobody has committed, to be called and never planned with.
LEAD_SCHEMA: dict[str, type[pl.DataType]] = {
    "lead_id": pl.String,
    "organisation": pl.String,
    "place": pl.String,
    "category": pl.String,
    "quantity": pl.Int64,
    "unit": pl.String,
    "why": pl.String,
    "why_zh": pl.String,
    "why_en": pl.String,
    "address": pl.String,
    "notes": pl.String,
    "url": pl.String,
    **_SOURCE,
    "quantity_basis": pl.String,
    "specification": pl.String,
    "as_of": pl.String,
}
#: Columns of trace.csv: one line for every row (column blank) and every cell with content of the files read.
TRACE_SCHEMA: dict[str, type[pl.DataType]] = {
    "file": pl.String,
    "sheet": pl.String,
    "row": pl.Int64,
    "column": pl.String,
    "outcome": pl.String,
    "lines": pl.String,
    "reason": pl.String,
    "repairs": pl.String,
    "text_zh": pl.String,
    "text_en": pl.String,
}
#: Columns of changes.csv.
CHANGE_SCHEMA: dict[str, type[pl.DataType]] = {
    "table": pl.String,
    "id": pl.String,
    "change": pl.String,
    "field": pl.String,
    "before": pl.String,
    "after": pl.String,
    "who": pl.String,
    "place": pl.String,
    "category": pl.String,
    "as_of_before": pl.String,
    "as_of": pl.String,
    "since": pl.String,
}
#: Columns of headings.csv: which heading of which file was taken as what.
HEADING_SCHEMA: dict[str, type[pl.DataType]] = {
    "file": pl.String,
    "sheet": pl.String,
    "kind": pl.String,
    "column": pl.String,
    "taken_as": pl.String,
    "used": pl.Boolean,
}
#: Output tables with the name of their id column and their columns.
TABLES: dict[str, tuple[str, dict[str, type[pl.DataType]]]] = {
    "needs": ("need_id", NEED_SCHEMA),
    "offers": ("offer_id", OFFER_SCHEMA),
    "leads": ("lead_id", LEAD_SCHEMA),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One quantity in a cell of goods: `value` as the file holds it (None, number or text), and its specification."""

    value: object
    specification: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell with content: the file's name for its column, what the column was taken as, and what it holds."""

    column: str
    role: str
    text: str = ""
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet. `row` counts as a person counts (in JSON: position in the list, from 1).

    kind: hospital, clinic, medic_hotel, transport, factory, travel_hotel, donation, enterprise_donation, table, unknown
    or heading.
    hints: texts that may name the place of the whole sheet. as_of: date of the snapshot, YYYY-MM-DD or blank.
    """

    kind: str
    file: str
    sheet: str
    row: int
    cells: tuple[Cell, ...]
    as_of: str = ""
    hints: tuple[str, ...] = ()

    def text(self, role: str) -> str:
        """Texts of all cells of this role, joined by ；."""
        return "；".join(cell.text for cell in self.cells if cell.role == role and cell.text.strip())


@dataclass(slots=True, eq=False)
class Draft:
    """A line of output while it is being put together; `key` is what its id is made from."""

    table: str
    key: tuple[str, ...]
    fields: dict[str, object] = field(default_factory=dict)
    given_id: str = ""

    @property
    def id(self) -> str:
        """The id given in the file, else one made from `key`: the same key gives the same id in every snapshot."""
        return self.given_id or line_id(self.table, self.key)


def line_id(table: str, parts: Iterable[str]) -> str:
    """A short id from what identifies a line: N-, O-, L- or R- and 13 consonants made from SHA-256 (56 bits).

    Letters only, so that no id looks like a telephone number, and consonants only, so that none spells a word.
    """
    number = int.from_bytes(hashlib.sha256("\x1f".join(parts).encode()).digest()[:16])
    letters = ""
    for _ in range(13):
        number, rest = divmod(number, len(_LETTERS))
        letters += _LETTERS[rest]
    return f"{table[0].upper()}-{letters}"
