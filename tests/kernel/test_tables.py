"""Tables without a noun: counts that say where they stopped, texts no spreadsheet runs, cursors nobody can bend."""

import datetime as dt

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from tongzhou.kernel.search import HoldsWords
from tongzhou.kernel.tables import Choice, Column, Facet, Sort, Table, count_text, read
from tongzhou.kernel.tables.asked import Cursor
from tongzhou.kernel.tables.values import as_text, harmless

COLOURS = [Choice("red", "红"), Choice("blue", "蓝")]
TABLE = Table(
    name="things",
    columns=(
        Column("name", "名", str, heads=True),
        Column("size", "大小", str),
        Column("age", "年龄", str, shown=False),
    ),
    sorts=(Sort("old", "旧", ("created_at", "id")), Sort("new", "新", ("created_at", "id"), descending=True)),
    facets=(
        Facet("colour", "颜色", "colour", choices=lambda chosen: COLOURS, default=("red",)),
        Facet("shape", "形状", "shape", choices=lambda chosen: COLOURS, many=False),
    ),
    kept=("of",),
)


@pytest.mark.parametrize(
    ("count", "at_least", "text"),
    [
        (0, False, "0"),
        (37, False, "37"),
        (1000, False, "1,000"),
        (1001, False, "1,000+"),
        (5, True, "5+"),
        (0, True, ""),
        (1000, True, "1,000+"),
    ],
)
def test_a_figure_is_exact_or_says_it_is_not(count: int, at_least: bool, text: str) -> None:
    assert count_text(count, at_least=at_least) == text


@pytest.mark.parametrize("text", ["=1+1", "+8613", "-2", "@x", "\t=1", "＝1", "  =1", "'=1"])
def test_what_would_run_gets_an_apostrophe(text: str) -> None:
    assert harmless(text) == f"'{text}"


@given(st.text())
def test_nothing_written_begins_like_a_formula(text: str) -> None:
    assert not harmless(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_moments_are_written_in_beijing_time() -> None:
    assert as_text(dt.datetime(2020, 2, 6, 16, 30, tzinfo=dt.UTC)) == "2020-02-07 00:30"
    assert [as_text(None), as_text(dt.date(2020, 2, 6)), as_text(12), as_text(True)] == ["", "2020-02-06", "12", "是"]


def asked(query: str) -> object:
    return read(TABLE, QueryDict(query))


@pytest.mark.parametrize(
    ("query", "back"),
    [
        ("", "?"),
        ("colour=blue", "?colour=blue"),
        ("colour=blue&colour=red", "?colour=red&colour=blue"),
        ("colour=all", "?colour=all"),
        ("q=%20a%20%20b%20", "?q=a+b"),
        ("sort=new&of=x", "?of=x&sort=new"),
        ("col=age", "?col=name&col=age"),
        ("shape=red&shape=blue", "?shape=blue"),
        ("colour=green&sort=evil&at=%%%&size=9", "?"),
    ],
)
def test_an_address_means_one_view_and_is_written_one_way(query: str, back: str) -> None:
    assert asked(query).query == back  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "query", ["", "colour=blue", "colour=all&shape=red&q=a b&sort=new&of=x&col=age", "shape=blue&of=%26"]
)
def test_an_address_with_another_value_is_written_the_same_quickly_and_slowly(query: str) -> None:
    view = asked(query)
    for facet in TABLE.facets:
        quick = view.queries_with(facet)  # type: ignore[attr-defined]
        for values in ((), ("red",), ("blue",), ("red", "blue")):
            assert quick(values) == view.with_facet(facet, values).query  # type: ignore[attr-defined]
    assert asked("shape=red&q=a&of=x").queries_with(TABLE.facets[0])(("blue",)) == "?of=x&colour=blue&shape=red&q=a"  # type: ignore[attr-defined]


def test_what_was_not_understood_is_named() -> None:
    assert asked("colour=green&sort=evil&at=xx&shape=red").ignored == ("colour", "sort", "at")  # type: ignore[attr-defined]


def test_the_default_holds_until_it_is_lifted() -> None:
    facet = TABLE.facets[0]
    assert [asked(query).chosen(facet) for query in ("", "colour=all", "colour=blue")] == [("red",), (), ("blue",)]  # type: ignore[attr-defined]


@given(st.lists(st.text(), min_size=2, max_size=2), st.booleans())
def test_a_cursor_comes_back_as_it_was(values: list[str], back: bool) -> None:
    cursor = Cursor(tuple(values), back)
    found = asked(f"at={cursor}")
    known = len(str(cursor)) <= 300 and not any("\x00" in value for value in values)
    assert found.cursor == (cursor if known else None)  # type: ignore[attr-defined]


@given(st.text(max_size=400))
def test_no_cursor_text_is_an_error(text: str) -> None:
    said = QueryDict(mutable=True)
    said["at"] = text
    read(TABLE, said)


@pytest.mark.parametrize("words", [[], ["a b"], ["a'b"], ["口罩", "%"], [""], ["a:b"], ["&"]])
def test_only_letters_and_digits_reach_the_index(words: list[str]) -> None:
    with pytest.raises(ValueError, match="letters and digits"):
        HoldsWords("search", words)
