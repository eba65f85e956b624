"""What leaves without a second signature: errands of a team that an approval in advance covers.

Called for one need once it is verified, and by the tick for plans that are ready. Quantities, place, category, team and
term are judged at this moment; what does not fit simply waits for a person.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.selectors.balances import free_of_offer, of_offers, open_of_need
from tongzhou.chain.dispatch.services.assignments import propose
from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.intake.types import NeedState, OfferState
from tongzhou.chain.planning.models import Pin, Plan, PlanLine, StandingApproval
from tongzhou.chain.planning.selectors.facts import facts_of, held_ids, today_of
from tongzhou.chain.planning.services import approving
from tongzhou.chain.planning.services.compliance import broken_by_offer, broken_by_pair, coverage_of, inside
from tongzhou.chain.planning.types import Change, LineState, PlanState
from tongzhou.flows import events
from tongzhou.flows.approve_plan import BATCH, Approved, batched, carry_out, in_order, locked_all
from tongzhou.kernel import clock
from tongzhou.kernel.access import SYSTEM
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.catalogue.types import Kind
from tongzhou.registers.cover.selectors import current
from tongzhou.registers.cover.spreading import lies_in
from tongzhou.registers.places.types import ancestor_codes

__all__ = ["dispatch_ready", "dispatch_standing"]


def dispatch_standing(*, plan: Plan | None = None, need: Need | None = None, now: dt.datetime) -> list[Assignment]:
    """Send what approvals in advance cover: of one verified need, or of the lines of a plan that is ready."""
    made: list[Assignment] = []
    if need is not None:
        made += _for_need(need, now)
    if plan is not None:
        made += _for_plan(plan, now)
    return made


def dispatch_ready(now: dt.datetime | None = None) -> int:
    """Every plan that is ready and has lines which an approval in advance covers; how many assignments left."""
    moment = now or clock.now()
    given = _live(moment).filter(response=OuterRef("plan__response"), team=OuterRef("offer__team"))
    lines = PlanLine.objects.filter(Exists(given), state=LineState.PROPOSED, plan__state=PlanState.READY)
    waiting = lines.filter(change=Change.NEW).values("plan_id").distinct()
    return sum(len(_for_plan(plan, moment)) for plan in Plan.objects.filter(pk__in=waiting).order_by("number"))


def _live(now: dt.datetime) -> Any:
    return StandingApproval.objects.filter(withdrawn_at=None, valid_until__gt=now)


def _fits(standing: StandingApproval, need: Need, offer: Offer, quantity: int) -> bool:
    return (
        standing.response_id == need.response_id == offer.response_id
        and standing.team_id == offer.team_id
        and standing.category_id == need.category_id == offer.category_id
        and inside(need.place_id, (standing.area_id,))
        and (standing.most is None or quantity <= standing.most)
        and not _is_commanded(need, offer)
    )


def _is_commanded(need: Need, offer: Offer) -> bool:
    """Goods that a command allocates: nobody else's word, given before or after, sends them."""
    goods = need.category is not None and need.category.kind == Kind.GOODS
    return goods and need.response.under_command and not offer.earmark


def _fitting(
    standings: list[StandingApproval], need: Need, offer: Offer, quantity: int
) -> StandingApproval | None:  # fmt: skip
    """Of those that cover it the one for the smallest area; a narrow one that is too small hides no wider one."""
    fitting = [one for one in standings if _fits(one, need, offer, quantity)]
    return fitting[-1] if fitting else None


