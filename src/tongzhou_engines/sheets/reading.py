"""The main act of this room: files in, tidy needs, offers and leads out, every cell accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import polars as pl

from tongzhou_engines.base.errors import InputError
from tongzhou_engines.base.problems import PROBLEM_SCHEMA, Problem, problems_frame
from tongzhou_engines.catalogue import Catalogue
from tongzhou_engines.gazetteer import Gazetteer
from tongzhou_engines.sheets.amounts import ItemReader
from tongzhou_engines.sheets.book import Book, Traced
from tongzhou_engines.sheets.changes import compare, read_previous
from tongzhou_engines.sheets.common import china_date
from tongzhou_engines.sheets.hospitals import read_hospitals
from tongzhou_engines.sheets.inputs import Source, find_sources, read_source
from tongzhou_engines.sheets.model import HEADING_SCHEMA, TABLES, TRACE_SCHEMA, Draft, Row
from tongzhou_engines.sheets.placing import Placer
from tongzhou_engines.sheets.plain import PlainReader
from tongzhou_engines.sheets.result import SheetsResult
from tongzhou_engines.sheets.services import read_clinic, read_medic_hotel, read_transport
from tongzhou_engines.sheets.sources import read_donation, read_enterprise_donation, read_factory, read_travel_hotel
from tongzhou_engines.sheets.text import one_line
from tongzhou_engines.sheets.words import PROBLEMS, REASONS

__all__ = ["read_sheets"]

_READERS: dict[str, Callable[[Row, Book], None]] = {
    "clinic": read_clinic,
    "medic_hotel": read_medic_hotel,
    "transport": read_transport,
    "factory": read_factory,
    "travel_hotel": read_travel_hotel,
    "donation": read_donation,
    "enterprise_donation": read_enterprise_donation,
}


def read_sheets(
    paths: str | Path | Iterable[str | Path],
    *,
    as_of: str | None = None,
    previous: str | Path | None = None,
    sheet: str | None = None,
    gazetteer: Gazetteer | None = None,
    catalogue: Catalogue | None = None,
) -> SheetsResult:
    """Read collected sheets and plain tables into tidy needs, offers and leads.

    paths: files or directories (JSON of wuhan2020 in both schemas and as raw cells, its workbooks with five header
    rows, plain tables as CSV, XLSX, XLS, Parquet). as_of: date of the snapshot, YYYY-MM-DD; by default the date in the
    path. previous: directory of an earlier output to compare with. sheet: read only the sheet of this name.
    gazetteer, catalogue: replace the built-in ones.

    Quantities come out whole and in base units of their category, None when unknown. Nothing is guessed and no row is
    lost: see docs/methods/sheets.md. Raises InputError: file_missing, file_unreadable, file_too_large, file_encrypted,
    file_bomb, file_kind, encoding, sheet_unknown, sheet_layout, no_rows, id_duplicate, previous_invalid, date_invalid.
    """
    given = [paths] if isinstance(paths, str | Path) else list(paths)
    if as_of is not None and china_date(as_of)[0] != as_of:
        raise InputError(
            "date_invalid",
            f"日期“{as_of}”不是 YYYY-MM-DD",
            f"the date “{as_of}” is not YYYY-MM-DD",
            "请写成 2020-02-06 的样子",
            "Write it as 2020-02-06",
        )
    earlier = read_previous(previous) if previous is not None else None
    catalogue = catalogue or Catalogue.builtin()
    sources = find_sources(given, as_of)
    for source in sources:
        read_source(source, catalogue, sheet)
    book = Book(Placer(gazetteer or Gazetteer.builtin()), catalogue, ItemReader(catalogue))
    _interpret(sources, book)
    tables = {name: _table(name, book) for name in TABLES}
    trace = _trace(book.traces)
    problems = _problems(book.problems)
    changes = compare(earlier, tables) if earlier is not None else None
    summary = _summary(sources, tables, trace, problems, changes)
    return SheetsResult(
        tables["needs"], tables["offers"], tables["leads"], problems, trace, _headings(sources), changes, summary
    )


def _interpret(sources: Sequence[Source], book: Book) -> None:
    """Hand every row to the reader of its kind, in an order that does not depend on the order of the paths."""
    rows = [row for source in sources for row in source.rows]
    plain = {
        (source.label, sheet): PlainReader(book, layout)
        for source in sources
        for sheet, _, layout in source.sheets
        if layout is not None
    }
    read_hospitals([row for row in rows if row.kind == "hospital"], book)
    for row in rows:
        if row.kind == "heading":
            book.set_row_aside(row, "heading")
        elif row.kind == "unknown":
            book.set_row_aside(row, "sheet_not_recognised")
        elif row.kind == "table":
            plain[(row.file, row.sheet)].read(row)
        elif row.kind in _READERS:
            _READERS[row.kind](row, book)
    for source in sources:
        whole = Row("file", source.label, "", 0, ())
        if not source.rows:
            book.problem(whole, "", "", "no_rows", "kept")
        for sheet, kind, _ in source.sheets:
            if kind == "unknown":
                book.problem(Row("file", source.label, sheet, 0, ()), "", "", "sheet_not_recognised", "set_aside")


def _table(name: str, book: Book) -> pl.DataFrame:
    key, schema = TABLES[name]
    drafts = [draft for draft in book.drafts.values() if draft.table == name]
    rows = [tuple(_value(draft, column, key) for column in schema) for draft in drafts]
    table = pl.DataFrame(rows, schema=schema, orient="row")
    who = "requester" if name == "needs" else "organisation"
    return table.sort("place", who, "category", key, nulls_last=True)


def _value(draft: Draft, column: str, key: str) -> object:
    if column == key:
        return draft.id
    value = draft.fields.get(column)
    return None if value == "" else value


def _trace(traces: Sequence[Traced]) -> pl.DataFrame:
    rows = []
    for traced in traces:
        lines = ";".join(sorted(draft.id for draft in traced.drafts))
        tables = "+".join(dict.fromkeys(draft.table for draft in traced.drafts))
        zh, en = REASONS[traced.reason] if traced.reason else ("", "")
        row = traced.row
        outcome = tables or "set_aside"
        column, repairs = one_line(traced.column), ";".join(traced.repairs)
        rows.append((row.file, row.sheet, row.row, column, outcome, lines, traced.reason, repairs, zh, en))
    return pl.DataFrame(rows, schema=TRACE_SCHEMA, orient="row").sort(
        "file", "sheet", "row", "column", "lines", "reason"
    )


def _problems(problems: Sequence[Problem]) -> pl.DataFrame:
    table = problems_frame(problems).unique(maintain_order=True)
    return table.sort(list(PROBLEM_SCHEMA), nulls_last=False)


def _headings(sources: Sequence[Source]) -> pl.DataFrame:
    rows: list[tuple[str, str, str, str, str, bool]] = []
    unused = {"", "contact", "row_number", "review", "link", "flag", "bank", "email", "wechat", "payment", "source"}
    for source in sources:
        for sheet, kind, layout in source.sheets:
            if layout is not None:
                for column in layout.columns:
                    taken = column.category or column.role
                    rows.append((source.label, sheet, layout.table, column.heading, taken, column.role not in unused))
                continue
            seen: dict[str, str] = {}
            for row in source.rows:
                if row.sheet == sheet and row.kind == kind != "unknown":
                    for cell in row.cells:
                        seen.setdefault(one_line(cell.column), cell.role)
            rows += [(source.label, sheet, kind, column, role, role not in unused) for column, role in seen.items()]
    return pl.DataFrame(rows, schema=HEADING_SCHEMA, orient="row")


def _counts(tables: dict[str, pl.DataFrame], trace: pl.DataFrame, problems: pl.DataFrame) -> dict[str, int]:
    basis = Counter(tables["needs"]["quantity_basis"].to_list())
    data = trace.filter(~pl.col("reason").is_in(["heading"]))
    return {
        "rows": data.filter(pl.col("column") == "").height,
        "cells": data.filter(pl.col("column") != "").height,
        "needs": tables["needs"].height,
        "needs_written": basis["written"],
        "needs_read_from_text": basis["read_from_text"],
        "needs_unknown": basis["unknown"],
        "needs_without_place": tables["needs"]["place"].null_count(),
        "offers": tables["offers"].height,
        "leads": tables["leads"].height,
        "problems": problems.height,
        "repairs": sum(len(text.split(";")) for text in trace["repairs"].to_list() if text),
        "cells_set_aside": data.filter((pl.col("column") != "") & (pl.col("outcome") == "set_aside")).height,
    }


def _summary(
    sources: Sequence[Source],
    tables: dict[str, pl.DataFrame],
    trace: pl.DataFrame,
    problems: pl.DataFrame,
    changes: pl.DataFrame | None,
) -> dict[str, object]:
    listed = Counter(problems["problem"].to_list())
    done = Counter(code for text in trace["repairs"].to_list() if text for code in text.split(";"))
    summary: dict[str, object] = {
        **_counts(tables, trace, problems),
        "problems_by_code": {code: listed[code] for code in PROBLEMS if listed[code]},
        "repairs_by_code": dict(sorted(done.items())),
        "files": [
            {
                "file": source.label,
                "as_of": source.as_of,
                "sha256": source.sha256,
                "bytes": source.bytes,
                "kinds": [kind for _, kind, _ in source.sheets],
                "rows": sum(row.kind != "heading" for row in source.rows),
            }
            for source in sources
        ],
    }
    if changes is not None:
        moved = changes.unique(["table", "id", "change"])
        summary["changes"] = dict(sorted(Counter(moved["change"].to_list()).items()))
    return summary
