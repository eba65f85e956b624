"""Approving a plan: a second person says yes, and its lines become assignments; nothing is ever over-committed.

Only lines of the approver's own line and area are decided; the rest waits for somebody else. The rules are asked again
at this moment, and what no longer fits becomes a line that is stale, with its reason.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Case, F, IntegerField, Q, QuerySet, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.services.assignments import Proposal, propose_many, withdraw_many
from tongzhou.chain.dispatch.services.locking import lock_needs, lock_offers
from tongzhou.chain.dispatch.types import AssignmentState
from tongzhou.chain.planning.models import Pin, Plan, PlanLine, StandingApproval
from tongzhou.chain.planning.policies import APPROVE_PLAN
from tongzhou.chain.planning.selectors.facts import Facts, facts_of, today_of
from tongzhou.chain.planning.selectors.plans import approvable, asks_command, commanded
from tongzhou.chain.planning.services import approving
from tongzhou.chain.planning.services.compliance import broken_by_offer, broken_by_pair
from tongzhou.chain.planning.types import Change, LineState
from tongzhou.flows import events
from tongzhou.kernel import kept
from tongzhou.kernel.access import Actor, require
from tongzhou.kernel.errors import Refusal

__all__ = [
    "BATCH", "MOST_ANSWER", "Approved", "approve_plan", "batched", "carriable", "carry_out", "in_order", "locked_all",
    "require_answer", "to_approve",
]  # fmt: skip

#: Lines that are locked, judged and written together.
BATCH = 500
#: Characters of a command's answer.
MOST_ANSWER = 300

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

    @property
    def decided(self) -> dict[str, int]:
        """What stands in the trail."""
        return {name: getattr(self, name) for name in ("approved", "kept", "withdrawn", "stale", "struck")}

    def add(self, other: Approved) -> None:
        """Count another part of the same approval in."""
        for name, count in other.decided.items():
            setattr(self, name, getattr(self, name) + count)


@dataclass
class _Decisions:
    """Lines by what becomes of them, written in few statements at the end."""

    approved: list[PlanLine] = field(default_factory=list)
    stale: dict[str, list[PlanLine]] = field(default_factory=dict)

    def go_stale(self, line: PlanLine, reason: str) -> None:
        self.stale.setdefault(reason[:300], []).append(line)


def batched(ids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    """The ids, some at a time."""
    return (ids[at : at + size] for at in range(0, len(ids), size))


@transaction.atomic
def approve_plan(
    *, actor: Actor, plan: Plan, expect: int, strike: Collection[int] = (), command_answer: str = "", now: dt.datetime
) -> Approved:  # fmt: skip
    """Approve the lines of a plan that are the actor's, but for those struck (ids of `PlanLine`).

    A struck line is not carried out: what is in force for its pair stays. `expect`: the version the actor saw. Where a
    command allocates the goods, they leave only on `command_answer` (who said yes, when, the order's number), which
    then stands on every such line; without it they go on waiting, and earmarked gifts and other kinds of help are
    carried out. Raises ``not_found``, ``version_stale`` (also for the second click of one page), ``plan_closed``,
    ``plan_own``, ``approval_running``, ``command_unasked`` when nothing but the command's goods is left.
    """
    row = to_approve(actor, plan, expect)
    require_answer(actor, row, strike, command_answer)
    wanted = set(strike)
    done = Approved()
    done.struck = approving.close_lines(wanted, LineState.STRUCK, among=approvable(actor, row), actor=actor, now=now)
    for some in batched(locked_all(in_order(carriable(actor, row, command_answer))), BATCH):
        done.add(carry_out(actor=actor, plan=row, lines=some, now=now, command_answer=command_answer))
    done.left = PlanLine.objects.filter(plan=row, state=LineState.PROPOSED).count()
    approving.finish(actor=actor, plan=row, now=now, decided=done.decided, reason=command_answer.strip())
    return done


def to_approve(actor: Actor, plan: Plan, expect: int) -> Plan:
    """The plan's row, locked, if it waits for the actor's approval and is as the actor saw it."""
    require(actor, APPROVE_PLAN)
    row = approving.open_plan(plan, expect)
    if row.made_by is not None and row.made_by == actor.account_id:
        raise Refusal("plan_own")
    if PlanLine.objects.filter(plan=row, state=LineState.PROPOSED).exists() and not approvable(actor, row).exists():
        raise Refusal("not_found")
    return row


def carriable(actor: Actor, plan: Plan, command_answer: str) -> QuerySet[PlanLine]:
    """Lines that the actor's yes carries out: without the command's answer not those it allocates."""
    rows = approvable(actor, plan)
    return rows if command_answer.strip() or not asks_command(plan) else rows.exclude(commanded())


def require_answer(actor: Actor, plan: Plan, strike: Collection[int], command_answer: str) -> None:
    """Refuse an approval that would carry nothing out because the command was not asked: ``command_unasked``."""
    if len(command_answer) > MOST_ANSWER:
        raise Refusal("bad_form", fields={"command_answer": _("太长了，请写短一些")})
    rest = approvable(actor, plan).exclude(pk__in=set(strike))
    if rest.exists() and not carriable(actor, plan, command_answer).exclude(pk__in=set(strike)).exists():
        raise Refusal("command_unasked")


def in_order(lines: QuerySet[PlanLine]) -> list[int]:
    """Ids of the lines: first those that free something, then the most urgent, so that any part may be done alone."""
    frees = Q(change=Change.GONE) | Q(change=Change.CHANGED, quantity__lt=F("was"))
    rows = lines.annotate(last=Case(When(frees, then=0), default=1, output_field=IntegerField()))
    return list(rows.order_by("last", "urgency", "reach", "pk").values_list("pk", flat=True))


def locked_all(lines: Sequence[int]) -> Sequence[int]:
    """The same ids; their offers, then their needs are locked, each by id, for one transaction of several batches."""
    pairs = [
        pair
        for some in batched(lines, BATCH)
        for pair in PlanLine.objects.filter(pk__in=some).values_list("offer_id", "need_id")
    ]
    for at, lock in enumerate((lock_offers, lock_needs)):
        ids = sorted({pair[at] for pair in pairs})
        for start in range(0, len(ids), BATCH):
            lock(ids[start : start + BATCH])
    return lines


def carry_out(
    *, actor: Actor, plan: Plan, lines: Iterable[int], now: dt.datetime,
    standing: Mapping[int, StandingApproval] | None = None, made: list[Assignment] | None = None,
    command_answer: str = "",
) -> Approved:  # fmt: skip
    """Make the assignments of these lines (their ids) that still wait, the most urgent first.

    `standing`: approvals in advance by line, instead of the line's own word; `made` gets what is assigned. The caller
    has judged the right, holds the plan's row, and gives a few hundred at a time, in the order of `in_order`.
    """
    found = _locked(plan, lines)
    done, decisions = Approved(), _Decisions()
    waiting, ended = _assignments(found, plan)
    facts = facts_of([line.offer for line in found], [line.need for line in found], now)
    proposing = _sorted_out(actor, found, _Present(waiting, ended, _forbidden(found), facts, now), done, decisions)
    _propose_all(actor, proposing, now, standing or {}, made, done, decisions)
    approved = [line.pk for line in decisions.approved]
    waits = PlanLine.objects.filter(plan=plan)
    if command_answer and asks_command(plan):
        theirs = list(waits.filter(commanded(), pk__in=approved).values_list("pk", flat=True))
        said = command_answer.strip()
        approving.close_lines(theirs, LineState.APPROVED, among=waits, actor=actor, now=now, reason=said)
    approving.close_lines(approved, LineState.APPROVED, among=waits, actor=actor, now=now)
    for reason, stale in decisions.stale.items():
        gone = [line.pk for line in stale]
        done.stale += approving.close_lines(gone, LineState.STALE, among=waits, actor=actor, now=now, reason=reason)
    return done


@dataclass(frozen=True, slots=True)
class _Present:
    """How it stands at this moment: assignments nobody has answered and those answered since, what is forbidden."""

    waiting: dict[Key, Assignment]
    ended: dict[Key, list[Assignment]]
    forbidden: set[int]
    facts: Facts
    now: dt.datetime


def _sorted_out(
    actor: Actor, lines: Sequence[PlanLine], present: _Present, done: Approved, decisions: _Decisions
) -> list[PlanLine]:
    """Take back what has to go, decide what is plain; the lines for which something is to be assigned."""
    proposing: list[PlanLine] = []
    leaving: list[tuple[PlanLine, str]] = []
    for line in lines:
        if line.pk in present.forbidden:
            decisions.go_stale(line, _FORBIDDEN)
            continue
        here = present.waiting.get((line.need_id, line.offer_id))
        reason = _unlawful(line, present.facts, present.now) if line.quantity else ""
        if reason or line.change in (Change.GONE, Change.CHANGED):
            leaving.append((line, reason))
        elif here is not None and line.change == Change.NEW:
            decisions.go_stale(line, _SENT_ALREADY)
        elif here is not None or (line.change == Change.KEPT and _taken_since(present.ended, line)):
            done.kept += 1
            decisions.approved.append(line)
        elif _declined_since(present.ended, line):
            decisions.go_stale(line, _DECLINED)
        else:
            proposing.append(line)
    gone = _take_back(actor, [line for line, _ in leaving], present)
    done.withdrawn += len(gone)
    for line, reason in leaving:
        if reason:
            decisions.go_stale(line, reason)
        elif (line.need_id, line.offer_id) not in gone:
            decisions.go_stale(line, _MOVED_ON)
        elif line.change == Change.CHANGED:
            proposing.append(line)
        else:
            decisions.approved.append(line)
    return proposing


def _propose_all(
    actor: Actor, lines: list[PlanLine], now: dt.datetime, standing: Mapping[int, StandingApproval],
    made: list[Assignment] | None, done: Approved, decisions: _Decisions,
) -> None:  # fmt: skip
    ordered = sorted(lines, key=lambda one: (one.urgency, one.reach, one.pk))
    wanted = [Proposal(line.need, line.offer, line.quantity, line, standing.get(line.pk)) for line in ordered]
    with override("zh-hans"):  # values of a refusal in the language of the trail
        answers = propose_many(actor=actor, wanted=wanted, now=now)
    for line, told in zip(ordered, answers, strict=True):
        if isinstance(told, Refusal):
            # What does not fit any more.
            decisions.go_stale(line, kept.of_refusal(told))
            continue
        done.approved += 1
        decisions.approved.append(line)
        if made is not None:
            made.append(told)


def _locked(plan: Plan, wanted: Iterable[int]) -> list[PlanLine]:
    """The lines that still wait, with offers and needs as they are now, locked in one order, so that two approvals
    never wait for each other crosswise."""
    lines = list(PlanLine.objects.filter(plan=plan, pk__in=list(wanted), state=LineState.PROPOSED).order_by("pk"))
    offers, needs = lock_offers(line.offer_id for line in lines), lock_needs(line.need_id for line in lines)
    for line in lines:
        line.offer, line.need = offers[line.offer_id], needs[line.need_id]
    return lines


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


def _take_back(actor: Actor, lines: Iterable[PlanLine], present: _Present) -> set[Key]:
    """Take back what waits for these lines; the pairs of what was still there to be taken."""
    keys = [(line.need_id, line.offer_id) for line in lines]
    wanted = [present.waiting[key] for key in keys if key in present.waiting]
    gone = withdraw_many(actor=actor, assignments=wanted, reason=_REPLANNED, now=present.now) if wanted else []
    events.post_many("withdrawn", gone, reason=_REPLANNED)
    return {(one.need_id, one.offer_id) for one in gone}


def _unlawful(line: PlanLine, facts: Facts, now: dt.datetime) -> str:
    """The first rule that a line breaks by now (a kept text), "" when it is lawful."""
    today = today_of(now)
    broken = broken_by_offer(line.offer, facts, today) or broken_by_pair(line.offer, line.need, facts, today)
    return kept.of_pair(broken[0].text_zh, broken[0].text_en) if broken else ""
