"""./tongzhou test: what it runs, what it says it left out, and that a red step stays red."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tongzhou.cli import parts
from tongzhou.cli import test as testing
from tongzhou.launch.progress import _cut

ROOT = Path(__file__).resolve().parents[2]


def test_a_failed_step_stops_the_run_and_is_shown(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    python = sys.executable
    steps = [
        testing.Step("good", [python, "-c", "pass"]),
        testing.Step("bad", [python, "-c", "raise SystemExit(3)"]),
        testing.Step("never", [python, "-c", "pass"]),
    ]
    assert not all(step.run(tmp_path, {}) for step in steps)
    testing.Summary(steps, [("浏览器", "browser")]).print()
    said = capsys.readouterr().out
    marks = [line.split()[:2] for line in said.splitlines() if line.startswith("  ")]
    assert marks[:3] == [["✓", "good"], ["✗", "bad"], ["-", "never"]]
    assert "略过：浏览器" in said


def test_leaving_out_the_browser_leaves_out_its_folder_only() -> None:
    (with_browser,) = [step.command for step in testing._steps(set(), []) if step.name == "pytest"]
    (without,) = [step.command for step in testing._steps({"browser"}, ["-k", "sum"]) if step.name == "pytest"]
    assert not [word for word in with_browser if word.startswith("--ignore")]
    assert [word for word in without if word.startswith("--ignore")] == ["--ignore=tests/browser"]
    assert without[-2:] == ["-k", "sum"]


def test_every_name_of_a_part_is_accepted_and_said() -> None:
    for name in parts.PARTS:
        ((zh, en),) = testing._left_out({name})
        assert name in zh
        assert name in en


def test_a_missing_browser_is_named_with_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("TONGZHOU_NO_APT", "1")
    said = parts.PARTS["browser"].bring_up(tmp_path / "log")
    assert "sudo apt-get install chromium fontconfig fonts-noto-cjk" in said
    assert "--without browser" in said


def test_the_submission_check_is_the_same_command() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert script.strip().endswith("exec ./tongzhou test")


def test_progress_keeps_the_seconds_running_and_cuts_wide_characters() -> None:
    assert _cut("同舟abc", 5) == "同舟a"
    code = (
        "import time; from tongzhou.launch.progress import Progress\n"
        "with Progress('title') as p:\n    p.say('one'); time.sleep(0.1)\n    assert p.seconds >= 0.1"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT / "src", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("title   0 s")
    assert done.stdout == ""
