"""Texts and delimited tables: which encoding, which delimiter, and no row lost to an open quote."""

from __future__ import annotations

import codecs
import csv
import io
import re
from pathlib import Path

from tongzhou_engines.base.errors import InputError, Where
from tongzhou_engines.base.guards import MAX_BYTES, check_file

__all__ = ["read_text", "text_rows"]

_BINARY = re.compile(r"[\x00-\x08\x0e-\x1f]")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
#: So many Chinese characters of one line are valid UTF-8 by chance in no real GB18030 file.
_SURELY_UTF8 = 4


def read_text(path: str | Path, max_bytes: int = MAX_BYTES) -> str:
    """The text of `path`: UTF-8 with or without mark, UTF-16 with a mark, or GB18030.

    A file that mixes encodings would partly come out as nonsense, so it is refused. Raises InputError: encoding (with
    the line), file_unreadable, file_too_large, file_missing.
    """
    path = Path(path)
    check_file(path, max_bytes)
    data = path.read_bytes()
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = _decode(path, data, "utf-16")
    else:
        try:
            text = data.decode("utf-8").removeprefix("\ufeff")
        except UnicodeDecodeError as error:
            _check_one_encoding(path, data, error.start)
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


def _check_one_encoding(path: Path, data: bytes, start: int) -> None:
    """Refuse a UTF-8 file with some lines in another encoding, and the reverse; `start`: first byte that is not UTF-8.

    Lines of GB18030 are hardly ever valid UTF-8 with Chinese characters in it, so such lines show what the file is.
    """
    utf8, other, surely = 0, 0, 0
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.isascii():
            continue
        try:
            found = len(_CHINESE.findall(line.decode("utf-8-sig")))
        except UnicodeDecodeError:
            other += 1
            continue
        utf8 += found > 0
        if found >= _SURELY_UTF8 and not surely:
            surely = number
    first_other = data.count(b"\n", 0, start) + 1
    if data.startswith(codecs.BOM_UTF8) or (utf8 and utf8 >= other):
        raise _mixed(path, first_other, "UTF-8")
    if surely:
        raise _mixed(path, surely, "GB18030")
    broken = data.decode("utf-8", errors="replace").count("\ufffd")
    if broken * 20 < sum(byte >= 0x80 for byte in data):
        raise _mixed(path, first_other, "UTF-8")


def _mixed(path: Path, row: int, encoding: str) -> InputError:
    return InputError(
        "encoding",
        f"这一行不是 {encoding}，文件的其余部分是",
        f"this row is not {encoding}, but the rest of the file is",
        "请重新输入这一行，再把整个文件另存为 CSV（UTF-8）",
        "Type this row anew and save the whole file as CSV (UTF-8)",
        Where(file=str(path), row=row),
    )


def _decode(path: Path, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(
            "encoding",
            "文字既不是 UTF-8 也不是 GB18030",
            "the text is neither UTF-8 nor GB18030",
            "请另存为 CSV（UTF-8）",
            "Save it as CSV (UTF-8)",
            Where(file=str(path), row=data.count(b"\n", 0, error.start) + 1),
        ) from None


def text_rows(path: Path, text: str) -> list[list[object]]:
    """The records of a delimited text: comma, tab or semicolon, whichever the first line holds most of.

    Raises InputError quote_open when a quote that never closes would swallow the rows after it.
    """
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",\t;", key=lambda mark: (first.count(mark), mark == ","))
    csv.field_size_limit(2**31 - 1)
    lines = list(io.StringIO(text, newline=""))
    reader = csv.reader(iter(lines), delimiter=delimiter)
    rows: list[list[object]] = []
    before = 0
    try:
        for row in reader:
            rows.append(list(row))
            # A quote left open ends at the next quote further down or at the end of the file. Either way the record
            # has several lines, or is the last, and is not well formed.
            if reader.line_num - before > 1 or reader.line_num == len(lines):
                _check_closed(path, lines[before : reader.line_num], delimiter, len(rows))
            before = reader.line_num
    except csv.Error as error:
        raise InputError(
            "file_unreadable",
            f"CSV 有错（{error}）",
            f"the CSV is damaged ({error})",
            "请用表格软件打开后另存为 CSV",
            "Open it in a spreadsheet program and save it as CSV",
            Where(file=str(path)),
        ) from None
    return rows


def _check_closed(path: Path, lines: list[str], delimiter: str, row: int) -> None:
    """Refuse a record whose quote is open; one line with a stray quote (5"屏) is read as it stands."""
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error as error:
        if len(lines) == 1 and "end of data" not in str(error):
            return
        raise InputError(
            "quote_open",
            "这一行的引号没有收尾，会吞掉后面的行",
            "a quote opened in this row is never closed and would swallow the rows after it",
            "请补上收尾的引号，或删去多余的引号",
            "Close the quote, or delete it",
            Where(file=str(path), row=row),
        ) from None
