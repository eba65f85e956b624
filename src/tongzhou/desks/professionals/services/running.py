"""Making a roster in the background: begun, watched, cancelled, begun again when its worker dies.

A run is a token (`Roster.attempts`): whoever claims the roster raises it, every later write of that run asks for it.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
import uuid
from typing import Any

import polars as pl
from django.db import IntegrityError, transaction
from django.db.models import F, Max, Q, QuerySet

from tongzhou.desks.professionals.models import Professional, Roster, ServiceLine, Shift
from tongzhou.desks.professionals.policies import MAKE_ROSTER, RUN_ROSTER, require_on
from tongzhou.desks.professionals.services.need import Need, engine_lines, seats_needed
from tongzhou.desks.professionals.services.task import pack, read_task, working
from tongzhou.desks.professionals.types import RosterState
from tongzhou.kernel import changes, clock, ids
from tongzhou.kernel.access import SYSTEM, Actor
from tongzhou.kernel.errors import ERRORS, Refusal
from tongzhou_engines.base.errors import InputError
from tongzhou_engines.staffing import Roster as Made
from tongzhou_engines.staffing import RosterTask, expected_service, make_roster

__all__ = ["MOST_ATTEMPTS", "cancel_roster", "resume_dead", "run_roster", "start_roster"]

_log = logging.getLogger("tongzhou.rosters")
#: The solver looks up rarely: a worker that gave no sign of life for so long is dead.
DEAD_AFTER = dt.timedelta(minutes=5)
LOST_AFTER = dt.timedelta(minutes=5)
MOST_ATTEMPTS = 3
MOST_DAYS = 62
_EVERY = 1.0
_AT_WORK = (RosterState.QUEUED, RosterState.RUNNING)
#: Per cent at the beginning of each step of the engine.
_SHARE = {"reading": 5, "counting": 15, "placing": 45, "mending": 70, "evening": 78, "checking": 92, "writing": 96}
#: Seconds a roster may take, and seconds for a thought experiment.
_LIMIT, _LIMIT_WHAT_IF = 420.0, 180.0


class _Stopped(Exception):
    """Somebody asked to cancel."""


class _Lost(Exception):
    """Another run took the roster over."""


def start_roster(
    *,
    actor: Actor,
    line: ServiceLine,
    start: dt.date,
    days: int,
    asked: dict[str, Any],
    is_what_if: bool = False,
    now: dt.datetime,
) -> Roster:
    """Ask for a roster; a worker makes it. Raises ``not_found``, ``roster_past``, ``roster_running``."""
    require_on(actor, MAKE_ROSTER, line)
    today = now.astimezone(line.zone).date()
    if not today <= start <= today + dt.timedelta(days=180) or not 1 <= days <= MOST_DAYS:
        raise Refusal("roster_past")
    for _ in range(5):
        at_it = Roster.objects.filter(line=line, state__in=_AT_WORK).first()
        if at_it is not None:
            raise Refusal("roster_running", number=at_it.number)
        last = Roster.objects.aggregate(last=Max("number"))["last"] or 0
        roster = Roster(
            line=line, number=last + 1, start=start, days=days, asked=asked, seed=int(asked.get("seed") or 0),
            is_what_if=is_what_if, beat_at=now, made_by=actor.account_id, made_by_name=actor.name[:100],
        )  # fmt: skip
        try:
            with transaction.atomic():
                changes.create(roster, actor=actor, act=MAKE_ROSTER)
                _enqueue(roster.pk)
        except IntegrityError:  # somebody else took the number, or began one, a moment ago
            continue
        return roster
    raise Refusal("version_stale")


def _enqueue(roster_id: uuid.UUID) -> None:
    # The task wraps `run_roster`, so it can only be imported once this module stands.
    from tongzhou.desks.professionals.tasks import make_line_roster

    transaction.on_commit(lambda: make_line_roster.enqueue(str(roster_id)))


@transaction.atomic
def cancel_roster(*, actor: Actor, roster: Roster) -> Roster:
    """Stop one that is not made yet, or throw a draft away. Raises ``not_found``, ``roster_state``."""
    require_on(actor, MAKE_ROSTER, roster.line)
    row = Roster.objects.select_for_update().get(pk=roster.pk)
    if row.state in (RosterState.QUEUED, RosterState.DRAFT):
        return changes.apply(row, actor=actor, act=MAKE_ROSTER, state=RosterState.CANCELLED, cancel_asked=True)
    if row.state == RosterState.RUNNING:
        return changes.apply(row, actor=actor, act=MAKE_ROSTER, cancel_asked=True)
    raise Refusal("roster_state", number=row.number, state=row.get_state_display())


class _Run:
    """One attempt: its token, and when it last gave a sign of life."""

    def __init__(self, roster: Roster) -> None:
        self.roster, self.token, self.beat, self.step, self.done = roster, roster.attempts, 0.0, "", 0

    def own(self) -> QuerySet[Roster]:
        return Roster.objects.filter(pk=self.roster.pk, state=RosterState.RUNNING, attempts=self.token)

    def watch(self, step: str, done: int, of: int) -> None:
        """Told by the engine at every step."""
        self.step, self.done = step, _SHARE.get(step, self.done)
        self._tell()

    def clock(self) -> float:
        """The engine's clock: it looks at it between two pieces of work, so this is where it can be stopped."""
        at = time.monotonic()
        if at - self.beat >= _EVERY:
            self._tell()
        return at

    def _tell(self) -> None:
        self.beat = time.monotonic()
        if not self.own().update(step=self.step, progress=self.done, beat_at=clock.now()):
            raise _Lost
        if self.own().filter(cancel_asked=True).exists():
            raise _Stopped


