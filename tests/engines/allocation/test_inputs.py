"""Bad input: a bad row is kept and listed, a bad file stops everything with what, where and what to do."""

import polars as pl
import pytest

from tongzhou_engines.allocation import Source, plan
from tongzhou_engines.base.errors import InputError

PLACES = pl.DataFrame(
    {
        "code": ["CN", "42", "4201", "420106"],
        "parent": ["", "CN", "42", "4201"],
        "name": ["", "湖北省", "武汉市", "武昌区"],
    }
)
CATALOGUE = pl.DataFrame(
    {"category": ["mask", "suit"], "unit": ["只", "件"], "minimum_lot": ["50", "10"], "plausible_maximum": ["1000", ""]}
)
OFFERS = [
    {"offer_id": "o1", "organisation": "A", "place": "4201", "category": "mask", "quantity": "500", "coverage": "42"}
]


def made(needs: list[dict], offers: list[dict] | None = None, **more):
    need_table = pl.DataFrame(
        [{"place": "420106", "category": "mask", "quantity": "10", **n} for n in needs], infer_schema_length=None
    )
    offer_table = pl.DataFrame([{**OFFERS[0], **o} for o in (offers or OFFERS)], infer_schema_length=None)
    return plan(Source(need_table, "n.csv"), Source(offer_table, "o.csv"), places=PLACES, catalogue=CATALOGUE, **more)


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("-5", "negative_quantity"),
        ("2.5", "fractional_quantity"),
        ("9" * 20, "absurd_quantity"),
        ("many", "unreadable_quantity"),
    ],
)
def test_a_bad_quantity_counts_as_unknown_and_is_listed(written, problem):
    result = made([{"need_id": "a"}, {"need_id": "b", "quantity": written}])
    row = result.needs.filter(pl.col("need_id") == "b").row(0, named=True)
    assert (row["quantity"], row["planned"], row["basis"]) == (None, 50, "minimum_lot")
    listed = result.problems.row(0, named=True)
    assert (listed["file"], listed["row"], listed["column"], listed["value"]) == ("n.csv", 3, "quantity", written)
    assert (listed["problem"], listed["action"]) == (problem, "treated_as_unknown")


def test_an_offer_with_a_bad_quantity_is_never_planned():
    result = made([{"need_id": "a"}], [{"offer_id": "x", "quantity": "-1"}])
    assert result.assignments.is_empty()
    assert result.holds.select("offer_id", "quantity", "reason").rows() == [("x", None, "quantity_unknown")]


def test_the_planned_quantity_follows_confirmed_then_asked_then_the_minimum_lot():
    needs = [
        {"need_id": "a", "quantity": "700", "confirmed": "30"},
        {"need_id": "b", "quantity": "700", "confirmed": ""},
        {"need_id": "c", "quantity": "5000", "confirmed": ""},
        {"need_id": "d", "quantity": "", "confirmed": ""},
    ]
    result = made(needs)
    assert result.needs.select("planned", "basis").rows() == [
        (30, "confirmed"), (700, "asked"), (1000, "capped"), (50, "minimum_lot")]  # fmt: skip
    assert result.problems["problem"].to_list() == ["quantity_capped"]


@pytest.mark.parametrize(
    ("row", "problem", "column"),
    [
        ({"category": "unicorn"}, "category_unknown", "category"),
        ({"place": "999999"}, "place_unknown", "place"),
        ({"place": ""}, "place_missing", "place"),
    ],
)
def test_a_row_that_cannot_be_planned_is_set_aside_and_listed(row, problem, column):
    result = made([{"need_id": "a"}, {"need_id": "b", **row}])
    assert result.needs["need_id"].to_list() == ["a"]
    listed = result.problems.row(0, named=True)
    assert (listed["row"], listed["column"], listed["problem"], listed["action"]) == (3, column, problem, "set_aside")


def test_coverage_that_names_no_place_never_means_everywhere():
    result = made(
        [{"need_id": "a"}], [{"offer_id": "x", "coverage": "777777"}, {"offer_id": "y", "coverage": "4201;888888"}]
    )
    assert result.offers["offer_id"].to_list() == ["y"]
    assert result.offers["coverage"].to_list() == ["4201"]
    assert result.problems.select("value", "problem", "action").rows() == [
        ("777777", "coverage_unknown", "set_aside"), ("888888", "coverage_unknown", "kept")]  # fmt: skip


