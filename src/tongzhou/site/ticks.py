"""What happens by itself and when: every timed call of the platform, in one list.

One ticker works per database: several machines may run it, the others wait. A call that fails is logged and tried again
at its next turn; it never stops the others. Calls must be safe to repeat.
"""

from __future__ import annotations

import datetime as dt
import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import close_old_connections, connection
from django.utils.module_loading import import_string

from tongzhou.kernel import context, ids

__all__ = ["TICKS", "Tick", "run_due", "run_for_ever"]

_log = logging.getLogger("tongzhou.tick")
#: Any number that nothing else locks in this database.
_LOCK = 0x746F6E67


@dataclass(frozen=True, slots=True)
class Tick:
    """A timed call: its dotted name (a function without arguments; its result is logged) and its period in seconds."""

    name: str
    every: float

    def call(self) -> object:
        """Make the call."""
        function: Callable[[], object] = import_string(self.name)
        return function()


#: Cheap and frequent first.
TICKS: tuple[Tick, ...] = (
    Tick("tongzhou.flows.send_messages.send_due", 10),
    Tick("tongzhou.chain.planning.services.running.resume_dead", 30),
    Tick("tongzhou.flows.approve_later.resume_dead", 30),
    Tick("tongzhou.chain.planning.services.previewing.resume_dead", 30),
    Tick("tongzhou.flows.dispatch_standing.dispatch_ready", 30),
    Tick("tongzhou.flows.contact_upkeep.mend_line", 10),
    Tick("tongzhou.flows.contact_upkeep.forget_line", 60),
    Tick("tongzhou.flows.forget_cases.forget_due", 300),
    Tick("tongzhou.kernel.audit.seal_new", 60),
    Tick("tongzhou.flows.expire_needs.expire_due", 60),
    Tick("tongzhou.flows.compare_needs.compare_waiting", 60),
    Tick("tongzhou.flows.lapse_assignments.lapse_due", 60),
    Tick("tongzhou.flows.expire_needs.mark_stale", 300),
    Tick("tongzhou.flows.expire_needs.expire_due", 300),
    Tick("tongzhou.registers.organisations.services.standing.lapse", 300),
    Tick("tongzhou.flows.replan.withdraw_for_standing", 300),
    Tick("tongzhou.desks.professionals.services.running.resume_dead", 60),
    Tick("tongzhou.flows.lapse_professionals.lapse_due", 300),
    Tick("tongzhou.flows.count_arrivals.count_due", 300),
    Tick("tongzhou.kernel.throttle.forget_old", 600),
    Tick("tongzhou.flows.call_out.call_out_due", 120),
    Tick("tongzhou.chain.intake.services.photos.forget_kept", 1800),
    Tick("tongzhou.kernel.idempotency.forget_old", 3600),
    Tick("tongzhou.kernel.erasures.destroy_again", 6 * 3600),
    Tick("tongzhou.chain.intake.services.forgetting.forget_due", 6 * 3600),
    Tick("tongzhou.chain.evaluation.services.feedback.forget_due", 6 * 3600),
    Tick("tongzhou.chain.delivery.services.photos.forget_due", 6 * 3600),
    Tick("tongzhou.flows.lapse_professionals.forget_due", 6 * 3600),
    Tick("tongzhou.site.ticks.forget_sessions", 6 * 3600),
    Tick("tongzhou.site.ticks.forget_finished_jobs", 6 * 3600),
)


def forget_sessions() -> int:
    """Drop sessions that are over; how many."""
    from django.contrib.sessions.models import Session

    from tongzhou.kernel import clock

    return int(Session.objects.filter(expire_date__lt=clock.now()).delete()[0])


def forget_finished_jobs() -> int:
    """Drop the results of jobs that ended more than a fortnight ago; how many."""
    from django_tasks_db.models import DBTaskResult

    from tongzhou.kernel import clock

    old = DBTaskResult.objects.filter(finished_at__lt=clock.now() - dt.timedelta(days=14))
    return int(old.delete()[0])


def run_due(next_at: dict[str, float], now: float, ticks: Sequence[Tick] = TICKS) -> float:
    """Make every call whose time (`next_at`, monotonic seconds) has come; the seconds until the next one is due."""
    for tick in ticks:
        if next_at.get(tick.name, 0.0) > now:
            continue
        next_at[tick.name] = now + tick.every
        _run(tick)
    return max(0.0, min((next_at[tick.name] for tick in ticks), default=now + 60) - now)


def _run(tick: Tick) -> None:
    token = context.request_id.set(str(ids.new_id()))
    close_old_connections()
    begun = time.perf_counter()
    try:
        count = tick.call()
        milliseconds = round((time.perf_counter() - begun) * 1000, 1)
        if count:
            _log.info("tick", extra={"tick": tick.name, "ms": milliseconds, "count": count})
    except Exception:  # one broken call must not end the others; it is in the log and tried again
        _log.exception("tick failed", extra={"tick": tick.name})
    finally:
        close_old_connections()
        context.request_id.reset(token)


def run_for_ever(stop: threading.Event, ticks: Sequence[Tick] = TICKS) -> None:
    """Tick until `stop` is set. Waits while another ticker holds the lock of this database."""
    next_at: dict[str, float] = {}
    with _only_ticker(stop) as mine:
        while mine and not stop.is_set():
            stop.wait(min(30.0, run_due(next_at, time.monotonic(), ticks)) or 0.1)


@contextmanager
def _only_ticker(stop: threading.Event) -> Iterator[bool]:
    """True once this process is the only ticker of the database; False when `stop` came first.

    PostgreSQL: an advisory lock of a connection that is kept for it. SQLite: a lock on a file beside the database.
    """
    if connection.vendor == "postgresql":
        own = connection.copy()
        try:
            with own.cursor() as cursor:
                while not stop.is_set():
                    cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
                    if cursor.fetchone()[0]:
                        yield True
                        return
                    stop.wait(10)
            yield False
        finally:
            own.close()
    else:
        path = Path(settings.TONGZHOU_DATA) / "tick.lock"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            while not stop.is_set() and not _lock_file(file):
                stop.wait(10)
            yield not stop.is_set()


def _lock_file(file: IO[bytes]) -> bool:
    if sys.platform == "win32":
        return True
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
