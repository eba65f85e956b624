"""A catalogue of one's own: what is read, what is refused and where it says the mistake is."""

from __future__ import annotations

import polars as pl
import pytest

from tongzhou_engines.base.errors import InputError
from tongzhou_engines.catalogue import TABLE_SCHEMA, Catalogue


def table(*rows: dict[str, str]) -> pl.DataFrame:
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pl.DataFrame(
        [[row.get(n) for n in names] for row in rows], schema=dict.fromkeys(names, pl.String), orient="row"
    )


def refused(frame: pl.DataFrame, **options) -> InputError:
    with pytest.raises(InputError) as caught:
        Catalogue.from_table(frame, "my.csv", **options)
    return caught.value


MASK = {"category": "mask", "unit": "只"}
SUIT = {"category": "suit", "unit": "件"}


def test_the_least_table():
    catalogue = Catalogue.from_table(table({"category": "口罩", "unit": "只", "substitutes_for": ""}), "my.csv")
    mask = catalogue["口罩"]
    assert (mask.kind, mask.minimum_lot, mask.plausible_maximum) == ("goods", 1, None)
    assert (mask.name_zh, mask.name_en, mask.unit_en) == ("口罩", "口罩", "只")
    assert mask.substitutes_for == mask.spellings == mask.stages == mask.standards == ()
    assert catalogue.find("口 罩") == "口罩"
    assert catalogue.compatible("口罩") == {"口罩"}


def test_every_column():
    frame = table(
        {**MASK, "kind": "物资", "name_zh": "口罩", "name_en": "mask (any)", "unit_en": "piece", "minimum_lot": "５０"}
        | {"plausible_maximum": "1,000", "standards": "A 1;B 2", "cold_chain": "是", "licence": "x;y"}
        | {"stages": "outbreak; recovery", "spellings": "面罩；嘴罩;面罩", "unit_factors": "箱=500; 盒 = 50"},
        {**MASK, "category": "n95", "substitutes_for": "口罩;n95"},
    )
    catalogue = Catalogue.from_table(frame)
    mask = catalogue["mask"]
    assert (mask.minimum_lot, mask.plausible_maximum, mask.cold_chain, mask.licence) == (50, 1000, True, "x;y")
    assert (mask.standards, mask.stages, mask.spellings) == (("A 1", "B 2"), ("outbreak", "recovery"), ("面罩", "嘴罩"))
    assert [catalogue.factor("mask", unit) for unit in ("箱", "盒", "只", "piece", "袋")] == [500, 50, 1, 1, None]
    # Named by a spelling; itself is not its own substitute.
    assert catalogue["n95"].substitutes_for == ("mask",)
    assert catalogue.compatible("n95") == {"n95", "mask"}
    assert catalogue.compatible("mask") == {"mask"}


def test_substitution_is_not_transitive():
    rows = [{**MASK, "category": c, "substitutes_for": s} for c, s in (("a", "b"), ("b", "c"), ("c", ""))]
    assert Catalogue.from_table(table(*rows)).compatible("a") == {"a", "b"}


def test_blank_lines_and_unknown_columns_are_passed_over():
    frame = table({**MASK, "remark": "x"}, {"category": "", "unit": " ", "remark": ""}, {**SUIT, "remark": "y"})
    assert list(Catalogue.from_table(frame).categories) == ["mask", "suit"]


def test_numbers_from_a_spreadsheet():
    frame = pl.DataFrame({"category": ["mask"], "unit": ["只"], "minimum_lot": [50.0], "plausible_maximum": [1000]})
    assert Catalogue.from_table(frame)["mask"].minimum_lot == 50


