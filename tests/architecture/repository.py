"""The repository as it lies on disk (there may be no git beside it): its files, folders and Markdown pages."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

#: Made by tools or by people beside the project; hidden folders are passed over too, but for .ci.
_PASSED_OVER = {"__pycache__", "build", "dist", "out", "demo-out", "tongzhou-demo", "node_modules"}


def files(*suffixes: str, under: str = ".") -> Iterator[Path]:
    """Every file of the project below `under`, or those with one of the suffixes, in a fixed order."""
    for folder, names, found in os.walk(ROOT / under):
        names[:] = sorted(name for name in names if _counts(name))
        for name in sorted(found):
            if name == ".git":  # a file where the checkout is one of several work trees
                continue
            if (not suffixes or name.endswith(suffixes)) and not name.endswith((".pyc", ".swp")):
                yield Path(folder) / name


def _counts(name: str) -> bool:
    return name == ".ci" or not (name.startswith(".") or name in _PASSED_OVER or name.endswith(".egg-info"))


def folders(under: str) -> set[str]:
    """The folders directly below `under` that hold at least one file, as ``src/tongzhou/``."""
    base = ROOT / under
    found = {base / path.relative_to(base).parts[0] for path in files(under=under) if path.parent != base}
    return {path.relative_to(ROOT).as_posix() + "/" for path in found}


def inside(path: Path) -> str:
    """`path` as it is named inside the repository."""
    return path.relative_to(ROOT).as_posix()
