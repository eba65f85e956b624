"""What must hold for every division and every text."""

from __future__ import annotations

from collections import defaultdict

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongzhou_engines.gazetteer import Gazetteer, PlaceTree
from tongzhou_engines.gazetteer.places import PLACEHOLDERS

TREE = PlaceTree.builtin()
GAZETTEER = Gazetteer.builtin()
NAMED = [c for c in TREE.codes if TREE.depth(c) >= 1 and TREE.name(c) not in PLACEHOLDERS]
STREETS = [c for c in NAMED if TREE.depth(c) == 4]
UPPER = [c for c in NAMED if TREE.depth(c) <= 3]


def answer(code: str) -> str:
    """The place a written name of `code` means: not a filler of the same name below a city (东莞市, 金门县)."""
    parent = TREE.parent(code)
    while parent and TREE.name(parent) == TREE.name(code):
        code, parent = parent, TREE.parent(parent)
    return code


def test_every_upper_division_is_found_by_its_full_path():
    wrong = [
        (TREE.path(c), GAZETTEER.match(TREE.path(c))) for c in UPPER if GAZETTEER.match(TREE.path(c)).code != answer(c)
    ]
    assert wrong == []


def test_every_upper_division_is_found_by_its_official_path_with_placeholders():
    wrong = []
    for code in UPPER:
        text = "".join(TREE.name(c) for c in reversed(TREE.ancestors(code)[:-1]))
        if GAZETTEER.match(text).code != answer(code):
            wrong.append((text, GAZETTEER.match(text)))
    assert wrong == []


def test_every_upper_division_is_found_by_its_english_path():
    wrong = []
    for code in UPPER:
        text = ", ".join(TREE.name(c, "en") for c in TREE.ancestors(code)[:-1] if TREE.name(c) not in PLACEHOLDERS)
        if text.isascii() and GAZETTEER.match(text).code != answer(code):
            wrong.append((text, GAZETTEER.match(text)))
    assert wrong == []


def test_every_street_is_found_by_its_full_path():
    wrong = [TREE.path(c) for c in STREETS if GAZETTEER.match(TREE.path(c)).code != answer(c)]
    assert wrong == []


def test_names_of_several_divisions_come_back_ambiguous_and_others_alone():
    holders = defaultdict(set)
    for code in UPPER:
        holders[TREE.name(code)].add(answer(code))
    assert sum(len(codes) > 1 for codes in holders.values()) == 28
    for name, codes in holders.items():
        got = GAZETTEER.match(name)
        assert set(got.candidates) == codes, name
        assert got.status == ("ambiguous" if len(codes) > 1 else "found"), name


def test_placeholder_levels_are_never_an_answer():
    for name in PLACEHOLDERS:
        assert GAZETTEER.match(name).status == "none"


TEXT = st.text(max_size=60) | st.text(
    alphabet=st.sampled_from("武汉市昌区县省路街道湖北朝阳中山鼓楼解放大东西南北一 ,()（）·\t\nabW1号店医院"),
    max_size=40,
)


@given(TEXT, st.sampled_from([None, "CN", "42", "4201", "420106", "420106001", "4290"]))
@settings(max_examples=600, deadline=None)
def test_no_text_crashes_and_answers_hold_together(text, within):
    got = GAZETTEER.match(text, within=within)
    assert got.status in ("found", "ambiguous", "none")
    assert (got.code != "") == (got.status == "found")
    assert len(got.candidates) == {"found": 1, "none": 0}.get(got.status, max(2, len(got.candidates)))
    for code in got.candidates:
        assert TREE.name(code) not in PLACEHOLDERS
        assert within is None or TREE.within(code, within)


@given(st.sampled_from(UPPER), TEXT)
@settings(max_examples=600, deadline=None)
def test_words_after_the_address_do_not_change_the_province(code, noise):
    province = TREE.ancestors(answer(code))[-2]
    got = GAZETTEER.match(f"{TREE.path(code)}，{noise}")
    assert got.candidates
    assert {TREE.ancestors(c)[-2] for c in got.candidates} == {province}


@given(st.sampled_from(UPPER), st.sampled_from(UPPER))
@settings(max_examples=400, deadline=None)
def test_another_address_after_the_address_does_not_change_it(code, other):
    if answer(code) not in TREE.ancestors(answer(other)) and TREE.depth(code) == 3:
        got = GAZETTEER.match(f"{TREE.path(code)}某路1号 {TREE.path(other)}")
        assert answer(code) in {c for x in got.candidates for c in TREE.ancestors(x)}


@given(TEXT)
@settings(max_examples=200, deadline=None)
def test_a_remembered_text_is_answered_alike(text):
    assert GAZETTEER.match(text) == Gazetteer.match(GAZETTEER, text) == GAZETTEER._match(text, None)


@pytest.mark.parametrize(
    "text", ["武昌" * 100_000, "wuchang " * 50_000, "县" * 100_000, "鼓楼区 " * 10_000, "﷽" * 5_000]
)
def test_long_texts_end(text):
    assert GAZETTEER.match(text).status in ("found", "ambiguous", "none")


def test_a_tree_of_ones_own():
    frame = pl.DataFrame(
        {
            "code": ["R", "A", "A1", "A1x", "A1y", "B", "B1"],
            "parent": ["", "R", "A", "A1", "A1", "R", "B"],
            "name": ["国", "东省", "甲川市", "上山区", "下山区", "西省", "乙川市"],
            "name_en": ["", "East", "Jiachuan", "", "", "Northland", "Yichuan"],
        }
    )
    own = Gazetteer(PlaceTree.from_table(frame))
    assert own.match("甲川市上山区").code == "A1x"
    assert own.match("乙川").code == "B1"
    assert own.match("Northland").code == "B"
    assert own.match("武昌区").status == "none"
