"""One cell of a table: from what a workbook holds to text, and text made safe to open in a spreadsheet program."""

from __future__ import annotations

import datetime as dt
import re

__all__ = ["cell_text", "column_letter", "plain_cell", "safe_cell"]

#: Texts that a spreadsheet program may run as a formula, or that were guarded against it before.
_DANGEROUS = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")
#: Whole floats above this are no longer exact, so they are written as they are.
_EXACT = 2**53


def safe_cell(text: str) -> str:
    """`text` so that no spreadsheet program runs it: one starting with = + - @ tab or CR gets a leading '.

    A text that already looks guarded gets one more ', so that `plain_cell` undoes exactly what was done here.
    """
    return "'" + text if _DANGEROUS.match(text) else text


def plain_cell(text: str) -> str:
    """Undo `safe_cell`: take off one leading ' when it guards one of = + - @ tab CR; other texts stay."""
    return text[1:] if _GUARDED.match(text) else text


def cell_text(value: object) -> str:
    """What a cell holds as text: blank for nothing, ISO dates, whole numbers without a decimal point."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if value != value:
            return ""
        if abs(value) < _EXACT and value == int(value):
            return str(int(value))
        return repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)


def column_letter(index: int) -> str:
    """The letter of the column with 0-based `index` as a spreadsheet shows it: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
