"""What every command speaks with: two languages, progress on stderr, tables for people, CSV or JSON for pipes."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from tongzhou.launch.progress import Progress
from tongzhou.launch.words import both, language

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Progress", "both", "heading", "is_terminal", "language", "note", "say", "show_table", "working"]

#: Rows of a table shown on a terminal; a pipe gets them all.
ROWS_ON_A_TERMINAL = 40


def is_terminal() -> bool:
    """True when a person reads stdout, False when a program or a file does."""
    return sys.stdout.isatty()


def say(zh: str, en: str) -> None:
    """One line of result, on stdout."""
    print(both(zh, en), flush=True)


def note(zh: str, en: str) -> None:
    """One line beside the result (progress, a warning, where a file is), on stderr."""
    print(both(zh, en), file=sys.stderr, flush=True)


def heading(zh: str, en: str) -> None:
    """A heading on a terminal; nothing in a pipe."""
    if is_terminal():
        print(f"\n\033[1m{both(zh, en)}\033[0m", flush=True)


def working(zh: str, en: str) -> Progress:
    """``with working("读取", "reading") as progress: progress.say("needs.csv")``: running seconds on stderr."""
    return Progress(both(zh, en))


def show_table(
    frame: pl.DataFrame,
    *,
    title: tuple[str, str] = ("", ""),
    labels: Mapping[str, tuple[str, str]] | None = None,
    form: Literal["auto", "table", "csv", "json"] = "auto",
) -> None:
    """Print `frame` on stdout: a table on a terminal, CSV in a pipe, one JSON object a line for ``json``.

    `labels` gives columns their headings (zh, en) for people; CSV and JSON keep the column names, which are stable.
    """
    chosen = ("table" if is_terminal() else "csv") if form == "auto" else form
    if chosen == "csv":
        sys.stdout.write(_safe(frame).write_csv(line_terminator="\n"))
    elif chosen == "json":
        for row in frame.iter_rows(named=True):
            print(json.dumps(row, ensure_ascii=False, default=str))
    else:
        _rich_table(frame, both(*title), labels or {})
    sys.stdout.flush()


def _safe(frame: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    from tongzhou_engines.base.cells import safe_cell

    return frame.with_columns(
        pl.col(name).map_elements(safe_cell, return_dtype=pl.String)
        for name, kind in frame.schema.items()
        if kind == pl.String
    )


def _rich_table(frame: pl.DataFrame, title: str, labels: Mapping[str, tuple[str, str]]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=title or None, title_justify="left", header_style="bold")
    for name, kind in frame.schema.items():
        table.add_column(
            both(*labels[name]) if name in labels else name, justify="right" if kind.is_numeric() else "left"
        )
    for row in frame.head(ROWS_ON_A_TERMINAL).iter_rows():
        table.add_row(*("" if cell is None else escape(_cell(cell)) for cell in row))
    Console().print(table)
    if (left := frame.height - ROWS_ON_A_TERMINAL) > 0:
        note(f"…… 还有 {left} 行(接到文件或管道可看全部)", f"... {left} more rows (pipe into a file to see all)")


def _cell(cell: object) -> str:
    return f"{cell:,}" if isinstance(cell, int) and not isinstance(cell, bool) else str(cell)
