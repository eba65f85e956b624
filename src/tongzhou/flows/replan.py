"""What follows when an organisation loses its standing: nothing more goes out in its name, and a new plan is begun."""

from __future__ import annotations

import datetime as dt
import uuid
from contextlib import suppress
from typing import Any

from django.db import transaction
from django.db.models import Max, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_noop

from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.policies import TAKE_BACK
from tongzhou.chain.dispatch.services.assignments import give_back
from tongzhou.chain.dispatch.services.locking import lock_assignments
from tongzhou.chain.dispatch.types import AssignmentState, Via
from tongzhou.chain.planning.models import Plan, PlanLine
from tongzhou.chain.planning.services.running import start_plan
from tongzhou.chain.planning.types import LineState, PlanState, Scope
from tongzhou.flows import events
from tongzhou.flows.pin_and_replan import scope_of
from tongzhou.kernel import clock
from tongzhou.kernel.access import SYSTEM
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.organisations.models import Organisation
from tongzhou.registers.organisations.selectors import with_standing
from tongzhou.registers.organisations.types import StandingState
from tongzhou.registers.responses.models import Response
from tongzhou.registers.responses.types import State

__all__ = ["withdraw_for_standing"]

#: Nothing of these has left yet.
NOT_SENT = (AssignmentState.PROPOSED, AssignmentState.ACCEPTED)
_LAPSED = gettext_noop("组织资格不再有效")


def withdraw_for_standing(now: dt.datetime | None = None) -> int:
    """Take back what organisations without a valid standing were to send, and plan anew; how many assignments.

    What is on its way stays: the goods have left, and the receiver still signs for them. Safe to repeat: whether a
    plan is still owed follows from what is written, so one that could not be begun at once is begun the next time.
    """
    moment = now or clock.now()
    rows = Assignment.objects.filter(state__in=NOT_SENT, organisation__isnull=False)
    ids = list(_not_current(rows, "organisation_id", moment).order_by("pk").values_list("pk", flat=True))
    done = _take_back(ids, moment)
    for response, scope in (*_owed_for_taken_back(), *_owed_for_lines(moment)):
        with suppress(Refusal):  # the response is closed, or such a plan is being made already
            start_plan(actor=SYSTEM, response=response, scope=scope, now=moment)
    return done


def _not_current(rows: QuerySet[Any], organisation: str, now: dt.datetime) -> QuerySet[Any]:
    """Those of `rows` whose organisation has no valid standing at this moment."""
    standing = with_standing(Organisation.objects.filter(pk=OuterRef(organisation)), now)
    judged = rows.annotate(standing_now=Subquery(standing.values("standing")[:1]))
    found: QuerySet[Any] = judged.exclude(standing_now=StandingState.CURRENT)
    return found


@transaction.atomic
def _take_back(ids: list[uuid.UUID], now: dt.datetime) -> int:
    done = 0
    for one in lock_assignments(ids) if ids else ():
        if one.state not in NOT_SENT:  # sent while we waited
            continue
        holder = one.holder_id
        give_back(
            actor=SYSTEM, one=one, act=TAKE_BACK, reason=_LAPSED, ended=AssignmentState.WITHDRAWN, now=now,
            via=Via.SYSTEM,
        )  # fmt: skip
        events.post("withdrawn", one, accounts=[holder], reason=_LAPSED)
        done += 1
    return done


def _owed_for_taken_back() -> list[tuple[Response, Scope]]:
    """Open responses where something was taken back and no plan of everything has looked since. A plan that was being
    made at that moment may have read the world of before; it is followed by another."""
    taken = Assignment.objects.filter(state=AssignmentState.WITHDRAWN, state_reason=_LAPSED, response__state=State.OPEN)
    last = taken.order_by().values("response").annotate(at=Max("updated_at")).values_list("response", "at")
    found = []
    for pk, at in last:
        response = Response.objects.get(pk=pk)
        plans = Plan.objects.filter(response=response, line="", area=response.area_id, category=None)
        if not plans.filter(Q(as_of__gte=at) | Q(state=PlanState.QUEUED)).exists():
            found.append((response, Scope()))
    return sorted(found, key=lambda one: one[0].slug)


def _owed_for_lines(now: dt.datetime) -> list[tuple[Response, Scope]]:
    """Plans that wait for approval with something of such an organisation in them: nobody should be asked to approve
    what must not leave. Asked once: a newer plan of the same scope, whatever became of it, is answer enough."""
    waiting = PlanLine.objects.filter(
        state=LineState.PROPOSED, plan__state=PlanState.READY, quantity__gt=0, offer__organisation__isnull=False,
        plan__response__state=State.OPEN,
    )  # fmt: skip
    lapsed = _not_current(waiting, "offer__organisation_id", now).order_by().values("plan")
    found = []
    for plan in Plan.objects.filter(pk__in=lapsed).select_related("response").order_by("number"):
        newer = Plan.objects.filter(
            response=plan.response_id, line=plan.line, area=plan.area_id, category=plan.category_id,
            number__gt=plan.number,
        )  # fmt: skip
        if not newer.exists():
            found.append((plan.response, scope_of(plan)))
    return found
