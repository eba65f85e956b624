"""Writing tables that no spreadsheet program runs as formulas, and whole directories or nothing."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from tongzhou_engines.base.cells import safe_cell
from tongzhou_engines.base.errors import InputError, Where

__all__ = ["check_output", "output_directory", "write_csv"]


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

    `target` may be missing, empty, or an earlier output: a directory holding the file `marker` (the block must write
    one). Anything else raises InputError output_exists, so that no one's own files are ever replaced.
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
    if any(final.iterdir()) and not (final / marker).is_file():
        raise _unusable(
            shown, "文件夹不是空的，也不是以前的输出", "the directory is not empty and not an earlier output"
        )


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
