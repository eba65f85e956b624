"""Rows as a file: CSV (with a mark, CRLF) or XLSX; nothing in them runs, nobody's contact is in them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

import xlsxwriter

from tongzhou.desks.professionals.models import Roster, Shift
from tongzhou.kernel.tables.values import harmless

__all__ = ["as_file", "roster_file"]

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_file(name: str, heads: list[str], rows: list[list[Any]], wanted: str) -> tuple[bytes, str]:
    """(content, content type); `wanted` is csv or xlsx."""
    plain = [[harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in [heads, *rows]]
    if wanted != "xlsx":
        text = io.StringIO()
        text.write("\ufeff")
        csv.writer(text).writerows(plain)
        return text.getvalue().encode(), "text/csv; charset=utf-8"
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    page = book.add_worksheet(name)
    for at, row in enumerate(plain):
        page.write_row(at, 0, row)
    book.close()
    return out.getvalue(), _XLSX


def roster_file(roster: Roster, shifts: Iterable[Shift], wanted: str) -> tuple[bytes, str]:
    """A roster's shifts: date, from, until (local times), kind, skill, who (alias)."""
    zone = roster.line.zone
    rows: list[list[Any]] = [
        [
            one.date.isoformat(),
            f"{one.starts_at.astimezone(zone):%Y-%m-%d %H:%M}",
            f"{one.ends_at.astimezone(zone):%Y-%m-%d %H:%M}",
            one.kind,
            one.skill,
            one.professional.alias,
        ]
        for one in shifts
    ]
    return as_file("roster", ["date", "starts_at", "ends_at", "shift", "skill", "who"], rows, wanted)
