"""A lock between two starts. The operating system frees it when its holder dies, so it cannot go stale."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

__all__ = ["only_one"]

if sys.platform == "win32":
    import msvcrt

    def _try(file: IO[bytes]) -> bool:
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def only_one(path: Path, waiting: Callable[[], None]) -> Iterator[int]:
    """Hold the lock file at `path`; `waiting` is called once when another process holds it.

    Gives the file's descriptor: a child that inherits it (``pass_fds``) keeps the lock until it ends too, so that an
    orphaned installer cannot write into an environment that the next start is already rebuilding.
    """
    with path.open("ab") as file:
        told = False
        while not _try(file):
            if not told:
                waiting()
                told = True
            time.sleep(0.3)
        yield file.fileno()
