"""Approving many lines: the worker carries them out batch by batch, and who may approve them may stop it in between.

Each batch is locked, judged, written and counted in one transaction, so whatever interrupts the work, what was assigned
is right and what was not still waits for approval. The approver's right is asked again for every batch.
"""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Collection
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django_tasks import task

from tongzhou.chain.planning.models import Approval, Plan
from tongzhou.chain.planning.policies import APPROVE_PLAN
from tongzhou.chain.planning.selectors.plans import approvable
from tongzhou.chain.planning.services import approving, jobs
from tongzhou.chain.planning.services.heart import Heart
from tongzhou.chain.planning.types import JobState, LineState, PlanState
from tongzhou.flows.approve_plan import (
    BATCH,
    Approved,
    approve_plan,
    batched,
    carriable,
    carry_out,
    in_order,
    require_answer,
    to_approve,
)
from tongzhou.kernel import audit, changes, clock
from tongzhou.kernel.access import Actor, may
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.people.actors import actor_for
from tongzhou.registers.people.models import Account

__all__ = ["AT_ONCE", "approve", "carry_out_approval", "may_stop", "resume_dead", "run_approval", "stop_approval"]

_log = logging.getLogger("tongzhou.planning")
#: Lines up to which an approval is carried out while its sender waits: a second or two.
AT_ONCE = 1_000


def approve(
    *, actor: Actor, plan: Plan, expect: int, strike: Collection[int] = (), command_answer: str = "", now: dt.datetime
) -> Approved | Approval:  # fmt: skip
    """Approve the actor's lines of a plan as `approve_plan` does: at once, or, when there are many, by the worker.

    Raises what `approve_plan` raises.
    """
    if actor.account_id is None or approvable(actor, plan)[: AT_ONCE + 1].count() <= AT_ONCE:
        return approve_plan(
            actor=actor, plan=plan, expect=expect, strike=strike, command_answer=command_answer, now=now
        )  # fmt: skip
    return _begin(actor, plan, expect, strike, command_answer.strip(), now)


@transaction.atomic
def _begin(
    actor: Actor, plan: Plan, expect: int, strike: Collection[int], answer: str, now: dt.datetime
) -> Approval:  # fmt: skip
    row = to_approve(actor, plan, expect)
    require_answer(actor, row, strike, answer)
    mine = approvable(actor, row)
    struck = sorted(mine.filter(pk__in=set(strike)).values_list("pk", flat=True))
    job = Approval(
        plan=row,
        struck=struck,
        total=carriable(actor, row, answer).count(),
        command_answer=answer,
        beat_at=now,
        by_id=actor.account_id,
        by_name=actor.name[:100],
    )
    changes.create(job, actor=actor, act=APPROVE_PLAN)
    # A second click of the same page is refused.
    Plan.objects.filter(pk=row.pk).update(version=row.version + 1, updated_at=now)
    _enqueue(job.pk)
    return job


def _enqueue(job_id: uuid.UUID) -> None:
    transaction.on_commit(lambda: carry_out_approval.enqueue(str(job_id)))


@task()
def carry_out_approval(approval_id: str) -> str:
    """The worker's part; what became of it (its state)."""
    return run_approval(approval_id)


def may_stop(actor: Actor, approval: Approval) -> bool:
    """Whether the actor may stop it: whoever gave it, and who may approve lines of it that still wait."""
    if not may(actor, APPROVE_PLAN) or actor.account_id is None:
        return False
    return approval.by_id == actor.account_id or approvable(actor, approval.plan).exists()


@transaction.atomic
def stop_approval(*, actor: Actor, approval: Approval) -> Approval:
    """Stop an approval between two batches: what was assigned stays, the rest waits for approval again.

    By whoever gave it or could have given it (`may_stop`). Raises ``not_found``, ``plan_closed`` when it is over.
    """
    row = Approval.objects.select_for_update().select_related("plan").get(pk=approval.pk)
    if not may_stop(actor, row):
        raise Refusal("not_found")
    jobs.ask_to_stop(row, actor=actor, act=APPROVE_PLAN)
    return row


