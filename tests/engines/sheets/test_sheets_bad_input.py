"""Unusable input: one clear error naming where, and nothing written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tongzhou_engines.base.errors import CODES, InputError
from tongzhou_engines.sheets import read_sheets
from tongzhou_engines.sheets.words import PROBLEMS, REASONS, WHY_LEAD

HOSPITAL = {
    "id": 0,
    "province": "湖北",
    "city": "武汉市",
    "district": "",
    "name": "甲医院",
    "supplies": [],
    "remark": "",
    "url": "",
}


def refused(path: Path | list[Path], **options: str) -> InputError:
    with pytest.raises(InputError) as caught:
        read_sheets(path, **options)
    error = caught.value
    assert error.code in CODES
    assert error.todo_zh
    assert error.todo_en
    return error


def put(tmp_path: Path, data: object, name: str = "t.json") -> Path:
    path = tmp_path / name
    path.write_text(data if isinstance(data, str) else json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return path


def test_missing_file_and_directory_without_tables(tmp_path: Path) -> None:
    assert refused(tmp_path / "no.json").code == "file_missing"
    assert refused(tmp_path).code == "no_rows"
    assert refused([]).code == "no_rows"


@pytest.mark.parametrize("text", ["", "{", "[1,2", '[{"name": NaN, }]', "[" * 5000])
def test_what_is_not_json(tmp_path: Path, text: str) -> None:
    assert refused(put(tmp_path, text)).code == "file_unreadable"


@pytest.mark.parametrize(
    "data",
    [
        {},
        '"text"',
        5,
        [1, 2],
        [{"a": 1}],
        [{"name": "x"}],
        [[1, 2]],
        [[{"key": "x", "value": 1}]],
        [HOSPITAL, []],
        [HOSPITAL, {"a": 1}],
    ],
)
def test_json_that_is_neither_schema(tmp_path: Path, data: object) -> None:
    error = refused(put(tmp_path, data))
    assert error.code == "sheet_layout"
    assert error.where.file == "t.json"


def test_the_row_of_an_unknown_record_is_named(tmp_path: Path) -> None:
    assert refused(put(tmp_path, [HOSPITAL, {"a": 1}])).where.row == 2


@pytest.mark.parametrize(
    "change",
    [
        {"supplies": "text"},
        {"supplies": [{"key": "防护服", "value": [1]}]},
        {"supplies": [{"key": "防护服", "value": {"a": 1}}, 5, None, {"value": 1}]},
        {"supplies": [{"key": None, "value": "x"}]},
        {"name": None},
        {"name": ""},
        {"name": ["甲", "乙"]},
        {"remark": {"a": ["b"]}},
        {"city": 5, "district": True, "province": None},
        {"contacts": [{"name": "王", "tel": ["1"]}]},
        {"supplies": [{"key": "防护服", "value": "1" * 400}]},
        {
            "supplies": [
                {"key": "防护服", "value": -3},
                {"key": "护目镜", "value": 2.5},
                {"key": "手术衣", "value": 10**15},
            ]
        },
    ],
)
def test_bad_cells_keep_the_row_and_never_fail(tmp_path: Path, change: dict[str, object]) -> None:
    result = read_sheets(put(tmp_path, [{**HOSPITAL, **change}, {**HOSPITAL, "name": "乙医院"}]))
    assert result.summary["rows"] == 2
    assert all(value is None for value in result.needs["quantity"])


def test_bad_quantities_are_listed_with_row_and_column(tmp_path: Path) -> None:
    supplies = [{"key": "防护服", "value": -3}, {"key": "护目镜", "value": 2.5}, {"key": "手术衣", "value": 10**15}]
    result = read_sheets(put(tmp_path, [HOSPITAL, {**HOSPITAL, "name": "乙医院", "supplies": supplies}]))
    listed = result.problems.select("row", "column", "value", "problem", "action").rows()
    # So long a run of digits may be an account or identity number, so it is not repeated in the list.
    assert set(listed) == {
        (2, "防护服", "-3", "negative_quantity", "treated_as_unknown"),
        (2, "护目镜", "2.5", "fractional_quantity", "treated_as_unknown"),
        (2, "手术衣", "[已删账号]", "absurd_quantity", "treated_as_unknown"),
    }
    assert result.needs.height == 3


def test_an_unknown_sheet_and_a_bad_date(tmp_path: Path) -> None:
    book = (
        Path(__file__).resolve().parents[2]
        / "data"
        / "sheets"
        / "raw_sheets_2020-02-12"
        / "other_sheets_2020-02-12.xlsx"
    )
    error = refused(book, sheet="没有")
    assert (error.code, error.where.sheet) == ("sheet_unknown", "没有")
    assert "义诊" in error.text("zh")
    assert read_sheets(book, sheet="义诊").summary["rows"] == 59
    assert refused(book, as_of="6 Feb").code == "date_invalid"


def test_an_empty_list_is_a_file_without_rows(tmp_path: Path) -> None:
    result = read_sheets(put(tmp_path, []))
    assert result.needs.height == 0
    assert result.problems["problem"].to_list() == ["no_rows"]


def test_nothing_is_written_when_the_target_is_someone_elses(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "notes.txt").write_text("mine")
    result = read_sheets(put(tmp_path, [HOSPITAL]))
    with pytest.raises(InputError) as caught:
        result.write(mine)
    assert caught.value.code == "output_exists"
    assert [path.name for path in mine.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("texts", [REASONS, PROBLEMS, WHY_LEAD])
def test_every_code_has_a_text_in_both_languages(texts: dict[str, tuple[str, str]]) -> None:
    for zh, en in texts.values():
        assert any("\u4e00" <= char <= "\u9fff" for char in zh)
        assert en.isascii() or "“" in en
        assert zh.count("{0}") == en.count("{0}")


def test_a_huge_cell_is_refused_and_a_long_one_is_read_and_shortened(tmp_path: Path) -> None:
    huge = [HOSPITAL, {**HOSPITAL, "remark": "1" * 2_000_000}]
    error = refused(put(tmp_path, huge))
    assert (error.code, error.where.row) == ("cell_too_long", 2)
    table = "need_id,place,category,quantity\nn1,420106,medical_mask," + "1" * 32_000 + "@\n"
    result = read_sheets(put(tmp_path, table, "needs.csv"))
    assert result.needs["quantity"].to_list() == [None]
    assert all(len(value) <= 200 for value in result.problems["value"])


def test_an_output_holding_a_file_of_ones_own_is_not_replaced(tmp_path: Path) -> None:
    result = read_sheets(put(tmp_path, [HOSPITAL]))
    result.write(tmp_path / "out")
    result.write(tmp_path / "out")
    (tmp_path / "out" / "notes.txt").write_text("mine")
    with pytest.raises(InputError) as caught:
        result.write(tmp_path / "out")
    assert caught.value.code == "output_exists"
    assert "notes.txt" in caught.value.zh
    assert (tmp_path / "out" / "notes.txt").read_text() == "mine"
