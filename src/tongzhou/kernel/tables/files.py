"""Exactly what is seen, as a file: the same filters, order and columns. CSV is streamed, XLSX written row by row.

Callers log the export (filter and number of rows) before the first byte leaves.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import tempfile
from collections.abc import Iterator
from itertools import islice
from typing import IO, Any

import xlsxwriter
from django.db.models import QuerySet

from tongzhou.kernel import clock
from tongzhou.kernel.tables.asked import Asked
from tongzhou.kernel.tables.declared import Column
from tongzhou.kernel.tables.paging import narrow, ordered
from tongzhou.kernel.tables.values import as_text, harmless

__all__ = ["MOST_XLSX_ROWS", "csv_chunks", "row_count", "xlsx_file"]

#: Beyond this a workbook is slow to open anywhere; CSV has no limit.
MOST_XLSX_ROWS = 100_000
_CHUNK = 1_000


def row_count(rows: QuerySet[Any], asked: Asked) -> int:
    """How many rows an export of the view has, exactly."""
    return int(narrow(rows, asked).order_by().count())


def _records(rows: QuerySet[Any], asked: Asked) -> Iterator[Any]:
    """Every row of the view, some at a time from the database."""
    found = ordered(rows, asked).iterator(chunk_size=_CHUNK)
    while some := list(islice(found, _CHUNK)):
        if asked.table.prepare is not None:
            asked.table.prepare(some, asked.columns)
        yield from some


def _columns(asked: Asked) -> list[Column]:
    return [column for column in asked.table.columns if asked.shows(column.key)]


def csv_chunks(rows: QuerySet[Any], asked: Asked) -> Iterator[bytes]:
    """CSV in pieces: UTF-8 with a mark at the beginning (Excel needs it), CRLF, one heading row, nothing that runs."""
    columns = _columns(asked)
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow([harmless(str(column.label)) for column in columns])
    for number, record in enumerate(_records(rows, asked), 1):
        writer.writerow([_csv_cell(column.value(record)) for column in columns])
        if number % _CHUNK == 0:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _csv_cell(value: Any) -> str | int:
    return value if isinstance(value, int) and not isinstance(value, bool) else harmless(as_text(value))


def xlsx_file(rows: QuerySet[Any], asked: Asked) -> IO[bytes]:
    """A workbook of one sheet, at its beginning, held in a temporary file without a name."""
    columns = _columns(asked)
    out = tempfile.TemporaryFile(prefix="tongzhou-")  # noqa: SIM115  # the answer closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    page = book.add_worksheet(asked.table.name[:31])
    page.freeze_panes(1, 0)
    bold, moment = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for at, column in enumerate(columns):
        page.set_column(at, at, 22 if column.heads else 16)
        page.write_string(0, at, harmless(str(column.label)), bold)
    for number, record in enumerate(_records(rows, asked), 1):
        for at, column in enumerate(columns):
            _xlsx_cell(page, number, at, column.value(record), moment, day)
    book.close()
    out.seek(0)
    return out


def _xlsx_cell(page: Any, row: int, at: int, value: Any, moment: Any, day: Any) -> None:
    if isinstance(value, int) and not isinstance(value, bool):
        page.write_number(row, at, value)
    elif isinstance(value, dt.datetime):
        page.write_datetime(row, at, clock.beijing(value).replace(tzinfo=None), moment)
    elif isinstance(value, dt.date):
        page.write_datetime(row, at, dt.datetime.combine(value, dt.time()), day)
    elif text := harmless(as_text(value)):
        page.write_string(row, at, text[:32_000])
