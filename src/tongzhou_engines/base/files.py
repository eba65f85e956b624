"""Reading tables as people keep them (CSV in UTF-8 or GB18030, XLSX, XLS, Parquet), and the door to safe writing."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from tongzhou_engines.base.cells import cell_text, column_letter, plain_cell, safe_cell
from tongzhou_engines.base.errors import InputError, Where
from tongzhou_engines.base.guards import MAX_BYTES, MAX_CELLS, check_archive, check_file, file_kind
from tongzhou_engines.base.quantities import Quantity, parse_quantity
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
    "write_csv",
]

_SUFFIXES = {".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".parquet", ""}
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1f]")


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

    `sheet`: name of the sheet; by default the first one that is not blank. Guards put before formulas by `safe_cell`
    are taken off. A column without heading that holds something is named by its letter, e.g. ``(C)``.
    Raises InputError: file_missing, file_unreadable, file_too_large, file_encrypted, file_bomb, file_kind, encoding,
    sheet_unknown, column_duplicate, no_rows.
    """
    path = Path(path)
    sheets = read_rows(path)
    if sheet is None:
        name = next((name for name, rows in sheets.items() if any(map(_has_content, rows))), next(iter(sheets), ""))
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
    return table_from_rows(sheets.get(name, []), file=path.name, sheet=name)


def read_rows(path: str | Path, max_bytes: int = MAX_BYTES) -> dict[str, list[list[object]]]:
    """All cells of `path` by sheet (a CSV or Parquet file is one sheet named ""), from the very first row and column.

    Cells of a workbook are text, numbers, dates or None; cells of a CSV are text. Hidden sheets are read too. Raises
    InputError as `read_table`.
    """
    path = Path(path)
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
        return {"": _text_rows(path, read_text(path, max_bytes))}
    if kind == "workbook":
        check_archive(path)
    return _workbook_rows(path)


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


def read_text(path: str | Path, max_bytes: int = MAX_BYTES) -> str:
    """The text of `path`: UTF-8 with or without mark, UTF-16 with a mark, or GB18030; else InputError `encoding`."""
    path = Path(path)
    check_file(path, max_bytes)
    data = path.read_bytes()
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = _decode(path, data, "utf-16")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            # A UTF-8 file with a few broken bytes would come out of GB18030 as nonsense, so it is refused instead.
            broken = data.decode("utf-8", errors="replace").count("\ufffd")
            if broken * 20 < sum(byte >= 0x80 for byte in data):
                raise _encoding(path, data.count(b"\n", 0, error.start) + 1) from None
            text = _decode(path, data, "gb18030")
    if _BINARY.search(text):
        raise InputError(
            "file_unreadable",
            "这不是文本文件",
            "this is not a text file",
            "请另存为 CSV（UTF-8）或 XLSX",
            "Save it as CSV (UTF-8) or XLSX",
            Where(file=str(path)),
        )
    return text


def _decode(path: Path, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _encoding(path, data.count(b"\n", 0, error.start) + 1) from None


def _encoding(path: Path, row: int) -> InputError:
    return InputError(
        "encoding",
        "文字既不是 UTF-8 也不是 GB18030",
        "the text is neither UTF-8 nor GB18030",
        "请另存为 CSV（UTF-8）",
        "Save it as CSV (UTF-8)",
        Where(file=str(path), row=row),
    )


def _text_rows(path: Path, text: str) -> list[list[object]]:
    """The records of a delimited text: comma, tab or semicolon, whichever the first line holds most of."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",\t;", key=lambda mark: (first.count(mark), mark == ","))
    csv.field_size_limit(2**31 - 1)
    try:
        # strict: a quote that never closes is reported instead of swallowing the rest of the file
        return [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)]
    except csv.Error:
        pass
    try:
        return [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]
    except csv.Error as error:
        raise InputError(
            "file_unreadable",
            f"CSV 有错（{error}）",
            f"the CSV is damaged ({error})",
            "请用表格软件打开后另存为 CSV",
            "Open it in a spreadsheet program and save it as CSV",
            Where(file=str(path)),
        ) from None


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
        names = scan.collect_schema().names()
        height = int(scan.select(pl.len()).collect().item())
        if height * max(len(names), 1) > MAX_CELLS:
            raise InputError(
                "file_bomb",
                f"表有 {height:,} 行",
                f"the table has {height:,} rows",
                "请拆成几个文件",
                "Split it",
                Where(file=str(path)),
            )
        return [list(names), *(list(row) for row in scan.collect().iter_rows())]
    except (pl.exceptions.PolarsError, OSError) as error:
        raise InputError(
            "file_unreadable",
            f"Parquet 打不开（{error}）",
            f"the Parquet file cannot be read ({error})",
            "请重新导出",
            "Export it again",
            Where(file=str(path)),
        ) from None
