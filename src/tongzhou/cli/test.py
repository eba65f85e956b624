"""`tongzhou test`: every check and test, cheapest first, and at the end what was run and what was left out."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from tongzhou.cli.console import both, note
from tongzhou.cli.parts import PARTS
from tongzhou.launch.environment import Environment, SetupError
from tongzhou.launch.start import checkout

__all__ = ["test_command"]

#: Arguments and options that are not ours go on to pytest.
PASSES_ON = True

_LINT_IMPORTS = "from importlinter.cli import lint_imports_command as c; c()"
_OK, _FAILED, _NOT_RUN = "✓", "✗", "-"


@dataclass(slots=True)
class Step:
    """One check: its name, its command, the folder it runs in, and after the run its mark and seconds."""

    name: str
    command: list[str]
    folder: str = "."
    mark: str = _NOT_RUN
    seconds: float = 0.0

    def run(self, root: Path, environment: dict[str, str]) -> bool:
        """Run it, its output going straight to the person; True when it passed."""
        note(f"── {self.name}", f"── {self.name}")
        begun = time.monotonic()
        place = root / self.folder
        code = subprocess.run(
            self.command, cwd=place, env=environment, stdin=subprocess.DEVNULL, check=False
        ).returncode
        self.seconds = time.monotonic() - begun
        self.mark = _FAILED if code else _OK
        return code == 0


@dataclass(slots=True)
class Summary:
    """What the closing lines say."""

    steps: list[Step]
    left_out: list[tuple[str, str]] = field(default_factory=list)
    begun: float = field(default_factory=time.monotonic)

    def print(self) -> None:
        """The closing lines, on stdout, so that a log of a run always tells what it did not do."""
        print("\n" + both("── 小结", "── Summary"))
        for step in self.steps:
            took = f"{step.seconds:6.0f} s" if step.mark != _NOT_RUN else both("  未运行", " not run")
            print(f"  {step.mark} {step.name:<18}{took}")
        for zh, en in self.left_out:
            print("  " + both(f"略过：{zh}", f"left out: {en}"))
        if not self.left_out:
            print("  " + both("没有略过任何部分", "nothing was left out"))
        print("  " + both("合计", "total") + f" {time.monotonic() - self.begun:.0f} s", flush=True)


def test_command(
    context: typer.Context,
    without: Annotated[
        list[str] | None,
        typer.Option(
            "--without",
            help=both("略过的部分，逗号分隔：browser, postgres", "parts to leave out, with commas: browser, postgres"),
        ),
    ] = None,
) -> None:
    """运行全部检查和测试；其余参数交给 pytest。/ Run every check and test; other arguments go to pytest."""
    root = checkout()
    if root is None:
        raise typer.TyperException(both("只能在仓库里运行测试。", "tests run in a checkout of the repository only."))
    names = {name.strip() for given in without or [] for name in given.split(",") if name.strip()}
    if unknown := sorted(names - PARTS.keys()):
        known = ", ".join(PARTS)
        raise typer.BadParameter(
            both(f"没有“{unknown[0]}”这一部分（有：{known}）。", f"no part “{unknown[0]}” (there are: {known}).")
        )
    summary = Summary([], _left_out(names))
    _bring_up(root, names)
    summary.steps = _steps(names, list(context.args))
    environment = {**os.environ, "PYTHONPATH": str(root / "src"), "PIP_NO_INDEX": "1"}
    passed = all(step.run(root, environment) for step in summary.steps)
    summary.print()
    if not passed:
        raise typer.Exit(1)


def _left_out(names: set[str]) -> list[tuple[str, str]]:
    said = []
    if "browser" in names:
        said.append(("browser - 没有在真的浏览器里打开报告", "browser - no report was opened in a real browser"))
    if "postgres" in names:
        said.append(("postgres - 目前还没有测试用到它", "postgres - nothing uses it yet"))
    return said


def _bring_up(root: Path, names: set[str]) -> None:
    """The test tools and the real parts; the network is used here and never again."""
    environment = Environment.of_checkout(root)
    try:
        if Path(sys.prefix).resolve() == environment.folder.resolve():
            environment.ensure(dev=True)
        environment.home.mkdir(parents=True, exist_ok=True)
    except SetupError as error:
        raise typer.TyperException(str(error)) from error
    for name, part in PARTS.items():
        if name not in names and (missing := part.bring_up(environment.log)):
            raise typer.TyperException(missing)


def _steps(names: set[str], words: list[str]) -> list[Step]:
    python = [sys.executable, "-P"]
    checked = ["src", "tests", "bench", "conftest.py", "tongzhou.py"]
    pytest = [*python, "-m", "pytest", "--maxfail=5", "--durations=5"]
    pytest += [f"--ignore={PARTS[name].folder}" for name in sorted(names) if PARTS[name].folder]
    return [
        Step("ruff check", [*python, "-m", "ruff", "check", "--quiet", *checked]),
        Step("ruff format", [*python, "-m", "ruff", "format", "--check", "--quiet", *checked]),
        # In src/: the tool puts the working folder on the path, and at the root tongzhou.py would be in the way.
        Step("import-linter", [*python, "-c", _LINT_IMPORTS, "--no-cache", "--config", "../.importlinter"], "src"),
        Step("mypy --strict", [*python, "-m", "mypy"]),
        Step("pytest", [*pytest, *words]),
    ]
