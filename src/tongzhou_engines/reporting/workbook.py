"""plan.xlsx: the sheets a coordinator works from, bilingual, ready to print, the same bytes for the same plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter

from tongzhou_engines.allocation.result import Plan
from tongzhou_engines.reporting.figures import Figures
from tongzhou_engines.reporting.labels import label
from tongzhou_engines.reporting.rowsheet import RowSheet, safe_text
from tongzhou_engines.reporting.sheets import SHEETS, SheetView, readme, summary
from tongzhou_engines.reporting.texts import Both

__all__ = ["MOST_ROWS", "write_workbook"]

#: Rows of one sheet at most (the format holds 1,048,576); the rest stays in the CSV files and the sheet says so.
MOST_ROWS = 1_000_000
#: Nobody's clock: the format wants a date, and the same plan must give the same bytes.
_NO_CLOCK = dt.datetime(2020, 1, 1)
#: Whole per cent only for nothing and all, so that 0.4 % is not shown as 0 %.
_SHARE = "[=0]0%;[=1]100%;0.0%"
_INK, _HEAD, _LINE = "#16242E", "#E6F1EF", "#D5D9D6"


@dataclass(frozen=True, slots=True)
class _Formats:
    """Cell formats of the workbook."""

    head: Any
    head_number: Any
    by_kind: Mapping[str, Any]
    title: Any
    text: Any
    strong: Any
    note: Any
    stop: Any


def write_workbook(plan: Plan, path: str | Path) -> None:
    """Write the plan's workbook.

    Sheets 总览 派单 缺口 暂缓 需求 供给 覆盖 问题 说明. Every text goes through `safe_text` and is written as text,
    so that nothing in it runs as a formula. Raises what the file system raises.
    """
    figures = Figures(plan)
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        title = label("title")
        book.set_properties({"title": f"{title.zh} {title.en}", "author": "Tongzhou 同舟", "created": _NO_CLOCK})
        formats = _formats(book)
        _text_sheet(book, label("sheet_summary"), summary(figures), formats)
        known: dict[str, int] = {}
        for build in SHEETS:
            _table_sheet(book, build(figures), formats, known)
        _text_sheet(book, label("sheet_readme"), readme(), formats)


def _formats(book: Any) -> _Formats:
    base = {"font_name": "Microsoft YaHei", "font_size": 10, "font_color": _INK, "valign": "top"}

    def make(**more: object) -> Any:
        return book.add_format({**base, **more})

    line = {"bottom": 1, "bottom_color": _LINE}
    return _Formats(
        head=make(bold=True, bg_color=_HEAD, text_wrap=True, bottom=2, valign="vcenter", indent=1),
        head_number=make(bold=True, bg_color=_HEAD, text_wrap=True, bottom=2, valign="vcenter", align="right"),
        by_kind={
            "text": make(text_wrap=True, indent=1, **line),
            "id": make(indent=1, **line),
            "whole": make(num_format="#,##0", **line),
            "money": make(num_format="#,##0.00", **line),
            "share": make(num_format=_SHARE, **line),
            "mark": make(text_wrap=True, bold=True, font_color="#6B4700", bg_color="#FDF0D2", **line),
            "fill": make(text_wrap=True, bg_color="#FFFDF5", border=1, border_color=_LINE),
        },
        title=make(bold=True, font_size=14, text_wrap=True),
        text=make(text_wrap=True),
        strong=make(bold=True, text_wrap=True, bg_color=_HEAD),
        note=make(text_wrap=True, font_color="#4C5C66"),
        stop=make(text_wrap=True, bold=True, font_color="#A3211B"),
    )


def _named(name: Both) -> str:
    return f"{name.zh} {name.en}"


def _set_up(sheet: Any, name: str, landscape: bool) -> None:
    if landscape:
        sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.set_footer(f"&L{name}&R&P / &N")


def _table_sheet(book: Any, view: SheetView, formats: _Formats, known: dict[str, int]) -> None:
    name = _named(view.name)
    sheet = book.add_worksheet(name, worksheet_class=RowSheet)
    _set_up(sheet, name, landscape=True)
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, view.frozen)
    sheet.set_default_row(view.height)
    for at, field in enumerate(view.fields):
        sheet.set_column(at, at, field.width, formats.by_kind["text" if field.kind == "mark" else field.kind])
    sheet.set_row(0, 34)
    for at, field in enumerate(view.fields):
        number = field.kind in ("whole", "share")
        sheet.write_string(0, at, field.heading.stacked(), formats.head_number if number else formats.head)
    count, kinds = 0, [field.kind for field in view.fields]
    for count, row in enumerate(_limited(view.rows), start=1):
        sheet.write_line(count, row, kinds, formats.by_kind, view.height, known)
    sheet.autofilter(0, 0, max(count, 1), len(view.fields) - 1)
    if view.total > count:
        left = label("sheet_cut", limit=f"{MOST_ROWS:,}", n=f"{view.total - count:,}", file=view.file)
        sheet.write_string(count + 1, 0, left.stacked(), formats.by_kind["id"])
    for at, field in enumerate(view.fields):
        if field.choices and count:
            sheet.data_validation(1, at, count, at, {"validate": "list", "source": list(field.choices)})


def _limited(rows: Iterator[Sequence[object]]) -> Iterator[Sequence[object]]:
    for at, row in enumerate(rows):
        if at >= MOST_ROWS:
            return
        yield row


def _text_sheet(book: Any, name: Both, lines: Sequence[tuple[str, Sequence[object]]], formats: _Formats) -> None:
    """A sheet of lines: (style, cells); style title, head, text, note, stop or row."""
    shown = _named(name)
    sheet = book.add_worksheet(shown)
    _set_up(sheet, shown, landscape=False)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 58)
    sheet.set_column(1, 4, 17)
    styles = {"title": formats.title, "head": formats.strong, "text": formats.text, "note": formats.note,
              "stop": formats.stop}  # fmt: skip
    for at, (style, cells) in enumerate(lines):
        height = _height(cells)
        if style in ("title", "text", "note", "stop"):
            sheet.set_row(at, _height(cells, 110) * (1.4 if style == "title" else 1))
            sheet.merge_range(at, 0, at, 4, "", styles[style])
            sheet.write_string(at, 0, safe_text(str(cells[0])), styles[style])
            continue
        sheet.set_row(at, height)
        for column, value in enumerate(cells):
            chosen = formats.head_number if style == "head" and column else styles.get(style)
            _write_cell(sheet, at, column, value, chosen, formats)


def _write_cell(sheet: Any, at: int, column: int, value: object, style: Any, formats: _Formats) -> None:
    if isinstance(value, float):
        sheet.write_number(at, column, value, style or formats.by_kind["share"])
    elif isinstance(value, int):
        sheet.write_number(at, column, value, style or formats.by_kind["whole"])
    else:
        sheet.write_string(at, column, safe_text(str(value)), style or formats.by_kind["text"])


def _height(cells: Sequence[object], width: int = 52) -> float:
    """Points for the first cell's lines, wide characters counted double."""
    text = str(cells[0]) if cells else ""
    lines = sum(1 + sum(2 if ord(c) > 0x2E7F else 1 for c in part) // width for part in text.split("\n"))
    return 15.0 * max(1, lines)
