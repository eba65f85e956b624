"""Signs of life of a run, given from a thread beside it: a long step is not taken for a dead worker.

A worker that is killed takes the thread with it, so the signs stop. They stop, too, when the run itself has said
nothing for `LONGEST`: then it hangs, and is better begun again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from types import TracebackType

from django.db import DatabaseError, connections

__all__ = ["EVERY", "LONGEST", "Heart"]

_log = logging.getLogger("tongzhou.planning")
#: Seconds between two signs; several fit into the time after which a worker counts as dead.
EVERY = 10.0
#: Seconds without a word of the run itself after which it is given up.
LONGEST = 1800.0


class Heart:
    """Calls `beat` (how many rows it touched: none means the run is no longer ours) until the block is left."""

    def __init__(self, beat: Callable[[], int], every: float | None = None) -> None:
        self._beat, self._every = beat, EVERY if every is None else every
        self._over = threading.Event()
        self._moved = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="heart", daemon=True)

    def moved(self) -> None:
        """The run itself gave a sign."""
        self._moved = time.monotonic()

    def __enter__(self) -> Heart:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        # A beat may be waiting for a lock; it is then too late to do harm, and nobody waits for it.
        self._thread.join(timeout=1)

    def _run(self) -> None:
        while not self._over.wait(self._every):
            if time.monotonic() - self._moved > LONGEST:
                _log.error("a run has said nothing for half an hour and is given up")
                return
            try:
                if not self._beat():
                    return
            except DatabaseError as error:  # busy for a moment; the next beat may pass
                _log.warning("a sign of life could not be written", extra={"why": str(error)[:200]})
            finally:
                connections.close_all()
