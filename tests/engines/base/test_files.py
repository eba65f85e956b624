"""Reading and safe writing of tables."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tongzhou_engines.base.cells import cell_text, column_letter
from tongzhou_engines.base.errors import InputError
from tongzhou_engines.base.files import (
    plain_cell,
    read_rows,
    read_table,
    read_text,
    safe_cell,
    table_from_rows,
    write_csv,
)

DANGEROUS = tuple("=+-@\t\r")
#: Any text a cell may hold; NUL and single surrogates are not text.
cells = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
visible = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=12)


@given(cells)
def test_safe_cell_is_harmless_and_undone_by_plain_cell(text: str) -> None:
    assert not safe_cell(text).startswith(DANGEROUS)
    assert plain_cell(safe_cell(text)) == text


@given(cells)
def test_plain_cell_takes_off_only_a_guard(text: str) -> None:
    if plain_cell(text) != text:
        assert text.startswith("'")
        assert text.lstrip("'").startswith(DANGEROUS)


@pytest.mark.parametrize("text", ["'tis", "O'Neil", "", "'", "口罩"])
def test_other_texts_stay(text: str) -> None:
    assert plain_cell(text) == text
    assert safe_cell(text) == text


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(visible, min_size=3, max_size=3), min_size=1, max_size=6))
def test_what_write_csv_writes_read_table_reads(tmp_path: Path, rows: list[list[str]]) -> None:
    frame = pl.DataFrame(rows, schema={"a": pl.String, "b": pl.String, "=c": pl.String}, orient="row")
    path = tmp_path / "table.csv"
    write_csv(frame, path)
    for record in csv.reader(path.open(encoding="utf-8", newline="")):
        assert not any(cell.startswith(DANGEROUS) for cell in record)
    table = read_table(path)
    assert table.frame.rows() == frame.rows()
    assert table.frame.columns == frame.columns
    assert table.rows == list(range(2, len(rows) + 2))


def test_line_breaks_inside_cells_survive(tmp_path: Path) -> None:
    frame = pl.DataFrame({"a": ['x\ny"z', "p,q\r", "\ttab"], "n": [1, None, 3]})
    write_csv(frame, tmp_path / "t.csv")
    assert read_table(tmp_path / "t.csv").frame["a"].to_list() == frame["a"].to_list()
    assert read_table(tmp_path / "t.csv").frame["n"].to_list() == ["1", None, "3"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.text(alphabet="医院口罩防护服武汉市只套，。0123456789abc", min_size=1, max_size=8), min_size=1, max_size=5
    )
)
def test_gb18030_and_utf8_give_the_same_table(tmp_path: Path, names: list[str]) -> None:
    text = "名称,数量\n" + "".join(f'"{name}",5\n' for name in names)
    tables = []
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        path = tmp_path / f"{encoding}.csv"
        path.write_bytes(text.encode(encoding))
        tables.append(read_table(path).frame.rows())
    assert tables[0] == tables[1] == tables[2] == tables[3]
    assert [row[0] for row in tables[0]] == names


def test_utf8_with_a_broken_byte_is_refused_not_read_as_nonsense(tmp_path: Path) -> None:
    path = tmp_path / "broken.csv"
    path.write_bytes("名称,数量\n".encode() + "武汉市中心医院".encode() * 10 + b"\xff,5\n")
    with pytest.raises(InputError) as caught:
        read_table(path)
    assert caught.value.code == "encoding"
    assert caught.value.where.row == 2


@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_the_delimiter_is_the_one_the_headings_use(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        mark.join(["名称", "数量", "单位"]) + "\n" + mark.join(["口罩", "5", "只"]) + "\n", encoding="utf-8"
    )
    assert read_table(path).frame.rows() == [("口罩", "5", "只")]


def test_row_numbers_count_blank_lines_and_headings_are_stripped(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("\n 名称 ,数量\n\n口罩,5\n,\n护目镜,6\n", encoding="utf-8")
    table = read_table(path)
    assert table.frame.columns == ["名称", "数量"]
    assert table.rows == [4, 6]


def test_a_column_without_heading_is_kept_under_its_letter(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("名称,,数量\n口罩,急,5,\n", encoding="utf-8")
    assert read_table(path).frame.columns == ["名称", "(B)", "数量"]


def test_two_columns_of_one_name_are_refused_or_lettered(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("数量,数量\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_table(path)
    assert (caught.value.code, caught.value.where.row, caught.value.where.column) == ("column_duplicate", 1, "数量")
    lettered = table_from_rows([["数量", "数量"], ["1", "2"]], file="t.csv", sheet="", letters=True)
    assert lettered.frame.columns == ["数量", "数量 (B)"]


def _workbook(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("空表")
        sheet = book.add_worksheet("需求")
        sheet.write_row(0, 0, ["名称", "数量", "日期"])
        sheet.write(1, 0, "口罩")
        sheet.write(1, 1, 500.0)
        sheet.write_datetime(1, 2, dt.datetime(2020, 2, 6), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_row(3, 0, ["护目镜", 2.5])


def test_workbook_sheets_rows_numbers_and_dates(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    _workbook(path)
    table = read_table(path)
    assert (table.sheet, table.rows) == ("需求", [2, 4])
    assert table.frame.rows() == [("口罩", "500", "2020-02-06"), ("护目镜", "2.5", None)]
    assert list(read_rows(path)) == ["空表", "需求"]
    with pytest.raises(InputError) as caught:
        read_table(path, "供给")
    assert caught.value.code == "sheet_unknown"
    assert "需求" in caught.value.text("zh")


def test_a_workbook_under_a_wrong_suffix_is_read_for_what_it_is(tmp_path: Path) -> None:
    _workbook(tmp_path / "t.xlsx")
    (tmp_path / "t.csv").write_bytes((tmp_path / "t.xlsx").read_bytes())
    assert read_table(tmp_path / "t.csv").frame.rows() == read_table(tmp_path / "t.xlsx").frame.rows()


def test_parquet(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pl.DataFrame({"名称": ["口罩", None], "数量": [5, 6], "日期": [dt.date(2020, 2, 6), None]}).write_parquet(path)
    assert read_table(path).frame.rows() == [("口罩", "5", "2020-02-06"), (None, "6", None)]


def test_empty_file_and_empty_table(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_bytes(b"\n\n")
    with pytest.raises(InputError) as caught:
        read_table(tmp_path / "e.csv")
    assert caught.value.code == "no_rows"
    (tmp_path / "h.csv").write_text("名称,数量\n", encoding="utf-8")
    assert read_table(tmp_path / "h.csv").frame.height == 0


def test_binary_is_not_text(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(bytes(range(256)) * 4)
    with pytest.raises(InputError) as caught:
        read_text(path)
    assert caught.value.code in ("file_unreadable", "encoding")


@pytest.mark.parametrize(
    ("index", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")]
)
def test_column_letters_are_those_of_a_spreadsheet(index: int, letter: str) -> None:
    assert column_letter(index) == letter


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (1.0, "1"), (1.5, "1.5"), (True, "true"), (float("nan"), ""), (dt.date(2020, 2, 6), "2020-02-06")],
)
def test_cells_as_text(value: object, text: str) -> None:
    assert cell_text(value) == text
