"""A need closes by what arrived; and whatever closes it leaves no assignment that somebody works on in vain.

What nobody has sent yet goes back at once; what is on its way stays, its receipt can still be recorded, and its holder
is asked to bring it back or to ask the receiver. Every flow that changes a need or
an offer calls `keep_in_step`.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from tongzhou.chain.dispatch.models import Assignment, Movement
from tongzhou.chain.dispatch.policies import TAKE_BACK
from tongzhou.chain.dispatch.selectors.balances import of_assignments, of_needs, of_offers, stock_of
from tongzhou.chain.dispatch.services.assignments import give_back
from tongzhou.chain.dispatch.services.locking import lock_assignments
from tongzhou.chain.dispatch.types import COUNTS_FOR_NEED, LIVE, TAKES_STOCK, AssignmentState, Balance, Via
from tongzhou.chain.intake.models import Need, Offer, Submission
from tongzhou.chain.intake.types import OPEN_NEEDS, OPEN_OFFERS, NeedState, OfferState, SolvedBy
from tongzhou.flows import events
from tongzhou.flows.meant_otherwise import made_before, show_to_a_person
from tongzhou.kernel import audit, changes, ids
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal

__all__ = [
    "NEED_SOLVED", "OFFER_GIVEN", "keep_in_step", "release_for_need", "release_for_offer", "release_orphans",
    "settle_need", "settle_offer",
]  # fmt: skip

_NEED_CLOSED = gettext_noop("求助已经关闭")
_OFFER_CLOSED = gettext_noop("供给已经关闭")
_LESS = gettext_noop("数量已改少")
_MOVED = gettext_noop("求助的地点或条线已改")
_OTHER_NEED = gettext_noop("求助的类别或单位已改")
_OTHER_OFFER = gettext_noop("供给的类别或单位已改")
_UNVERIFIED = gettext_noop("要重新核实")
# What follows from a receipt stands in the trail under these names.
NEED_SOLVED = "delivery.need_solved"
OFFER_GIVEN = "delivery.offer_given"
_ENOUGH = gettext_noop("已经够了")
_BY_RECEIPT = gettext_noop("按收到的数量")


def release_for_need(*, need: Need, actor: Actor, reason: str, now: dt.datetime) -> list[Assignment]:
    """Take back everything of a closed need that is not on its way; those that changed. The caller changed the need."""
    return _release(Assignment.objects.filter(need_id=need.pk), actor, reason, now)


def release_for_offer(*, offer: Offer, actor: Actor, reason: str, now: dt.datetime) -> list[Assignment]:
    """Take back everything of a closed offer that is not on its way; those that changed. The caller changed it."""
    return _release(Assignment.objects.filter(offer_id=offer.pk), actor, reason, now)


def _release(rows: QuerySet[Assignment], actor: Actor, reason: str, now: dt.datetime) -> list[Assignment]:
    live = rows.filter(state__in=LIVE).values_list("pk", flat=True)
    locked = lock_assignments(live)
    sums = of_assignments(one.pk for one in locked)
    changed = []
    for one in locked:
        if one.state not in LIVE:
            continue  # it ended while we waited
        under_way = sums[one.pk][Balance.IN_TRANSIT] > 0
        if sums[one.pk][Balance.PLANNED] or sums[one.pk][Balance.ACCEPTED]:
            holder = one.holder_id
            give_back(
                actor=actor, one=one, act=TAKE_BACK, reason=reason, ended=AssignmentState.WITHDRAWN, now=now,
                via=Via.SYSTEM if actor.is_system else Via.PAGE,
            )  # fmt: skip
            events.post("withdrawn", one, accounts=[holder], reason=reason)
            changed.append(one)
        if under_way:
            events.post("return_asked", one, accounts=[one.holder_id], reason=reason)
    return changed


def keep_in_step(*, record: Need | Offer, actor: Actor, now: dt.datetime, reason: str = "") -> None:
    """After a change of `record` in this transaction: nothing of a closed one goes on, nothing is over its quantity,
    nothing waits that was planned as another thing.

    A smaller quantity first takes back what nobody has taken; ``Refusal("below_committed")`` when that is not enough.
    """
    if isinstance(record, Need):
        if record.state not in OPEN_NEEDS:
            release_for_need(need=record, actor=actor, reason=reason or _NEED_CLOSED, now=now)
            return
    elif record.state not in OPEN_OFFERS:
        release_for_offer(offer=record, actor=actor, reason=reason or _OFFER_CLOSED, now=now)
        return
    column = "need_id" if isinstance(record, Need) else "offer_id"
    if not Movement.objects.filter(**{column: record.pk}).exists():
        return
    live = Assignment.objects.filter(**{column: record.pk}, state__in=LIVE).values_list("pk", flat=True)
    locked = lock_assignments(live)
    if isinstance(record, Need):
        _move_along(record, locked, actor, now)
    _meant_otherwise(record, locked, actor, now)
    if record.state != NeedState.VERIFIED:  # the same word for offers: nothing more is planned with it as it stands
        _take_back(locked, actor, _UNVERIFIED, now)
    _fit(record, locked, actor, now)
    if isinstance(record, Need) and record.state == NeedState.VERIFIED:
        settle_need(actor=actor, need=record, now=now)


def _move_along(need: Need, locked: list[Assignment], actor: Actor, now: dt.datetime) -> None:
    """Who looks after the need looks after its assignments: they move with it; what waits was planned for elsewhere."""
    moved = [one for one in locked if (one.place_id, one.line) != (need.place_id, need.line) and one.state in LIVE]
    _take_back(moved, actor, _MOVED, now)
    for one in moved:
        if one.state in LIVE:
            changes.apply(one, actor=actor, act=TAKE_BACK, reason=_MOVED, place=need.place_id, line=need.line)


def _meant_otherwise(record: Need | Offer, locked: list[Assignment], actor: Actor, now: dt.datetime) -> None:
    """What waits was planned as another thing and goes back; what was taken stays and is shown to a person."""
    before = made_before(record, [one for one in locked if one.state in LIVE])
    _take_back(before, actor, _OTHER_NEED if isinstance(record, Need) else _OTHER_OFFER, now)
    show_to_a_person(record=record, some=before, actor=actor, now=now)


def _fit(record: Need | Offer, locked: list[Assignment], actor: Actor, now: dt.datetime) -> None:
    """Take back the newest proposed assignments until the rest fits; refuse when what was taken is already too much."""
    limit = _limit(record)
    over = _committed(record) - limit
    for one in reversed(locked):
        if over > 0 and one.state == AssignmentState.PROPOSED:
            over -= one.quantity
            _take_back([one], actor, _LESS, now)
    if over > 0:
        number = ids.format_code(record.code)
        raise Refusal("below_committed", number=number, committed=f"{over + limit:,}", quantity=f"{limit:,}")


def _limit(record: Need | Offer) -> int:
    """What it is for now: the row itself is read again, planned quantities are worked out beside the record."""
    if isinstance(record, Need):
        return Need.objects.get(pk=record.pk).quantity_planned or 0
    return stock_of(Offer.objects.get(pk=record.pk)) or 0


def _committed(record: Need | Offer) -> int:
    if isinstance(record, Need):
        sums = of_needs([record.pk])[record.pk]
        return sum(sums[one] for one in COUNTS_FOR_NEED)
    sums = of_offers([record.pk])[record.pk]
    return sum(sums[one] for one in TAKES_STOCK)


def _take_back(some: list[Assignment], actor: Actor, reason: str, now: dt.datetime) -> None:
    """Those of `some` that nobody has taken yet."""
    for one in some:
        if one.state == AssignmentState.PROPOSED:
            give_back(actor=actor, one=one, act=TAKE_BACK, reason=reason, ended=AssignmentState.WITHDRAWN, now=now)
            events.post("withdrawn", one, reason=reason)


@transaction.atomic
def release_orphans(*, response_id: uuid.UUID, actor: Actor, now: dt.datetime, reason: str = "") -> int:
    """`keep_in_step` for whatever a bulk act (an import, its undo) may have touched; how many records it looked at."""
    rows = Assignment.objects.filter(response_id=response_id, state__in=LIVE)
    needs: Iterable[Need] = Need.objects.filter(pk__in=rows.values("need_id")).order_by("pk")
    offers: Iterable[Offer] = Offer.objects.filter(pk__in=rows.values("offer_id")).order_by("pk")
    records: list[Need | Offer] = [*offers, *needs]
    for record in records:
        keep_in_step(record=record, actor=actor, now=now, reason=reason)
    return len(records)


def settle_need(*, actor: Actor, need: Need, now: dt.datetime) -> Need:
    """Close a need that got what it lacks; open one again that a corrected receipt says is short. Caller locked it."""
    received = of_needs([need.pk])[need.pk][Balance.RECEIVED]
    planned = _limit(need)
    enough = planned > 0 and received >= planned
    if enough and need.state in OPEN_NEEDS:
        changes.apply(
            need, actor=actor, act=NEED_SOLVED, reason=_BY_RECEIPT, state=NeedState.SOLVED, solved_by=SolvedBy.HELPED
        )
        release_for_need(need=need, actor=actor, reason=_ENOUGH, now=now)
    elif not enough and need.state == NeedState.SOLVED and _closed_by(need, NEED_SOLVED):
        changes.apply(need, actor=actor, act=NEED_SOLVED, reason=_BY_RECEIPT, state=NeedState.VERIFIED, solved_by="")
    if need.submission_id is not None:
        Submission.objects.filter(pk=need.submission_id).update(moved_at=now)
    return need


def settle_offer(*, actor: Actor, offer: Offer, now: dt.datetime) -> Offer:
    """Close an offer of which everything was given and has arrived or is lost; open it again when that was wrong."""
    sums, stock = of_offers([offer.pk])[offer.pk], stock_of(offer)
    gone = sums[Balance.RECEIVED] + sums[Balance.MISSING]
    given = bool(stock) and gone >= (stock or 0)
    if given and offer.state in OPEN_OFFERS:
        changes.apply(offer, actor=actor, act=OFFER_GIVEN, reason=_BY_RECEIPT, state=OfferState.USED_UP)
    elif not given and offer.state == OfferState.USED_UP and _closed_by(offer, OFFER_GIVEN):
        changes.apply(offer, actor=actor, act=OFFER_GIVEN, reason=_BY_RECEIPT, state=OfferState.VERIFIED)
    return offer


def _closed_by(record: Need | Offer, act: str) -> bool:
    """True when the last change of its state was made by a receipt."""
    rows = audit.history(record).exclude(changes={})
    return next((row.act == act for row in rows[:50] if "state" in row.changes), False)
