"""Every row and every cell with content is accounted for: recounted from the raw files by other means."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import polars as pl
import pytest
from recount import count_json, count_workbook

from tongzhou_engines.sheets import SheetsResult, read_sheets

REPOSITORY = Path(__file__).resolve().parents[3]
DATA = REPOSITORY / "tests" / "data" / "sheets"
FOLDERS = {
    "2020-01-29": DATA / "2020-01-29",
    "2020-02-01": DATA / "2020-02-01",
    "2020-02-06": REPOSITORY / "data" / "wuhan2020" / "2020-02-06",
    "2020-02-06 hotels": DATA / "2020-02-06",
    "2020-02-19": DATA / "2020-02-19",
    "2020-03-27": DATA / "2020-03-27",
    "raw": DATA / "raw_sheets_2020-02-12",
}


@pytest.fixture(scope="module", params=FOLDERS)
def read(request: pytest.FixtureRequest) -> tuple[Path, SheetsResult]:
    folder = FOLDERS[request.param]
    return folder, read_sheets(folder)


def test_every_row_and_cell_is_traced_exactly_once(read: tuple[Path, SheetsResult]) -> None:
    folder, result = read
    checked = 0
    for path in sorted([*folder.rglob("*.json"), *folder.rglob("*.xlsx")]):
        label = f"{folder.name}/{path.relative_to(folder).as_posix()}"
        expected = count_workbook(path) if path.suffix == ".xlsx" else {"": count_json(path)}
        mine = result.trace.filter(pl.col("file") == label)
        for sheet, counts in expected.items():
            rows = mine.filter(pl.col("sheet") == sheet).select("row", "column").iter_rows()
            assert Counter(rows) == counts, f"{label} {sheet}"
            checked += sum(counts.values())
        assert set(mine["sheet"].to_list()) == {sheet for sheet, counts in expected.items() if counts}
    assert checked == result.trace.height


def test_every_traced_cell_names_lines_that_exist_or_a_reason(read: tuple[Path, SheetsResult]) -> None:
    _, result = read
    known = {*result.needs["need_id"], *result.offers["offer_id"], *result.leads["lead_id"]}
    named: set[str] = set()
    for row in result.trace.iter_rows(named=True):
        lines = row["lines"].split(";") if row["lines"] else []
        assert set(lines) <= known
        assert bool(lines) != bool(row["reason"])
        assert (row["outcome"] == "set_aside") == bool(row["reason"])
        named.update(lines)
    assert named == known


def test_every_line_says_where_it_comes_from(read: tuple[Path, SheetsResult]) -> None:
    _, result = read
    places = set(result.trace.select("file", "sheet", "row", "column").iter_rows())
    for table in (result.needs, result.offers, result.leads):
        lines = table.select("source_file", "source_sheet", "source_row", "source_column")
        for file, sheet, row, column in lines.iter_rows():
            assert (file, sheet or "", row, column) in places


def test_ids_are_unique(read: tuple[Path, SheetsResult]) -> None:
    _, result = read
    for table, key in ((result.needs, "need_id"), (result.offers, "offer_id"), (result.leads, "lead_id")):
        assert table[key].n_unique() == table.height
        assert table[key].null_count() == 0
