"""`tongzhou read`: messy sheets to tidy needs, offers, leads and problems."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tongzhou.cli.console import both, heading, is_terminal, note, show_table, working

if TYPE_CHECKING:
    from tongzhou_engines.sheets import SheetsResult

__all__ = ["read_command"]

_FILES = both("文件或文件夹（JSON、CSV、XLSX、Parquet）", "files or directories (JSON, CSV, XLSX, Parquet)")
_OUT = both("写到哪个文件夹（新的，或以前的输出）", "directory to write (new, or an earlier output)")
_PREVIOUS = both("以前的输出，用来比较（写出 changes.csv）", "an earlier output to compare with (writes changes.csv)")
_AS_OF = both(
    "快照日期，如 2020-02-06；默认取路径里的日期",
    "date of the snapshot, e.g. 2020-02-06; default: the date in the path",
)
_SHEET = both("只读这个名字的工作表", "read only the sheet of this name")
_CATALOGUE = both("用这个类别目录代替内置的", "use this catalogue instead of the built-in one")
#: Counts shown after reading: key of the summary -> (zh, en).
_COUNTS = {
    "rows": ("行", "rows"),
    "cells": ("有内容的格", "cells with content"),
    "needs": ("需求", "needs"),
    "needs_written": ("　其中写明数量", "  with a written quantity"),
    "needs_read_from_text": ("　其中从文字读出数量", "  with a quantity read from text"),
    "needs_unknown": ("　其中数量未知", "  with unknown quantity"),
    "offers": ("供给", "offers"),
    "leads": ("线索（只供联系，不参与计划）", "leads (to be called, never planned with)"),
    "problems": ("问题", "problems"),
    "repairs": ("修整", "repairs"),
    "cells_set_aside": ("搁置的格（理由见 trace.csv）", "cells set aside (reasons in trace.csv)"),
}


def read_command(
    files: Annotated[list[Path], typer.Argument(help=_FILES, metavar="FILE...")],
    out: Annotated[Path, typer.Option("--out", help=_OUT, metavar="DIR")],
    previous: Annotated[Path | None, typer.Option("--previous", help=_PREVIOUS, metavar="DIR")] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help=_AS_OF, metavar="DATE")] = None,
    sheet: Annotated[str | None, typer.Option("--sheet", help=_SHEET, metavar="NAME")] = None,
    catalogue: Annotated[Path | None, typer.Option("--catalogue", help=_CATALOGUE, metavar="FILE")] = None,
) -> None:
    """把乱表读成整齐的需求、供给、线索和问题清单 / messy sheets to tidy needs, offers, leads and problems."""
    with working("读表", "reading"):
        from tongzhou_engines.base.files import read_table
        from tongzhou_engines.catalogue import Catalogue
        from tongzhou_engines.sheets import read_sheets

        chosen = None
        if catalogue is not None:
            table = read_table(catalogue)
            chosen = Catalogue.from_table(table.frame, table.file, table.rows, table.sheet)
        result = read_sheets(files, as_of=as_of, previous=previous, sheet=sheet, catalogue=chosen)
        result.write(out)
    _show_headings(result)
    _show_counts(result)
    note(f"已写到 {out}", f"written to {out}")


def _show_headings(result: SheetsResult) -> None:
    """Which heading was taken as what, for plain tables; collected sheets have fixed columns (headings.csv has all)."""
    import polars as pl

    plain = result.headings.filter(pl.col("kind").is_in(["needs", "offers", "leads"]))
    for file, sheet in plain.select("file", "sheet").unique(maintain_order=True).iter_rows():
        mine = plain.filter((pl.col("file") == file) & (pl.col("sheet") == sheet))
        where = f"{file} {sheet}".strip()
        used = "、".join(f"{row['column']} → {row['taken_as']}" for row in mine.filter("used").iter_rows(named=True))
        left = "、".join(mine.filter(~pl.col("used"))["column"].to_list())
        note(f"{where}：{used}", f"{where}: {used}")
        if left:
            note(f"{where}：没有使用的列：{left}", f"{where}: columns not used: {left}")


def _show_counts(result: SheetsResult) -> None:
    import polars as pl

    rows = [(both(*words), result.summary[key]) for key, words in _COUNTS.items()]
    changes = result.summary.get("changes")
    if isinstance(changes, dict):
        names = {
            "new": ("新增", "new"),
            "changed": ("有变化", "changed"),
            "gone": ("消失", "gone"),
            "stale": ("未更新", "stale"),
        }
        rows += [(both(*words), changes.get(key, 0)) for key, words in names.items()]
    heading("读表结果", "what was read")
    labels = {"what": ("内容", "what"), "count": ("数目", "count")}
    show_table(pl.DataFrame(rows, schema={"what": pl.String, "count": pl.Int64}, orient="row"), labels=labels)
    problems = result.summary["problems_by_code"]
    if isinstance(problems, dict) and problems and is_terminal():
        from tongzhou_engines.sheets.words import PROBLEMS

        heading("问题（problems.csv 里逐条列出）", "problems (each is listed in problems.csv)")
        listed = [(both(*PROBLEMS[code]).replace("{0}", "…"), count) for code, count in problems.items()]
        show_table(pl.DataFrame(listed, schema={"what": pl.String, "count": pl.Int64}, orient="row"), labels=labels)
