"""The catalogue that ships: whole, consistent, sourced, and able to read what people wrote in 2020."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tongzhou_engines.base.datafiles import data_path
from tongzhou_engines.catalogue import (
    KINDS,
    STAGES,
    Catalogue,
    bases,
    licences,
    maxima,
    normalise,
    refused_substitutions,
    standards,
    substitutions,
)

DATA = Path(__file__).parents[2] / "data" / "catalogue"
CATALOGUE = Catalogue.builtin()


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


WRITTEN = rows(DATA / "written_in_sheets.csv")
REMARKS = rows(DATA / "remarks.csv")


def test_a_spelling_belongs_to_exactly_one_category():
    owner: dict[str, str] = {}
    for category in CATALOGUE.categories.values():
        for spelling in (category.code, category.name_zh, category.name_en, *category.spellings):
            form = normalise(spelling)
            assert form, spelling
            assert owner.setdefault(form, category.code) == category.code, spelling
            assert CATALOGUE.find(spelling) == category.code


def test_every_category_is_complete():
    for code, category in CATALOGUE.categories.items():
        assert code.isascii()
        assert code == code.lower()
        assert code.replace("_", "").isalnum()
        assert not code[0].isdigit()
        assert category.code == code
        assert category.kind in KINDS
        assert set() < set(category.stages) <= set(STAGES), code
        assert any("\u4e00" <= c <= "\u9fff" for c in category.name_zh), code
        assert any("a" <= c.casefold() <= "z" for c in category.name_en), code
        assert any("\u4e00" <= c <= "\u9fff" for c in category.unit), code
        assert category.unit_en.isascii(), code
        assert category.minimum_lot >= 1
        assert category.plausible_maximum is None or category.plausible_maximum >= category.minimum_lot, code


def test_the_codes_that_the_exact_cases_use_are_there():
    assert {"surgical_mask", "n95_respirator", "protective_suit"} <= set(CATALOGUE.categories)


def test_every_substitution_has_source_reason_same_kind_and_same_unit():
    listed = set()
    for s in substitutions():
        assert all(text.strip() for text in (s.source, s.reason_zh, s.reason_en)), s
        offer, need = CATALOGUE[s.offer], CATALOGUE[s.need]
        assert (offer.kind, offer.unit) == (need.kind, need.unit), s
        listed.add((s.offer, s.need))
    assert listed == {(c.code, n) for c in CATALOGUE.categories.values() for n in c.substitutes_for}
    assert len(listed) == len(substitutions())


def test_no_substitution_runs_both_ways_or_was_refused():
    pairs = {(s.offer, s.need) for s in substitutions()}
    assert not pairs & {(need, offer) for offer, need in pairs}
    assert not pairs & {(s.offer, s.need) for s in refused_substitutions()}
    for refused in refused_substitutions():
        assert {refused.offer, refused.need} <= set(CATALOGUE.categories)
        assert all(text.strip() for text in (refused.source, refused.reason_zh, refused.reason_en)), refused


def test_substitutes_written_by_hand():
    assert CATALOGUE.compatible("n95_respirator") == {
        "n95_respirator",
        "surgical_mask",
        "disposable_medical_mask",
        "particulate_respirator",
        "mask_unspecified",
    }
    assert CATALOGUE.compatible("surgical_mask") == {"surgical_mask", "disposable_medical_mask", "mask_unspecified"}
    for alone in ("protective_suit", "isolation_gown", "ethanol_95", "surgical_glove", "funds", "hospital_bed"):
        assert CATALOGUE.compatible(alone) <= {alone, "body_protection_unspecified", "bed_unspecified"}


def test_an_offer_of_unstated_type_serves_only_a_need_of_unstated_type():
    vague = [code for code in CATALOGUE.categories if code.endswith("_unspecified")]
    assert len(vague) >= 10
    for code in vague:
        assert CATALOGUE.compatible(code) == {code}


def test_standards_and_licences_are_explained_and_none_is_idle():
    used = {s for c in CATALOGUE.categories.values() for s in c.standards}
    assert used == set(standards())
    assert all(s.title_zh and s.title_en for s in standards().values())
    needed = {code for c in CATALOGUE.categories.values() for code in c.licence.split(";") if code}
    assert needed == set(licences())
    assert all(x.text_zh and x.text_en and x.source for x in licences().values())


@pytest.mark.parametrize(
    ("code", "number"),
    [
        ("n95_respirator", "GB 19083-2010"),
        ("n95_respirator", "NIOSH 42 CFR 84 N95"),
        ("surgical_mask", "YY 0469-2011"),
        ("disposable_medical_mask", "YY/T 0969-2013"),
        ("protective_suit", "GB 19082-2009"),
        ("particulate_respirator", "GB 2626-2019"),
        ("particulate_respirator", "EN 149:2001+A1:2009 FFP2"),
        ("exam_glove", "GB 10213-2006"),
        ("goggles", "GB 14866-2006"),
    ],
)
def test_the_standards_that_the_sheets_and_donors_quote(code, number):
    assert number in CATALOGUE[code].standards


def test_maxima_are_what_their_reckoning_says():
    for code, maximum in maxima().items():
        assert maximum.basis in bases()
        assert min(maximum.people, maximum.per_day, maximum.days) >= 1
        assert CATALOGUE[code].plausible_maximum == maximum.people * maximum.per_day * maximum.days
    assert set(bases()) == {m.basis for m in maxima().values()}
    # 5,000 staff, three masks a day, fourteen days; the million one county asked for is beyond it.
    assert CATALOGUE["surgical_mask"].plausible_maximum == 210_000
    assert CATALOGUE["n95_respirator"].plausible_maximum == 84_000
    assert CATALOGUE["protective_suit"].plausible_maximum == 56_000
    assert {c for c, x in CATALOGUE.categories.items() if x.plausible_maximum is None} - {"funds"} == {
        c for c in CATALOGUE.categories if c.endswith("_unspecified") and c not in maxima()
    }


def test_what_needs_cold_needs_cold():
    cold = {code for code, c in CATALOGUE.categories.items() if c.cold_chain}
    assert cold == {"insulin", "interferon", "immunoglobulin", "pcr_test", "cold_chain_transport"}


@pytest.mark.parametrize(
    ("code", "kind", "unit"),
    [
        ("surgical_mask", "goods", "只"),
        ("exam_glove", "goods", "双"),
        ("protective_suit", "goods", "件"),
        ("drinking_water", "goods", "升"),
        ("pcr_test", "goods", "人份"),
        ("funds", "funds", "分"),
        ("hospital_bed", "in_person", "张"),
        ("medic_hotel_room", "in_person", "间"),
        ("freight_transport", "in_person", "车次"),
        ("dialysis_transport", "in_person", "人次"),
        ("errand_shopping", "in_person", "次"),
        ("volunteer_hours", "in_person", "小时"),
        ("psychological_counselling", "remote", "人次"),
        ("online_medical_consultation", "remote", "人次"),
        ("legal_advice", "remote", "人次"),
        ("counsellor_hours", "remote", "小时"),
    ],
)
def test_kinds_and_units(code, kind, unit):
    assert (CATALOGUE[code].kind, CATALOGUE[code].unit) == (kind, unit)


@pytest.mark.parametrize("row", WRITTEN, ids=lambda r: f"{r['where']}: {r['written']}")
def test_everything_the_sheets_name_is_found(row):
    assert CATALOGUE.find(row["written"]) == row["category"]


@pytest.mark.parametrize("row", REMARKS, ids=lambda r: r["remark"][:20])
def test_things_named_in_remarks_are_found(row):
    found = [f"{f.category}={row['remark'][f.start : f.end]}" for f in CATALOGUE.find_in_text(row["remark"])]
    assert "|".join(found) == row["found"]


@pytest.mark.parametrize(
    ("written", "category"),
    [
        ("N95", "n95_respirator"),
        ("ｎ９５ 口罩", "n95_respirator"),
        ("護目鏡", "goggles"),
        ("84", "sodium_hypochlorite"),
        ("双氧水", "hydrogen_peroxide"),
        ("雙氧水", "hydrogen_peroxide"),
        ("呼吸机", "ventilator"),
        ("核酸检测试剂", "pcr_test"),
        ("体温枪", "infrared_thermometer"),
        ("医用酒精", "ethanol_75"),
        ("酒精", "ethanol_unspecified"),
        ("消毒片", "chlorine_tablet"),
        ("KN95", "particulate_respirator"),
        ("口罩", "mask_unspecified"),
        ("胰岛素", "insulin"),
        ("降压药", "blood_pressure_medicine"),
        ("尿不湿", "infant_diaper"),
        ("成人纸尿裤", "adult_diaper"),
        ("婴儿奶粉", "infant_formula"),
        ("卫生巾", "sanitary_pad"),
        ("透析接送", "dialysis_transport"),
        ("孕妇用车", "birth_transport"),
        ("化疗接送", "chemotherapy_transport"),
        ("代买菜", "errand_shopping"),
        ("代取药", "errand_medicine"),
        ("上门探访", "home_visit"),
        ("志愿者", "volunteer_hours"),
        ("社工", "social_worker_hours"),
        ("护士", "nurse_hours"),
        ("心理援助", "psychological_counselling"),
        ("在线问诊", "online_medical_consultation"),
        ("法律援助", "legal_advice"),
        ("捐款", "funds"),
        ("喂猫", "pet_care"),
        ("方舱床位", "fangcang_bed"),
        ("surgical masks", "surgical_mask"),
        ("Drinking Water", "drinking_water"),
        ("dialysis transport", "dialysis_transport"),
    ],
)
def test_what_households_and_helpers_write(written, category):
    assert CATALOGUE.find(written) == category


@pytest.mark.parametrize("doubtful", ["防护口罩", "护目镜/防护面罩", "N95/外科口罩", "奶", "", "  ", "——", "3M 4565"])
def test_what_is_doubtful_is_not_guessed(doubtful):
    assert CATALOGUE.find(doubtful) is None


def test_money_counts_in_fen():
    assert CATALOGUE.factor("funds", "元") == 100
    assert CATALOGUE.factor("funds", "万元") == 1_000_000
    assert CATALOGUE.factor("funds", "分") == 1


@pytest.mark.parametrize(
    ("code", "unit", "factor"),
    [
        ("surgical_mask", "个", 1),
        ("surgical_mask", "PCS", 1),
        ("surgical_mask", "", 1),
        ("surgical_mask", "盒", None),
        ("surgical_mask", "箱", None),
        ("exam_glove", "副", 1),
        ("exam_glove", "pairs", 1),
        ("exam_glove", "只", None),
        ("protective_suit", "套", 1),
        ("ethanol_75", "升", None),
        ("rice", "吨", 1000),
        ("rice", "公斤", 1),
        ("volunteer_hours", "hours", 1),
        ("arbidol", "瓶", None),
        ("n95_respirator", "piece", 1),
    ],
)
def test_only_certain_unit_factors(code, unit, factor):
    assert CATALOGUE.factor(code, unit) == factor


def test_data_files_are_utf8_lines_without_doubles():
    for name in (
        "categories",
        "spellings",
        "substitutions",
        "refused_substitutions",
        "units",
        "unit_names",
        "maxima",
        "standards",
    ):
        path = data_path(f"catalogue/{name}.csv")
        lines = path.read_bytes().decode("utf-8").split("\n")
        assert lines[-1] == ""
        assert "\r" not in "".join(lines)
        assert len(set(lines[1:-1])) == len(lines) - 2, name
    assert list(CATALOGUE.categories) == [r["category"] for r in rows(data_path("catalogue/categories.csv"))]
