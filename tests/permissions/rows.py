"""The rows of the permission table, read from its parts; `table.py` explains columns and verdicts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from permissions.table import COLUMNS, DESK_COLUMNS, STRANGER, TABLE, VERDICTS
from permissions.table_account import ACCOUNT_TABLE
from permissions.table_api import API_TABLE
from permissions.table_bulletins import BULLETINS_TABLE
from permissions.table_guidance import GUIDANCE_TABLE
from permissions.table_line import LINE_TABLE
from permissions.table_line_api import LINE_API_TABLE
from permissions.table_professionals import PROFESSIONALS_TABLE

__all__ = ["Row", "rows"]

DESK_TABLES = (BULLETINS_TABLE, GUIDANCE_TABLE, LINE_API_TABLE, LINE_TABLE, PROFESSIONALS_TABLE)


@dataclass(frozen=True, slots=True)
class Row:
    """One line: the address, the method, whose object, and the verdict of each column."""

    address: str
    method: str
    whose: str
    verdicts: dict[str, str]


def rows() -> list[Row]:
    """The table, checked for its own form."""
    found = [_row(line, COLUMNS) for line in _lines(ACCOUNT_TABLE + TABLE + API_TABLE, COLUMNS)]
    for desk in DESK_TABLES:
        found += [_row(line, DESK_COLUMNS) for line in _lines(desk, DESK_COLUMNS)]
    keys = [(row.address, row.method, row.whose) for row in found]
    assert len(keys) == len(set(keys)), f"twice: {sorted(key for key in keys if keys.count(key) > 1)}"
    return found


def _lines(table: str, columns: tuple[str, ...]) -> Iterator[list[str]]:
    for line in table.splitlines():
        words = line.split()
        if not words or line.startswith("#"):
            continue
        if words[0] == "address":
            assert tuple(words[3:]) == columns, "the heading and the columns disagree"
            continue
        assert len(words) == 3 + len(columns), f"a row of {len(words)} words: {line}"
        assert set(words[3:]) <= VERDICTS, f"an unknown verdict: {line}"
        yield words


def _row(words: list[str], columns: tuple[str, ...]) -> Row:
    verdicts = dict(zip(columns, words[3:], strict=True))
    if columns == COLUMNS:  # a counsellor finds on the pages of the chain only what is open to everybody who signs in
        own = {verdicts[who] for who in COLUMNS if who not in ("anon", "weak")}
        verdicts |= {STRANGER: own.pop() if len(own) == 1 else "-"}
    return Row(words[0], words[1], words[2], verdicts)
