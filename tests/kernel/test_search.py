"""Searching by kept words: both databases, each way of each, give the rows whose column holds the words."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, models
from django.db.migrations.state import ProjectState
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from builders import a_lead, a_need, an_offer
from tongzhou.chain.intake.models import Lead, Need, Offer
from tongzhou.chain.intake.services.search import found, tokens
from tongzhou.kernel import search

pytestmark = pytest.mark.django_db
sqlite_only = pytest.mark.skipif(connection.vendor != "sqlite", reason="the word table is SQLite's")

ITEMS = ["医用口罩", "口罩", "罩杯", "N95 口罩", "防护服 3M 1860", "手套 100 双", "护目镜", "𠀀𠀁膏"]


def items(text: str) -> set[str]:
    return {need.item for need in found(Need.objects.order_by("created_at"), text)}


def count(text: str) -> int:
    return found(Need.objects.all(), text).count()


def by_hand(text: str) -> set[str]:
    """What the rule says, without a database."""
    wanted = tokens(text)
    met = set()
    for item in ITEMS if wanted else []:
        held = tokens(item)
        last = wanted[-1]
        opened = last.isascii() or len(last) == 1
        ends = any(word.startswith(last) for word in held) if opened else last in held
        if ends and all(word in held for word in wanted[:-1]):
            met.add(item)
    return met


def plain(item: str) -> Need:
    """A need whose searchable words are those of its item only."""
    need = a_need(item=item)
    Need.objects.filter(pk=need.pk).update(search=f" {' '.join(tokens(item))} ")
    return need


def run(statement: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


class EveryWay(TestCase):
    """The word table, the walk and the rule agree on any text."""

    def setUp(self) -> None:
        super().setUp()
        for item in ITEMS:
            plain(item)

    @settings(max_examples=40)
    @given(
        st.lists(
            st.sampled_from(["口罩", "医用", "罩", "n95", "n", "3m", "18", "手套", "100", "目", "𠀀𠀁", "x", "！"]),
            max_size=3,
        )
    )
    def test_any_words(self, parts: list[str]) -> None:
        text = " ".join(parts)
        expected = by_hand(text)
        kept = search.FEW, search.SOME
        try:
            for few, some in (kept, (-1, -1), (-1, 3)):
                search.FEW, search.SOME = few, some
                assert items(text) == expected
                assert count(text) == len(expected)
        finally:
            search.FEW, search.SOME = kept


@sqlite_only
def test_rare_words_are_looked_up_and_common_ones_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    for item in ("口罩", "口罩", "手套"):
        plain(item)
    monkeypatch.setattr(search, "FEW", 1)
    monkeypatch.setattr(search, "SOME", 2)

    def looked_up(act: Any, text: str) -> bool:
        with CaptureQueriesContext(connection) as seen:
            act(text)
        return "intake_need_words" in seen[-1]["sql"]

    assert [looked_up(items, "手套"), looked_up(items, "口罩")] == [True, False]
    assert [looked_up(count, "手套"), looked_up(count, "口罩")] == [True, True]
    monkeypatch.setattr(search, "SOME", 1)
    assert looked_up(count, "口罩") is False


@sqlite_only
@pytest.mark.parametrize("model", [Need, Offer, Lead])
def test_migrations_leave_every_list_with_its_word_table(model: type[models.Model]) -> None:
    """Fails after a migration that remakes the table (SQLite drops its triggers): end that one with a `WordTable`."""
    made = {Need: a_need, Offer: an_offer, Lead: a_lead}[model]
    made()
    assert search.hits(model._default_manager.all(), ["口罩"]) == search.Hits(f"{model._meta.db_table}_words", 1)


@sqlite_only
def test_the_word_table_follows_every_kind_of_write() -> None:
    first = plain("口罩")
    plain("医用口罩")
    assert items("口罩") == {"口罩", "医用口罩"}
    Need.objects.filter(pk=first.pk).update(item="手套", search=" 手套 ")
    assert (items("口罩"), items("手套")) == ({"医用口罩"}, {"手套"})
    Need.objects.filter(pk=first.pk).delete()
    assert items("手套") == set()
    held = "SELECT CAST(rowid AS TEXT), search FROM intake_need_words ORDER BY 1"
    assert run(held) == run("SELECT code, search FROM intake_need ORDER BY 1") != []
    run("INSERT INTO intake_need_words (intake_need_words) VALUES ('integrity-check')")


@sqlite_only
def test_without_its_triggers_the_text_is_read_and_the_migration_step_fills_it_again() -> None:
    plain("口罩")
    run("DROP TRIGGER intake_need_words_insert")
    plain("医用口罩")
    assert search.hits(Need.objects.all(), ["口罩"]) is None
    assert items("口罩") == {"口罩", "医用口罩"}
    step, state = search.WordTable("need"), ProjectState.from_apps(Need._meta.apps)
    # Not entered: inside the test's transaction SQLite cannot switch foreign keys off, and nothing here needs that.
    step.database_forwards("intake", connection.SchemaEditorClass(connection), state, state)
    assert search.hits(Need.objects.all(), ["口罩"]) == search.Hits("intake_need_words", 2)


@sqlite_only
def test_a_compacted_copy_of_the_file_brings_the_word_table_along(tmp_path: Path) -> None:
    """VACUUM may give rows other numbers, and a backup copies the file: both find the words and go on keeping them."""
    made = run("SELECT sql FROM sqlite_master WHERE name = 'intake_need_words' OR tbl_name = 'intake_need'")
    wanted = [sql for (sql,) in made if sql and sql.startswith(("CREATE VIRTUAL", "CREATE TRIGGER"))]
    assert len(wanted) == 4
    here = sqlite3.connect(tmp_path / "a.sqlite3")
    for statement in ("CREATE TABLE intake_need (id TEXT PRIMARY KEY, code TEXT UNIQUE, search TEXT)", *wanted):
        here.execute(statement)
    rows = [("b", "2000000001", " 口罩 "), ("a", "1000000001", " 手套 "), ("c", "3000000001", " 口罩 n95 ")]
    here.executemany("INSERT INTO intake_need VALUES (?, ?, ?)", rows)
    here.execute("DELETE FROM intake_need WHERE id = 'a'")
    here.commit()
    here.execute("VACUUM")
    there = sqlite3.connect(tmp_path / "b.sqlite3")
    here.backup(there)
    for opened in (here, there):
        opened.execute("INSERT INTO intake_need VALUES ('d', '4000000001', ' 口罩 x ')")
        met = opened.execute("SELECT rowid FROM intake_need_words WHERE intake_need_words MATCH '\"口罩\"' ORDER BY 1")
        assert met.fetchall() == [(2000000001,), (3000000001,), (4000000001,)]
        opened.close()
