"""Plain tables: headings in Chinese and English, long and wide, units, and what is wrong in single rows."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tongzhou_engines.base.errors import InputError
from tongzhou_engines.sheets import SheetsResult, read_sheets


def table(tmp_path: Path, text: str, name: str = "表.csv", encoding: str = "utf-8") -> SheetsResult:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return read_sheets(path)


def only(frame: pl.DataFrame) -> dict[str, object]:
    assert frame.height == 1
    return frame.row(0, named=True)


def codes(result: SheetsResult) -> list[str]:
    return result.problems["problem"].to_list()


CHINESE = (
    "需求单位,所在区,物资名称,数量,单位,备注,联系电话\n"
    "武汉市第七医院,武汉市武昌区,医用外科口罩,1万,只,急需,19000000000\n"
)
ENGLISH = (
    "hospital,district,item,quantity,unit,notes,phone\n"
    "武汉市第七医院,武汉市武昌区,surgical mask,10000,只,急需,19000000000\n"
)


@pytest.mark.parametrize(("text", "encoding"), [(CHINESE, "utf-8"), (CHINESE, "gb18030"), (ENGLISH, "utf-8-sig")])
def test_headings_of_two_languages_give_the_same_need(tmp_path: Path, text: str, encoding: str) -> None:
    result = table(tmp_path, text, encoding=encoding)
    need = only(result.needs)
    wanted = ("place", "category", "quantity", "unit", "urgency", "requester", "quantity_basis", "source_row")
    assert [need[key] for key in wanted] == ["420106", "surgical_mask", 10_000, "只", 2, "武汉市第七医院", "written", 2]
    taken = dict(result.headings.select("column", "taken_as").iter_rows())
    assert set(taken.values()) == {"requester", "district", "category", "quantity", "unit", "notes", "contact"}
    phone = result.trace.filter(pl.col("reason") == "contact_not_carried")
    assert phone.height == 1
    assert "19000000000" not in result.needs.write_csv() + result.trace.write_csv() + result.problems.write_csv()


def test_a_wide_table_with_a_title_above_its_headings(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("汇总")
        sheet.write(0, 0, "各医院物资需求汇总表")
        sheet.write_row(2, 0, ["医院名称", "市", "区", "N95口罩（只）", "防护服(套)", "天外来物", "联系人"])
        sheet.write_row(3, 0, ["武汉市第七医院", "武汉市", "武昌区", 1, 200, "x", "王小明"])
        sheet.write_row(4, 0, ["武汉市第一医院", "武汉市", "硚口区", 0, "", "", ""])
        book.add_worksheet("说明").write(0, 0, "请每天更新")
    result = read_sheets(path)
    asked = {(n["requester"], n["category"]): n["quantity"] for n in result.needs.iter_rows(named=True)}
    # A 1 under a heading with a unit is one piece; 0 and blank are not asked for.
    assert asked == {("武汉市第七医院", "n95_respirator"): 1, ("武汉市第七医院", "protective_suit"): 200}
    assert codes(result) == ["sheet_not_recognised"]
    unused = result.headings.filter(~pl.col("used"))["column"].to_list()
    assert unused == ["天外来物", "联系人"]
    cells = result.trace.filter((pl.col("column") != "") & (pl.col("sheet") == "汇总"))
    assert cells.height == 1 + 7 + 7 + 4


def test_a_bare_one_without_any_unit_is_unknown_and_listed(tmp_path: Path) -> None:
    result = table(tmp_path, "医院,物资,数量\n武汉市第七医院,N95口罩,1\n武汉市第七医院,护目镜,2\n")
    assert dict(result.needs.select("category", "quantity").iter_rows()) == {"n95_respirator": None, "goggles": 2}
    assert "bare_one" in codes(result)


@pytest.mark.parametrize(
    ("written", "quantity", "problem"),
    [
        ("-5", None, "negative_quantity"),
        ("2.5", None, "fractional_quantity"),
        ("9" * 14, None, "absurd_quantity"),
        ("500-800", None, None),
        ("若干", None, None),
        ("５００", 500, None),
        ("1,000", 1000, None),
        ("两千", 2000, None),
        ("500只", 500, None),
        ("3箱", None, "unit_unclear"),
    ],
)
def test_quantities_good_and_bad_keep_their_row(
    tmp_path: Path, written: str, quantity: int | None, problem: str | None
) -> None:
    result = table(tmp_path, f'医院,区,物资,数量\n武汉市第七医院,武汉市武昌区,N95口罩,"{written}"\n')
    need = only(result.needs)
    assert need["quantity"] == quantity
    assert (need["quantity_basis"] == "unknown") == (quantity is None)
    assert [code for code in codes(result) if code != "place_unresolved"] == ([problem] if problem else [])
    if problem:
        listed = result.problems.row(0, named=True)
        assert (listed["row"], listed["column"], listed["action"]) == (2, "数量", "treated_as_unknown")


def test_units_are_converted_only_where_that_is_certain(tmp_path: Path) -> None:
    text = "医院,物资,数量,单位\n甲医院,防护服,30,套\n甲医院,N95口罩,3,箱\n甲医院,护目镜,1,副\n"
    result = table(tmp_path, text)
    assert dict(result.needs.select("category", "quantity").iter_rows()) == {
        "protective_suit": 30,
        "n95_respirator": None,
        "goggles": 1,
    }
    assert codes(result).count("unit_unclear") == 1
    assert "3箱" in str(result.needs.filter(pl.col("category") == "n95_respirator")["specification"][0])


def test_unknown_category_and_unknown_place_keep_the_row_and_are_listed(tmp_path: Path) -> None:
    result = table(tmp_path, "医院,地址,物资,数量,单位\n甲医院,桃花岛一号,时光机,5,台\n")
    need = only(result.needs)
    assert (need["category"], need["quantity"], need["place"]) == ("时光机", 5, None)
    assert sorted(codes(result)) == ["category_unknown", "place_unresolved"]


def test_an_ambiguous_place_is_left_blank_with_its_candidates(tmp_path: Path) -> None:
    result = table(tmp_path, "医院,地址,物资,数量,单位\n甲医院,鼓楼区中山路1号,护目镜,5,个\n")
    assert only(result.needs)["place"] is None
    (text,) = result.problems.filter(pl.col("problem") == "place_ambiguous")["text_zh"].to_list()
    assert "320106" in text
    assert "350102" in text


def test_offers_with_coverage_dates_and_reserve(tmp_path: Path) -> None:
    text = (
        "捐赠单位,地址,物资名称,数量,计量单位,服务范围,自留,有效期至\n"
        "爱心公司,湖北省黄冈市黄州区,护目镜,500,个,湖北省;河南省,20,2020年3月1日\n"
    )
    offer = only(table(tmp_path, text).offers)
    wanted = ("organisation", "place", "category", "quantity", "coverage", "reserve", "until")
    assert [offer[key] for key in wanted] == ["爱心公司", "421102", "goggles", 500, "42;41", 20, "2020-03-01"]


def test_urgency_dates_and_confirmed_quantities(tmp_path: Path) -> None:
    text = (
        "需求编号,医院,物资,数量,确认数量,紧急程度,提出日期\n"
        "a,甲医院,护目镜,100,80,0,2020/2/6\nb,甲医院,防护服,100,,告急,不详\nc,乙医院,防护服,1,,7,\n"
    )
    result = table(tmp_path, text)
    rows = {n["need_id"]: n for n in result.needs.iter_rows(named=True)}
    assert (rows["a"]["urgency"], rows["a"]["confirmed"], rows["a"]["opened"]) == (0, 80, "2020-02-06")
    assert (rows["b"]["urgency"], rows["b"]["opened"]) == (2, None)
    assert (rows["c"]["urgency"], rows["c"]["quantity"]) == (2, 1)  # own ids: quantities are in base units
    assert codes(result).count("urgency_unreadable") == 2
    assert codes(result).count("date_unreadable") == 1


def test_duplicate_ids_are_refused_naming_both_rows(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        table(
            tmp_path, "need_id,place,category,quantity\nn1,420106,goggles,5\nn2,420106,goggles,6\nn1,420106,goggles,7\n"
        )
    error = caught.value
    assert (error.code, error.where.row, error.where.column) == ("id_duplicate", 4, "need_id")
    assert "第 2 行" in error.text("zh")
    assert "row 2" in error.text("en")


def test_headings_that_mean_nothing_are_refused_and_shown(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        table(tmp_path, "姓甲,姓乙\n1,2\n")
    assert caught.value.code == "sheet_layout"
    assert "姓甲" in caught.value.text("zh")


def test_a_column_called_unit_is_told_by_what_it_holds(tmp_path: Path) -> None:
    measure = table(tmp_path, "医院,物资,数量,单位\n甲医院,护目镜,5,个\n", "a.csv")
    assert only(measure.needs)["requester"] == "甲医院"
    owner = table(tmp_path, "单位,物资,数量\n武汉市第七医院,护目镜,5\n", "b.csv")
    assert only(owner.needs)["requester"] == "武汉市第七医院"


def test_parquet_reads_like_csv(tmp_path: Path) -> None:
    pl.DataFrame({"医院": ["甲医院"], "物资": ["护目镜"], "数量": [5], "单位": ["个"]}).write_parquet(
        tmp_path / "t.parquet"
    )
    assert only(read_sheets(tmp_path / "t.parquet").needs)["quantity"] == 5


def test_our_own_output_reads_back_as_it_was(tmp_path: Path) -> None:
    first = table(
        tmp_path,
        "医院,区,物资,数量,单位\n武汉市第七医院,武汉市武昌区,护目镜,1,个\n武汉市第七医院,武汉市武昌区,防护服,,\n",
    )
    first.write(tmp_path / "out")
    again = read_sheets(tmp_path / "out")
    same = ["need_id", "place", "category", "urgency", "quantity", "unit", "requester", "quantity_basis"]
    assert again.needs.select(same).equals(first.needs.select(same))


def test_formulas_come_out_harmless(tmp_path: Path) -> None:
    result = table(
        tmp_path,
        '医院,区,物资,数量,单位,备注\n=cmd|A1,武汉市武昌区,护目镜,5,个,"@SUM(A1)"\n+乙医院,武汉市武昌区,-防护服,5,件,\n',
    )
    result.write(tmp_path / "out")
    for path in (tmp_path / "out").glob("*.csv"):
        for line in path.read_text(encoding="utf-8").splitlines():
            assert not any(cell.strip('"').startswith(("=", "+", "@", "-")) for cell in line.split(","))


names = st.sampled_from(["武汉市第七医院", "武汉市第一医院", "蔡甸区人民医院", "红十字会"])
goods = st.sampled_from(["护目镜", "防护服", "N95口罩", "时光机", "84消毒液"])
written = st.sampled_from(["", "0", "1", "2", "500", "1万", "-3", "2.5", "abc", "５０", "30套"])
rows = st.lists(st.tuples(names, goods, written, st.sampled_from(["", "个", "件", "箱"])), min_size=1, max_size=12)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(tmp_path: Path, lines: list[tuple[str, ...]], random: object) -> None:
    def read(records: list[tuple[str, ...]]) -> SheetsResult:
        text = "医院,物资,数量,单位\n" + "".join(",".join(record) + "\n" for record in records)
        return table(tmp_path, text, "t.csv")

    shuffled = list(lines)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = read(lines), read(shuffled)
    content = ["need_id", "place", "category", "quantity", "unit", "requester"]
    assert first.needs.select(content).equals(second.needs.select(content))
    assert sorted(codes(first)) == sorted(codes(second)) or "duplicate_conflict" in codes(first)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows)
def test_no_cell_is_lost_and_nothing_is_invented(tmp_path: Path, lines: list[tuple[str, ...]]) -> None:
    text = "医院,物资,数量,单位\n" + "".join(",".join(record) + "\n" for record in lines)
    result = table(tmp_path, text, "t.csv")
    cells = sum(bool(cell) for record in lines for cell in record)
    assert result.trace.filter((pl.col("column") != "") & (pl.col("row") > 1)).height == cells
    assert result.trace.filter((pl.col("column") == "") & (pl.col("row") > 1)).height == len(lines)
    most = {"500": 500, "1万": 10_000, "５０": 50, "30套": 30, "2": 2, "1": 1}
    for need in result.needs.iter_rows(named=True):
        if need["quantity"] is not None:
            assert need["quantity"] in most.values()
