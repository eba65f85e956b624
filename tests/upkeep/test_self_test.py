"""The self-test goes the whole way and touches nothing real; the demo's check fetches the real first page."""

from __future__ import annotations

from pathlib import Path

import pytest

import desks

SQLITE_ONLY = pytest.mark.skipif(desks.KIND != "sqlite", reason="the demo and the self-test always use SQLite")


@SQLITE_ONLY
def test_the_self_test_passes_and_leaves_the_desk_alone(bare: desks.Desk) -> None:
    done = bare.run("self-test")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("✓") == 6
    assert list(bare.data.iterdir()) == []


@SQLITE_ONLY
def test_the_demo_starts_shows_its_first_page_and_never_touches_other_folders(bare: desks.Desk, tmp_path: Path) -> None:
    folder = tmp_path / "the demo"
    done = bare.run("demo", "--check", "--data", str(folder), DATABASE_URL="postgres://nobody@127.0.0.1:9/real")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "OK: http://127.0.0.1:" in done.stdout
    assert (folder / "THIS-IS-A-DEMO").exists()
    assert list(bare.data.iterdir()) == []

    again = bare.run("demo", "--check", "--data", str(folder))
    assert again.returncode == 0
    assert "demo's data are in" not in again.stderr  # kept from the first time

    real = desks.Desk(folder, "")
    for words in (["serve"], ["restore", str(folder / "demo.stamp"), "--passphrase-file", "none"]):
        refused = real.again(*words)
        assert refused.returncode == 2
        assert "demo" in refused.stderr or "cannot read" in refused.stderr

    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "thesis.txt").write_text("years of work")
    for words in (["demo", "--check"], ["demo", "--check", "--reset"]):
        refused = bare.again(*words, "--data", str(tmp_path / "thesis"))
        assert refused.returncode == 2
        assert "left untouched" in refused.stderr
    assert (tmp_path / "thesis" / "thesis.txt").read_text() == "years of work"


def test_nothing_of_the_demo_can_be_reached_in_a_real_desk(desk: desks.Desk) -> None:
    found = desk.python(
        "from django.conf import settings\nfrom django.test import Client\nfrom django.urls import get_resolver\n"
        "settings.ALLOWED_HOSTS = ['testserver']\n"
        "def walk(found, prefix=''):\n"
        "    for each in found.url_patterns:\n"
        "        path = prefix + str(each.pattern)\n"
        "        if hasattr(each, 'url_patterns'):\n"
        "            yield from walk(each, path)\n"
        "        elif 'demo' in path or 'demo' in getattr(each.callback, '__module__', ''):\n"
        "            yield path\n"
        "paths = list(walk(get_resolver()))\n"
        "for path in paths:\n"
        "    for method in ('get', 'post'):\n"
        "        answer = getattr(Client(), method)('/' + path)\n"
        "        print(path, method, answer.status_code)\n"
    )
    lines = found.strip().splitlines()
    assert lines, "the walk found no address of the demo: it looks in the wrong place"
    assert [line for line in lines if line.rsplit(" ", 1)[1] not in ("404", "405")] == []
