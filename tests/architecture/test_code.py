"""What the house rules ask of the code itself: who imports whom, sizes, docstrings, nothing of the writer's machine."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from repository import ROOT, files, inside

LINES_OF_A_FILE = 500
#: The aim is 50; a test that fails at 51 would only move lines about.
LINES_OF_A_FUNCTION = 60


def test_the_import_contracts_hold() -> None:
    command = "from importlinter.cli import lint_imports_command as c; c()"
    words = ["--no-cache", "--config", str(ROOT / ".importlinter")]
    # In src/, because the tool puts the working folder on the path, and at the root tongzhou.py would be in the way.
    done = subprocess.run([sys.executable, "-c", command, *words], cwd=ROOT / "src", capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"[1-9]\d* kept, 0 broken", done.stdout), done.stdout


def _written(under: str = ".") -> list[Path]:
    """Python files that people write: what Django writes (migrations) is left as it is."""
    return [path for path in files(".py", under=under) if path.parent.name != "migrations"]


def test_no_file_is_too_long() -> None:
    long = []
    for path in _written():
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > LINES_OF_A_FILE:
            long.append(f"{inside(path)}: {lines} lines")
    assert not long, "\n".join(long)


def _body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end, without the docstring."""
    total = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function, clean=False) is None:
        return total
    first = function.body[0]
    return total - ((first.end_lineno or first.lineno) - first.lineno + 1)


def test_no_function_is_too_long() -> None:
    long = []
    for path in files(".py", under="src"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = _body_lines(node)
                if lines > LINES_OF_A_FUNCTION:
                    long.append(f"{inside(path)}:{node.lineno} {node.name}: {lines} lines")
    assert not long, "\n".join(long)


def test_every_public_function_and_class_is_documented() -> None:
    bare = []
    for path in _written("src"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if not ast.get_docstring(tree):
            bare.append(inside(path))
        for node in tree.body:
            public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
            if public and not ast.get_docstring(node):
                bare.append(f"{inside(path)}:{node.lineno} {node.name}")
    assert not bare, "\n".join(bare)


#: Written in pieces, so that this file does not contain what it forbids.
FOREIGN = {
    "a home or work folder of someone's machine": r"(?<![\w.:/-])/(?:work|root|home|Users)" + r"/\w",
    "a package registry's address": r"(?:pypi|pythonhosted|npmjs|debian)" + r"\.org",
}


@pytest.mark.parametrize("what", FOREIGN)
def test_nothing_of_the_machine_it_was_written_on(what: str) -> None:
    found = []
    for path in files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{inside(path)}: {hit[0]}" for hit in re.finditer(FOREIGN[what], text)]
    assert not found, "\n".join(found[:20])


def test_the_patterns_find_what_they_forbid() -> None:
    assert re.search(FOREIGN["a home or work folder of someone's machine"], "see /home" + "/li/tongzhou")
    assert re.search(FOREIGN["a package registry's address"], "https://files.pythonhosted" + ".org/packages")


def test_no_test_writes_out_a_number_that_the_builders_hand_out() -> None:
    """Two records with one number are duplicates; which number a builder gives depends on the tests before."""
    found = []
    for path in files(".py", under="tests"):
        text = path.read_text(encoding="utf-8")
        if re.search(r"import .*\bbuilders\b|from builders import|import .*\bdesks\b", text):
            found += [f"{inside(path)}: {hit[0]}" for hit in re.finditer(r"190[ -]?0000[ -]?00\d[456]\b", text)]
    assert not found, "\n".join(found)


def test_nothing_shipped_is_a_symlink_out_of_the_repository() -> None:
    for path in files():
        assert path.resolve().is_relative_to(ROOT), f"{inside(path)} leads out of the repository"


def test_engines_do_not_keep_state_between_calls() -> None:
    """No `global` statement in the engines: the same arguments give the same result."""
    for path in files(".py", under="src/tongzhou_engines"):
        tree = ast.parse(Path(path).read_text(encoding="utf-8"))
        assert not any(isinstance(node, ast.Global) for node in ast.walk(tree)), inside(path)
