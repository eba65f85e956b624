"""The real sheets: what they ask for, offer and only hint at. Expected values were counted or read in the raw files."""

from __future__ import annotations

import json
import re
from pathlib import Path

import polars as pl
import pytest

from tongzhou_engines.gazetteer import PlaceTree
from tongzhou_engines.sheets import SheetsResult, read_sheets

DATA = Path(__file__).resolve().parents[2] / "data" / "sheets"


@pytest.fixture(scope="module")
def flat() -> SheetsResult:
    return read_sheets(DATA / "2020-01-29")


@pytest.fixture(scope="module")
def later() -> SheetsResult:
    return read_sheets(DATA / "2020-02-19")


@pytest.fixture(scope="module")
def raw() -> SheetsResult:
    return read_sheets(DATA / "raw_sheets_2020-02-12")


def of(table: pl.DataFrame, who: str) -> pl.DataFrame:
    column = "requester" if "requester" in table.columns else "organisation"
    return table.filter(pl.col(column) == who)


def quantities(table: pl.DataFrame) -> dict[str, int | None]:
    return dict(table.select("category", "quantity").iter_rows())


def test_supply_entries_of_19_february_and_how_many_stay_unknown(later: SheetsResult) -> None:
    """2,095 entries, 1,809 a bare 1 and 22 null (counted in the JSON): 264 numbers; remarks fill none of the rest."""
    entries = [
        entry["value"]
        for path in (DATA / "2020-02-19" / "hospital").rglob("*.json")
        for row in json.loads(path.read_text(encoding="utf-8"))
        for entry in row["supplies"]
    ]
    assert (len(entries), entries.count(1), entries.count(None)) == (2095, 1809, 22)
    columns = later.needs.filter(pl.col("source_column") != "remark")
    assert columns.filter(pl.col("quantity_basis") == "written").height == 264
    assert columns.filter(pl.col("quantity_basis") == "read_from_text").height == 0
    listed = later.problems.filter(pl.col("problem") == "cell_unreadable_upstream")
    assert listed.height == 22


def test_a_bare_one_is_never_one_unit(later: SheetsResult, flat: SheetsResult, raw: SheetsResult) -> None:
    for result in (later, flat, raw):
        ones = result.needs.filter(pl.col("quantity") == 1)
        assert ones["specification"].to_list() in ([], ["电梯"])  # “电梯一部” is one lift, in words
    unknown = later.needs.filter(pl.col("quantity_basis") == "unknown")
    assert unknown["quantity"].null_count() == unknown.height
    known = later.needs.filter(pl.col("quantity_basis") != "unknown")
    assert known["quantity"].null_count() == 0


def test_written_quantities_arrive_unchanged(later: SheetsResult) -> None:
    asked = quantities(of(later.needs, "麻城市人民医院"))
    assert asked["surgical_mask"] == 50_000
    assert asked["n95_respirator"] == 15_000
    assert asked["face_shield"] == 30
    assert asked["surgical_gown"] == 2000


def test_quantities_of_remarks(later: SheetsResult) -> None:
    masheng = of(later.needs, "麻城市人民医院").filter(pl.col("source_column") == "remark")
    assert {(r["category"], r["quantity"], r["quantity_basis"]) for r in masheng.iter_rows(named=True)} == {
        ("exam_glove", 10_000, "read_from_text"),
        ("hand_sanitizer", 2000, "read_from_text"),
    }
    jianli = quantities(of(later.needs, "监利县红十字会(物资)").filter(pl.col("source_column") == "remark"))
    assert jianli["hydrogen_peroxide"] == 20_000  # 另需过氧化氢2万瓶
    assert jianli["isolation_gown"] == 10_000  # 可重复使用隔离衣1万套
    assert jianli["rubber_boots"] == 5000
    luotian = quantities(of(later.needs, "罗田县红十字会").filter(pl.col("source_column") == "remark"))
    assert luotian["biochemistry_analyzer"] == 5  # 生化分析仪800份测速机5台: the 800 is a speed
    assert luotian["ventilator"] == 3
    assert luotian["immunoglobulin"] == 8500
    assert luotian["chlorine_tablet"] is None  # 100件: how many tablets or bottles a 件 holds is not known


def test_goods_asked_for_in_remarks_without_a_number(later: SheetsResult) -> None:
    extra = of(later.needs, "荆州市中医医院").filter(pl.col("source_column") == "remark")
    assert set(extra["category"]) == {"ethanol_95", "hydrogen_peroxide", "chlorine_tablet"}
    assert extra["quantity"].null_count() == extra.height
    assert extra["specification"].to_list().count("95%酒精") == 1


