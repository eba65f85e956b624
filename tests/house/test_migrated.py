"""One migrated database for the steps of a run: whole, never another one's, and nobody's own is shared by mistake."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from migrated import key, shared


def _make(place: Path, word: str) -> None:
    with contextlib.closing(sqlite3.connect(place)) as opened:
        opened.execute("PRAGMA journal_mode=WAL")
        opened.execute("CREATE TABLE made (by TEXT)")
        opened.execute("INSERT INTO made VALUES (?)", [word])
        opened.commit()


def _made(place: Path) -> list[tuple[str]]:
    with contextlib.closing(sqlite3.connect(place)) as opened:
        return opened.execute("SELECT by FROM made").fetchall()


def test_the_second_gets_what_the_first_has_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TONGZHOU_TEST_TEMPLATES", str(tmp_path / "templates"))
    with shared(tmp_path / "first") as there:
        assert not there
        _make(tmp_path / "first", "first")
    with shared(tmp_path / "second") as there:
        assert there
        assert _made(tmp_path / "second") == [("first",)]
        with contextlib.closing(sqlite3.connect(tmp_path / "second")) as opened:
            opened.execute("DELETE FROM made")
            opened.commit()
    with shared(tmp_path / "third"):
        assert _made(tmp_path / "third") == [("first",)]  # everybody's copy is his own


def test_what_was_not_finished_is_not_handed_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TONGZHOU_TEST_TEMPLATES", str(tmp_path / "templates"))
    with contextlib.suppress(ZeroDivisionError), shared(tmp_path / "first"):
        _make(tmp_path / "first", "half")
        raise ZeroDivisionError
    with shared(tmp_path / "second") as there:
        assert not there


def test_without_a_folder_everybody_makes_a_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TONGZHOU_TEST_TEMPLATES", raising=False)
    for name in ("first", "second"):
        with shared(tmp_path / name) as there:
            assert not there
            _make(tmp_path / name, name)


def test_other_migrations_are_another_database(tmp_path: Path) -> None:
    room = tmp_path / "src" / "room" / "migrations"
    room.mkdir(parents=True)
    (room / "0001_initial.py").write_text("one")
    one = key(tmp_path)
    (room / "0002_more.py").write_text("two")
    two = key(tmp_path)
    (room / "0002_more.py").write_text("three")
    assert len({one, two, key(tmp_path)}) == 3
    assert key(tmp_path) == key(tmp_path)