def test_places_may_be_official_long_codes_and_addresses():
    needs = [
        {"need_id": "a", "place": "420106000000"},
        {"need_id": "b", "place": "420100"},
        {"need_id": "c", "place": "", "address": "湖北省武汉市武昌区"},
    ]
    tidy = made([{"address": "", **n} for n in needs]).needs
    assert tidy["place"].to_list() == ["420106", "4201", "420106"]


@pytest.mark.parametrize(
    ("written", "units"),
    [
        ("湖北省", "42"),
        ("湖北", "42"),
        ("湖北省武汉市", "4201"),
        ("４２", "42"),
        ("420000", "42"),
        ("cn", "CN"),
        ("42;湖北", "42"),
    ],
)
def test_coverage_in_words_names_one_place_and_nothing_else(written, units):
    assert made([{"need_id": "a"}], [{"offer_id": "x", "coverage": written}]).offers["coverage"].to_list() == [units]


@pytest.mark.parametrize(
    "written", ["不含湖北省", "湖北省（除武汉市外）", "除湖北外", "42;不含武汉市", "all but Hubei"]
)
def test_words_of_exclusion_set_an_offer_aside(written):
    result = made([{"need_id": "a"}], [{"offer_id": "x", "coverage": written}])
    assert result.offers.is_empty()
    assert result.problems.select("problem", "action").rows() == [("coverage_unknown", "set_aside")]


@pytest.mark.parametrize(("written", "level"), [("０", 0), ("1.0", 1), ("紧急", 1), ("routine", 3)])
def test_written_urgencies_are_understood_and_listed(written, level):
    result = made([{"need_id": "a", "urgency": written}])
    assert result.needs["urgency"].to_list() == [level]
    assert result.problems.select("problem", "action").rows() == [("urgency_form", "repaired")]


def test_places_in_full_width_digits_or_as_a_float_are_understood():
    result = made([{"need_id": "a", "place": "４２０１０６"}, {"need_id": "b", "place": "420106.0"}])
    assert result.needs["place"].to_list() == ["420106", "420106"]


def test_a_reserve_that_cannot_be_read_holds_the_offer():
    result = made([{"need_id": "a"}], [{"offer_id": "x", "reserve": "一半"}])
    assert result.assignments.is_empty()
    assert result.holds["reason"].to_list() == ["quantity_unknown"]
    assert "先不派" in result.problems["text_zh"][0]


def test_a_quantity_with_its_unit_in_one_cell_is_read():
    result = made([{"need_id": "a", "quantity": "1.5万只"}, {"need_id": "b", "quantity": "500盒"}])
    assert result.needs["quantity"].to_list() == [15_000, None]
    assert result.problems["problem"].to_list()[:2] == ["quantity_form", "quantity_capped"]
    assert "unit_unknown" in result.problems["problem"].to_list()


def test_a_gap_says_what_the_need_itself_gets():
    result = made([{"need_id": "a", "quantity": "400"}, {"need_id": "b", "quantity": "400"}])
    assert result.unmet.select("need_id", "quantity").rows() == [("b", 300)]
    assert result.unmet["text_zh"][0].startswith("本项计划 400，得到 100。")


def test_an_offer_without_a_quantity_is_named_where_nothing_else_fits():
    result = made([{"need_id": "a"}], [{"offer_id": "x", "quantity": ""}])
    assert result.unmet["reason"].to_list() == ["no_offer"]
    assert "x" in result.unmet["text_zh"][0]
    assert "x" in result.unmet["text_en"][0]


@pytest.mark.parametrize(
    ("needs", "code", "where"),
    [
        ([{"need_id": "a"}, {"need_id": "a"}], "id_duplicate", ("n.csv", 3, "need_id")),
        ([{"need_id": ""}], "id_missing", ("n.csv", 2, "need_id")),
        ([{"need_id": "a", "category": "unicorn"}], "no_rows", ("n.csv", None, "")),
    ],
)
def test_what_makes_a_file_unusable_stops_everything(needs, code, where):
    with pytest.raises(InputError) as caught:
        made(needs)
    assert caught.value.code == code
    assert (caught.value.where.file, caught.value.where.row, caught.value.where.column) == where


