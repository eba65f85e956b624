"""Searching by kept words: both databases, both ways of each, give the rows whose column holds the words."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from builders import a_need
from tongzhou.chain.intake.models import Need
from tongzhou.chain.intake.services.search import found, tokens
from tongzhou.kernel import search

pytestmark = pytest.mark.django_db
sqlite_only = pytest.mark.skipif(connection.vendor != "sqlite", reason="the FTS5 table is SQLite's")

ITEMS = ["医用口罩", "口罩", "罩杯", "N95 口罩", "防护服 3M 1860", "手套 100 双", "护目镜"]


def items(text: str) -> set[str]:
    return {need.item for need in found(Need.objects.all(), text)}


def by_hand(text: str) -> set[str]:
    """What the rule says, without a database."""
    wanted = tokens(text)
    hits = set()
    for item in ITEMS if wanted else []:
        held = tokens(item)
        last = wanted[-1]
        opened = last.isascii() or len(last) == 1
        ends = any(word.startswith(last) for word in held) if opened else last in held
        if ends and all(word in held for word in wanted[:-1]):
            hits.add(item)
    return hits


def plain(item: str) -> Need:
    """A need whose searchable words are those of its item only."""
    need = a_need(item=item)
    Need.objects.filter(pk=need.pk).update(search=f" {' '.join(tokens(item))} ")
    return need


class BothWays(TestCase):
    """The index, the walk and the rule agree on any text."""

    def setUp(self) -> None:
        super().setUp()
        for item in ITEMS:
            plain(item)

    @settings(max_examples=40)
    @given(
        st.lists(
            st.sampled_from(["口罩", "医用", "罩", "n95", "n", "3m", "18", "手套", "100", "目", "x", "！"]), max_size=3
        )
    )
    def test_any_words(self, parts: list[str]) -> None:
        text = " ".join(parts)
        expected = by_hand(text)
        assert items(text) == expected
        few, search.FEW = search.FEW, -1
        try:
            assert items(text) == expected
        finally:
            search.FEW = few


@sqlite_only
def test_the_word_table_follows_every_kind_of_write() -> None:
    first = plain("口罩")
    assert items("口罩") == {"口罩"}
    plain("医用口罩")
    assert items("口罩") == {"口罩", "医用口罩"}
    Need.objects.filter(pk=first.pk).update(item="手套", search=" 手套 ")
    assert (items("口罩"), items("手套")) == ({"医用口罩"}, {"手套"})
    Need.objects.filter(pk=first.pk).delete()
    assert items("手套") == set()


@sqlite_only
def test_a_table_without_its_triggers_is_filled_again() -> None:
    plain("口罩")
    assert items("口罩") == {"口罩"}
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER intake_need_words_insert")
    plain("医用口罩")
    assert items("口罩") == {"口罩", "医用口罩"}
