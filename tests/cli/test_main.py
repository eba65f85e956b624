"""The frame of the command line: languages, exit codes, errors as words, and a fast --help."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tongzhou import __version__
from tongzhou.cli import version
from tongzhou.cli.main import COMMANDS, run
from tongzhou.launch.words import language, split_language


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"], ["help"]])
def test_help_lists_every_command(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(words) == 0
    said = capsys.readouterr().out
    assert all(name in said and text[0] in said for name, text in COMMANDS.items())


def test_help_in_english(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help", "--lang", "en"]) == 0
    said = capsys.readouterr().out
    assert all(text[1] in said for text in COMMANDS.values())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_its_options(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([name, "--help"]) == 0
    assert re.search(rf"Usage: \S+ {name}", capsys.readouterr().out)


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"tongzhou {__version__}\n"
    assert run(["version"]) == 0
    assert json.loads(capsys.readouterr().out)["python"] == sys.version.split()[0]


def test_help_loads_no_heavy_library() -> None:
    code = "import sys; from tongzhou.cli.main import run; run(['--help']); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-P", "-c", code], env=_bare(), capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stderr.split()}
    assert "tongzhou" in loaded
    assert not loaded & {"polars", "ortools", "numpy", "pandas", "rich", "typer", "tongzhou_engines"}


def _bare() -> dict[str, str]:
    return {"PYTHONPATH": str(Path(version.__file__).parents[2]), "PYTHONUTF8": "1"}


@pytest.mark.parametrize(
    ("words", "zh", "en"),
    [
        (["plam"], "没有“plam”这个命令", "there is no command “plam”"),
        (["--lang", "fr"], "--lang 只能是 zh 或 en", "--lang is zh or en"),
        (["version", "--nope"], "用法有误", "Usage"),
        (["test", "--without", "fuel"], "没有“fuel”这一部分", "no part “fuel”"),
        (["check"], "用法有误", "Usage"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(
    words: list[str], zh: str, en: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for chosen, expected in (("zh", zh), ("en", en)):
        monkeypatch.setenv("TONGZHOU_LANG", chosen)
        assert run(words) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert expected in said.err
        assert len(said.err.strip().splitlines()) == 1


@pytest.mark.parametrize("chosen", ["zh", "en"])
def test_unusable_input_is_one_line_and_exit_2(chosen: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    missing = tmp_path / "没有这个文件.csv"
    assert run(["read", str(missing), "--out", str(tmp_path / "out"), "--lang", chosen]) == 2
    said = capsys.readouterr()
    (line,) = [line for line in said.err.splitlines() if line.startswith("[")]
    assert line.startswith("[file_missing]")
    assert missing.name in line
    assert not (tmp_path / "out").exists()


def test_our_own_error_says_where_its_details_are(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(version, "_LIBRARIES", ("a-library-nobody-installed",))
    assert run(["version", "--lang", "en"]) == 70
    said = capsys.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err
    found = re.search(r"details are in (\S+\.txt)", said.err)
    assert found
    details = Path(found[1])
    try:
        assert "a-library-nobody-installed" in details.read_text(encoding="utf-8")
        assert details.stat().st_mode & 0o077 == 0
    finally:
        details.unlink()


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    command = f"'{sys.executable}' -P -m tongzhou --lang en version --json | true"
    done = subprocess.run(
        ["sh", "-c", command], env={**_bare(), "PATH": "/usr/bin:/bin"}, capture_output=True, text=True
    )
    assert "Traceback" not in done.stderr
    assert "failed" not in done.stderr


@pytest.mark.parametrize(
    ("words", "rest", "chosen"),
    [
        (["plan", "--lang", "en", "--out", "x"], ["plan", "--out", "x"], "en"),
        (["--lang=zh", "plan"], ["plan"], "zh"),
        (["test", "--", "--lang", "fr"], ["test", "--", "--lang", "fr"], None),
        (["plan"], ["plan"], None),
    ],
)
def test_the_language_may_stand_anywhere(words: list[str], rest: list[str], chosen: str | None) -> None:
    assert split_language(words) == (rest, chosen)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "zh"),
        ({"LANG": "C.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ({"LC_ALL": "de_DE.UTF-8", "LANG": "en_US.UTF-8"}, "zh"),
        ({"TONGZHOU_LANG": "zh", "LC_ALL": "en_US.UTF-8"}, "zh"),
        ({"TONGZHOU_LANG": "EN"}, "en"),
    ],
)
def test_the_language_of_the_machine(environment: dict[str, str], expected: str) -> None:
    assert language(environment) == expected
