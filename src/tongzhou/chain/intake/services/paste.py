"""A table pasted from Excel: tab-separated text, whose columns a person may name where the headings do not."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tongzhou_engines.base.cells import column_letter
from tongzhou_engines.base.errors import InputError, Where

__all__ = ["HEADINGS", "MOST_ROWS", "PastedColumn", "as_table", "columns_of", "with_headings"]

#: More rows than a person looks through; a longer table comes in as a file.
MOST_ROWS = 2_000
_LONGEST = 2 * 2**20
_LONGEST_CELL = 32_767
#: What a column can be called, in the words the engine knows. "-" leaves the column out.
HEADINGS = (
    "需求单位",
    "物资名称",
    "数量",
    "计量单位",
    "规格",
    "紧急程度",
    "省",
    "市",
    "区县",
    "地址",
    "联系人",
    "联系电话",
    "备注",
    "截止日期",
    "供给单位",
    "-",
)
_LEFT_OUT = "（不用）"


@dataclass(frozen=True, slots=True)
class PastedColumn:
    """One pasted column: its position, what stands above it, a few of its cells, and what a person called it."""

    index: int
    heading: str
    samples: tuple[str, ...]
    chosen: str = ""


def _refused(code: str, zh: str, en: str, todo_zh: str, todo_en: str, row: int | None = None) -> InputError:
    return InputError(code, zh, en, todo_zh, todo_en, Where(row=row))


def _rows(text: str) -> list[list[str]]:
    plain = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    csv.field_size_limit(_LONGEST)
    first = next((line for line in plain.splitlines() if line.strip()), "")
    delimiter = "\t" if "\t" in first else max(",;\t，", key=first.count)
    try:
        return list(csv.reader(io.StringIO(plain), delimiter=delimiter, strict=False))
    except csv.Error as error:
        raise _refused(
            "file_unreadable",
            "贴进来的内容读不成表格",
            "the pasted text cannot be read as a table",
            "请从表格里重新复制",
            "Copy it from the spreadsheet again",
        ) from error


def as_table(text: str) -> bytes:
    """Pasted text as tab-separated cells in UTF-8. Raises InputError no_rows, file_too_large, cell_too_long."""
    if len(text) > _LONGEST:
        raise _refused(
            "file_too_large",
            "贴进来的内容太长",
            "the pasted text is too long",
            "请存成文件，用“导入表格”上传",
            "Save it as a file and upload it",
        )
    rows = [row for row in _rows(text.replace("\x00", "")) if any(cell.strip() for cell in row)]
    if not rows:
        raise _refused(
            "no_rows",
            "还没有贴内容",
            "nothing was pasted",
            "请在表格里选中带表头的几行，复制，再贴到这里",
            "Select the rows with their headings in the spreadsheet, copy, and paste here",
        )
    if len(rows) > MOST_ROWS + 1:
        raise _refused(
            "file_too_large",
            f"一次最多贴 {MOST_ROWS} 行，这里有 {len(rows)} 行",
            f"at most {MOST_ROWS} rows can be pasted at once, here are {len(rows)}",
            "请分几次贴，或存成文件上传",
            "Paste in parts, or upload a file",
        )
    for number, row in enumerate(rows, 1):
        if any(len(cell) > _LONGEST_CELL for cell in row):
            raise _refused(
                "cell_too_long", "有一格的文字太长", "a cell is too long", "请缩短这一格", "Shorten this cell", number
            )
    return _written(rows)


def _written(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter="\t", lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def with_headings(content: bytes, mapping: Mapping[str, Any]) -> bytes:
    """The table with the headings a person chose. `mapping`: ``{"headed": bool, "columns": {"0": "数量", ...}}``."""
    chosen = {int(at): str(name) for at, name in dict(mapping.get("columns") or {}).items() if str(at).isdigit()}
    rows = _rows(content.decode())
    headed = bool(mapping.get("headed", True))
    if not chosen and headed:
        return content
    width = max(len(row) for row in rows)
    first = rows[0] if headed else []
    head = [first[at] if at < len(first) else "" for at in range(width)]
    for at, name in chosen.items():
        if at < width and name:
            head[at] = f"{_LEFT_OUT}{column_letter(at)}" if name == "-" else name
    # Two columns of one name would be read as one: the later one gets its letter.
    seen: set[str] = set()
    for at, name in enumerate(head):
        if name and name in seen:
            head[at] = f"{name} {column_letter(at)}"
        seen.add(head[at])
    return _written([head, *(rows[1:] if headed else rows)])


def columns_of(content: bytes, mapping: Mapping[str, Any]) -> list[PastedColumn]:
    """The columns with a few of their cells, for a person to name."""
    rows = _rows(content.decode())
    headed = bool(mapping.get("headed", True))
    chosen = dict(mapping.get("columns") or {})
    head, below = (rows[0], rows[1:]) if headed else ([], rows)
    found = []
    for at in range(max(len(row) for row in rows)):
        cells = [row[at].strip() for row in below if at < len(row) and row[at].strip()]
        name = head[at].strip() if at < len(head) else ""
        found.append(PastedColumn(at, name or f"({column_letter(at)})", tuple(cells[:3]), str(chosen.get(str(at), ""))))
    return found
