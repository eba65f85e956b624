"""`tongzhou test`: every check and test, cheapest first, and at the end what was run and what was left out."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from tongzhou.cli.cluster import ClusterError, private_cluster
from tongzhou.cli.console import both
from tongzhou.cli.lanes import Step, Summary, run_steps
from tongzhou.cli.parts import PARTS
from tongzhou.launch.environment import Environment, SetupError
from tongzhou.launch.start import checkout

__all__ = ["test_command"]

#: Arguments and options that are not ours go on to pytest.
PASSES_ON = True

#: Folders of tests that use a database: run on SQLite and on PostgreSQL.
DATABASE_FOLDERS = (
    "kernel", "registers", "chain", "desks", "flows", "screens", "site", "api", "permissions", "migrations", "faults",
    "upkeep",
)  # fmt: skip
#: Files in those folders that never touch a database (pytest-django would refuse): not run a second time for the other.
WITHOUT_DATABASE = (
    "tests/kernel/test_ids.py", "tests/kernel/test_tables.py", "tests/registers/test_credit_codes.py",
    "tests/chain/test_evaluation_arithmetic.py", "tests/site/test_site_messages.py",
)  # fmt: skip
#: Folders without a database that take long: steps of their own, so that both cores are busy to the end.
ALLOCATION, HOUSE = "tests/engines/allocation", "tests/house"
#: Two people talk, and a relay stays dead for so many seconds: the clock is waited for, hardly a core is used.
WAITING = ("tests/browser/test_journey_line.py", "tests/browser/test_journey_voice.py")
CHECKED = ["src", "tests", "bench", "packaging", "conftest.py", "tongzhou.py"]
_LINT_IMPORTS = "from importlinter.cli import lint_imports_command as c; c()"
_ON_SQLITE, _ON_POSTGRES = "pytest SQLite", "pytest PostgreSQL"


def test_command(
    context: typer.Context,
    without: Annotated[
        list[str] | None,
        typer.Option(
            "--without",
            help=both(
                f"略过的部分，逗号分隔：{', '.join(PARTS)}", f"parts to leave out, with commas: {', '.join(PARTS)}"
            ),
        ),
    ] = None,
    jobs: Annotated[
        int, typer.Option("--jobs", help=both("同时运行几项检查", "how many checks run side by side"), min=1)
    ] = min(2, os.cpu_count() or 1),
) -> None:
    """运行全部检查和测试；其余参数交给 pytest。/ Run every check and test; other arguments go to pytest."""
    root = checkout()
    if root is None:
        raise typer.TyperException(both("只能在仓库里运行测试。", "tests run in a checkout of the repository only."))
    names = _names(without or [])
    words = list(context.args)
    summary = Summary([], _left_out(names))
    _bring_up(root, names)
    summary.steps = _steps(root, names, words)
    with ExitStack() as stack:
        _stop_cleanly_on_sigterm()
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tongzhou-test-")))
        settings = {
            **os.environ,
            "PYTHONPATH": str(root / "src"),
            "PIP_NO_INDEX": "1",
            "TONGZHOU_DATA": str(folder / "data"),
            "DJANGO_SETTINGS_MODULE": "tongzhou.site.settings",
            "TONGZHOU_TEST_TEMPLATES": str(folder / "migrated"),  # migrated once, copied by every step on SQLite
            # Dozens of commands are started: each would compile every module anew where nobody keeps the bytecode.
            "PYTHONPYCACHEPREFIX": str(Environment.of_checkout(root).home / "bytecode"),
        }
        for name in ("DATABASE_URL", "PYTHONDONTWRITEBYTECODE"):
            settings.pop(name, None)
        address = settings.pop("TONGZHOU_TEST_DATABASE_URL", None)
        if any(step.needs == "postgres" for step in summary.steps):
            address = address or _cluster(stack)
        extra = {"postgres": {"TONGZHOU_TEST_DATABASE_URL": address or ""}}
        passed = run_steps(summary.steps, root, settings, extra, jobs)
    summary.print()
    if not passed:
        raise typer.Exit(1)


def _names(without: list[str]) -> set[str]:
    names = {name.strip() for given in without for name in given.split(",") if name.strip()}
    if unknown := sorted(names - PARTS.keys()):
        known = ", ".join(PARTS)
        raise typer.BadParameter(
            both(f"没有“{unknown[0]}”这一部分（有：{known}）。", f"no part “{unknown[0]}” (there are: {known}).")
        )
    return names


def _left_out(names: set[str]) -> list[tuple[str, str]]:
    return [(f"{name} - {PARTS[name].left_out[0]}", f"{name} - {PARTS[name].left_out[1]}") for name in sorted(names)]


def _stop_cleanly_on_sigterm() -> None:
    """A killed run still stops its database: SIGTERM unwinds like Ctrl-C."""
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))


def _cluster(stack: ExitStack) -> str:
    try:
        return stack.enter_context(private_cluster())
    except ClusterError as error:
        raise typer.TyperException(str(error)) from error


def _bring_up(root: Path, names: set[str]) -> None:
    """The test tools and the real parts; the network is used here and never again."""
    environment = Environment.of_checkout(root)
    try:
        if Path(sys.prefix).resolve() == environment.folder.resolve():
            environment.ensure(dev=True)
        environment.home.mkdir(parents=True, exist_ok=True)
        if "fuzz" not in names:
            environment.fuzz.ensure()
    except SetupError as error:
        raise typer.TyperException(str(error)) from error
    for name, part in PARTS.items():
        if name not in names and (missing := part.bring_up(environment.log)):
            raise typer.TyperException(missing)


def _steps(root: Path, names: set[str], words: list[str]) -> list[Step]:
    """What is run, quick ones first, then the longest; `words` go to every pytest, and chosen tests fuzz nothing."""
    python = [sys.executable, "-P"]
    return [
        Step("ruff check", [*python, "-m", "ruff", "check", "--quiet", *CHECKED]),
        Step("ruff format", [*python, "-m", "ruff", "format", "--check", "--quiet", *CHECKED]),
        # In src/: the tool puts the working folder on the path, and at the root tongzhou.py would be in the way.
        Step("import-linter", [*python, "-c", _LINT_IMPORTS, "--no-cache", "--config", "../.importlinter"], "src"),
        Step("translations", [*python, "packaging/messages.py", "--check"]),
        Step("migrations", [*python, "-m", "django", "makemigrations", "--check", "--dry-run"], "src"),
        Step("mypy --strict", [*python, "-m", "mypy"]),
        *_pytest_steps(root, names, words),
    ]


def _pytest_steps(root: Path, names: set[str], words: list[str]) -> list[Step]:
    # The settings by name: the variable that the other steps need would otherwise win over pytest's own choice.
    pytest = [sys.executable, "-P", "-m", "pytest", "--ds=desk_settings", "--maxfail=5", "--durations=5"]
    folders = [f"tests/{name}" for name in DATABASE_FOLDERS if (root / "tests" / name).is_dir()]
    empty = (5,) if words else ()  # pytest's "no test was chosen"
    if any((root / word.partition("::")[0]).exists() for word in words):  # somebody chose files: nothing else
        steps = [Step(_ON_SQLITE, [*pytest, *words], empty=empty)]
        if any(word.startswith(folder) for word in words for folder in folders):
            steps.append(Step(_ON_POSTGRES, [*pytest, *words], needs="postgres", empty=empty))
    else:
        away = [f"--ignore={folder}" for folder in [*folders, ALLOCATION, HOUSE, "tests/browser"]]
        aside = [f"--ignore={file}" for file in WITHOUT_DATABASE]
        talking = [f"--ignore={file}" for file in WAITING]
        # After the quick ones the longest first and what is short at the end: both cores have work to the last minute.
        steps = [
            Step("pytest", [*pytest, *away, *words], empty=empty),
            Step("pytest talking", [*pytest, *WAITING, *words], empty=empty, part="browser", waits=True),
            Step(_ON_SQLITE, [*pytest, *folders, *words], empty=empty),
            Step(_ON_POSTGRES, [*pytest, *folders, *aside, *words], needs="postgres", empty=empty),
            Step("pytest browser", [*pytest, "tests/browser", *talking, *words], empty=empty, part="browser"),
            *([] if words else [Step("schemathesis", [sys.executable, "-P", "tests/fuzzing.py"], part="fuzz")]),
            Step("pytest allocation", [*pytest, ALLOCATION, *words], empty=empty),
            Step("pytest house", [*pytest, HOUSE, *words], empty=empty),
        ]
    return [step for step in steps if step.needs not in names and step.part not in names]
