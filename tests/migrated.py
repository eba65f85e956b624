"""The migrated SQLite database that the steps of one run share: the first that needs it makes it, the others copy it.

To make one takes a dozen seconds of work and gives the same file each time. ``./tongzhou test`` names a folder for it
(TONGZHOU_TEST_TEMPLATES) that is gone with the run; without that folder everybody makes a database as ever. Tests of
the migrations themselves never come here.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

__all__ = ["key", "shared"]

ROOT = Path(__file__).resolve().parents[1]


def key(root: Path = ROOT) -> str:
    """Another one for other migrations: a copy of an older database is never taken for today's."""
    found = hashlib.sha256()
    for file in sorted((root / "src").glob("**/migrations/*.py")):
        found.update(f"{file.relative_to(root)}\0".encode() + file.read_bytes() + b"\0")
    return found.hexdigest()[:16]


@contextlib.contextmanager
def shared(place: Path) -> Iterator[bool]:
    """Inside: True when a migrated database stands at `place`, else one has to be made there; kept for the others.

    Whoever comes meanwhile waits: two that are made side by side would take both cores for the same work.
    """
    named = os.environ.get("TONGZHOU_TEST_TEMPLATES")
    if not named:
        yield False
        return
    folder = Path(named)
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{key()}.sqlite3"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        there = kept.exists()
        if there:
            shutil.copyfile(kept, place)
        yield there
        if not there and place.exists():
            _keep(place, kept)


def _keep(place: Path, kept: Path) -> None:
    half = kept.with_suffix(".half")
    half.unlink(missing_ok=True)  # of a run that was ended in the middle
    with contextlib.closing(sqlite3.connect(place)) as opened:
        opened.execute("VACUUM INTO ?", [str(half)])
    half.replace(kept)
