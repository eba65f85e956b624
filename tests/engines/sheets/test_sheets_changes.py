"""From snapshot to snapshot: one identity, and what is new, changed, gone or stale."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from tongzhou_engines.base.errors import InputError
from tongzhou_engines.sheets import SheetsResult, read_sheets

REPOSITORY = Path(__file__).resolve().parents[3]
SIXTH = REPOSITORY / "data" / "wuhan2020" / "2020-02-06" / "hospital"
NINETEENTH = REPOSITORY / "tests" / "data" / "sheets" / "2020-02-19" / "hospital"


def snapshot(folder: Path, date: str, *rows: dict[str, object]) -> Path:
    """A directory with one hospital file of the later schema."""
    path = folder / date / "hospital" / "wuhanshi.json"
    path.parent.mkdir(parents=True)
    common = {
        "province": "湖北",
        "city": "武汉市",
        "district": "武昌区",
        "address": "",
        "url": "",
        "remark": "",
        "contacts": [],
    }
    path.write_text(json.dumps([{"id": i, **common, **row} for i, row in enumerate(rows)]), encoding="utf-8")
    return folder / date


def asks(name: str, more: str = "", **supplies: object) -> dict[str, object]:
    return {"name": name, "remark": more, "supplies": [{"key": k, "value": v} for k, v in supplies.items()]}


def changes(result: SheetsResult) -> set[tuple[str, str, str]]:
    assert result.changes is not None
    return set(result.changes.select("who", "category", "change").iter_rows())


def test_new_changed_gone_and_stale_with_dates(tmp_path: Path) -> None:
    first = snapshot(
        tmp_path, "2020-02-06", asks("甲医院", 防护服=1, 护目镜=20), asks("乙医院", 手术衣=5), asks("丙医院", 护目镜=1)
    )
    second = snapshot(
        tmp_path, "2020-02-10", asks("丙医院\t", 护目镜=1), asks("甲医院", 防护服=300, 护目镜=20, 隔离衣=1)
    )
    read_sheets(first).write(tmp_path / "out1")
    result = read_sheets(second, previous=tmp_path / "out1")
    assert changes(result) == {
        ("甲医院", "protective_suit", "changed"),
        ("甲医院", "goggles", "stale"),
        ("甲医院", "isolation_gown", "new"),
        ("乙医院", "surgical_gown", "gone"),
        ("丙医院", "goggles", "stale"),
    }
    assert result.changes is not None
    suit = result.changes.filter(pl.col("change") == "changed").sort("field")
    assert suit.select("field", "before", "after").rows() == [
        ("quantity", "", "300"),
        ("quantity_basis", "unknown", "written"),
    ]
    assert set(suit.select("as_of_before", "as_of").rows()) == {("2020-02-06", "2020-02-10")}
    assert result.summary["changes"] == {"changed": 1, "gone": 1, "new": 1, "stale": 2}


def test_stale_is_counted_from_the_first_snapshot_on(tmp_path: Path) -> None:
    for number, date in enumerate(["2020-02-06", "2020-02-10", "2020-02-14"]):
        folder = snapshot(tmp_path, date, asks("甲医院", 防护服=20))
        before = tmp_path / f"out{number - 1}" if number else None
        result = read_sheets(folder, previous=before)
        result.write(tmp_path / f"out{number}")
    assert result.changes is not None
    row = result.changes.row(0, named=True)
    assert (row["change"], row["since"], row["as_of_before"]) == ("stale", "2020-02-06", "2020-02-10")


def test_a_hospital_keeps_its_identity_when_rows_move(tmp_path: Path) -> None:
    hospitals = [asks(f"第{i}医院", 防护服=i + 2) for i in range(6)]
    first = read_sheets(snapshot(tmp_path / "a", "2020-02-06", *hospitals)).needs
    second = read_sheets(snapshot(tmp_path / "b", "2020-02-10", *reversed(hospitals))).needs
    columns = ["need_id", "requester_id", "requester", "quantity"]
    assert first.select(columns).sort("need_id").equals(second.select(columns).sort("need_id"))


def test_real_hospitals_keep_their_identity() -> None:
    """Every requester name that stands in both snapshots, once in each, has one id (counted from names alone)."""
    tables = [read_sheets(folder).needs.select("requester", "requester_id").unique() for folder in (SIXTH, NINETEENTH)]
    single = [table.filter(pl.col("requester").is_unique()) for table in tables]
    both = single[0].join(single[1], on="requester", suffix="_later")
    assert both.height > 180
    assert both.filter(pl.col("requester_id") != pl.col("requester_id_later")).height == 0


def test_two_hospitals_of_one_name_in_one_place_stay_apart(tmp_path: Path) -> None:
    rows = [
        {**asks("人民医院", 防护服=20), "address": "解放路16号"},
        {**asks("人民医院", 防护服=30), "address": "中山大道1307号"},
        {**asks("第八医院", 防护服=40), "address": "中山大道9号"},
        {**asks("第八医院", 防护服=50), "address": "武汉市武昌区中山大道9号后勤处"},
    ]
    result = read_sheets(snapshot(tmp_path, "2020-02-06", *rows))
    assert sorted(result.needs["quantity"]) == [20, 30, 50]
    codes = result.problems["problem"].to_list()
    assert codes.count("same_name_two_addresses") == 2
    assert codes.count("duplicate_row") == 1
    assert codes.count("duplicate_conflict") == 1


def test_several_snapshots_at_once_the_latest_counts(tmp_path: Path) -> None:
    first = snapshot(tmp_path, "2020-02-06", asks("甲医院", 防护服=500))
    second = snapshot(tmp_path, "2020-02-10", asks("甲医院", 防护服=20))
    for paths in ([first, second], [second, first]):
        needs = read_sheets(paths).needs
        assert needs.select("quantity", "as_of").rows() == [(20, "2020-02-10")]


def test_the_order_and_place_of_the_files_do_not_matter(tmp_path: Path) -> None:
    files = sorted(SIXTH.rglob("*.json"))
    first, second = read_sheets(files), read_sheets(list(reversed(files)))
    for name in ("needs", "offers", "leads", "problems", "trace", "headings"):
        assert getattr(first, name).equals(getattr(second, name)), name


def test_same_inputs_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        read_sheets(SIXTH).write(tmp_path / name)
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert files == ["headings.csv", "leads.csv", "needs.csv", "offers.csv", "problems.csv", "read.json", "trace.csv"]
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_what_is_no_earlier_output_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_sheets(SIXTH, previous=tmp_path)
    assert caught.value.code == "previous_invalid"