def run_approval(approval_id: uuid.UUID | str) -> str:
    """Carry a queued approval out; its state. Safe to call twice: one of the calls finds nothing to do."""
    run = jobs.claim(Approval, approval_id)
    if run is not None:
        try:
            with Heart(run.beat):
                _carry_on(run)
        except jobs.Lost:
            pass
        except jobs.Stopped:
            _close(run, JobState.CANCELLED)
        except Refusal as refusal:  # the plan was replaced, or the approver's right ended: the rest is not his
            _close(run, JobState.FAILED, jobs.told(refusal.code, **refusal.params))
        except Exception:  # a fault of ours: in the log, and said on the page, or it would seem to run for ever
            _log.exception("approval failed", extra={"approval": str(approval_id)})
            _close(run, JobState.FAILED, jobs.told("approval_stopped", number=run.job.plan.number))
    return str(Approval.objects.values_list("state", flat=True).get(pk=approval_id))


def _approver(job: Approval) -> Actor:
    """Who approved, with the rights of this moment."""
    account = Account.objects.filter(pk=job.by_id, is_active=True).first() if job.by_id is not None else None
    actor = actor_for(account, second_factor=True) if account is not None else Actor()
    if not may(actor, APPROVE_PLAN):
        raise Refusal("approver_gone")
    return actor


def _carry_on(run: jobs.Run[Approval]) -> None:
    actor = _approver(run.job)
    with transaction.atomic():
        row, job = _held(run)
        mine = approvable(actor, row)
        struck = approving.close_lines(job.struck, LineState.STRUCK, among=mine, actor=actor, now=clock.now())
        _count(run, job, Approved(struck=struck), struck)
    answer = run.job.command_answer
    for some in batched(in_order(carriable(actor, row, answer)), BATCH):
        actor = _approver(run.job)
        with transaction.atomic():
            row, job = _held(run)
            allowed = set(carriable(actor, row, answer).filter(pk__in=some).values_list("pk", flat=True))
            order = [pk for pk in some if pk in allowed]
            done = carry_out(actor=actor, plan=row, lines=order, now=clock.now(), command_answer=answer)
            _count(run, job, done, len(some))
    _close(run, JobState.DONE)


def _held(run: jobs.Run[Approval]) -> tuple[Plan, Approval]:
    """The plan, then the approval, locked: both still as they must be. Raises `Lost`, `Stopped`, ``plan_closed``."""
    row = Plan.objects.select_for_update(of=("self",)).select_related("response").get(pk=run.job.plan_id)
    job = run.held()
    if row.state != PlanState.READY:
        raise Refusal("plan_closed", state=row.get_state_display())
    return row, job


def _count(run: jobs.Run[Approval], job: Approval, done: Approved, lines: int) -> None:
    """Write down how far it is, in the transaction of the batch."""
    counts, now = Approved(**job.counts), clock.now()
    counts.add(done)
    run.own().update(counts=asdict(counts), done=min(job.total, job.done + lines), beat_at=now, updated_at=now)


def _close(run: jobs.Run[Approval], state: JobState, failure: dict[str, Any] | None = None) -> None:
    """End the approval, and with it the plan when nothing waits any more; the trail says what was done."""
    with transaction.atomic():
        row = Plan.objects.select_for_update(of=("self",)).select_related("response").get(pk=run.job.plan_id)
        job = run.own().first()
        if job is None or not run.end(state, failure):
            return
        actor = Actor(account_id=job.by_id, name=job.by_name)
        decided = Approved(**job.counts).decided
        if row.state == PlanState.READY:
            approving.finish(actor=actor, plan=row, now=clock.now(), decided=decided)
        else:
            audit.record(actor=actor, act=APPROVE_PLAN, obj=row, changes={"lines": [None, decided]})


def resume_dead(now: dt.datetime | None = None) -> int:
    """Go on with approvals whose worker died, where it stopped; how many. Called by the tick."""
    return jobs.resume(
        Approval, _enqueue, lambda job: jobs.told("approval_stopped", number=job.plan.number), now or clock.now()
    )
