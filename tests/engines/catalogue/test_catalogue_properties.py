"""Properties of the catalogue that hold for any input."""

from __future__ import annotations

import pickle

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tongzhou_engines.catalogue import KINDS, STAGES, TABLE_SCHEMA, Catalogue, UnitFactors, normalise

BUILTIN = Catalogue.builtin()
SPELLINGS = [s for c in BUILTIN.categories.values() for s in (c.code, c.name_zh, c.name_en, *c.spellings)]

anything = st.text(max_size=60) | st.text(
    st.sampled_from("口罩防護服護目鏡酒精Ｎ95kn８4，。 、/|()（）%\n"), max_size=40
)


@given(anything)
def test_normalising_twice_changes_nothing(text):
    once = normalise(text)
    assert normalise(once) == once


@given(anything, anything)
def test_normalising_goes_piece_by_piece(a, b):
    assert normalise(a + b) == normalise(a) + normalise(b)


@given(anything)
def test_looking_up_never_fails_and_only_names_categories(text):
    found = BUILTIN.find(text)
    assert found is None or found in BUILTIN
    candidates = BUILTIN.search(text)
    assert all(c.category in BUILTIN and 0 < c.score <= 100 for c in candidates)
    if found is not None and normalise(text) in {normalise(s) for s in SPELLINGS}:
        assert candidates[0].score == 100


@given(
    st.sampled_from(SPELLINGS),
    st.sampled_from([str.upper, str.lower, str.title]),
    st.sampled_from(["", " ", "\t", "　", "·"]),
)
def test_case_and_blanks_do_not_matter(spelling, change, blank):
    assert BUILTIN.find(blank + change(spelling) + blank) == BUILTIN.find(spelling) is not None


@given(anything)
def test_names_in_a_text_do_not_overlap_and_are_what_they_say(text):
    before = 0
    for found in BUILTIN.find_in_text(text):
        assert before <= found.start < found.end <= len(text)
        assert BUILTIN.find(text[found.start : found.end]) == found.category
        before = found.end


@given(st.lists(st.sampled_from(SPELLINGS), min_size=1, max_size=6))
def test_names_set_apart_by_commas_are_all_found_in_order(spellings):
    text = "，".join(spellings)
    single = [found.category for s in spellings for found in BUILTIN.find_in_text(s)]
    assert [found.category for found in BUILTIN.find_in_text(text)] == single


words = st.text(
    st.characters(categories=("Lu", "Ll", "Nd", "Lo"), exclude_characters="\u0130"), min_size=1, max_size=8
).filter(lambda w: normalise(w) and w == w.strip())


@st.composite
def catalogues(draw) -> pl.DataFrame:
    """Lawful tables of up to six categories."""
    names = draw(st.lists(words, min_size=1, max_size=6, unique_by=normalise))
    kinds = [draw(st.sampled_from(sorted(KINDS))) for _ in names]
    rows = []
    for name, kind in zip(names, kinds, strict=True):
        alike = [n for n, k in zip(names, kinds, strict=True) if k == kind]
        low = draw(st.integers(1, 1000))
        high = draw(st.none() | st.integers(low, 10**9))
        rows.append(
            {
                "category": name,
                "unit": "件",
                "unit_en": draw(st.sampled_from(["", "piece"])),
                "kind": kind,
                "minimum_lot": str(low),
                "plausible_maximum": "" if high is None else str(high),
                "substitutes_for": ";".join(draw(st.lists(st.sampled_from(alike), max_size=3))),
                "stages": ";".join(draw(st.lists(st.sampled_from(sorted(STAGES)), max_size=4))),
                "cold_chain": draw(st.sampled_from(["", "yes", "no", "是"])),
                "unit_factors": draw(st.sampled_from(["", "箱=500", "箱=500;打=12", "case=1"])),
            }
        )
    return pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String))


@given(catalogues())
@settings(max_examples=60)
def test_what_is_written_is_read_back_the_same(frame):
    catalogue = Catalogue.from_table(frame)
    table = catalogue.to_table()
    again = Catalogue.from_table(table)
    assert again == catalogue
    assert again.to_table().equals(table)
    assert table.schema == pl.Schema(TABLE_SCHEMA)
    for code, category in catalogue.categories.items():
        reached = catalogue.compatible(code)
        assert code in reached
        assert all(catalogue[c].kind == category.kind for c in reached)


@given(st.dictionaries(st.text(min_size=1, max_size=4), st.integers(1, 10**6), max_size=5))
def test_unit_factors_are_a_mapping(pairs):
    factors = UnitFactors(tuple(pairs.items()))
    assert dict(factors) == pairs == factors
    assert "missing-unit" not in factors
    assert len(factors) == len(pairs)


def test_a_catalogue_can_be_sent_to_another_process():
    assert pickle.loads(pickle.dumps(BUILTIN)) == BUILTIN
