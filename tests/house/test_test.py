"""./tongzhou test: what it runs, what it says it left out, and that a red step stays red."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tongzhou.cli import parts
from tongzhou.cli import test as testing
from tongzhou.cli.cluster import find_postgres, private_cluster
from tongzhou.cli.lanes import Step, Summary, run_steps
from tongzhou.launch.progress import _cut

ROOT = Path(__file__).resolve().parents[2]


def _step(name: str, code: str) -> Step:
    return Step(name, [sys.executable, "-c", code])


def test_a_failed_step_stops_the_run_and_is_shown(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    steps = [
        _step("good", "print('words of good')"),
        _step("bad", "raise SystemExit(3)"),
        _step("never", "open('never', 'w')"),
    ]
    assert not run_steps(steps, tmp_path, {}, {})
    Summary(steps, [("浏览器", "browser")]).print()
    said = capsys.readouterr().out
    marks = [line.split()[:2] for line in said.splitlines() if line.startswith("  ")]
    assert marks[:3] == [["✓", "good"], ["✗", "bad"], ["-", "never"]]
    assert "words of good" in said
    assert "略过：浏览器" in said
    assert not (tmp_path / "never").exists()


def _runs(process: int) -> bool:
    """A zombie (nobody reaps orphans in a container) does not run."""
    said = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True).stdout.strip()
    return bool(said) and not said.startswith("Z")


def test_steps_run_side_by_side_and_a_failure_ends_the_others_and_their_children(tmp_path: Path) -> None:
    child = "import os, time; open('part', 'w').write(str(os.getpid())); os.rename('part', 'child'); time.sleep(600)"
    slow = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    wait = "import os, time\nwhile not os.path.exists('child'): time.sleep(0.05)\nraise SystemExit(1)"
    steps = [_step("slow", slow), _step("bad", wait)]
    assert not run_steps(steps, tmp_path, {}, {}, jobs=2)
    assert [step.mark for step in steps] == ["…", "✗"]
    child_id, left = int((tmp_path / "child").read_text()), 240  # tries of half a second: not the child's ten minutes
    while _runs(child_id) and left:
        time.sleep(0.5)
        left -= 1
    assert left, "the child runs on"


def test_a_step_that_waits_runs_beside_the_others_and_takes_no_place(tmp_path: Path) -> None:
    """With one place: what waits goes on until the next step has run, which could never be if it held the place."""
    wait = "import os, time\nopen('waits', 'w')\nuntil = time.time() + 60\n"
    wait += "while not os.path.exists('done'): assert time.time() < until; time.sleep(0.05)"
    work = "import os, time\nuntil = time.time() + 60\n"
    work += "while not os.path.exists('waits'): assert time.time() < until; time.sleep(0.05)\nopen('done', 'w')"
    steps = [Step("waits", [sys.executable, "-c", wait], waits=True), _step("works", work)]
    assert run_steps(steps, tmp_path, {}, {}, jobs=1)
    assert [step.mark for step in steps] == ["✓", "✓"]


def test_a_step_gets_the_settings_it_needs_and_no_tests_chosen_is_no_failure(tmp_path: Path) -> None:
    code = "import os; raise SystemExit(5 if os.environ.get('WHERE') == 'there' else 1)"
    step = Step("database", [sys.executable, "-c", code], needs="postgres", empty=(5,))
    assert run_steps([step], tmp_path, {"WHERE": "here"}, {"postgres": {"WHERE": "there"}})


def _commands(names: set[str], words: list[str]) -> dict[str, list[str]]:
    return {step.name: step.command for step in testing._steps(ROOT, names, words)}


def test_each_part_can_be_left_out() -> None:
    whole = _commands(set(), [])
    assert {"pytest", "pytest SQLite", "pytest PostgreSQL", "pytest browser", "schemathesis"} <= whole.keys()
    assert "--ignore=tests/browser" in whole["pytest"]
    assert set(whole) - set(_commands({"browser"}, [])) == {"pytest browser", "pytest talking"}
    assert set(whole) - set(_commands({"postgres"}, [])) == {"pytest PostgreSQL"}
    assert set(whole) - set(_commands({"fuzz"}, [])) == {"schemathesis"}


def test_every_folder_of_tests_is_run_by_a_step() -> None:
    commands = _commands(set(), [])
    named = {word for command in commands.values() for word in command if re.fullmatch("tests/[a-z/]+", word)}
    ignored = {word.removeprefix("--ignore=") for word in commands["pytest"] if word.startswith("--ignore=")}
    assert ignored == named  # what the first run leaves aside, another takes up
    aside = {word.removeprefix("--ignore=") for word in commands["pytest browser"] if word.startswith("--ignore=")}
    assert aside == set(testing.WAITING) <= set(commands["pytest talking"])
    assert all((ROOT / name).is_file() for name in aside)
    mark = "mark.django" + "_db"
    marked = {
        path.relative_to(ROOT).parts[1] for path in ROOT.glob("tests/*/**/*.py") if mark in path.read_text("utf-8")
    }
    assert marked <= {*testing.DATABASE_FOLDERS, "browser"}


def test_what_is_run_on_one_database_only_touches_none() -> None:
    commands = _commands(set(), [])
    aside = {word.removeprefix("--ignore=") for word in commands["pytest PostgreSQL"] if word.startswith("--ignore=")}
    assert aside == set(testing.WITHOUT_DATABASE)
    assert not [word for word in commands["pytest SQLite"] if word.startswith("--ignore=")]
    for name in aside:
        found = re.findall(
            r"django_db|\b(?:from|import) desks\b|\b(?:transactional_)?db\b|TestCase|Client\(",
            (ROOT / name).read_text("utf-8"),
        )
        assert found == [], name


def test_chosen_tests_run_alone_and_on_both_databases_only_where_there_is_one() -> None:
    engines = _commands(set(), ["tests/engines/base", "-k", "sum"])
    assert engines["pytest SQLite"][-3:] == ["tests/engines/base", "-k", "sum"]
    assert "pytest PostgreSQL" not in engines
    assert "schemathesis" not in engines
    assert "pytest PostgreSQL" in _commands(set(), ["tests/upkeep"])
    assert "-k" in _commands(set(), ["-k", "sum"])["pytest PostgreSQL"]


def test_every_name_of_a_part_is_accepted_and_said() -> None:
    for name in parts.PARTS:
        ((zh, en),) = testing._left_out({name})
        assert name in zh
        assert name in en


def test_a_missing_browser_is_named_with_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("TONGZHOU_NO_APT", "1")
    said = parts.PARTS["browser"].bring_up(tmp_path / "log")
    assert "sudo apt-get install chromium fontconfig fonts-noto-cjk coturn epubcheck" in said
    assert "--without browser" in said


def test_a_missing_postgresql_is_named_with_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(parts, "find_postgres", lambda: None)
    monkeypatch.delenv("TONGZHOU_TEST_DATABASE_URL", raising=False)
    monkeypatch.setenv("TONGZHOU_NO_APT", "1")
    said = parts.PARTS["postgres"].bring_up(tmp_path / "log")
    assert "sudo apt-get install postgresql" in said
    assert "--without postgres" in said


@pytest.mark.skipif(find_postgres() is None, reason="PostgreSQL is not installed")
def test_the_private_postgresql_is_utf8_answers_and_leaves_nothing() -> None:
    import psycopg

    with private_cluster() as address:
        with psycopg.connect(address) as opened:
            (row,) = opened.execute(
                "SELECT pg_encoding_to_char(encoding), datctype, current_setting('data_directory')"
                " FROM pg_database WHERE datname = current_database()"
            ).fetchall()
        assert row[:2] == ("UTF8", "C.UTF-8")
    assert not os.path.exists(os.path.dirname(row[2]))
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(address, connect_timeout=2)


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