def test_a_missing_column_is_named():
    with pytest.raises(InputError, match="need_id") as caught:
        plan(pl.DataFrame({"place": ["CN"]}), pl.DataFrame(OFFERS), places=PLACES, catalogue=CATALOGUE)
    assert caught.value.code == "column_missing"


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([("CN", ""), ("42", "43"), ("43", "42")], "place_cycle"),
        ([("CN", ""), ("42", "99")], "place_orphan"),
        ([("CN", ""), ("42", "")], "place_root"),
        ([("CN", ""), ("CN", "")], "id_duplicate"),
    ],
)
def test_a_table_of_places_that_is_no_tree_is_refused(rows, code):
    table = pl.DataFrame(rows, schema=["code", "parent"], orient="row")
    with pytest.raises(InputError) as caught:
        plan(
            pl.DataFrame([{"need_id": "a", "place": "CN", "category": "mask", "quantity": 1}]),
            pl.DataFrame(OFFERS),
            places=table,
        )
    assert caught.value.code == code


@pytest.mark.parametrize(
    "order", ["fairness,urgency,locality", "urgency", "urgency,locality", "price", "locality,fairness,urgency"]
)
def test_an_order_that_does_not_hold_is_refused(order):
    with pytest.raises(InputError) as caught:
        made([{"need_id": "a"}], principles=order)
    assert caught.value.code == "principles_invalid"


def test_pins_are_kept_to_the_unit_and_zero_forbids():
    offers = [{"offer_id": "x", "quantity": "6"}, {"offer_id": "y", "quantity": "6"}]
    pins = pl.DataFrame({"need_id": ["a", "b"], "offer_id": ["x", "x"], "quantity": [2, 0]})
    result = made([{"need_id": "a"}, {"need_id": "b"}], offers, pins=pins)
    lines = {(o, n): q for o, n, q in result.assignments.select("offer_id", "need_id", "quantity").rows()}
    assert lines[("x", "a")] == 2
    assert ("x", "b") not in lines
    assert sum(lines.values()) == 8  # x gives only the pinned 2, y all it has
    assert dict(result.holds.select("offer_id", "quantity").rows()) == {"x": 4}


@pytest.mark.parametrize(
    "pins",
    [
        {"need_id": ["a"], "offer_id": ["nobody"], "quantity": [1]},
        {"need_id": ["a"], "offer_id": ["o1"], "quantity": [11]},
        {"need_id": ["a"], "offer_id": ["o1"], "quantity": [-1]},
        {"need_id": ["a", "a"], "offer_id": ["o1", "o1"], "quantity": [1, 2]},
    ],
)
def test_a_pin_that_cannot_be_kept_is_refused(pins):
    with pytest.raises(InputError) as caught:
        made([{"need_id": "a"}], pins=pl.DataFrame(pins))
    assert caught.value.code == "pin_invalid"


def test_the_plan_in_force_is_kept_where_nothing_is_lost_by_it():
    offers = [{"offer_id": "x", "quantity": "10"}, {"offer_id": "y", "quantity": "10"}]
    needs = [{"need_id": "a"}, {"need_id": "b"}]
    in_force = pl.DataFrame({"offer_id": ["y", "x"], "need_id": ["a", "b"], "quantity": [10, 10]})
    kept = made(needs, offers, previous=in_force).assignments.select("offer_id", "need_id", "quantity").rows()
    assert kept == [("x", "b", 10), ("y", "a", 10)]
    other = pl.DataFrame({"offer_id": ["x", "y"], "need_id": ["a", "b"], "quantity": [10, 10]})
    assert made(needs, offers, previous=other).assignments.select("offer_id", "need_id").rows() == [
        ("x", "a"),
        ("y", "b"),
    ]


def test_a_time_limit_reached_is_an_error_not_a_half_plan():
    with pytest.raises(InputError) as caught:
        made([{"need_id": "a"}], time_limit=0)
    assert caught.value.code == "time_limit"
