"""Work in the background piece by piece: claimed once, watched, stopped between pieces, begun again when it died.

A run is a token (`Job.attempts`): whoever claims the job raises it, and every later write of that run asks for it, so
of two runs of one job only the latest can write.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import transaction
from django.db.models import F, Q, QuerySet

from tongzhou.chain.planning.models import Job
from tongzhou.chain.planning.policies import RUN_PLAN
from tongzhou.chain.planning.types import ALIVE, JobState
from tongzhou.kernel import changes, clock
from tongzhou.kernel.access import SYSTEM
from tongzhou.kernel.errors import ERRORS, Refusal

__all__ = [
    "DEAD_AFTER",
    "LOST_AFTER",
    "MOST_ATTEMPTS",
    "Lost",
    "Run",
    "Stopped",
    "ask_to_stop",
    "claim",
    "resume",
    "told",
]

#: A worker that gave no sign of life for so long is dead.
DEAD_AFTER = dt.timedelta(seconds=60)
#: A job that nobody took up for so long is put into the queue again (a second one finds nothing to do).
LOST_AFTER = dt.timedelta(minutes=5)
MOST_ATTEMPTS = 3

J = TypeVar("J", bound=Job)


class Stopped(Exception):
    """Somebody asked to stop."""


class Lost(Exception):
    """Another run took the job over."""


class Run(Generic[J]):
    """One attempt at a job."""

    def __init__(self, job: J) -> None:
        self.job, self.token = job, job.attempts

    def own(self) -> QuerySet[J]:
        """The job's row as long as it is this run's."""
        rows: QuerySet[J] = type(self.job)._default_manager.filter(
            pk=self.job.pk, state=JobState.RUNNING, attempts=self.token
        )
        return rows

    def beat(self) -> int:
        """A sign of life; 0 when the job is no longer this run's."""
        return self.own().update(beat_at=clock.now())

    def held(self) -> J:
        """The row, locked, inside the caller's transaction; raises `Lost` or `Stopped`."""
        row = self.own().select_for_update().first()
        if row is None:
            raise Lost
        if row.cancel_asked:
            raise Stopped
        return row

    def end(self, state: JobState, failure: dict[str, Any] | None = None, **fields: Any) -> bool:
        """How it ended, if it is still this run's."""
        with transaction.atomic():
            row = self.own().select_for_update().first()
            if row is not None:
                changes.apply(row, actor=SYSTEM, act=RUN_PLAN, state=state, failure=failure or {}, **fields)
        return row is not None


def claim(model: type[J], job_id: uuid.UUID | str) -> Run[J] | None:
    """Take a queued job up; None when somebody else has it or it is over."""
    queued = model._default_manager.filter(pk=job_id, state=JobState.QUEUED)
    taken = queued.update(
        state=JobState.RUNNING, attempts=F("attempts") + 1, beat_at=clock.now(), version=F("version") + 1
    )
    return Run(model._default_manager.get(pk=job_id)) if taken else None


def ask_to_stop(job: Job, *, actor: Any, act: Any) -> None:
    """Stop a job: at once when it waits, else between two pieces. The caller has judged the right and locked the row.

    Raises ``Refusal("plan_closed")`` when it is over.
    """
    if job.state == JobState.QUEUED:
        changes.apply(job, actor=actor, act=act, state=JobState.CANCELLED, cancel_asked=True)
    elif job.state == JobState.RUNNING:
        changes.apply(job, actor=actor, act=act, cancel_asked=True)
    else:
        raise Refusal("plan_closed", state=job.get_state_display())


def told(code: str, **params: Any) -> dict[str, Any]:
    """Why it could not be done, in both languages."""
    text = ERRORS[code]
    return {
        "code": code, "zh": text.zh.format(**params), "en": text.en.format(**params),
        "todo_zh": text.todo_zh.format(**params), "todo_en": text.todo_en.format(**params),
    }  # fmt: skip


def resume(
    model: type[J], enqueue: Callable[[uuid.UUID], None], failure: Callable[[J], dict[str, Any]], moment: dt.datetime
) -> int:
    """Begin again what a dead worker left, and jobs that got lost; how many. After three attempts one has failed."""
    dead = Q(state=JobState.RUNNING, beat_at__lte=moment - DEAD_AFTER)
    lost = Q(state=JobState.QUEUED, beat_at__lte=moment - LOST_AFTER)
    done = 0
    for pk in model._default_manager.filter(dead | lost, state__in=ALIVE).values_list("pk", flat=True):
        with transaction.atomic():
            # Asked again under the lock: the worker may have come back to life.
            row = model._default_manager.select_for_update().filter(dead | lost, pk=pk).first()
            if row is None:
                continue
            if row.cancel_asked:
                changes.apply(row, actor=SYSTEM, act=RUN_PLAN, state=JobState.CANCELLED)
            elif row.attempts >= MOST_ATTEMPTS:
                changes.apply(row, actor=SYSTEM, act=RUN_PLAN, state=JobState.FAILED, failure=failure(row))
            else:
                changes.apply(row, actor=SYSTEM, act=RUN_PLAN, state=JobState.QUEUED, beat_at=moment)
                enqueue(row.pk)
            done += 1
    return done