def run_roster(roster_id: uuid.UUID | str) -> str:
    """Make a queued roster; what became of it (its state). Called twice, one of the calls finds nothing to do."""
    now = clock.now()
    claimed = Roster.objects.filter(pk=roster_id, state=RosterState.QUEUED).update(
        state=RosterState.RUNNING, attempts=F("attempts") + 1, beat_at=now, version=F("version") + 1
    )
    roster = Roster.objects.select_related("line").get(pk=roster_id)
    if not claimed:
        return str(roster.state)
    run = _Run(roster)
    try:
        _make(run)
    except _Lost:
        pass
    except _Stopped:
        _end(run, RosterState.CANCELLED)
    except Refusal as refusal:
        _end(run, RosterState.FAILED, _failure(refusal.code, **refusal.params))
    except InputError as error:
        said = {"zh": error.zh, "en": error.en, "todo_zh": error.todo_zh, "todo_en": error.todo_en}
        _end(run, RosterState.FAILED, {"code": error.code, **said})
    except Exception:  # a fault of ours: in the log, and said on the roster's page, or it would seem to run for ever
        _log.exception("roster failed", extra={"roster": roster.number})
        _end(run, RosterState.FAILED, _failure("roster_broken", number=roster.number))
    return str(Roster.objects.values_list("state", flat=True).get(pk=roster_id))


def _make(run: _Run) -> None:
    roster = run.roster
    run.watch("reading", 0, 4)
    need = seats_needed(roster.line, roster.start, roster.days, roster.asked)
    task, people = read_task(roster, need, clock.now())
    left_out = len(working(roster)) - len(people)
    if not people:
        raise Refusal("roster_untrained" if left_out else "roster_people", n=left_out)
    made = make_roster(
        task, seed=roster.seed, effort=float(roster.asked.get("effort") or 1.0), clock=run.clock, watch=run.watch,
        seconds=_LIMIT_WHAT_IF if roster.is_what_if else _LIMIT,
    )  # fmt: skip
    run.watch("writing", 0, 1)
    shifts = _shifts(roster, task, made, {str(one.pk): one for one in people})
    figures = _figures(made, people) | {
        "notes": need.notes, "history_days": need.history_days, "untrained": left_out,
        "service": _service(roster.line, made, need),
    }  # fmt: skip
    with transaction.atomic():
        row = run.own().select_for_update().first()
        if row is None:
            raise _Lost
        if row.cancel_asked:
            raise _Stopped
        Shift.objects.bulk_create(shifts, batch_size=500)
        pack(row, task, need).save(force_insert=True)
        changes.apply(
            row, actor=SYSTEM, act=RUN_ROSTER, state=RosterState.DRAFT, progress=100, step="", ready_at=clock.now(),
            status=made.status, least_shortage=made.least_shortage, shortage=made.shortage,
            seconds=round(made.seconds, 2), figures=figures, shortages=_shortages(made),
        )  # fmt: skip


def _shifts(roster: Roster, task: RosterTask, made: Made, people: dict[str, Professional]) -> list[Shift]:
    kinds, zone = {one.code: one for one in task.shifts}, roster.line.zone
    return [
        Shift(
            id=ids.new_id(),
            roster=roster,
            line=roster.line,
            professional=people[person],
            date=date,
            kind=kind,
            skill=skill,
            starts_at=kinds[kind].begins(date).replace(tzinfo=zone),
            ends_at=kinds[kind].ends(date).replace(tzinfo=zone),
        )
        for person, date, kind, skill in made.assignments.iter_rows()
    ]


