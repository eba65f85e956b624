"""The rows of a plan the reader may see: needs of other areas or lines stay unseen here as everywhere."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.functions import Concat

from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.intake.selectors.lists import area_column
from tongzhou.chain.intake.services.search import found
from tongzhou.chain.intake.types import Line
from tongzhou.chain.planning.models import LeftOut, Pin, Plan, PlanLine, PlanNeed, PlanOffer, StandingApproval
from tongzhou.chain.planning.policies import LIST_PLANS
from tongzhou.chain.planning.selectors.plans import approvable
from tongzhou.chain.planning.types import LineState
from tongzhou.kernel.access import Actor, allows, scope
from tongzhou.registers.places.models import Place
from tongzhou.registers.responses.models import Response

__all__ = [
    "Left",
    "gaps_of",
    "holds_of",
    "left_for_others",
    "left_out_of",
    "lines_of",
    "pins_of",
    "searched",
    "sees_whole",
    "standings_of",
]

#: Digits of a city's code.
_CITY = 4


def _area(actor: Actor) -> str:
    return area_column(*(grant.area for grant in actor.grants if grant.role in LIST_PLANS.roles))


def lines_of(actor: Actor, plan: Plan) -> QuerySet[PlanLine]:
    """What moves from where to whom, as far as the receiver's place and line are the reader's."""
    rows = PlanLine.objects.filter(plan=plan).alias(area_text=Concat("place_id", Value("")))
    mine = scope(actor, LIST_PLANS, area=_area(actor), response="plan__response_id", organisation="")
    return rows.filter(mine)


def _of_kind(actor: Actor) -> Q:
    return scope(
        actor, LIST_PLANS, line="category__line", area=_area(actor), response="plan__response_id",
        organisation="",
    )  # fmt: skip


def gaps_of(actor: Actor, plan: Plan) -> QuerySet[PlanNeed]:
    """Needs that lack something, each with the reason."""
    rows = PlanNeed.objects.filter(plan=plan).exclude(reason="").alias(area_text=Concat("place_id", Value("")))
    return rows.filter(_of_kind(actor))


def holds_of(actor: Actor, plan: Plan) -> QuerySet[PlanOffer]:
    """Offers of which something should stay at home."""
    rows = PlanOffer.objects.filter(plan=plan).exclude(reason="").alias(area_text=Concat("place_id", Value("")))
    return rows.filter(_of_kind(actor))


def left_out_of(actor: Actor, plan: Plan) -> QuerySet[LeftOut]:
    """What a rule kept out: visible when its need or its offer is."""

    def seen(kind: str) -> Q:
        return scope(
            actor, LIST_PLANS, line=f"{kind}__line", area=f"{kind}__place_id", response=f"{kind}__response_id",
            organisation="",
        )  # fmt: skip

    return LeftOut.objects.filter(plan=plan).filter(seen("need") | seen("offer"))


def searched(rows: QuerySet[PlanLine], words: str) -> QuerySet[PlanLine]:
    """Lines whose need or offer holds the words."""
    return rows.filter(
        Q(need_id__in=found(Need.objects.all(), words).values("pk"))
        | Q(offer_id__in=found(Offer.objects.all(), words).values("pk"))
    )


def sees_whole(actor: Actor, plan: Plan) -> bool:
    """Whether the reader's right covers everything the plan is about."""
    line = plan.line or (plan.category.line if plan.category else None)
    return allows(actor, LIST_PLANS, line=line, area=plan.area_id, response=plan.response_id)


@dataclass(frozen=True, slots=True)
class Left:
    """Lines that wait for somebody with another right: where, which line, how many."""

    where: str
    line: str
    count: int


def left_for_others(actor: Actor, plan: Plan) -> list[Left]:
    """Undecided lines outside the actor's right, by city and line, most first. Two queries."""
    own = approvable(actor, plan).values("pk")
    rows = PlanLine.objects.filter(plan=plan, state=LineState.PROPOSED).exclude(pk__in=own)
    counted: Counter[tuple[str, str]] = Counter()
    for place, line, count in rows.values_list("place_id", "line").annotate(n=Count("pk")).order_by():
        counted[place[:_CITY], line] += count
    places = Place.objects.in_bulk([code for code, _line in counted])
    return [
        Left(places[code].full_label if code in places else code, str(Line(line).label), count)
        for (code, line), count in counted.most_common()
    ]


def pins_of(actor: Actor, response: Response) -> QuerySet[Pin]:
    """Pairs fixed or forbidden and still in force, the newest first."""
    held = scope(actor, LIST_PLANS, line="need__line", area="need__place_id", organisation="")
    rows = Pin.objects.filter(held, response=response, withdrawn_at=None)
    return rows.select_related(
        "need__place", "need__category", "need__organisation", "offer__place", "offer__organisation"
    ).order_by("-created_at", "-id")


def standings_of(actor: Actor, response: Response) -> QuerySet[StandingApproval]:
    """Approvals given in advance, those in force first, then the newest."""
    held = scope(actor, LIST_PLANS, line="category__line", area="area_id", organisation="")
    rows = StandingApproval.objects.filter(held, response=response).select_related("team", "category", "area")
    return rows.order_by(F("withdrawn_at").asc(nulls_first=True), "-created_at")
