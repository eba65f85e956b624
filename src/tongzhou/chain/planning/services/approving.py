"""What becomes of a plan that is ready: refused as a whole, or (by the flow) line by line carried out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tongzhou.chain.planning.models import Approval, Plan, PlanLine
from tongzhou.chain.planning.policies import APPROVE_PLAN, plan_target
from tongzhou.chain.planning.types import ALIVE, LineState, PlanState
from tongzhou.kernel import audit, changes
from tongzhou.kernel.access import Actor, require
from tongzhou.kernel.errors import Refusal

__all__ = ["close_lines", "finish", "open_plan", "reject_plan"]


@transaction.atomic
def reject_plan(*, actor: Actor, plan: Plan, expect: int, reason: str, now: dt.datetime) -> Plan:
    """Refuse a plan that waits for approval; what is in force stays. Raises ``not_found``, ``version_stale``.

    ``approval_running`` while a worker carries an approval out, ``plan_closed`` when it does not wait any more,
    ``bad_form`` without a reason.
    """
    require(actor, APPROVE_PLAN, **plan_target(plan))
    row = open_plan(plan, expect)
    if not 2 <= len(reason.strip()) <= 300:
        raise Refusal("bad_form", fields={"reason": _("请写明原因（2 到 300 个字）")})
    return changes.apply(
        row, actor=actor, act=APPROVE_PLAN, reason=reason, state=PlanState.REJECTED, closed_reason=reason.strip()
    )


def open_plan(plan: Plan, expect: int) -> Plan:
    """The plan's row, locked, if it waits for approval and is as the actor saw it."""
    row = Plan.objects.select_for_update(of=("self",)).select_related("response").get(pk=plan.pk)
    if row.version != expect:
        raise Refusal("version_stale")
    if row.state != PlanState.READY:
        raise Refusal("plan_closed", state=row.get_state_display())
    if Approval.objects.filter(plan=row, state__in=ALIVE).exists():
        raise Refusal("approval_running", number=row.number)
    return row


def close_lines(
    wanted: Collection[int], state: LineState, *, among: QuerySet[PlanLine], actor: Actor, now: dt.datetime,
    reason: str = "",
) -> int:  # fmt: skip
    """Decide these lines (ids), as far as they are `among` those and still wait; how many."""
    if not wanted:
        return 0
    return among.filter(pk__in=wanted, state=LineState.PROPOSED).update(
        state=state, decided_at=now, decided_by=actor.account_id, decided_by_name=actor.name[:100],
        decided_reason=reason[:300],
    )  # fmt: skip


def finish(*, actor: Actor, plan: Plan, now: dt.datetime, decided: dict[str, int], reason: str = "") -> Plan:
    """Write down an approval: how many lines became what; the plan is approved when no line waits any more.

    Older plans of the same scope are superseded then. Every approval moves the version, so that a second click of the
    same page is refused.
    """
    waiting = PlanLine.objects.filter(plan=plan, state=LineState.PROPOSED).exists()
    audit.record(actor=actor, act=APPROVE_PLAN, obj=plan, changes={"lines": [None, decided]}, reason=reason)
    if waiting:
        Plan.objects.filter(pk=plan.pk).update(version=plan.version + 1, updated_at=now)
        plan.refresh_from_db()
        return plan
    done = changes.apply(plan, actor=actor, act=APPROVE_PLAN, reason=reason, state=PlanState.APPROVED, approved_at=now)
    older = Plan.objects.filter(
        response_id=plan.response_id, line=plan.line, area_id=plan.area_id, category_id=plan.category_id,
        number__lt=plan.number, state__in=(PlanState.APPROVED, PlanState.READY),
    )  # fmt: skip
    for one in older:
        changes.apply(one, actor=actor, act=APPROVE_PLAN, reason=reason, state=PlanState.SUPERSEDED)
    return done
