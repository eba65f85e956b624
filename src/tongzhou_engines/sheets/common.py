"""What all kinds of rows share: cleaned texts, dates, and what becomes of the cells that no line needs."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence

from tongzhou_engines.sheets.book import Book
from tongzhou_engines.sheets.model import Cell, Draft, Row
from tongzhou_engines.sheets.placing import Located
from tongzhou_engines.sheets.text import clean_text, one_line

__all__ = ["account_rest", "china_date", "joined", "link", "locate", "pick_code", "source", "tidy"]

#: What becomes of a cell by its role when no line took it.
_ASIDE = {
    "contact": "contact_not_carried",
    "email": "contact_not_carried",
    "wechat": "contact_not_carried",
    "bank": "bank_not_carried",
    "payment": "bank_not_carried",
    "row_number": "row_number",
    "review": "review_status",
    "link": "link_not_carried",
    "flag": "flag_not_used",
    "heading": "heading",
    "parser_failed": "parser_failed",
}
_CARRIED = {
    "name", "province", "city", "district", "address", "url", "remark", "date", "type", "from", "dest", "area",
    "allow_personal", "status", "qualification", "abstract", "notice", "count", "rooms", "guests",
}  # fmt: skip
_UTC = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})(?::\d{2}(?:\.\d+)?)?Z")


def tidy(row: Row, role: str) -> str:
    """The texts of all cells of a role, fit to be written out."""
    return clean_text(row.text(role)).text


def joined(parts: Iterable[str]) -> str:
    """Parts that are not blank, joined by ；, each once."""
    return "；".join(dict.fromkeys(part for part in parts if part))


def link(row: Row) -> str:
    """The first web address of the row's url column, or blank."""
    match = re.search(r"https?://[^\s，。；）)】、\u4e00-\u9fff]+", row.text("url"))
    return match[0] if match else ""


def china_date(text: str) -> tuple[str, bool]:
    """A date as YYYY-MM-DD in China (UTC+8) and whether it had to be moved; blank when it cannot be read."""
    plain = text.strip()
    match = _UTC.fullmatch(plain)
    if match:
        try:
            moment = dt.datetime.fromisoformat(f"{match[1]}T{match[2]}:{match[3]}") + dt.timedelta(hours=8)
        except (ValueError, OverflowError):
            return "", False
        return moment.date().isoformat(), moment.date().isoformat() != match[1]
    match = re.fullmatch(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]\d{1,2}:\d{2}.*)?", plain)
    if match:
        try:
            return dt.date(int(match[1]), int(match[2]), int(match[3])).isoformat(), False
        except ValueError:
            return "", False
    return "", False


def source(row: Row, column: str) -> dict[str, object]:
    """The columns that say where a line comes from."""
    return {
        "source_file": row.file,
        "source_sheet": row.sheet,
        "source_row": row.row,
        "source_column": one_line(column),
        "as_of": row.as_of,
    }


def locate(book: Book, row: Row, name: str) -> Located:
    """Where the row is; problems of placing are listed under the column they came from."""
    texts = {role: one_line(row.text(role)) for role in ("province", "city", "district", "address")}
    hint = "" if texts["province"] or texts["city"] else book.placer.hint(row.hints)
    found = book.placer.locate(
        texts["province"], texts["city"], texts["district"], texts["address"], one_line(name), hint
    )
    for role, code, detail in found.problems:
        cell = next((c for c in row.cells if c.role == role), None)
        value = cell.text if cell else joined([*texts.values(), name])
        action = "repaired" if code == "place_corrected" else "kept"
        book.problem(row, cell.column if cell else "", value, code, action, detail)
    return found


def pick_code(book: Book, written: Sequence[str]) -> str:
    """The category that the first of `written` names which the catalogue knows, else the first itself."""
    return next((code for code in map(book.catalogue.find, written) if code), written[0])


def account_rest(
    book: Book,
    row: Row,
    drafts: Sequence[Draft],
    done: Iterable[Cell],
    reason: str,
    repairs: dict[str, str] | None = None,
) -> None:
    """Account for every cell that is not in `done`: carried by the row's lines, or set aside with its reason."""
    handled = {id(cell) for cell in done}
    for cell in row.cells:
        if id(cell) in handled:
            continue
        if cell.role in _ASIDE:
            book.account(row, cell, (), _ASIDE[cell.role])
            if cell.role == "parser_failed":
                book.problem(row, cell.column, "", "parser_failed", "kept")
        elif cell.role in _CARRIED and drafts:
            made = book.clean(row, cell)[1] if cell.role in ("name", "address", "remark", "notice", "abstract") else ()
            moved = ("date_moved",) if cell.role == "date" and china_date(cell.text)[1] else ()
            extra = (repairs[cell.role],) if repairs and cell.role in repairs else ()
            book.account(row, cell, drafts, "", (*made, *moved, *extra))
        else:
            book.account(row, cell, (), reason if cell.role in _CARRIED else "column_not_used")
