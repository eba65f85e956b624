"""Reading tables as people keep them (CSV in UTF-8 or GB18030, XLSX, XLS, Parquet), and the door to safe writing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from tongzhou_engines.base.cells import cell_text, column_letter, plain_cell, safe_cell
from tongzhou_engines.base.errors import InputError, Where
from tongzhou_engines.base.guards import (
    MAX_BYTES,
    MAX_CELL_LENGTH,
    check_archive,
    check_file,
    check_parquet,
    file_kind,
)
from tongzhou_engines.base.quantities import Quantity, parse_quantity
from tongzhou_engines.base.texts import read_text, text_rows
from tongzhou_engines.base.writing import check_output, output_directory, write_csv

__all__ = [
    "MAX_BYTES",
    "Quantity",
    "Table",
    "check_output",
    "output_directory",
    "parse_quantity",
    "plain_cell",
    "read_rows",
    "read_table",
    "read_text",
    "safe_cell",
    "table_from_rows",
    "too_long",
    "write_csv",
]

_SUFFIXES = {".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".parquet", ""}


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it was written.

    `frame` has only String columns (null where blank); `rows[i]` is the row of the file that frame row i came from
    (1 = first row of the file; a CSV record is one row, as a spreadsheet shows it); `file` is the file's name, `sheet`
    the sheet's (blank for CSV and Parquet).
    """

    frame: pl.DataFrame
    rows: list[int]
    file: str
    sheet: str


def read_table(path: str | Path, sheet: str | None = None) -> Table:
    """One table from `path`: the first row that is not blank holds the headings, blank rows are dropped.

    `sheet`: name of the sheet; by default the only one that is not blank. Guards put before formulas by `safe_cell`
    are taken off. A column without heading that holds something is named by its letter, e.g. ``(C)``.
    Raises InputError: file_missing, file_unreadable, file_too_large, file_encrypted, file_bomb, file_kind, encoding,
    sheet_unknown, sheet_choice, column_duplicate, no_rows, quote_open, row_too_long, cell_too_long.
    """
    path = Path(path)
    sheets = read_rows(path)
    if sheet is None:
        name = _only_sheet(path, sheets)
    elif sheet in sheets:
        name = sheet
    else:
        names = "、".join(sheets)
        raise InputError(
            "sheet_unknown",
            f"没有名为“{sheet}”的工作表，有：{names}",
            f"no sheet named “{sheet}”; there are: {names}",
            "请改用其中一个名字",
            "Use one of these names",
            Where(file=str(path), sheet=sheet),
        )
    rows = sheets.get(name, [])
    if not name:
        _check_lengths(path, rows)
    return table_from_rows(rows, file=path.name, sheet=name)


def _only_sheet(path: Path, sheets: dict[str, list[list[object]]]) -> str:
    """The one sheet that holds something; which of several is meant is for the person to say."""
    filled = [name for name, rows in sheets.items() if any(map(_has_content, rows))]
    if len(filled) > 1:
        names = "、".join(filled)
        raise InputError(
            "sheet_choice",
            f"有 {len(filled)} 张工作表不是空的：{names}",
            f"{len(filled)} sheets are not blank: {names}",
            "请用 --needs-sheet、--offers-sheet 或 --sheet 指明一张，或把要用的那张单独另存",
            "Name one with --needs-sheet, --offers-sheet or --sheet, or save the one to be used as a file of its own",
            Where(file=str(path)),
        )
    return filled[0] if filled else next(iter(sheets), "")


def _check_lengths(path: Path, rows: Sequence[Sequence[object]]) -> None:
    """Refuse a row of a text with more cells than headings: 1,70,000 without quotes would be read as 1."""
    header = next((i for i, row in enumerate(rows) if _has_content(row)), 0)
    width = max((i + 1 for i, cell in enumerate(rows[header]) if cell_text(cell).strip()), default=0) if rows else 0
    for index in range(header + 1, len(rows)):
        if _has_content(rows[index][width:]):
            raise InputError(
                "row_too_long",
                f"这一行有 {len(rows[index])} 格，列名只有 {width} 个",
                f"this row has {len(rows[index])} cells, but there are only {width} headings",
                "请给含逗号的格加上引号，去掉数量里的千分位逗号，或补上缺少的列名",
                "Put quotes around a cell that holds commas, remove thousands marks, or add the missing heading",
                Where(file=str(path), row=index + 1),
            )


def read_rows(path: str | Path, max_bytes: int = MAX_BYTES) -> dict[str, list[list[object]]]:
    """All cells of `path` by sheet (a CSV or Parquet file is one sheet named ""), from the very first row and column.

    Cells of a workbook are text, numbers, dates or None; cells of a CSV are text. Hidden sheets are read too. Raises
    InputError as `read_table`.
    """
    path = Path(path)
    sheets = _sheets(path, max_bytes)
    for name, rows in sheets.items():
        for index, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, str) and len(cell) > MAX_CELL_LENGTH:
                    raise too_long(len(cell), Where(str(path), name, index + 1, column_letter(column)))
    return sheets


