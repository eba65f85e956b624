"""What the sheets room makes of every snapshot, as the table of docs/methods/sheets.md.

    python bench/sheets.py DIR

DIR holds one folder for each snapshot of wuhan2020 (JSON of either schema, raw sheets, workbooks). For each folder and
for each workbook in it alone, one line: rows, cells, needs and their quantities, offers, leads, problems, repairs. Each
folder is recounted from the raw files by other means (tests/engines/sheets/recount.py); a difference ends the run.
"""

from __future__ import annotations

import resource
import sys
import time
from collections import Counter
from pathlib import Path

import polars as pl

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests" / "engines" / "sheets")]

from recount import count_json, count_workbook  # noqa: E402

from tongzhou_engines.sheets import SheetsResult, read_sheets  # noqa: E402

COLUMNS = [
    "rows", "cells", "needs", "needs_written", "needs_read_from_text", "needs_unknown", "offers", "leads", "problems",
    "repairs", "cells_set_aside",
]  # fmt: skip


def recount(folder: Path, result: SheetsResult) -> int:
    """Cells and rows of the raw files, after comparing them one by one with the trace."""
    total = 0
    for path in sorted([*folder.rglob("*.json"), *folder.rglob("*.xlsx")]):
        label = f"{folder.name}/{path.relative_to(folder).as_posix()}"
        expected = count_workbook(path) if path.suffix == ".xlsx" else {"": count_json(path)}
        for sheet, counts in expected.items():
            mine = result.trace.filter((pl.col("file") == label) & (pl.col("sheet") == sheet))
            if Counter(mine.select("row", "column").iter_rows()) != counts:
                sys.exit(f"the trace of {label} {sheet} differs from a recount of the file")
            total += sum(counts.values())
    if total != result.trace.height:
        sys.exit(f"the trace of {folder.name} has {result.trace.height} lines, a recount gives {total}")
    return total


def main(base: Path) -> None:
    """Print one line of the table for each snapshot and workbook."""
    print("| " + " | ".join(["snapshot", *COLUMNS, "recounted", "seconds"]) + " |")
    print("|---" * (len(COLUMNS) + 3) + "|")
    for folder in sorted(path for path in base.iterdir() if path.is_dir()):
        for source in [folder, *sorted(folder.glob("*.xlsx"))]:
            start = time.perf_counter()
            result = read_sheets(source)
            seconds = time.perf_counter() - start
            counted = f"{recount(folder, result):,}" if source is folder else ""
            cells = [f"{result.summary[name]:,}" for name in COLUMNS]
            print("| " + " | ".join([source.name, *cells, counted, f"{seconds:.2f}"]) + " |")
    print(f"\npeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
