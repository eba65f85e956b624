"""Making a plan in the background: begun, watched, cancelled, begun again when its worker dies.

A run is a token (`Plan.attempts`): whoever claims the plan raises it, and every later write of that run asks for it, so
of two runs of one plan only the latest can write. Progress goes to the row in short transactions of its own; the rows
of the plan are written in one transaction at the end.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
import uuid
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Max, Model, Q

from tongzhou.chain.planning.models import LeftOut, Plan, PlanLine, PlanNeed, PlanOffer, PlanSnapshot
from tongzhou.chain.planning.policies import MAKE_PLAN, RUN_PLAN, plan_target
from tongzhou.chain.planning.selectors.plans import plan_in_force
from tongzhou.chain.planning.services.figures import figures_of
from tongzhou.chain.planning.services.heart import Heart
from tongzhou.chain.planning.services.jobs import DEAD_AFTER, LOST_AFTER, MOST_ATTEMPTS
from tongzhou.chain.planning.services.jobs import told as _failure
from tongzhou.chain.planning.services.packing import Packed, pack
from tongzhou.chain.planning.services.rows import Rows, left_out_rows, rows_of
from tongzhou.chain.planning.services.scoping import checked_scope
from tongzhou.chain.planning.services.snapshot import Snapshot, read_snapshot
from tongzhou.chain.planning.services.solving import pins_cost, solve
from tongzhou.chain.planning.types import RUNNING, PlanState, Scope, Step
from tongzhou.kernel import changes, clock, outbox
from tongzhou.kernel.access import SYSTEM, Actor, require
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.catalogue.models import Category
from tongzhou.registers.catalogue.types import LINE_OF_KIND, Kind
from tongzhou.registers.responses.models import Response
from tongzhou_engines.base.errors import InputError

__all__ = ["DEAD_AFTER", "MOST_ATTEMPTS", "cancel_plan", "resume_dead", "run_plan", "start_plan"]

_log = logging.getLogger("tongzhou.planning")
#: Seconds between two writes of progress inside one step.
_EVERY = 0.5
#: Per cent at the beginning and the end of each step.
_SHARE: dict[str, tuple[int, int]] = {
    Step.READING: (0, 15), Step.SOLVING: (15, 65), Step.WORDING: (65, 70), Step.PINS: (70, 85), Step.WRITING: (85, 99),
}  # fmt: skip
_BATCH = 1000
#: From so many needs on a plan changes how the database should read the tables of plans.
MANY = 1_000


class _Stopped(Exception):
    """Somebody asked to cancel."""


class _Lost(Exception):
    """Another run took the plan over."""


def start_plan(*, actor: Actor, response: Response, scope: Scope, now: dt.datetime) -> Plan:
    """Ask for a plan of a scope; a worker makes it. Returns the plan, queued.

    Raises ``not_found`` (also for a scope that is not the actor's), ``response_closed``, ``plan_scope``,
    ``plan_running``.
    """
    if not response.is_open:
        raise Refusal("response_closed")
    area = checked_scope(response, scope)
    target = {"line": scope.line or None, "area": area.code, "response": response.pk}
    require(actor, MAKE_PLAN, **target)
    for _ in range(5):
        try:
            with transaction.atomic():
                return _queue(actor, response, scope, area, now)
        except IntegrityError:  # somebody else took the number a moment ago
            continue
    raise Refusal("version_stale")


def _queue(actor: Actor, response: Response, scope: Scope, area: Any, now: dt.datetime) -> Plan:
    same = Plan.objects.filter(response=response, line=scope.line, area=area, category_id=scope.category or None)
    at_it = same.filter(state__in=RUNNING).first()
    if at_it is not None:
        raise Refusal("plan_running", number=at_it.number)
    last = Plan.objects.aggregate(last=Max("number"))["last"] or 0
    plan = Plan(
        number=last + 1, response=response, line=scope.line, area=area, category_id=scope.category or None,
        is_proposal=response.under_command and _about_goods(scope), beat_at=now,
        before=plan_in_force(response, scope), made_by=actor.account_id,
        made_by_name="" if actor.is_system else actor.name[:100],
    )  # fmt: skip
    changes.create(plan, actor=actor, act=MAKE_PLAN)
    _enqueue(plan.pk)
    return plan


def _about_goods(scope: Scope) -> bool:
    """Whether goods may be in it: those a command allocates."""
    if scope.category:
        return Category.objects.filter(key=scope.category, kind=Kind.GOODS).exists()
    return scope.line in ("", LINE_OF_KIND[Kind.GOODS])


def _enqueue(plan_id: uuid.UUID) -> None:
    # The task wraps `run_plan`, so it can only be imported once this module stands.
    from tongzhou.chain.planning.tasks import make_plan

    transaction.on_commit(lambda: make_plan.enqueue(str(plan_id)))


@transaction.atomic
def cancel_plan(*, actor: Actor, plan: Plan, now: dt.datetime) -> Plan:
    """Stop a plan that is not made yet: at once when it waits, else as soon as its worker looks up.

    Raises ``not_found``, ``plan_closed``.
    """
    require(actor, MAKE_PLAN, **plan_target(plan))
    row = Plan.objects.select_for_update().get(pk=plan.pk)
    if row.state == PlanState.QUEUED:
        return changes.apply(row, actor=actor, act=MAKE_PLAN, state=PlanState.CANCELLED, cancel_asked=True)
    if row.state == PlanState.RUNNING:
        return changes.apply(row, actor=actor, act=MAKE_PLAN, cancel_asked=True)
    raise Refusal("plan_closed", state=row.get_state_display())


class _Run:
    """One attempt at a plan: its token, what is done, when it last said so."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.token = plan, plan.attempts
        self.step, self.said_at = "", 0.0
        self.heart = Heart(self.beat)

    def own(self) -> Any:
        """The plan's row as long as it is this run's."""
        return Plan.objects.filter(pk=self.plan.pk, state=PlanState.RUNNING, attempts=self.token)

    def beat(self) -> int:
        """A sign of life; 0 when the plan is no longer this run's."""
        return int(self.own().update(beat_at=clock.now()))

    def watch(self, step: str, done: int, total: int) -> None:
        """Say how far it is. Raises when somebody cancelled, or another run took over."""
        if step == self.step and time.monotonic() - self.said_at < _EVERY:
            return
        self.step, self.said_at = step, time.monotonic()
        self.heart.moved()
        low, high = _SHARE[step]
        progress = low + (high - low) * done // max(total, 1)
        if not self.own().update(step=step, progress=progress, beat_at=clock.now()):
            raise _Lost
        if self.own().filter(cancel_asked=True).exists():
            raise _Stopped


def run_plan(plan_id: uuid.UUID | str) -> str:
    """Make a queued plan; what became of it (its state). Safe to call twice: one of the calls finds nothing to do."""
    now = clock.now()
    queued = Plan.objects.filter(pk=plan_id, state=PlanState.QUEUED)
    claimed = queued.update(
        state=PlanState.RUNNING, attempts=F("attempts") + 1, beat_at=now, as_of=now, version=F("version") + 1
    )
    plan = Plan.objects.select_related("response").get(pk=plan_id)
    if not claimed:
        return str(plan.state)
    run = _Run(plan)
    try:
        with run.heart:
            _make(run, now)
    except _Lost:
        pass
    except _Stopped:
        _end(run, PlanState.CANCELLED)
    except InputError as error:
        _end(run, PlanState.FAILED, _failure_of(error))
    except Exception:  # a fault of ours: in the log, and said on the plan's page, or it would seem to run for ever
        _log.exception("plan failed", extra={"plan": plan.number})
        _end(run, PlanState.FAILED, _failure("plan_broken", number=plan.number))
    return str(Plan.objects.values_list("state", flat=True).get(pk=plan_id))


def _make(run: _Run, now: dt.datetime) -> None:
    run.watch(Step.READING, 0, 2)
    snapshot = read_snapshot(run.plan, now)
    run.watch(Step.READING, 1, 2)
    if not snapshot.needs:
        _nothing(run, snapshot)
        return
    made = solve(snapshot, run.watch)
    cost = pins_cost(snapshot, made, run.watch)
    run.watch(Step.WRITING, 0, 3)
    rows = rows_of(run.plan, snapshot, made)
    figures = figures_of(snapshot, rows) | cost
    about = {
        "format": "tongzhou-desk-plan/1",
        "plan": run.plan.number,
        "as_of": now.isoformat(),
        "scope": {
            "response": run.plan.response.slug, "line": run.plan.line, "area": run.plan.area_id,
            "category": run.plan.category_id or "",
        },
        "basis": {code: one.basis for code, one in sorted(snapshot.needs.items())},
        "pins": [list(pair) for pair in sorted(snapshot.pins)],
        "closed_by_rules": [[*pair, broken.rule] for pair, broken in sorted(snapshot.closed.items())],
    }  # fmt: skip
    packed = pack(made, about)
    run.watch(Step.WRITING, 1, 3)
    orders = {kind: list(order) for kind, order in made.summary["principles"].items()}
    _write(run, rows, packed, summary=made.summary, figures=figures, principles=orders)
    if len(rows.needs) >= MANY:
        _look_over(PlanNeed, PlanOffer, PlanLine, LeftOut)


def _write(run: _Run, rows: Rows, packed: Packed, **said: Any) -> None:
    """Everything at once, if the plan is still this run's and nobody cancelled it."""
    with transaction.atomic():
        plan = run.own().select_for_update().first()
        if plan is None:
            raise _Lost
        if plan.cancel_asked:
            raise _Stopped
        PlanNeed.objects.bulk_create(rows.needs, batch_size=_BATCH)
        PlanOffer.objects.bulk_create(rows.offers, batch_size=_BATCH)
        PlanLine.objects.bulk_create(rows.lines, batch_size=_BATCH)
        LeftOut.objects.bulk_create(rows.left_out, batch_size=_BATCH)
        PlanSnapshot(plan=plan, content=packed.content, sha256=packed.sha256, size=packed.size).save(force_insert=True)
        # Without a line nothing can be sent: nobody has to approve that, and it must not wait in a queue.
        state = PlanState.READY if rows.lines else PlanState.EMPTY
        changes.apply(
            plan, actor=SYSTEM, act=RUN_PLAN, state=state, progress=100, step="", ready_at=clock.now(), **said
        )
        _retire_older(plan)
        if state == PlanState.READY:
            outbox.post("plan.ready", {"plan": str(plan.pk)}, key=f"plan.ready:{plan.pk}:{plan.version}")


def _look_over(*tables: type[Model]) -> None:
    """Let the database look at what was written: it would walk the wrong index until it knows how much there is."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table._meta.db_table)}")


def _retire_older(plan: Plan) -> None:
    """Plans of the same scope that still waited: whoever approves sees one, of now. What was approved stays."""
    older = Plan.objects.filter(
        response_id=plan.response_id, line=plan.line, area_id=plan.area_id, category_id=plan.category_id,
        number__lt=plan.number, state__in=(PlanState.READY, PlanState.EMPTY),
    )  # fmt: skip
    for one in older.select_for_update():
        changes.apply(one, actor=SYSTEM, act=RUN_PLAN, state=PlanState.SUPERSEDED)


def _nothing(run: _Run, snapshot: Snapshot) -> None:
    """There is no need to plan: say why, and keep what rules left out."""
    counts = snapshot.counts
    ruled_out = sum(one.need is not None for one in snapshot.left_out)
    failure = _failure(
        "plan_nothing", unverified=counts["unverified_needs"], left_out=ruled_out, underway=counts["underway"]
    )
    with transaction.atomic():
        LeftOut.objects.bulk_create(left_out_rows(run.plan, snapshot.left_out), batch_size=_BATCH)
        if not _end(run, PlanState.FAILED, failure):
            raise _Lost


def _end(run: _Run, state: PlanState, failure: dict[str, Any] | None = None) -> bool:
    with transaction.atomic():
        plan = run.own().select_for_update().first()
        if plan is not None:
            changes.apply(plan, actor=SYSTEM, act=RUN_PLAN, state=state, step="", failure=failure or {})
    return plan is not None


def _failure_of(error: InputError) -> dict[str, Any]:
    return {
        "code": error.code, "zh": error.zh, "en": error.en, "todo_zh": error.todo_zh, "todo_en": error.todo_en,
    }  # fmt: skip


def resume_dead(now: dt.datetime | None = None) -> int:
    """Begin again what a dead worker left, and jobs that got lost; how many. After three attempts a plan has failed."""
    moment = now or clock.now()
    dead = Q(state=PlanState.RUNNING, beat_at__lte=moment - DEAD_AFTER)
    lost = Q(state=PlanState.QUEUED, beat_at__lte=moment - LOST_AFTER)
    done = 0
    for plan in Plan.objects.filter(dead | lost).order_by("number"):
        with transaction.atomic():
            # Asked again under the lock: the worker may have come back to life.
            row = Plan.objects.select_for_update().filter(dead | lost, pk=plan.pk).first()
            if row is None:
                continue
            if row.cancel_asked:
                changes.apply(row, actor=SYSTEM, act=RUN_PLAN, state=PlanState.CANCELLED, step="")
            elif row.attempts >= MOST_ATTEMPTS:
                failure = _failure("plan_worker_lost", attempts=row.attempts)
                changes.apply(row, actor=SYSTEM, act=RUN_PLAN, state=PlanState.FAILED, step="", failure=failure)
            else:
                changes.apply(
                    row, actor=SYSTEM, act=RUN_PLAN, state=PlanState.QUEUED, step="", progress=0, beat_at=moment
                )
                _enqueue(row.pk)
            done += 1
    return done
