"""Texts that would lose rows or come out as nonsense are refused with the row, and what is fine is read."""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from tongzhou_engines.base.errors import InputError
from tongzhou_engines.base.files import read_rows, read_table
from tongzhou_engines.base.problems import Problem, problems_frame

HEAD = "need_id,place,category,urgency,quantity\n"


def refused(path: Path, data: str | bytes | None = None) -> InputError:
    if data is not None:
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    with pytest.raises(InputError) as caught:
        read_table(path)
    for lang in ("zh", "en"):
        assert path.name in caught.value.text(lang)
    return caught.value


def test_more_cells_than_headings_are_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "needs.csv"
    error = refused(path, HEAD + "n0,420106,mask,1,5\nn1,420106,mask,1,70,000\n")
    assert (error.code, error.where.row) == ("row_too_long", 3)
    error = refused(path, "need_id,quantity,\nn1,70,000\n")
    assert (error.code, error.where.row) == ("row_too_long", 2)
    path.write_text(HEAD + 'n1,420106,mask,1,"70,000", ,\n', encoding="utf-8")
    assert read_table(path).frame["quantity"].to_list() == ["70,000"]


def test_a_quote_open_to_the_end_is_refused_with_its_row(tmp_path: Path) -> None:
    path = tmp_path / "needs.csv"
    rows = [f"n{i},420106,mask,1,5\n" for i in range(9)]
    for bad in ('n9,"420106,mask,1,5\n', 'n9,420106,mask,1,"5', '"n9\n'):
        for after in (rows, []):
            error = refused(path, HEAD + "".join(rows) + bad + "".join(after))
            assert (error.code, error.where.row) == ("quote_open", 11)


def test_a_quote_that_ends_at_the_next_quote_further_down_is_refused(tmp_path: Path) -> None:
    lines = 'n1,"420106,mask,1,5\nn2,420106,mask,1,5\nn3,420106,"mask",1,5\n'
    error = refused(tmp_path / "needs.csv", HEAD + lines)
    assert (error.code, error.where.row) == ("quote_open", 2)


def test_good_quotes_and_stray_quotes_on_one_line_are_read(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('名称,数量\n"两行\n的""名称""",5\n"屏"5寸,6\n5"屏,7\n"屏"5寸,8', encoding="utf-8")
    table = read_table(path)
    assert table.frame.rows() == [('两行\n的"名称"', "5"), ("屏5寸", "6"), ('5"屏', "7"), ("屏5寸", "8")]
    assert table.rows == [2, 3, 4, 5]


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_one_gb18030_row_in_a_utf8_file_is_named(tmp_path: Path, bom: bytes) -> None:
    rows = ["名称,数量\n", "武汉市中心医院,5\n", "协和医院,6\n"]
    data = bom + "".join(rows).encode() + "同济医院,7\n".encode("gb18030") + "第六医院,8\n".encode()
    error = refused(tmp_path / "t.csv", data)
    assert (error.code, error.where.row) == ("encoding", 4)


def test_one_utf8_row_in_a_gb18030_file_is_named(tmp_path: Path) -> None:
    rows = "".join(f"协和医院{i},6\n" for i in range(5))
    data = ("名称,数量\n" + rows).encode("gb18030") + "武汉市中心医院,5\n".encode()
    error = refused(tmp_path / "t.csv", data)
    assert (error.code, error.where.row) == ("encoding", 7)


def test_devices_and_pipes_are_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    for path in (Path("/dev/zero"), tmp_path / "pipe.csv", tmp_path):
        assert refused(path).code == "file_unreadable"


@pytest.mark.parametrize("kind", [pl.String, pl.Categorical, pl.Binary])
def test_a_parquet_bomb_is_refused_before_it_is_unfolded(tmp_path: Path, kind: type[pl.DataType]) -> None:
    path = tmp_path / "bomb.parquet"
    rows, text = 3_000_000, pl.lit("x" * 1000, dtype=pl.String).cast(kind)
    pl.select(pl.repeat(0, rows, dtype=pl.Int8).alias("n")).lazy().select(text.alias("id"), "n").sink_parquet(path)
    assert refused(path).code == "file_bomb"


def test_parquet_with_lists_is_refused_and_repeated_texts_are_read(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pl.DataFrame({"a": [[1, 2], [3]]}).write_parquet(path)
    error = refused(path)
    assert (error.code, error.where.column) == ("file_unreadable", "a")
    pl.DataFrame({"a": ["武汉市中心医院"] * 50_000}).write_parquet(path)
    assert read_table(path).frame.height == 50_000


def test_a_cell_longer_than_a_spreadsheet_allows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    error = refused(path, "名称,数量\n口罩," + "1" * 2_000_000 + "\n")
    assert (error.code, error.where.row, error.where.column) == ("cell_too_long", 2, "B")
    path.write_text("名称,数量\n口罩," + "1" * 32_767 + "\n", encoding="utf-8")
    assert read_table(path).frame.height == 1


def test_long_values_of_problems_are_shortened() -> None:
    problem = Problem("t.csv", "", 2, "数量", "1" * 5000, "absurd_quantity", "treated_as_unknown", "数", "number")
    value = problems_frame([problem])["value"].item()
    assert len(value) == 200
    assert value.endswith("…")


def test_of_several_sheets_one_must_be_named(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, text in (("需求", "口罩"), ("空表", ""), ("供给", "护目镜")):
            sheet = book.add_worksheet(name)
            if text:
                sheet.write_column(0, 0, ["名称", text])
    error = refused(path)
    assert error.code == "sheet_choice"
    assert "需求、供给" in error.zh
    assert read_table(path, "供给").frame.rows() == [("护目镜",)]
    assert list(read_rows(path)) == ["需求", "空表", "供给"]
