"""One process that keeps the others alive: the web servers, the worker of jobs, the ticker.

The listening socket belongs to the supervisor and is handed down, so that a web server which dies and is started again
turns nobody away. A child that dies is started again, later each time it dies young. SIGTERM and SIGINT end them all:
first politely (requests under way are finished), after `PATIENCE` seconds not. Children notice when the supervisor is
killed and end too.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

__all__ = ["BACKOFF", "PATIENCE", "Child", "Supervisor", "children_of_a_site", "listen"]

_log = logging.getLogger("tongzhou.supervisor")

#: Seconds to wait before a child that died young is started again; the last one repeats.
BACKOFF = (0.2, 1.0, 3.0, 10.0, 30.0)
#: A child that lived so many seconds counts as healthy: its next death starts from the shortest wait.
HEALTHY_AFTER = 30.0
#: Seconds that worker and ticker wait at the start, so that they do not hold the first page up.
QUIET_START = 2.0
#: Seconds that children get to finish what they are doing.
PATIENCE = 20.0


@dataclass(slots=True)
class Child:
    """A process to keep alive."""

    name: str
    command: list[str]
    settings: Mapping[str, str] = field(default_factory=dict)
    passes: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    due: float = 0.0

    def start(self) -> None:
        """Start it, in a session of its own: Ctrl-C at the terminal reaches the supervisor only."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            env={**os.environ, **self.settings, "TONGZHOU_SUPERVISOR": str(os.getpid())},
            stdin=subprocess.DEVNULL,
            pass_fds=self.passes,
            start_new_session=True,
        )
        _log.info("started", extra={"child": self.name, "pid": self.process.pid})

    def has_died(self, now: float) -> bool:
        """True once, when it ended by itself; sets when it is to be started again."""
        if self.process is None or self.process.poll() is None:
            return False
        self.deaths = 1 if now - self.started > HEALTHY_AFTER else self.deaths + 1
        self.due = now + BACKOFF[min(self.deaths, len(BACKOFF)) - 1]
        _log.error("died with %s", self.process.returncode, extra={"child": self.name, "pid": self.process.pid})
        self.process = None
        return True

    def signal(self, number: int) -> None:
        """Send it a signal, if it still runs."""
        if self.process is not None and self.process.poll() is None:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                return


class Supervisor:
    """Runs children until it is told to stop."""

    def __init__(self, children: Sequence[Child], *, patience: float = PATIENCE) -> None:
        self.children = list(children)
        self.patience = patience
        self._stop = threading.Event()

    def stop(self, *_: object) -> None:
        """Ask it to end; may be called from a signal handler or another thread."""
        self._stop.set()

    def run(self, when_up: Callable[[], None] | None = None) -> int:
        """Start every child, keep them alive, and end them when asked; the exit code. `when_up` runs in a thread."""
        before = {number: signal.signal(number, self.stop) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            if when_up is not None:
                threading.Thread(target=when_up, daemon=True).start()
            while not self._stop.wait(0.05):
                self._look()
        finally:
            self._end()
            for number, handler in before.items():
                signal.signal(number, handler)
        return 0

    def _look(self) -> None:
        now = time.monotonic()
        for child in self.children:
            child.has_died(now)
            if child.process is None and now >= child.due:
                child.start()

    def _end(self) -> None:
        """Politely, then not."""
        for child in self.children:
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + self.patience
        for child in self.children:
            if child.process is None:
                continue
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _log.warning("killed after %.0f s", self.patience, extra={"child": child.name})
                child.signal(signal.SIGKILL)
                child.process.wait()
        _log.info("stopped")


def listen(host: str, port: int) -> socket.socket:
    """A listening socket (port 0: any free one). Raises OSError when the address is taken or not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # whoever vanished without a word is noticed after a minute
            found.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 60_000)
        found.bind((host, port))
        found.listen(1024)
    except OSError:
        found.close()
        raise
    found.set_inheritable(True)
    return found


def children_of_a_site(
    door: socket.socket,
    *,
    workers: int = 1,
    settings: Mapping[str, str] | None = None,
    tls: tuple[str, str] | None = None,
) -> list[Child]:
    """The children of `serve`: `workers` web servers behind one socket, one worker of jobs, one ticker.

    `tls` are the files of certificate and key.
    """
    python = [sys.executable, "-P", "-m", "tongzhou.site.supervisor_child"]
    given = dict(settings or {})
    web = [*python, "web", str(door.fileno()), *(tls or ())]
    found = [Child(f"web {number + 1}", web, given, (door.fileno(),)) for number in range(workers)]
    later = time.monotonic() + QUIET_START  # the first page comes first
    found += [Child(name, [*python, name], given, due=later) for name in ("worker", "tick")]
    return found
