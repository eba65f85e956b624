"""`tongzhou read` as a person runs it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tongzhou.cli.main import run

ROOT = Path(__file__).resolve().parents[2]
SIXTH = ROOT / "data" / "wuhan2020" / "2020-02-06"


def test_reads_the_real_sheets_and_writes_everything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["read", str(SIXTH), "--out", str(tmp_path / "out")]) == 0
    shown = capsys.readouterr()
    counts = {row["what"].strip(): row["count"] for row in csv.DictReader(io.StringIO(shown.out))}
    assert "375" in counts.values()  # 216 + 58 + 22 + 21 + 57 + 1 rows
    summary = json.loads((tmp_path / "out" / "read.json").read_text(encoding="utf-8"))
    assert summary["rows"] == 375
    assert {file["as_of"] for file in summary["files"]} == {"2020-02-06"}
    assert str(ROOT) not in (tmp_path / "out" / "read.json").read_text(encoding="utf-8")


def test_shows_which_heading_was_taken_as_what(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet = tmp_path / "需求.csv"
    sheet.write_text("医院,物资,数量,单位,心情\n武汉市第七医院,护目镜,5,个,好\n", encoding="gb18030")
    assert run(["--lang", "zh", "read", str(sheet), "--out", str(tmp_path / "out")]) == 0
    shown = capsys.readouterr().err
    assert "医院 → requester" in shown
    assert "没有使用的列：心情" in shown


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_unusable_input_is_one_line_exit_2_and_nothing_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lang: str
) -> None:
    code = run(["--lang", lang, "read", str(tmp_path / "no.csv"), "--out", str(tmp_path / "out")])
    shown = capsys.readouterr()
    assert code == 2
    assert "no.csv" in shown.err
    assert len([line for line in shown.err.splitlines() if line.startswith("[file_missing]")]) == 1
    assert not (tmp_path / "out").exists()
    assert list(tmp_path.iterdir()) == []


def test_changes_against_an_earlier_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    assert run(["read", str(SIXTH / "clinic"), "--out", str(first)]) == 0
    assert run(["read", str(SIXTH / "clinic"), "--previous", str(first), "--out", str(second)]) == 0
    with (second / "changes.csv").open(encoding="utf-8", newline="") as handle:
        assert {row["change"] for row in csv.DictReader(handle)} == {"stale"}
