"""Problems found in single rows or cells: the row is kept, the problem is listed with what was done about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

__all__ = ["PROBLEM_SCHEMA", "Problem", "problems_frame", "shortened"]

#: Columns of problems.csv. `problem` and `action` are stable codes, the texts are for people.
PROBLEM_SCHEMA: dict[str, type[pl.DataType]] = {
    "file": pl.String,
    "sheet": pl.String,
    "row": pl.Int64,
    "column": pl.String,
    "value": pl.String,
    "problem": pl.String,
    "action": pl.String,
    "text_zh": pl.String,
    "text_en": pl.String,
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of one cell or row. `action`: repaired | treated_as_unknown | capped | set_aside | kept."""

    file: str
    sheet: str
    row: int | None
    column: str
    value: str
    problem: str
    action: str
    text_zh: str
    text_en: str


def shortened(text: str, length: int = 200) -> str:
    """`text` if it has at most `length` characters, else its beginning and … (`length` characters in all)."""
    return text if len(text) <= length else text[: length - 1] + "…"


def problems_frame(problems: Iterable[Problem]) -> pl.DataFrame:
    """The problems as a table with `PROBLEM_SCHEMA`, in the order given; long values are shortened."""
    rows = [
        (p.file, p.sheet, p.row, p.column, shortened(p.value), p.problem, p.action, p.text_zh, p.text_en)
        for p in problems
    ]
    return pl.DataFrame(rows, schema=PROBLEM_SCHEMA, orient="row")