@pytest.mark.parametrize(
    ("bad", "column", "says"),
    [
        ({**MASK, "category": "suit"}, "category", "suit"),
        ({**MASK, "category": ""}, "category", "blank"),
        ({**MASK, "category": "mask；cap"}, "category", "semicolon"),
        ({**MASK, "unit": ""}, "unit", "no unit"),
        ({**SUIT, "category": "mask", "substitutes_for": "suit;helmet"}, "substitutes_for", "helmet"),
        ({"category": "mask", "unit": "件", "kind": "remote", "substitutes_for": "suit"}, "substitutes_for", "kind"),
        ({**MASK, "substitutes_for": "suit"}, "substitutes_for", "one-to-one"),
        ({**MASK, "kind": "gifts"}, "kind", "gifts"),
        ({**MASK, "minimum_lot": "0"}, "minimum_lot", "below 1"),
        ({**MASK, "minimum_lot": "-3"}, "minimum_lot", "-3"),
        ({**MASK, "minimum_lot": "some"}, "minimum_lot", "some"),
        ({**MASK, "minimum_lot": "2.5"}, "minimum_lot", "2.5"),
        ({**MASK, "minimum_lot": "10", "plausible_maximum": "9"}, "plausible_maximum", "9"),
        ({**MASK, "plausible_maximum": "0"}, "plausible_maximum", "0"),
        ({**MASK, "plausible_maximum": "many"}, "plausible_maximum", "many"),
        ({**MASK, "stages": "outbreak;peak"}, "stages", "peak"),
        ({**MASK, "cold_chain": "maybe"}, "cold_chain", "maybe"),
        ({**MASK, "unit_factors": "箱"}, "unit_factors", "箱"),
        ({**MASK, "unit_factors": "箱=0"}, "unit_factors", "箱=0"),
        ({**MASK, "unit_factors": "箱=0.5"}, "unit_factors", "0.5"),
        ({**MASK, "spellings": "a; ＳＵＩＴ"}, "spellings", "ＳＵＩＴ"),
        ({**MASK, "name_en": "Suit"}, "name_en", "Suit"),
    ],
)
def test_mistakes_name_row_and_column(bad, column, says):
    error = refused(table(SUIT, bad))
    assert error.code == "catalogue_invalid"
    assert (error.where.file, error.where.row, error.where.column) == ("my.csv", 3, column)
    assert says in error.text("en")
    assert "第 3 行" in error.text("zh")


def test_rows_of_the_file_are_named_when_given():
    error = refused(table(SUIT, {**MASK, "kind": "gifts"}), rows=[4, 9], sheet="目录")
    assert (error.where.sheet, error.where.row) == ("目录", 9)


def test_missing_and_doubled_columns_and_no_rows():
    assert refused(table({"category": "mask"})).code == "column_missing"
    assert refused(table({"unit": "只"})).where.column == "category"
    assert refused(pl.DataFrame({"category": ["a"], "unit": ["b"], "Unit ": ["c"]})).code == "column_duplicate"
    assert refused(table({"category": "", "unit": ""})).code == "no_rows"
    assert refused(pl.DataFrame(schema={"category": pl.String, "unit": pl.String})).code == "no_rows"


def test_the_built_in_catalogue_survives_its_own_table():
    catalogue = Catalogue.builtin()
    written = catalogue.to_table()
    assert written.columns == list(TABLE_SCHEMA)
    again = Catalogue.from_table(written)
    assert again == catalogue
    assert again.to_table().equals(written)
    assert list(again.categories) == list(catalogue.categories)


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(InputError) as caught:
        Catalogue.builtin().resolve("外科口照")
    assert caught.value.code == "category_unknown"
    assert "surgical_mask" in caught.value.text("zh")
    assert "Did you mean" in caught.value.text("en")
    assert Catalogue.builtin().resolve("外科口罩") == "surgical_mask"
    with pytest.raises(InputError, match="category_unknown"):
        Catalogue.builtin()["no_such_category"]


def test_search_is_ranked_and_names_each_category_once():
    found = Catalogue.builtin().search("呼吸机", 10)
    assert found[0].category == "ventilator"
    assert found[0].score == 100
    assert {"ventilator_invasive", "ventilator_noninvasive"} <= {f.category for f in found}
    assert len({f.category for f in found}) == len(found) <= 10
    assert [f.score for f in found] == sorted((f.score for f in found), reverse=True)
    assert Catalogue.builtin().search("？！") == () == Catalogue.builtin().search("口罩", 0)


def test_names_inside_longer_latin_words_and_figures_are_not_names():
    catalogue = Catalogue.builtin()
    assert catalogue.find_in_text("ACTIVE, 1995, KN955") == []
    assert [f.category for f in catalogue.find_in_text("CT2台，N95 500只；KN95:300")] == [
        "ct_scanner",
        "n95_respirator",
        "particulate_respirator",
    ]


def test_a_name_does_not_run_over_the_end_of_a_phrase():
    found = Catalogue.builtin().find_in_text("酒精、棉球")
    assert [(f.category, f.start, f.end) for f in found] == [("ethanol_unspecified", 0, 2)]


def test_only_some_kinds_from_a_text():
    text = "需要口罩和心理援助"
    catalogue = Catalogue.builtin()
    assert [f.category for f in catalogue.find_in_text(text)] == ["mask_unspecified", "psychological_counselling"]
    assert [f.category for f in catalogue.find_in_text(text, kinds=("remote",))] == ["psychological_counselling"]
