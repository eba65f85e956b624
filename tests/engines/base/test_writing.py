"""An output is written whole or not at all, and never over anything that is not an earlier output."""

from __future__ import annotations

from pathlib import Path

import pytest

from tongzhou_engines.base.errors import InputError
from tongzhou_engines.base.files import check_output, output_directory

MARKER = "read.json"
OURS = '{"format": "tongzhou-read/1"}'


def put(target: Path, *names: str, marker: str = MARKER, text: str = OURS) -> None:
    with output_directory(target, marker) as fresh:
        (fresh / marker).write_text(text)
        for name in names:
            (fresh / name).parent.mkdir(exist_ok=True)
            (fresh / name).write_text("x")


def refused(target: Path, marker: str = MARKER) -> InputError:
    before = sorted(target.rglob("*")) if target.is_dir() else []
    with pytest.raises(InputError) as caught:
        check_output(target, marker)
    with pytest.raises(InputError), output_directory(target, marker):
        raise AssertionError("must not be entered")
    assert (sorted(target.rglob("*")) if target.is_dir() else []) == before
    assert caught.value.code == "output_exists"
    return caught.value


def test_a_directory_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "out"
    put(target)
    assert [path.name for path in target.iterdir()] == [MARKER]
    with pytest.raises(ZeroDivisionError), output_directory(target, MARKER) as fresh:
        (fresh / "needs.csv").write_text(str(1 // 0))
    assert [path.name for path in target.iterdir()] == [MARKER]
    assert [path.name for path in target.parent.iterdir()] == ["out"]


def test_an_earlier_output_is_replaced_whole_but_nothing_else_is(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("x")
    refused(mine)
    for name in ("needs.csv", "offers.csv"):
        put(tmp_path / "out", name)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["offers.csv", MARKER]
    (tmp_path / "file").write_text("x")
    refused(tmp_path / "file")


@pytest.mark.parametrize("name", ["notes.txt", "inputs/mine.csv", "needs.csv", ".git/config", "inputs/places.csv/a"])
def test_a_foreign_file_in_an_earlier_plan_is_never_deleted(tmp_path: Path, name: str) -> None:
    target = tmp_path / "out"
    ours = ("assignments.csv", "inputs/needs.csv", "inputs/previous.csv", "plan.xlsx")
    put(target, *ours, marker="plan.json")
    put(target, *ours, marker="plan.json")
    (target / name).parent.mkdir(exist_ok=True)
    (target / name).write_text("mine")
    error = refused(target, "plan.json")
    shown = next(part for part in (name, name.rsplit("/", 1)[0], name.split("/")[0]) if part in error.zh)
    assert shown in error.en
    assert "--out" in error.todo_zh
    assert "--out" in error.todo_en
    assert (target / name).read_text() == "mine"


def test_a_foreign_directory_or_link_under_one_of_our_names_is_refused(tmp_path: Path) -> None:
    put(tmp_path / "a")
    (tmp_path / "a" / "needs.csv").mkdir()
    assert "needs.csv" in refused(tmp_path / "a").en
    put(tmp_path / "b")
    (tmp_path / "b" / "needs.csv").symlink_to(tmp_path / "a")
    assert "needs.csv" in refused(tmp_path / "b").en


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": "other/1"}', '{"format": 5}', "[" * 9999, "\udcff"])
def test_a_file_that_only_has_the_markers_name_is_no_marker(tmp_path: Path, text: str) -> None:
    target = tmp_path / "out"
    target.mkdir()
    (target / MARKER).write_bytes(text.encode(errors="surrogateescape"))
    refused(target)


def test_an_output_may_write_only_what_may_be_replaced(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"new\.csv"):
        put(tmp_path / "out", "new.csv")
    assert list(tmp_path.iterdir()) == []
