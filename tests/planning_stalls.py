"""Engines that hang, for tests: they stand in for `apart._work` in the process that plans, and hold its interpreter."""

from __future__ import annotations

import ctypes
import os
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tongzhou.chain.planning.services import apart

__all__ = ["for_ever", "four_seconds"]


def _hold(seconds: float) -> None:
    """Sleep as a solver works: no other thread of this process runs meanwhile."""
    ctypes.PyDLL(None).usleep(int(seconds * 1_000_000))


def four_seconds(pipe: Connection, parent: int, arguments: dict[str, Any]) -> None:
    """One long step, then the plan."""
    pipe.send(("step", ("solving", 0, 10)))
    _hold(4)
    apart._work(pipe, parent, arguments)


def for_ever(pipe: Connection, parent: int, arguments: dict[str, Any]) -> None:
    """A step that does not end; its process is named in the file of PLAN_STALL."""
    apart._end_with(parent)
    Path(os.environ["PLAN_STALL"]).write_text(str(os.getpid()))
    pipe.send(("step", ("solving", 3, 10)))
    while True:
        _hold(1)