def test_a_breakdown_is_not_asked_for_twice(later: SheetsResult) -> None:
    """宜昌市第二人民医院 asks for 10,000 gloves; “手套中丁腈手套5000；橡胶手套5000” says which."""
    asked = quantities(of(later.needs, "宜昌市第二人民医院"))
    assert asked["exam_glove"] == 10_000
    assert "nitrile_glove" not in asked
    assert "rubber_glove" not in asked
    listed = later.problems.filter(pl.col("problem") == "part_of_column")
    assert sorted(listed["value"]) == ["丁腈手套", "全面型呼吸防护型", "橡胶手套"]


def test_what_is_only_described_refused_or_bought_is_not_asked_for() -> None:
    sixth = read_sheets(DATA.parents[2] / "data" / "wuhan2020" / "2020-02-06")
    assert of(sixth.needs, "武汉市第四医院").filter(pl.col("source_column") == "remark").height == 0  # …已购买
    union = of(sixth.needs, "华中科技大学同济医学院附属协和医院")
    assert set(union["source_column"]) & {"remark"} == set()  # standards, couriers and customs only
    assert sixth.needs.filter(pl.col("category") == "funds").height == 0


def test_flat_rows_texts_in_number_cells(flat: SheetsResult) -> None:
    huaguo = of(flat.needs, "十堰市国药东风花果医院")
    air = huaguo.filter(pl.col("category") == "air_disinfector").row(0, named=True)
    assert (air["quantity"], air["quantity_basis"]) == (10, "read_from_text")  # the cell holds “10台”
    suit = of(flat.needs, "荆门市第二人民医院").filter(pl.col("category") == "protective_suit").row(0, named=True)
    assert (suit["quantity"], suit["specification"]) == (None, "GB 19082-2009")  # a standard, not a number
    thermometer = of(flat.needs, "黄冈市中医医院").filter(pl.col("source_column") == "测体温设备").row(0, named=True)
    assert (thermometer["quantity"], thermometer["specification"]) == (None, "体温枪")


def test_flat_rows_take_their_city_from_the_file_name(flat: SheetsResult) -> None:
    tree = PlaceTree.builtin()
    for row in flat.needs.select("source_file", "place").unique().iter_rows(named=True):
        city = Path(row["source_file"]).stem
        assert city in tree.path(row["place"])


def test_the_raw_workbook_and_the_raw_json_tell_the_same(raw: SheetsResult) -> None:
    folder = DATA / "raw_sheets_2020-02-12"
    from_json = read_sheets(folder / "hospital_hubei_wuhanshi.json").needs
    from_book = read_sheets(folder / "hospital_wuhan_2020-02-12.xlsx").needs
    same = ["need_id", "place", "category", "quantity", "unit", "requester", "quantity_basis", "notes"]
    assert from_json.select(same).equals(from_book.select(same))
    # The rebuilt workbook cannot tell a default specification from a deleted one, so it may say more than the JSON.
    pairs = zip(from_json["specification"], from_book["specification"], strict=True)
    assert {(written, default) for written, default in pairs if written != default} == {
        (None, "较好防溅性能"),
        (None, "YY/T0506-2016"),
    }
    assert raw.problems.filter(pl.col("problem") == "parser_failed").height == 7


def test_quantity_bar_specification_and_several_products_in_one_cell(raw: SheetsResult) -> None:
    gown = of(raw.needs, "武汉市第六医院（江汉大学附属医院）").filter(pl.col("category") == "surgical_mask")
    assert gown["specification"].to_list() == ["YY0469-2011"]
    made = of(raw.leads, "日照三奇医疗卫生用品有限公司")
    assert quantities(made) == {"disposable_medical_mask": 1_000_000, "n95_respirator": 50_000, "protective_suit": 5000}


def test_services_become_offers_of_the_right_category(later: SheetsResult) -> None:
    kinds = {
        name: set(of(later.offers, name)["category"])
        for name in ("简单心理", "妙手医生", "京东健康", "萌爪医生（宠物）")
    }
    assert kinds == {
        "简单心理": {"psychological_counselling"},
        "妙手医生": {"online_medical_consultation"},
        "京东健康": {"online_medical_consultation", "psychological_counselling"},
        "萌爪医生（宠物）": {"vet_consultation"},
    }
    dingxiang = of(later.offers, "丁香医生").row(0, named=True)
    assert (dingxiang["place"], dingxiang["coverage"], dingxiang["quantity"]) == ("CN", "42", None)  # 湖北用户免费
    assert dingxiang["from"] == "2020-01-24"  # 2020-01-23T16:00Z is the 24th in China
    assert of(later.offers, "阿里健康")["place"].to_list() == ["CN"]  # a brand, not 阿里地区