def _spread(values: list[float]) -> list[float]:
    """[least, median, most]."""
    ordered = sorted(values)
    if not ordered:
        return [0, 0, 0]
    middle = len(ordered) // 2
    median = ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    return [ordered[0], median, ordered[-1]]


def _figures(made: Made, people: list[Professional]) -> dict[str, Any]:
    table, fair = made.people, made.fairness
    return {
        "people": len(people), "unavailable": sum(not one.windows.all() for one in people),
        "on_roster": int((table["minutes"] > 0).sum()), "shifts": made.assignments.height,
        "hours": _spread([minutes / 60 for minutes in table["minutes"].to_list()]),
        "nights": _spread(table["nights"].to_list()), "weekend_days": _spread(table["weekend_days"].to_list()),
        "wishes": fair.wishes, "refused": fair.refused, "far_hours": round(fair.minutes / 60, 1),
        "far_nights": round(fair.nights, 1), "far_weekend_days": round(fair.weekend_days, 1),
        "stopped_by_time": made.stopped_by_time,
    }  # fmt: skip


def _service(line: ServiceLine, made: Made, need: Need) -> dict[str, Any]:
    """What callers will meet: contacts expected, shares answered in time and given up, and the same of every day."""
    table = expected_service(made.coverage, need.demand, engine_lines(line))
    days = table.group_by("date", maintain_order=True).agg(pl.col("calls", "in_time", "given_up").sum())
    told = [
        [day.isoformat(), *(round(value, 2) for value in values)] for day, *values in days.iter_rows()
    ]  # fmt: skip
    calls, in_time, given_up = (float(days[name].sum()) for name in ("calls", "in_time", "given_up"))
    return {
        "calls": round(calls, 2), "in_time": round(in_time, 2), "given_up": round(given_up, 2), "days": told,
        "within_seconds": line.answer_seconds, "promised_percent": line.answer_percent,
    }  # fmt: skip


def _shortages(made: Made) -> list[dict[str, Any]]:
    return [
        {
            "start": row["start"].isoformat(),
            "skill": row["skill"],
            "kind": row["kind"],
            "lacking": row["lacking"],
            "zh": row["zh"],
            "en": row["en"],
        }
        for row in made.shortages.iter_rows(named=True)
    ]


def _end(run: _Run, state: RosterState, failure: dict[str, Any] | None = None) -> None:
    with transaction.atomic():
        row = run.own().select_for_update().first()
        if row is not None:
            changes.apply(row, actor=SYSTEM, act=RUN_ROSTER, state=state, step="", failure=failure or {})


def _failure(code: str, **params: Any) -> dict[str, Any]:
    text = ERRORS[code]
    return {
        "code": code, "zh": text.zh.format(**params), "en": text.en.format(**params),
        "todo_zh": text.todo_zh.format(**params), "todo_en": text.todo_en.format(**params),
    }  # fmt: skip


def resume_dead(now: dt.datetime | None = None) -> int:
    """Begin again what a dead worker left, and jobs that got lost; how many. After three attempts it has failed."""
    moment = now or clock.now()
    dead = Q(state=RosterState.RUNNING, beat_at__lte=moment - DEAD_AFTER)
    lost = Q(state=RosterState.QUEUED, beat_at__lte=moment - LOST_AFTER)
    done = 0
    for one in Roster.objects.filter(dead | lost).order_by("number"):
        with transaction.atomic():
            row = Roster.objects.select_for_update().filter(dead | lost, pk=one.pk).first()
            if row is None:
                continue
            done += 1
            if row.cancel_asked:
                changes.apply(row, actor=SYSTEM, act=RUN_ROSTER, state=RosterState.CANCELLED, step="")
            elif row.attempts >= MOST_ATTEMPTS:
                failure = _failure("roster_worker_lost", attempts=row.attempts)
                changes.apply(row, actor=SYSTEM, act=RUN_ROSTER, state=RosterState.FAILED, step="", failure=failure)
            else:
                changes.apply(
                    row, actor=SYSTEM, act=RUN_ROSTER, state=RosterState.QUEUED, step="", progress=0, beat_at=moment
                )
                _enqueue(row.pk)
    return done
