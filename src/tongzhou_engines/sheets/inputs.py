"""From paths to rows: finding the files, naming them, telling what kind each is, and reading it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tongzhou_engines.base.cells import cell_text
from tongzhou_engines.base.errors import InputError, Where
from tongzhou_engines.base.files import read_rows, read_text, too_long
from tongzhou_engines.base.guards import MAX_CELL_LENGTH, check_file
from tongzhou_engines.catalogue import Catalogue
from tongzhou_engines.sheets.collected import is_collected_sheet, rows_of_json, rows_of_sheet
from tongzhou_engines.sheets.layout import Layout, find_layout
from tongzhou_engines.sheets.model import Cell, Row
from tongzhou_engines.sheets.plain import rows_of_table

__all__ = ["MARKER", "Source", "find_sources", "read_source"]

#: The file that shows that a directory is an output of read.
MARKER = "read.json"
_SUFFIXES = {".json", ".csv", ".tsv", ".xlsx", ".xlsm", ".xls", ".parquet"}
_OWN_TABLES = {"needs.csv", "offers.csv", "leads.csv"}
_DATE = re.compile(r"(?<!\d)(20\d{2})-(\d{2})-(\d{2})(?!\d)")


@dataclass
class Source:
    """One file: its path, the name it has in every output, the date of its snapshot, its rows and their layouts.

    sheets: (sheet, kind, layout of a plain table or None), in the order of the file.
    """

    path: Path
    label: str
    as_of: str
    sha256: str = ""
    bytes: int = 0
    rows: list[Row] = field(default_factory=list)
    sheets: list[tuple[str, str, Layout | None]] = field(default_factory=list)


def find_sources(paths: Iterable[str | Path], as_of: str | None) -> list[Source]:
    """Every file that `paths` (files and directories) name, each once, with names that tell them apart.

    Raises InputError file_missing, no_rows (a directory without tables).
    """
    found: dict[Path, tuple[str, ...]] = {}
    for given in paths:
        path = Path(given)
        if not path.exists():
            check_file(path)
        for file, parts in _files_of(path):
            found.setdefault(file.resolve(), parts)
    if not found:
        raise InputError(
            "no_rows",
            "没有给出任何文件",
            "no file was given",
            "请给出要读的文件或文件夹",
            "Give files or directories to read",
        )
    labels = _labels(found)
    sources = [Source(file, labels[file], as_of if as_of is not None else _date_of(file)) for file in found]
    return sorted(sources, key=lambda source: (source.as_of, source.label))


def _files_of(path: Path) -> list[tuple[Path, tuple[str, ...]]]:
    """Files with the parts of the name they have: a file its own name, one in a directory the path from there."""
    if not path.is_dir():
        return [(path, (path.name,))]
    inside = sorted(
        file
        for file in path.rglob("*")
        if file.is_file()
        and file.suffix.lower() in _SUFFIXES
        and not any(part.startswith(".") for part in file.relative_to(path).parts)
        and (not (file.parent / MARKER).is_file() or file.name in _OWN_TABLES)
    )
    if not inside:
        raise InputError(
            "no_rows",
            "文件夹里没有 JSON、CSV、XLSX 或 Parquet 文件",
            "the directory holds no JSON, CSV, XLSX or Parquet file",
            "请检查路径",
            "Check the path",
            Where(file=str(path)),
        )
    name = path.resolve().name
    return [(file, (name, *file.relative_to(path).parts)) for file in inside]


def _labels(found: dict[Path, tuple[str, ...]]) -> dict[Path, str]:
    """A short name for each file; files that would share one get the folders above them too."""
    labels = {file: "/".join(parts) for file, parts in found.items()}
    depth = 1
    while len(set(labels.values())) < len(labels) and depth < 50:
        seen: dict[str, list[Path]] = {}
        for file, label in labels.items():
            seen.setdefault(label, []).append(file)
        depth += 1
        for files in seen.values():
            if len(files) > 1:
                for file in files:
                    length = len(found[file]) + depth - 1
                    labels[file] = "/".join(file.parts[-length:])
    return labels


def _date_of(path: Path) -> str:
    """The last date in the path's name and folders (2020-02-06), or blank."""
    for part in reversed(path.parts):
        for match in reversed(list(_DATE.finditer(part))):
            try:
                return dt.date(int(match[1]), int(match[2]), int(match[3])).isoformat()
            except ValueError:
                continue
    return ""


