"""Plain tables: which row holds the headings, and what each heading is taken as."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tongzhou_engines.base.cells import cell_text, column_letter, plain_cell
from tongzhou_engines.catalogue import Catalogue
from tongzhou_engines.sheets.columns import heading_role
from tongzhou_engines.sheets.text import comparable, one_line

__all__ = ["Column", "Layout", "find_layout"]

_UNIT_IN_HEADING = re.compile(r"\A(.*?)\s*[(（\[【/]\s*(?:单位[:：]?\s*)?([^()（）\[\]【】/]{1,6})\s*[)）\]】]?\Z")
_OFFER_ROLES = {"offer_id", "organisation", "coverage", "reserve", "from", "until"}
_SEARCHED = 15


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a plain table. role: as data/sheets/headings.csv; goods for a column named after a category.

    unit: the unit that the heading names, e.g. 口罩(只).
    """

    index: int
    heading: str
    role: str
    category: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the headings are (0-based row) and what they mean.

    table: needs, offers or leads. tidy: the table has our own ids, so that quantities are in base units even without
    a unit column.
    """

    header: int
    columns: tuple[Column, ...]
    table: str
    tidy: bool

    def of(self, role: str) -> list[Column]:
        """The columns of a role, in the table's order."""
        return [column for column in self.columns if column.role == role]


def find_layout(rows: Sequence[Sequence[object]], catalogue: Catalogue) -> Layout | None:
    """The layout of a sheet, or None when no row among the first 15 can be its headings.

    A table needs a column of categories with one of quantities, requesters or organisations, or a
    column named after goods.
    """
    best: Layout | None = None
    best_score = 1
    for index, row in enumerate(rows[:_SEARCHED]):
        columns = _columns(row, rows[index + 1 : index + 60], catalogue)
        score = sum(1 for column in columns if column.role)
        if score > best_score and _usable(columns):
            best, best_score = _layout(index, columns), score
    return best


def _columns(row: Sequence[object], below: Sequence[Sequence[object]], catalogue: Catalogue) -> tuple[Column, ...]:
    columns: list[Column] = []
    for index, cell in enumerate(row):
        heading = one_line(plain_cell(cell_text(cell)).lstrip("\ufeff"))
        if not heading:
            heading = f"({column_letter(index)})"
            if any(len(r) > index and cell_text(r[index]).strip() for r in below):
                columns.append(Column(index, heading, ""))
            continue
        columns.append(_column(index, heading, below, catalogue))
    width = max((len(r) for r in below), default=0)
    for index in range(len(row), width):
        columns.append(Column(index, f"({column_letter(index)})", ""))
    return tuple(columns)


def _column(index: int, heading: str, below: Sequence[Sequence[object]], catalogue: Catalogue) -> Column:
    if comparable(heading) == "单位":
        texts = [cell_text(r[index]).strip() for r in below if len(r) > index and cell_text(r[index]).strip()]
        short = sum(len(text) <= 2 for text in texts)
        return Column(index, heading, "unit" if texts and short * 2 >= len(texts) else "requester")
    role = heading_role(heading)
    if role:
        return Column(index, heading, role)
    code = catalogue.find(heading)
    if code:
        return Column(index, heading, "goods", code)
    split = _UNIT_IN_HEADING.match(heading)
    if split:
        name, unit = split[1].strip(), split[2].strip()
        role = heading_role(name)
        code = None if role else catalogue.find(name)
        if role or code:
            return Column(index, heading, role or "goods", code or "", unit)
    return Column(index, heading, "")


def _usable(columns: Sequence[Column]) -> bool:
    roles = {column.role for column in columns}
    if "goods" in roles:
        return True
    return "category" in roles and bool(
        roles & {"quantity", "requester", "organisation", "need_id", "offer_id", "lead_id"}
    )


def _layout(header: int, columns: tuple[Column, ...]) -> Layout:
    roles = {column.role for column in columns}
    if "lead_id" in roles:
        table = "leads"
    elif "need_id" in roles:
        table = "needs"
    else:
        table = "offers" if roles & _OFFER_ROLES else "needs"
    return Layout(header, columns, table, bool(roles & {"need_id", "offer_id", "lead_id"}))
