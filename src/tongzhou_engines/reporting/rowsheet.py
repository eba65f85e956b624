"""A worksheet whose rows go straight to its file: what makes a workbook of millions of cells quick and small."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import escape
from xlsxwriter.worksheet import Worksheet

from tongzhou_engines.base.files import safe_cell
from tongzhou_engines.reporting.texts import clean

__all__ = ["MOST_SHARED", "RowSheet", "safe_text"]

#: Different texts kept in memory and written once for the whole workbook; those that come later stand in their cells.
MOST_SHARED = 500_000
#: UTF-16 units one cell may hold (the format's limit is 32,767).
_MOST_TEXT = 32_000
#: What the format would read as an escaped character.
_ESCAPE = re.compile("(_x[0-9a-fA-F]{4}_)")


def safe_text(text: str) -> str:
    """`text` as a cell may hold it: cleaned, never a formula, not too long."""
    text = safe_cell(clean(text))
    if len(text) <= _MOST_TEXT // 2:
        return text
    units = text.encode("utf-16-le")
    return text if len(units) <= 2 * _MOST_TEXT else units[: 2 * _MOST_TEXT].decode("utf-16-le", "ignore") + "…"


@functools.cache
def _letters(column: int) -> str:
    """A, B, ... Z, AA for columns counted from 0."""
    above, own = divmod(column, 26)
    return (_letters(above - 1) if above else "") + chr(65 + own)


class RowSheet(Worksheet):  # type: ignore[misc]  # xlsxwriter is not typed for mypy here
    """A worksheet of a constant-memory workbook with one more way to write: `write_line`.

    Setting cell by cell costs xlsxwriter several calls and an object for each, and constant memory writes every text
    in full. Here a line is written as XML at once, below every row already there, and a text that comes again is a
    reference to one table of texts, as in any other workbook. Ordinary cells may still be set before and after.
    """

    def write_line(self, row: int, values: Sequence[object], kinds: Sequence[str], formats: Mapping[str, Any],
                   height: float, known: dict[str, int]) -> None:  # fmt: skip
        """Write one line of cells from column A; None and empty texts leave their cell to the column's format.

        row: 0-based, below all rows written. kinds: the key in `formats` for each cell; a float in a ``whole`` column
        is money. height: points. known: texts already in the table, shared by the sheets of one workbook.
        """
        at = row + 1
        parts = [f'<row r="{at}" ht="{height:g}" customHeight="1">']
        for column, value in enumerate(values):
            if value is None or value == "":
                continue
            kind = kinds[column]
            if isinstance(value, (int, float)):
                kind = "money" if kind == "whole" and isinstance(value, float) else kind
                parts.append(f'<c r="{_letters(column)}{at}" s="{_style(formats[kind])}"><v>{value:.16g}</v></c>')
            else:
                content = self._content(str(value), known)
                parts.append(f'<c r="{_letters(column)}{at}" s="{_style(formats[kind])}" {content}</c>')
        parts.append("</row>")
        self._write_single_row(row)  # what was set by cell before goes first
        self._check_dimensions(row, len(values) - 1)
        self.fh.write("".join(parts))

    def _content(self, text: str, known: dict[str, int]) -> str:
        """The rest of a text cell's tag and its content."""
        at = known.get(text)
        if at is not None:
            self.str_table.count += 1
        elif len(known) < MOST_SHARED:
            at = known[text] = self.str_table._get_shared_string_index(safe_text(text))
        else:
            said = _ESCAPE.sub(r"_x005F\1", str(escape(safe_text(text))))
            return f't="inlineStr"><is><t xml:space="preserve">{said}</t></is>'
        return f't="s"><v>{at}</v>'


def _style(form: Any) -> int:
    number = form.xf_index
    return int(form._get_xf_index() if number is None else number)
