"""The engine in a process of its own. The solver holds the interpreter as long as it works: beside it no thread could
give a sign of life and nobody could stop it. Here the worker goes on looking up, and a cancelled solver is ended.

This module is imported by the new process, so it knows nothing of the platform's tables.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import traceback
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from tongzhou_engines import allocation
from tongzhou_engines.base.errors import InputError

__all__ = ["plan_apart"]

#: Seconds between two looks at whether anybody asked to cancel.
LOOK_UP = 1.0
_PR_SET_PDEATHSIG = 1


def plan_apart(arguments: dict[str, Any], tell: Callable[[str, int, int], None]) -> allocation.Plan:
    """`allocation.plan(**arguments)` elsewhere. `tell` hears its steps, and the last one again every second; what it
    raises ends the other process. InputError as the engine raises it; RuntimeError when the process breaks."""
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_work, args=(theirs, os.getpid(), arguments), daemon=True)
    child.start()
    theirs.close()
    said = ("reading", 0, 1)
    try:
        while True:
            if not ours.poll(LOOK_UP):
                tell(*said)
                continue
            kind, told = _received(ours, child)
            if kind == "made":
                made: allocation.Plan = told
                return made
            if kind == "input":
                raise InputError(*told)
            if kind == "broken":
                raise RuntimeError(f"the engine failed in its own process:\n{told}")
            said = told
            tell(*said)
    finally:
        child.kill()
        child.join()
        ours.close()


def _received(pipe: Connection, child: Any) -> tuple[str, Any]:
    try:
        kind, told = pipe.recv()
    except EOFError:
        child.join(5)
        raise RuntimeError(f"the engine's process ended without an answer (exit {child.exitcode})") from None
    return kind, told


def _work(pipe: Connection, parent: int, arguments: dict[str, Any]) -> None:
    """In the new process: plan, and say how far it is. It ends with its parent."""
    _end_with(parent)

    def tell(step: str, done: int, total: int) -> None:
        pipe.send(("step", (step, done, total)))

    try:
        made = allocation.plan(**arguments, watch=tell)
    except InputError as error:
        pipe.send(("input", (error.code, error.zh, error.en, error.todo_zh, error.todo_en, error.where)))
    except Exception:  # told to the parent, which logs it
        pipe.send(("broken", traceback.format_exc()))
    else:
        pipe.send(("made", made))


def _end_with(parent: int) -> None:
    """Ask the system to end this process when the worker is killed; elsewhere it ends at the next word it says."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
