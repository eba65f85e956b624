"""What was approved beside a plan since the moment it was worked out, and how much of it that may upset."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.types import LIVE
from tongzhou.chain.planning.models import Plan, PlanLine
from tongzhou.chain.planning.selectors.plans import plans
from tongzhou.chain.planning.types import Change, LineState, PlanState
from tongzhou.kernel.access import Actor
from tongzhou.kernel.tables import count_text
from tongzhou.kernel.tables.counts import CAP
from tongzhou.screens.plans import words

__all__ = ["approved_since"]

#: Plans named one by one, the newest first.
MOST_NAMED = 5


def approved_since(actor: Actor, plan: Plan, rows: QuerySet[PlanLine]) -> dict[str, Any] | None:
    """What to say while the plan waits: which other plans were approved since, how many of `rows` (the reader's part
    of it) meet assignments made since; None when nothing was approved. At most two queries.
    """
    if plan.state != PlanState.READY or plan.as_of is None:
        return None
    sent = PlanLine.objects.filter(plan=OuterRef("pk"), state=LineState.APPROVED, decided_at__gt=plan.as_of)
    partly = Q(state=PlanState.READY) & Exists(sent)
    whole = Q(state__in=(PlanState.APPROVED, PlanState.SUPERSEDED), approved_at__gt=plan.as_of)
    others = list(plans(actor, plan.response).exclude(pk=plan.pk).filter(whole | partly)[: MOST_NAMED + 1])
    if not others:
        return None
    touched = _touched(plan, rows)
    return {
        "plans": [(words.plan_name(one), reverse("plans:plan", args=[one.number])) for one in others[:MOST_NAMED]],
        "more": len(others) > MOST_NAMED,
        "touched": touched,
        "told": _told(touched),
    }


def _touched(plan: Plan, rows: QuerySet[PlanLine]) -> int:
    """Lines still to be sent whose need or offer has a live assignment made since; counted to a thousand."""
    made = Assignment.objects.filter(response_id=plan.response_id, state__in=LIVE, proposed_at__gt=plan.as_of)
    made = made.exclude(plan=plan).order_by()
    waiting = rows.filter(state=LineState.PROPOSED, change__in=(Change.NEW, Change.CHANGED))
    met = waiting.filter(Q(need__in=made.values("need")) | Q(offer__in=made.values("offer")))
    return met.order_by()[: CAP + 1].count()


def _told(touched: int) -> str:
    if not touched:
        return _("那些派单没有碰到这份计划的需求和供给。")
    return ngettext(
        "这份计划里 %(n)s 行的需求或供给，后来已经有了派单：照这份批准，有的会因为“情况已变”派不出去。",
        "这份计划里 %(n)s 行的需求或供给，后来已经有了派单：照这份批准，有的会因为“情况已变”派不出去。",
        touched,
    ) % {"n": count_text(touched)}
