"""One line of progress on stderr with the time gone by: rewritten in place on a terminal, now and then elsewhere."""

from __future__ import annotations

import sys
import threading
import time
import unicodedata
from types import TracebackType
from typing import TextIO

__all__ = ["Progress"]

_EVERY_SECONDS_WHEN_PIPED = 15.0


class Progress:
    """``with Progress("同舟") as progress: progress.say("polars")``.

    A thread keeps the seconds running, so that a long step never looks dead.
    """

    def __init__(self, title: str, stream: TextIO | None = None) -> None:
        self.title = title
        self.stream = stream or sys.stderr
        self.live = self.stream.isatty()
        self._detail = ""
        self._started = time.monotonic()
        self._last_written = 0.0
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Progress:
        self._write(force=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        if self.live:
            self._put("\r\033[K")

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started

    def say(self, detail: str) -> None:
        """What is being done now."""
        self._detail = detail
        self._write(force=False)

    def clear(self) -> None:
        """Take the line off a terminal, because something else is written now."""
        if self.live:
            with self._lock:
                self._put("\r\033[K")

    def _tick(self) -> None:
        while not self._stop.wait(0.5 if self.live else 1.0):
            self._write(force=False)

    def _write(self, *, force: bool) -> None:
        with self._lock:
            now = time.monotonic()
            if not self.live and not force and now - self._last_written < _EVERY_SECONDS_WHEN_PIPED:
                return
            self._last_written = now
            line = f"{self.title} {int(self.seconds):>3d} s  {self._detail}".rstrip()
            self._put(f"\r\033[K{_cut(line, 78)}" if self.live else line + "\n")

    def _put(self, text: str) -> None:
        self.stream.write(text)
        self.stream.flush()


def _cut(text: str, columns: int) -> str:
    """`text` cut to so many terminal columns; a Chinese character takes two."""
    used = 0
    for index, character in enumerate(text):
        used += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if used > columns:
            return text[:index]
    return text
