"""Approving a plan: a second person says yes, and its lines become assignments; nothing is ever over-committed.

Only lines of the approver's own line and area are decided; the rest waits for somebody else. The rules are asked again
at this moment, and what no longer fits becomes a line that is stale, with its reason.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext_noop, override

from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.services.assignments import propose, withdraw_proposed
from tongzhou.chain.dispatch.types import AssignmentState
from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.planning.models import Pin, Plan, PlanLine
from tongzhou.chain.planning.policies import APPROVE_PLAN
from tongzhou.chain.planning.selectors.facts import Facts, facts_of, today_of
from tongzhou.chain.planning.selectors.plans import approvable
from tongzhou.chain.planning.services import approving
from tongzhou.chain.planning.services.compliance import broken_by_offer, broken_by_pair
from tongzhou.chain.planning.types import Change, LineState
from tongzhou.flows import events
from tongzhou.kernel import kept
from tongzhou.kernel.access import Actor, require
from tongzhou.kernel.errors import Refusal

__all__ = ["Approved", "approve_plan", "carry_out"]

_REPLANNED = gettext_noop("新计划里改派了")
_MOVED_ON = gettext_noop("这一对已经有人接下或已经收回，保持现状")
_SENT_ALREADY = gettext_noop("这一对已经派出")
_FORBIDDEN = gettext_noop("算完以后有人禁止了这一对")
_DECLINED = gettext_noop("对方刚才没有接")

Key = tuple[object, object]


@dataclass
class Approved:
    """What an approval did: assignments made, kept as they were, taken back, lines that no longer fit, struck, and
    `left`: lines that wait for somebody whose line and area they are."""

    approved: int = 0
    kept: int = 0
    withdrawn: int = 0
    stale: int = 0
    struck: int = 0
    left: int = 0


@dataclass
class _Decisions:
    """Lines by what becomes of them, written in few statements at the end."""

    approved: list[PlanLine] = field(default_factory=list)
    stale: dict[str, list[PlanLine]] = field(default_factory=dict)

    def go_stale(self, line: PlanLine, reason: str) -> None:
        self.stale.setdefault(reason[:300], []).append(line)


@transaction.atomic
def approve_plan(*, actor: Actor, plan: Plan, expect: int, strike: Collection[int] = (), now: dt.datetime) -> Approved:
    """Approve the lines of a plan that are the actor's, but for those struck (ids of `PlanLine`).

    A struck line is not carried out: what is in force for its pair stays. `expect`: the version the actor saw. Raises
    ``not_found``, ``version_stale`` (also for the second click of one page), ``plan_closed``, ``plan_own``.
    """
    require(actor, APPROVE_PLAN)
    row = approving.open_plan(plan, expect)
    if row.made_by is not None and row.made_by == actor.account_id:
        raise Refusal("plan_own")
    mine = list(approvable(actor, row).select_related("need__submission", "need__response", "offer"))
    if not mine and PlanLine.objects.filter(plan=row, state=LineState.PROPOSED).exists():
        raise Refusal("not_found")
    wanted = set(strike)
    struck = [line for line in mine if line.pk in wanted]
    done = carry_out(actor=actor, plan=row, lines=[line for line in mine if line.pk not in wanted], now=now)
    done.struck = approving.close_lines(struck, LineState.STRUCK, actor=actor, now=now)
    done.left = PlanLine.objects.filter(plan=row, state=LineState.PROPOSED).count()
    decided = {"approved": done.approved, "kept": done.kept, "withdrawn": done.withdrawn, "stale": done.stale}
    approving.finish(actor=actor, plan=row, now=now, decided=decided | {"struck": done.struck})
    return done


def carry_out(
    *, actor: Actor, plan: Plan, lines: Sequence[PlanLine], now: dt.datetime,
    make: Callable[[PlanLine], Assignment] | None = None,
) -> Approved:  # fmt: skip
    """Make the assignments of these lines, the most urgent first; `make` proposes one (default: on the line's word).

    The caller has judged the right and holds the plan's row. Offers, needs and assignments are locked in that order.
    """
    done, decisions = Approved(), _Decisions()
    _lock(lines)
    waiting, ended = _assignments(lines, plan)
    facts = facts_of([line.offer for line in lines], [line.need for line in lines], now)
    proposing: list[PlanLine] = []
    forbidden = _forbidden(lines)
    for line in lines:
        if line.pk in forbidden:
            decisions.go_stale(line, _FORBIDDEN)
            continue
        present = waiting.get((line.need_id, line.offer_id))
        reason = _unlawful(line, facts, now) if line.quantity else ""
        if reason or line.change in (Change.GONE, Change.CHANGED):
            gone = present is not None and _take_back(actor, present, now)
            done.withdrawn += gone
            if reason:
                decisions.go_stale(line, reason)
            elif not gone:
                decisions.go_stale(line, _MOVED_ON)
            elif line.change == Change.CHANGED:
                proposing.append(line)
            else:
                decisions.approved.append(line)
        elif present is not None and line.change == Change.NEW:
            decisions.go_stale(line, _SENT_ALREADY)
        elif present is not None or (line.change == Change.KEPT and _taken_since(ended, line)):
            done.kept += 1
            decisions.approved.append(line)
        elif _declined_since(ended, line):
            decisions.go_stale(line, _DECLINED)
        else:
            proposing.append(line)
    _propose_all(actor, proposing, now, make, done, decisions)
    approving.close_lines(decisions.approved, LineState.APPROVED, actor=actor, now=now)
    for reason, stale in decisions.stale.items():
        done.stale += approving.close_lines(stale, LineState.STALE, actor=actor, now=now, reason=reason)
    return done


def _propose_all(
    actor: Actor, lines: list[PlanLine], now: dt.datetime, make: Callable[[PlanLine], Assignment] | None,
    done: Approved, decisions: _Decisions,
) -> None:  # fmt: skip
    def on_its_word(line: PlanLine) -> Assignment:
        return propose(actor=actor, need=line.need, offer=line.offer, quantity=line.quantity, plan_line=line, now=now)

    for line in sorted(lines, key=lambda one: (one.urgency, one.reach, one.pk)):
        try:
            with transaction.atomic(), override("zh-hans"):  # values of a refusal in the language of the trail
                made = (make or on_its_word)(line)
        except Refusal as refusal:
            decisions.go_stale(line, kept.of_refusal(refusal))
            continue
        events.post("proposed", made)
        done.approved += 1
        decisions.approved.append(line)


def _lock(lines: Iterable[PlanLine]) -> None:
    """Every row that will be judged, in one order, so that two approvals never wait for each other crosswise."""
    listed = list(lines)
    offers = {line.offer_id for line in listed}
    needs = {line.need_id for line in listed}
    for rows in (Offer.objects.filter(pk__in=offers), Need.objects.filter(pk__in=needs)):
        list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))


def _forbidden(lines: Sequence[PlanLine]) -> set[int]:
    """Lines that would send something between a pair forbidden since. What was sent already stays as it is."""
    sending = [line for line in lines if line.quantity and line.change != Change.KEPT]
    rows = Pin.objects.filter(need__in={line.need_id for line in sending}, quantity=0, withdrawn_at=None)
    pairs = set(rows.values_list("need_id", "offer_id"))
    return {line.pk for line in sending if (line.need_id, line.offer_id) in pairs}


def _assignments(lines: Sequence[PlanLine], plan: Plan) -> tuple[dict[Key, Assignment], dict[Key, list[Assignment]]]:
    """Assignments of these pairs: those nobody has answered, and those answered since the snapshot."""
    pairs = {(line.need_id, line.offer_id) for line in lines}
    rows = Assignment.objects.filter(need_id__in={need for need, _ in pairs})
    waiting: dict[Key, Assignment] = {}
    answered: dict[Key, list[Assignment]] = {}
    for one in rows.order_by("pk"):
        key = one.need_id, one.offer_id
        if key not in pairs:
            continue
        if one.state == AssignmentState.PROPOSED:
            waiting[key] = one
        elif plan.as_of is None or one.updated_at >= plan.as_of:
            answered.setdefault(key, []).append(one)
    return waiting, answered


def _taken_since(answered: dict[Key, list[Assignment]], line: PlanLine) -> bool:
    found = answered.get((line.need_id, line.offer_id), ())
    return any(one.accepted_at is not None and one.quantity == line.quantity for one in found)


def _declined_since(answered: dict[Key, list[Assignment]], line: PlanLine) -> bool:
    found = answered.get((line.need_id, line.offer_id), ())
    return any(one.state == AssignmentState.DECLINED for one in found)


def _take_back(actor: Actor, one: Assignment, now: dt.datetime) -> bool:
    try:
        with transaction.atomic():
            withdraw_proposed(actor=actor, assignment=one, reason=_REPLANNED, now=now)
    except Refusal:  # accepted this very moment
        return False
    one.refresh_from_db()
    events.post("withdrawn", one, reason=_REPLANNED)
    return True


def _unlawful(line: PlanLine, facts: Facts, now: dt.datetime) -> str:
    """The first rule that a line breaks by now (a kept text), "" when it is lawful."""
    today = today_of(now)
    broken = broken_by_offer(line.offer, facts, today) or broken_by_pair(line.offer, line.need, facts, today)
    return kept.of_pair(broken[0].text_zh, broken[0].text_en) if broken else ""