def _sheets(path: Path, max_bytes: int) -> dict[str, list[list[object]]]:
    check_file(path, max_bytes)
    if path.suffix.lower() not in _SUFFIXES:
        raise InputError(
            "file_kind",
            f"不认识的文件类型 {path.suffix}",
            f"unknown kind of file {path.suffix}",
            "请给 CSV、XLSX 或 Parquet",
            "Give CSV, XLSX or Parquet",
            Where(file=str(path)),
        )
    kind = file_kind(path)
    if kind == "encrypted":
        raise _encrypted(path)
    if kind == "parquet":
        return {"": _parquet_rows(path)}
    if kind == "text":
        return {"": text_rows(path, read_text(path, max_bytes))}
    if kind == "workbook":
        check_archive(path)
    return _workbook_rows(path)


def too_long(length: int, where: Where) -> InputError:
    """The error for a cell of `length` characters, more than any spreadsheet program holds."""
    return InputError(
        "cell_too_long",
        f"这一格有 {length:,} 个字，上限是 {MAX_CELL_LENGTH:,}",
        f"this cell has {length:,} characters, the limit is {MAX_CELL_LENGTH:,}",
        "请缩短这一格",
        "Shorten this cell",
        where,
    )


def table_from_rows(
    rows: Sequence[Sequence[object]], *, file: str, sheet: str, header: int | None = None, letters: bool = False
) -> Table:
    """A `Table` from raw `rows`; `header` is the 0-based row of the headings (default: the first that is not blank).

    With `letters` a heading that occurs twice gets its column's letter behind it; without, it raises column_duplicate.
    """
    if header is None:
        header = next((i for i, row in enumerate(rows) if _has_content(row)), None)
    if header is None:
        raise InputError(
            "no_rows",
            "表是空的",
            "the table is empty",
            "请检查是不是给错了文件或工作表",
            "Check that it is the right file and sheet",
            Where(file=file, sheet=sheet),
        )
    kept = [i for i in range(header + 1, len(rows)) if _has_content(rows[i])]
    width = max((len(rows[i]) for i in [header, *kept]), default=0)
    texts = [[plain_cell(cell_text(cell)) for cell in rows[i]] + [""] * (width - len(rows[i])) for i in kept]
    columns: dict[str, list[str | None]] = {}
    heads = [cell_text(cell).strip() for cell in rows[header]]
    for index in range(width):
        values = [row[index] or None for row in texts]
        name = plain_cell(heads[index].lstrip("\ufeff")) if index < len(heads) else ""
        if not name:
            if not any(value and value.strip() for value in values):
                continue
            name = f"({column_letter(index)})"
        if name in columns:
            if not letters:
                raise _twice(name, Where(file=file, sheet=sheet, row=header + 1, column=name))
            name = f"{name} ({column_letter(index)})"
        columns[name] = values
    frame = pl.DataFrame({name: pl.Series(values, dtype=pl.String) for name, values in columns.items()})
    return Table(frame, [i + 1 for i in kept], file, sheet)


def _twice(name: str, where: Where) -> InputError:
    return InputError(
        "column_duplicate",
        f"有两列都叫“{name}”",
        f"two columns are named “{name}”",
        "请改掉其中一个列名",
        "Rename one of them",
        where,
    )


def _has_content(row: Sequence[object]) -> bool:
    return any(cell is not None and cell_text(cell).strip() for cell in row)


def _encrypted(path: Path) -> InputError:
    return InputError(
        "file_encrypted",
        "工作簿有密码",
        "the workbook is password-protected",
        "请在表格软件里去掉密码后另存",
        "Remove the password in a spreadsheet program and save again",
        Where(file=str(path)),
    )


def _workbook_rows(path: Path) -> dict[str, list[list[object]]]:
    import python_calamine as calamine  # here, so that reading CSV does not pay for it

    try:
        with calamine.CalamineWorkbook.from_path(path) as book:
            sheets: dict[str, list[list[object]]] = {}
            for name in book.sheet_names:
                rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
                sheets[name] = [[None if cell == "" else cell for cell in row] for row in rows]
            return sheets
    except calamine.PasswordError:
        raise _encrypted(path) from None
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise InputError(
            "file_unreadable",
            f"工作簿打不开（{error}）",
            f"the workbook cannot be read ({error})",
            "请在表格软件里打开后另存为 xlsx",
            "Open it in a spreadsheet program and save it again as xlsx",
            Where(file=str(path)),
        ) from None


def _parquet_rows(path: Path) -> list[list[object]]:
    try:
        scan = pl.scan_parquet(path)
        check_parquet(path, scan)
        return [scan.collect_schema().names(), *(list(row) for row in scan.collect().iter_rows())]
    except (pl.exceptions.PolarsError, OSError) as error:
        raise InputError(
            "file_unreadable",
            f"Parquet 打不开（{error}）",
            f"the Parquet file cannot be read ({error})",
            "请重新导出",
            "Export it again",
            Where(file=str(path)),
        ) from None