def _for_need(need: Need, now: dt.datetime) -> list[Assignment]:
    """The nearest team offers first, until nothing of it is open. A need above an approval's limit is no errand."""
    row = Need.objects.select_related("submission", "response", "category").get(pk=need.pk)
    if row.state != NeedState.VERIFIED or row.category_id is None or row.pk in held_ids("need", now):
        return []
    given = _live(now).filter(response=row.response_id, category=row.category_id, area__in=ancestor_codes(row.place_id))
    standings = list(given.order_by("area_id", "pk"))
    if not standings or _covered(row, now):
        return []
    forbidden = Pin.objects.filter(need=row, quantity=0, withdrawn_at=None).values("offer_id")
    teams = {one.team_id for one in standings}
    offers = (
        Offer.objects.filter(
            response=row.response_id, state=OfferState.VERIFIED, team__in=teams, category=row.category_id
        )
        .exclude(pk__in=held_ids("offer", now))
        .exclude(pk__in=forbidden)
    )
    made: list[Assignment] = []
    for offer in _nearest_first(row, offers):
        made += _send(row, offer, standings, now)
    return made


def _covered(need: Need, now: dt.datetime) -> bool:
    """Others cover something of this here: how much of it is left for this need only a plan can say."""
    covers = current(need.response_id, today_of(now))
    return any(one.category_id == need.category_id and lies_in(need.place_id, one.place_id) for one in covers)


def _nearest_first(need: Need, offers: Iterable[Offer]) -> list[Offer]:
    """By the deepest division both lie in; of equals the older offer."""
    up = ancestor_codes(need.place_id)

    def way(offer: Offer) -> int:
        own = set(ancestor_codes(offer.place_id))
        return next(step for step, code in enumerate(up) if code in own)

    return sorted(offers, key=lambda offer: (way(offer), offer.created_at, offer.pk))


def _send(need: Need, offer: Offer, standings: list[StandingApproval], now: dt.datetime) -> list[Assignment]:
    """One errand, if the rules allow it and anything is free of the offer and open of the need."""
    facts, today = facts_of([offer], [need], now), today_of(now)
    if broken_by_offer(offer, facts, today) or broken_by_pair(offer, need, facts, today):
        return []
    if not inside(need.place_id, coverage_of(offer, facts)) or not _in_time(need, offer, today):
        return []
    wanted = open_of_need(need)
    quantity = min(wanted, free_of_offer(offer, of_offers([offer.pk])[offer.pk]))
    standing = _fitting(standings, need, offer, wanted)
    if quantity < 1 or standing is None:
        return []
    try:
        with transaction.atomic():
            made = propose(actor=SYSTEM, need=need, offer=offer, quantity=quantity, standing=standing, now=now)
            events.post("proposed", made)
    except Refusal:  # somebody was faster, or it does not fit: it waits for a person
        return []
    return [made]


def _in_time(need: Need, offer: Offer, today: dt.date) -> bool:
    """The offer has begun, and is not over before the need began: it leaves at once."""
    return offer.available_from is None or offer.available_from <= today


@transaction.atomic
def _for_plan(plan: Plan, now: dt.datetime) -> list[Assignment]:
    row = Plan.objects.select_for_update(of=("self",)).select_related("response").get(pk=plan.pk)
    if row.state != PlanState.READY or not row.response.is_open:
        return []
    standings = list(_live(now).filter(response=row.response_id).order_by("area_id", "pk"))
    teams = {one.team_id for one in standings}
    lines = PlanLine.objects.filter(
        Q(offer__team__in=teams), plan=row, state=LineState.PROPOSED, change=Change.NEW
    ).select_related("need__category", "need__response", "offer")
    found: dict[int, StandingApproval] = {}
    for line in lines:
        standing = _fitting(standings, line.need, line.offer, line.quantity)
        if standing is not None:
            found[line.pk] = standing
    if not found:
        return []
    made: list[Assignment] = []
    done = Approved()
    for some in batched(locked_all(in_order(PlanLine.objects.filter(pk__in=found))), BATCH):
        done.add(carry_out(actor=SYSTEM, plan=row, lines=some, now=now, standing=found, made=made))
    approving.finish(actor=SYSTEM, plan=row, now=now, decided={"standing": done.approved, "stale": done.stale})
    return made
