"""What changed since an earlier reading: new, changed, gone and stale lines, with the dates of both snapshots."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from tongzhou_engines.base.errors import InputError, Where
from tongzhou_engines.base.files import read_table
from tongzhou_engines.sheets.model import CHANGE_SCHEMA, TABLES

__all__ = ["compare", "read_previous"]

#: Where a line stands in its file says nothing about the line, nor does the date of the snapshot.
_NOT_COMPARED = {"source_file", "source_sheet", "source_row", "source_column", "as_of", "requester_id"}
_WHO = {"needs": "requester", "offers": "organisation", "leads": "organisation"}


def read_previous(directory: str | Path) -> dict[str, pl.DataFrame]:
    """The tables of an earlier output, changes too when there are any; InputError previous_invalid if it is none."""
    root = Path(directory)
    tables = {}
    for name, (key, _) in TABLES.items():
        path = root / f"{name}.csv"
        if not path.is_file():
            raise InputError(
                "previous_invalid",
                f"里面没有 {name}.csv，不是 read 的输出",
                f"it has no {name}.csv: not an output of read",
                "请用 --previous 给出以前 read 写出的文件夹",
                "Give a directory that read wrote with --previous",
                Where(file=str(directory)),
            )
        table = read_table(path).frame
        if key not in table.columns:
            raise InputError(
                "previous_invalid",
                f"{name}.csv 没有 {key} 列",
                f"{name}.csv has no column {key}",
                "请用没有改过的 read 输出",
                "Give an unchanged output of read",
                Where(file=str(path), column=key),
            )
        tables[name] = table
    changes = root / "changes.csv"
    if changes.is_file():
        tables["changes"] = read_table(changes).frame
    return tables


def compare(previous: dict[str, pl.DataFrame], current: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """One row for each new, gone and stale line and for each changed field; columns `CHANGE_SCHEMA`.

    stale: the line is the same as before, so nobody has touched it since `since` (carried on from reading to reading):
    verify it again before it is planned with.
    """
    since = _since(previous)
    rows: list[tuple[str, ...]] = []
    for name, (key, schema) in TABLES.items():
        before, after = _by_id(previous[name], key), _by_id(current[name], key)
        compared = [column for column in schema if column not in _NOT_COMPARED and column != key]
        for line in sorted(before.keys() | after.keys()):
            rows += _compare_line(name, line, before.get(line), after.get(line), compared, since)
    return pl.DataFrame(rows, schema=CHANGE_SCHEMA, orient="row")


def _since(previous: dict[str, pl.DataFrame]) -> dict[tuple[str, str], str]:
    """Since when the lines that were stale at the earlier reading have been the same."""
    known: dict[tuple[str, str], str] = {}
    if "changes" in previous and {"table", "id", "change", "since"} <= set(previous["changes"].columns):
        for row in previous["changes"].iter_rows(named=True):
            if row["change"] == "stale" and row["since"]:
                known[(row["table"], row["id"])] = row["since"]
    return known


def _by_id(table: pl.DataFrame, key: str) -> dict[str, dict[str, str]]:
    texts = table.with_columns(pl.all().cast(pl.String).fill_null(""))
    return {row[key]: row for row in texts.iter_rows(named=True) if row[key]}


def _compare_line(
    table: str,
    line: str,
    before: dict[str, str] | None,
    after: dict[str, str] | None,
    compared: list[str],
    since: dict[tuple[str, str], str],
) -> list[tuple[str, ...]]:
    shown = after or before or {}
    about = (shown.get(_WHO[table], ""), shown.get("place", ""), shown.get("category", ""))
    dates = ((before or {}).get("as_of", ""), (after or {}).get("as_of", ""))
    if before is None:
        return [(table, line, "new", "", "", "", *about, *dates, dates[1])]
    if after is None:
        return [(table, line, "gone", "", "", "", *about, *dates, "")]
    differing = [column for column in compared if before.get(column, "") != after.get(column, "")]
    if not differing:
        return [(table, line, "stale", "", "", "", *about, *dates, since.get((table, line), dates[0]))]
    return [
        (table, line, "changed", column, before.get(column, ""), after.get(column, ""), *about, *dates, dates[1])
        for column in differing
    ]
