"""Writing tables that no spreadsheet program runs as formulas, and whole directories or nothing."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from tongzhou_engines.base.cells import safe_cell
from tongzhou_engines.base.errors import InputError, Where

__all__ = ["OUTPUT_NAMES", "check_output", "output_directory", "write_csv"]

#: Marker file > every path that an output of its kind may hold ("inputs/" is a directory). Only a directory that holds
#: nothing else is ever replaced.
OUTPUT_NAMES: dict[str, frozenset[str]] = {
    "plan.json": frozenset(
        {
            "plan.json",
            "assignments.csv",
            "cells.csv",
            "unmet.csv",
            "holds.csv",
            "problems.csv",
            "certificate.json",
            "plan.xlsx",
            "report.html",
            "inputs/",
            "inputs/needs.csv",
            "inputs/offers.csv",
            "inputs/places.csv",
            "inputs/catalogue.csv",
            "inputs/pins.csv",
            "inputs/previous.csv",
        }
    ),
    "read.json": frozenset(
        {
            "read.json",
            "needs.csv",
            "offers.csv",
            "leads.csv",
            "problems.csv",
            "trace.csv",
            "headings.csv",
            "changes.csv",
        }
    ),
}
#: A marker is short; what is longer is not ours (bytes).
_MARKER_BYTES = 64 * 2**20


def write_csv(frame: pl.DataFrame, path: str | Path) -> None:
    """Write `frame` as CSV: UTF-8, LF, one heading row, blank for null, `safe_cell` on every text cell and heading.

    The same frame gives the same bytes. Lists and structs are not allowed (polars raises).
    """
    guarded = [
        pl.when(pl.col(name) == "")
        .then(None)
        .when(pl.col(name).str.contains(r"\A'*[=+\-@\t\r]"))
        .then(pl.lit("'") + pl.col(name))
        .otherwise(pl.col(name))
        .alias(name)
        for name, kind in frame.schema.items()
        if kind == pl.String
    ]
    safe = frame.with_columns(guarded).rename({name: safe_cell(name) for name in frame.columns})
    safe.write_csv(path, line_terminator="\n")


@contextmanager
def output_directory(target: str | Path, marker: str) -> Iterator[Path]:
    """A fresh directory to write into that becomes `target` when the block ends well; on any error nothing is left.

    `marker`: a key of `OUTPUT_NAMES`. `target` may be missing, empty, or an earlier output: a directory that holds
    the file `marker` as we write it, and nothing that an output of this kind does not hold. Anything else raises
    InputError output_exists, so that no one's own files are ever replaced. ValueError when the block writes a file
    that `OUTPUT_NAMES` does not know.
    """
    final = Path(os.path.abspath(target))
    _check_target(Path(target), final, marker)
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{final.name}.", suffix=".part", dir=final.parent))
    except OSError as error:
        raise _unusable(
            Path(target), f"不能在这里写（{error.strerror}）", f"cannot write here ({error.strerror})"
        ) from None
    try:
        yield fresh
        unknown = _foreign(fresh, OUTPUT_NAMES[marker])
        if unknown is not None:
            raise ValueError(f"add {unknown} to OUTPUT_NAMES[{marker!r}]")
        fresh.chmod(0o755)
        _check_target(Path(target), final, marker)
        _put_in_place(fresh, final)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def check_output(target: str | Path, marker: str) -> None:
    """Raise InputError output_exists at once, before any long work, when `target` could not be written in the end."""
    _check_target(Path(target), Path(os.path.abspath(target)), marker)


def _check_target(shown: Path, final: Path, marker: str) -> None:
    if not os.path.lexists(final):
        return
    if final.is_symlink() or not final.is_dir():
        raise _unusable(shown, "这里已有一个文件", "a file is already there")
    try:
        if not any(final.iterdir()):
            return
        foreign = _foreign(final, OUTPUT_NAMES[marker])
        ours = _is_marker(final / marker)
    except OSError as error:
        raise _unusable(shown, f"文件夹打不开（{error.strerror}）", f"cannot be opened ({error.strerror})") from None
    if not ours:
        raise _unusable(
            shown, "文件夹不是空的，也不是以前的输出", "the directory is not empty and not an earlier output"
        )
    if foreign is not None:
        raise InputError(
            "output_exists",
            f"以前的输出里有别的文件：{foreign}，重写会删掉它",
            f"the earlier output also holds {foreign}, which writing anew would delete",
            "请把它移到别处，或用 --out 给一个新的文件夹",
            "Move it elsewhere, or give a new directory with --out",
            Where(file=str(shown)),
        )


def _foreign(directory: Path, known: frozenset[str]) -> str | None:
    """The first path in `directory` that is not in `known` or is not of the kind (file, directory) known; or None."""
    for path in sorted(directory.iterdir()):
        if f"{path.name}/" in known and path.is_dir() and not path.is_symlink():
            inside = frozenset(name.removeprefix(f"{path.name}/") for name in known if name.startswith(f"{path.name}/"))
            found = _foreign(path, inside)
            if found is not None:
                return f"{path.name}/{found}"
        elif path.name not in known or path.is_symlink() or not path.is_file():
            return path.name
    return None


def _is_marker(path: Path) -> bool:
    """Whether `path` is a JSON object whose "format" is one of ours."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size > _MARKER_BYTES:
        return False
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        return False
    return isinstance(held, dict) and str(held.get("format", "")).startswith("tongzhou-")


def _put_in_place(fresh: Path, final: Path) -> None:
    if not final.exists():
        fresh.rename(final)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{final.name}.", suffix=".old", dir=final.parent))
    old.rmdir()
    final.rename(old)
    try:
        fresh.rename(final)
    except OSError:
        old.rename(final)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _unusable(path: Path, zh: str, en: str) -> InputError:
    return InputError(
        "output_exists", zh, en, "请用 --out 给一个新的文件夹", "Give a new directory with --out", Where(file=str(path))
    )
