"""A process that has the whole desk loaded and no connection open, and makes others out of itself: quick to begin, and
killed like any other. What each of them does after that is what ``serve`` and ``python -c`` do.

As a program it takes orders, one JSON object a line, and answers each with the number of the process it made.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import desks

__all__ = ["Nursery", "a_nursery"]

#: The children of the supervisor: see site/supervisor_child.py.
KINDS = ("web", "worker", "tick")


def is_gone(process_id: int) -> bool:
    """True when there is no such process any more."""
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return True
    return False


@dataclass(slots=True)
class Nursery:
    """The way to it."""

    process: subprocess.Popen[bytes]
    folder: Path
    count: int = field(default=0)

    def _order(self, **said: Any) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(said).encode() + b"\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def serve(self, log: Path) -> tuple[str, list[int]]:
        """A web server, a worker and a ticker: (address, their numbers). What they say goes to `log`."""
        made = self._order(do="serve", out=str(log), err=str(log))
        return f"http://127.0.0.1:{made['port']}", made["pids"]

    def start(self, code: str, *words: str, out: Path, err: Path) -> int:
        """Begin to run Python inside the desk; the number of its process."""
        pid: int = self._order(do="run", code=code, words=words, out=str(out), err=str(err))["pid"]
        return pid

    def python(self, code: str, *words: str) -> str:
        """Run Python inside the desk to its end; what it printed."""
        self.count += 1
        out, err = (self.folder / f"said-{self.count}.{name}" for name in ("out", "err"))
        pid = self.start(code, *words, out=out, err=err)
        desks.wait_until(lambda: is_gone(pid))
        said = out.read_text("utf-8")
        assert said.endswith("\nended\n"), err.read_text("utf-8")
        return said.removesuffix("\nended\n")


@contextlib.contextmanager
def a_nursery(desk: desks.Desk, folder: Path) -> Iterator[Nursery]:
    """One for this desk; gone at the end, with whatever it made that still runs."""
    with (folder / "nursery.err").open("wb") as err:
        process = subprocess.Popen(
            [sys.executable, "-P", str(Path(__file__).resolve())], env=desk.settings(), cwd=desk.data,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=err, start_new_session=True,
        )  # fmt: skip
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n", (folder / "nursery.err").read_text("utf-8")
        yield Nursery(process, folder)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(60)


# From here on: the program.


def _become(order: dict[str, Any]) -> None:
    """Nothing of the parent's stays but what is loaded."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDONLY)
    out = os.open(order["out"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    err = os.open(order["err"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for number, file in enumerate((nothing, out, err)):
        os.dup2(file, number)
    import random

    random.seed()


def _child(order: dict[str, Any], kind: str, door: int) -> None:
    """Does not return."""
    ended = 1
    try:
        _become(order)
        if kind == "code":
            sys.argv = ["-c", *order["words"]]
            exec(compile(order["code"], "<order>", "exec"), {"__name__": "__main__"})
            print("\nended", flush=True)
        else:
            from tongzhou.site import supervisor, supervisor_child

            if kind != "web":
                time.sleep(supervisor.QUIET_START)  # as the supervisor does: the first page comes first
            supervisor_child.main([kind, str(door)] if kind == "web" else [kind])
        ended = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(ended)


def _fork(order: dict[str, Any], kind: str, door: int = -1) -> int:
    from django.db import connections

    connections.close_all()
    pid = os.fork()
    if not pid:
        _child(order, kind, door)
    return pid


def _obey(order: dict[str, Any]) -> dict[str, Any]:
    if order["do"] == "run":
        return {"pid": _fork(order, "code")}
    from tongzhou.site.supervisor import listen

    with listen("127.0.0.1", 0) as door:
        return {"port": door.getsockname()[1], "pids": [_fork(order, kind, door.fileno()) for kind in KINDS]}


def _load() -> None:
    """Whatever a first request or a first act would have to load. Nothing of it speaks to a database."""
    import django

    django.setup()
    from django.conf import settings

    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # as the web child does
    import uvicorn.main  # noqa: F401
    from django.core.management import get_commands, load_command_class
    from django.urls import get_resolver

    import builders_dispatch  # noqa: F401
    from tongzhou.flows import answer_assignment, carry_assignment, confirm_delivery  # noqa: F401
    from tongzhou.kernel import audit, crypto  # noqa: F401
    from tongzhou.site import asgi, ticks  # noqa: F401

    load_command_class(get_commands()["db_worker"], "db_worker")
    assert get_resolver().url_patterns


def main(orders: IO[str], answers: IO[str]) -> None:
    """Obey until there are no more orders."""
    _load()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead leave at once: nobody waits for them here
    print("ready", file=answers, flush=True)
    for line in orders:
        print(json.dumps(_obey(json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main(sys.stdin, sys.stdout)