def test_hotels_offer_rooms_in_their_city_and_zero_is_unknown(later: SheetsResult) -> None:
    rooms = later.offers.filter(pl.col("category") == "medic_hotel_room")
    known = {r["organisation"]: r["quantity"] for r in rooms.iter_rows(named=True) if r["quantity"] is not None}
    assert known == {"武汉大陆坊自如驿": 35}
    assert set(rooms["coverage"]) == {"4201", "4203"}


def test_transport_lines(later: SheetsResult) -> None:
    first = read_sheets(DATA / "2020-02-01")
    sf = of(first.offers, "顺丰集团").row(0, named=True)
    assert (sf["place"], sf["coverage"], sf["category"]) == ("CN", "4201", "freight_transport")
    abroad = of(first.leads, "4PX递四方")
    assert abroad.height == 12
    assert set(abroad["why"]) == {"destination_unknown"}
    guizhou = of(read_sheets(DATA / "2020-03-27").offers, "贵州丰茂物流").row(0, named=True)
    assert (guizhou["place"], guizhou["coverage"]) == ("52", "4201")
    assert "<p>" not in guizhou["notes"]


def test_leads_are_never_offers(later: SheetsResult) -> None:
    assert later.offers.filter(pl.col("category").is_in(["funds", "pcr_test", "pcr_machine"])).height == 0
    assert set(later.leads["why"]) == {"capacity_reported", "gift_announced"}
    gift = later.leads.filter(pl.col("why") == "gift_announced").row(0, named=True)
    assert (gift["organisation"], gift["quantity"]) == ("阿里巴巴", None)  # 100000 carries no unit
    hotels = read_sheets(DATA / "2020-02-06").leads
    assert set(hotels["why"]) == {"lodging_reported"}
    assert hotels.filter(pl.col("place").is_null()).height == 0


def test_a_counselling_line_in_a_donation_sheet_is_an_offer(tmp_path: Path) -> None:
    row = {"id": 0, "name": "武汉市心理援助热线", "bankAccounts": [], "remark": "", "contacts": [], "status": ""}
    (tmp_path / "donation.json").write_text(json.dumps([row], ensure_ascii=False), encoding="utf-8")
    result = read_sheets(tmp_path)
    offer = result.offers.row(0, named=True)
    assert (offer["category"], offer["place"], offer["coverage"]) == ("psychological_counselling", "4201", "CN")
    assert result.leads["category"].to_list() == ["funds"]


def test_rows_shifted_between_cities_are_placed_by_their_address(later: SheetsResult) -> None:
    """Four rows of 宜昌's file carry 武汉市 or 天门市 in the district column."""
    clinic = of(later.needs, "青山区钢花村街社区卫生服务中心")
    assert set(clinic["place"]) == {"420107"}
    assert set(of(later.needs, "天门市中医医院")["place"]) == {"429006"}
    corrected = later.problems.filter(pl.col("problem") == "place_corrected")["file"].to_list()
    assert corrected.count("2020-02-19/hospital/hubei/yichangshi.json") == 4


def test_one_hospital_written_twice_is_one_requester(later: SheetsResult) -> None:
    tuanfeng = of(later.needs, "团风县人民医院")
    assert tuanfeng["requester_id"].n_unique() == 1
    assert tuanfeng["category"].n_unique() == tuanfeng.height
    two = of(later.needs, "红十字会")
    assert dict(two.select("place", "requester_id").unique().group_by("place").len().iter_rows()) == {
        "421303": 1,
        "421381": 1,
    }


def test_no_personal_contact_is_carried(later: SheetsResult, flat: SheetsResult, raw: SheetsResult) -> None:
    for result in (later, flat, raw):
        tables = (result.needs, result.offers, result.leads, result.problems, result.trace)
        text = "\n".join(table.write_csv() for table in tables)
        outside_addresses = re.sub(r"https?://\S+", "", text)
        assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", outside_addresses)
        assert not re.search(r"(?<!\d)0\d{2,3}[-—]\d{7,8}(?!\d)", outside_addresses)
        assert "护士长" not in text.replace("[已删姓名]护士长", "")
        assert "@" not in outside_addresses
