"""What reading sheets gives: tidy tables, the account of every cell, and their writing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

import polars as pl

from tongzhou_engines.base.files import output_directory, write_csv
from tongzhou_engines.sheets.inputs import MARKER

__all__ = ["SheetsResult"]

#: By which read.json is known as ours.
FORMAT = "tongzhou-read/1"


@dataclass(frozen=True, slots=True)
class SheetsResult:
    """The outcome of `read_sheets`.

    needs, offers, leads: tidy lines (columns: docs/reference/sheets.md). problems: what was wrong in single cells and
    what was done. trace: what became of every row and every cell with content. headings: what each column was taken as.
    changes: against an earlier output, None without one. summary: counts, and for each file its SHA-256 and counts.
    """

    needs: pl.DataFrame
    offers: pl.DataFrame
    leads: pl.DataFrame
    problems: pl.DataFrame
    trace: pl.DataFrame
    headings: pl.DataFrame
    changes: pl.DataFrame | None
    summary: Mapping[str, object]

    def write(self, directory: str | Path) -> None:
        """Write needs, offers, leads, problems, trace, headings (and changes) as CSV and read.json into `directory`.

        The directory appears whole or not at all; it may be an earlier output, which is replaced. Raises InputError
        output_exists when it is anything else that is not empty. The same result gives the same bytes.
        """
        tables = {"needs": self.needs, "offers": self.offers, "leads": self.leads, "problems": self.problems}
        tables |= {"trace": self.trace, "headings": self.headings}
        if self.changes is not None:
            tables["changes"] = self.changes
        with output_directory(directory, MARKER) as fresh:
            for name, table in tables.items():
                write_csv(table, fresh / f"{name}.csv")
            held = {"format": FORMAT, **self.summary}
            text = json.dumps(held, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
            (fresh / MARKER).write_text(text, encoding="utf-8", newline="\n")

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(str(name))}</td><td style='text-align:right'>{value:,}</td></tr>"
            for name, value in self.summary.items()
            if isinstance(value, int)
        )
        return f"<table><caption>读表结果 · sheets read</caption>{rows}</table>"