def read_source(source: Source, catalogue: Catalogue, sheet: str | None = None) -> None:
    """Read the file of `source` into it; `sheet`: only the sheet of this name. Raises InputError as `read_sheets`."""
    path = source.path
    check_file(path)
    data = path.read_bytes()
    source.sha256, source.bytes = hashlib.sha256(data).hexdigest(), len(data)
    stem = path.stem
    if path.suffix.lower() == ".json":
        rows = rows_of_json(_parse(path, source.label), file=source.label, as_of=source.as_of, hints=(stem,))
        source.rows = rows
        source.sheets = [("", kind, None) for kind in dict.fromkeys(row.kind for row in rows)]
        return
    sheets = read_rows(path)
    if sheet is not None and "" not in sheets:
        if sheet not in sheets:
            names = "、".join(sheets)
            raise InputError(
                "sheet_unknown",
                f"没有名为“{sheet}”的工作表，有：{names}",
                f"no sheet “{sheet}”; there are: {names}",
                "请改用其中一个名字",
                "Use one of these names",
                Where(file=source.label, sheet=sheet),
            )
        sheets = {sheet: sheets[sheet]}
    for name, cells in sheets.items():
        if any(cell_text(cell).strip() for row in cells for cell in row):
            _read_sheet(source, name, cells, catalogue, (name, stem))
    if not source.sheets:
        raise InputError(
            "no_rows",
            "文件是空的",
            "the file is empty",
            "请检查是不是给错了文件",
            "Check that it is the right file",
            Where(file=source.label),
        )
    if all(kind == "unknown" for _, kind, _ in source.sheets):
        raise _not_recognised(source, sheets)


def _read_sheet(
    source: Source, name: str, cells: Sequence[Sequence[object]], catalogue: Catalogue, hints: tuple[str, ...]
) -> None:
    if is_collected_sheet(cells):
        rows = rows_of_sheet(cells, file=source.label, sheet=name, as_of=source.as_of, hints=hints)
        kind = next((row.kind for row in rows if row.kind != "heading"), "heading")
        source.sheets.append((name, kind, None))
        source.rows += rows
        return
    layout = find_layout(cells, catalogue)
    if layout is None:
        source.sheets.append((name, "unknown", None))
        for index, row in enumerate(cells):
            held = tuple(
                Cell(f"({i + 1})", "", cell_text(cell)) for i, cell in enumerate(row) if cell_text(cell).strip()
            )
            if held:
                source.rows.append(Row("unknown", source.label, name, index + 1, held, source.as_of))
        return
    source.sheets.append((name, "table", layout))
    source.rows += rows_of_table(cells, layout, file=source.label, sheet=name, as_of=source.as_of, hints=hints)


def _parse(path: Path, label: str) -> object:
    text = read_text(path)
    try:
        data = json.loads(text)
        _check_lengths(data, label)
        return data
    except json.JSONDecodeError as error:
        raise InputError(
            "file_unreadable",
            f"不是完整的 JSON（{error.msg}）",
            f"not valid JSON ({error.msg})",
            "请重新导出或下载",
            "Export or download it again",
            Where(file=label, row=error.lineno),
        ) from None
    except (RecursionError, ValueError) as error:
        raise InputError(
            "file_unreadable",
            f"JSON 读不了（{type(error).__name__}）",
            f"unreadable JSON ({type(error).__name__})",
            "请重新导出或下载",
            "Export or download it again",
            Where(file=label),
        ) from None


def _check_lengths(data: object, label: str) -> None:
    """Refuse texts longer than a cell may be; the row is the position in the list, as everywhere in JSON."""
    waiting: list[tuple[object, int | None]] = (
        [(item, row) for row, item in enumerate(data, 1)] if isinstance(data, list) else [(data, None)]
    )
    while waiting:
        item, row = waiting.pop()
        if isinstance(item, str) and len(item) > MAX_CELL_LENGTH:
            raise too_long(len(item), Where(file=label, row=row))
        if isinstance(item, dict):
            waiting += [(part, row) for pair in item.items() for part in pair]
        elif isinstance(item, list):
            waiting += [(part, row) for part in item]


def _not_recognised(source: Source, sheets: dict[str, list[list[object]]]) -> InputError:
    first = next(row for rows in sheets.values() for row in rows if any(cell_text(c).strip() for c in row))
    shown = "、".join(cell_text(cell).strip() for cell in first if cell_text(cell).strip())[:120]
    return InputError(
        "sheet_layout",
        f"认不出表头（第一行是：{shown}）",
        f"the headings are not recognised (the first row is: {shown})",
        "请让表头含有“物资”和“数量”，或用物资名称作列名（可用的列名见 docs/reference/sheets.md）",
        "Give it headings such as item and quantity, or columns named after goods (see docs/reference/sheets.md)",
        Where(file=source.label, sheet=next(iter(sheets), "")),
    )
