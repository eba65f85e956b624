"""The rows of a plan the reader may see: needs of other areas or lines stay unseen here as everywhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.functions import Concat

from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.intake.selectors.lists import area_column
from tongzhou.chain.intake.services.search import found, matches, open_end, tokens
from tongzhou.chain.intake.types import Line
from tongzhou.chain.planning.models import LeftOut, Pin, Plan, PlanLine, PlanNeed, PlanOffer, StandingApproval
from tongzhou.chain.planning.policies import APPROVE_PLAN, LIST_PLANS
from tongzhou.chain.planning.selectors.plans import approvable
from tongzhou.chain.planning.types import Change, LineState
from tongzhou.kernel.access import Actor, allows, scope
from tongzhou.kernel.search import Among, are_many
from tongzhou.registers.places.models import Place
from tongzhou.registers.responses.models import Response

__all__ = [
    "Left",
    "approves_whole",
    "gaps_of",
    "holds_of",
    "left_for_others",
    "left_out_of",
    "lines_of",
    "pins_of",
    "searched",
    "searcher",
    "sees_whole",
    "standings_of",
    "to_decide",
]

#: Figures of a plan that say what approving all of it would do.
_COUNTED = {"changes", "lines", "used", "helped"}
#: Lines that do not wait any more.
DECIDED = tuple(one for one in LineState if one != LineState.PROPOSED)
#: Lines (and needs or offers with the words) that a search names one by one.
MOST_NAMED = 10_000
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


def searcher(plan: Plan) -> Callable[[QuerySet[PlanLine], str], QuerySet[PlanLine]]:
    """`searched` for one request: where the words stand is asked of the database once, however often rows are
    narrowed."""
    known: dict[str, Q] = {}

    def searched_once(rows: QuerySet[PlanLine], words: str) -> QuerySet[PlanLine]:
        if words not in known:
            known[words] = _holding(plan, words)
        return rows.filter(known[words])

    return searched_once


def searched(plan: Plan, words: str) -> QuerySet[PlanLine]:
    """Lines of a plan whose need or offer holds the words."""
    return searcher(plan)(PlanLine.objects.filter(plan=plan), words)


def _holding(plan: Plan, words: str) -> Q:
    """Lines of the plan whose need or offer holds the words, said in the way that is quickest for how rare they are.

    A few thousand are named one by one; beyond, the list's own index is walked and the texts looked at: with words so
    common a page is soon full.
    """
    wanted = tokens(words)
    if not wanted:
        return Q(pk__in=[])
    common = matches(words, "need__search") | matches(words, "offer__search")
    sides = {"need_id__in": Need.objects.all(), "offer_id__in": Offer.objects.all()}
    if any(are_many(rows, wanted, MOST_NAMED, open_end=open_end(wanted)) for rows in sides.values()):
        return common
    own = PlanLine.objects.filter(plan=plan).order_by()
    ids: set[int] = set()
    for column, rows in sides.items():
        holding = own.filter(**{column: found(rows, words).values("pk")})
        ids.update(holding.values_list("pk", flat=True)[: MOST_NAMED + 1])
        if len(ids) > MOST_NAMED:
            return common
    return Q(Among("pk", ids))


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


def approves_whole(actor: Actor, plan: Plan) -> bool:
    """Whether every line of the plan is the actor's to approve."""
    line = plan.line or (plan.category.line if plan.category else None)
    return allows(actor, APPROVE_PLAN, line=line, area=plan.area_id, response=plan.response_id)


def left_for_others(actor: Actor, plan: Plan) -> list[Left]:
    """Undecided lines outside the actor's right, by city and line, most first. At most two queries."""
    if approves_whole(actor, plan):
        return []
    mine = scope(actor, APPROVE_PLAN, response="plan__response_id", organisation="")
    rows = PlanLine.objects.filter(~mine, plan=plan, state=LineState.PROPOSED)
    counted: Counter[tuple[str, str]] = Counter()
    for place, line, count in rows.values_list("place_id", "line").annotate(n=Count("pk")).order_by():
        counted[place[:_CITY], line] += count
    places = Place.objects.in_bulk([code for code, _line in counted])
    return [
        Left(places[code].full_label if code in places else code, str(Line(line).label), count)
        for (code, line), count in counted.most_common()
    ]


def to_decide(actor: Actor, plan: Plan) -> dict[str, int]:
    """What approving would do, in lines: lines (on their way by then, old and new), new, changed, sends (both), kept,
    gone, life (threatened), and how many givers and needs what it sends touches.

    Where all of it is the actor's and nothing is decided yet, the plan's own figures say so; else it is counted.
    """
    rows, on = approvable(actor, plan), Q(quantity__gt=0)
    undecided = not PlanLine.objects.filter(plan=plan, state__in=DECIDED).exists()
    if undecided and plan.figures.keys() >= _COUNTED and approves_whole(actor, plan):
        changes, said = plan.figures["changes"], plan.figures
        counted = {name: changes.get(name, 0) for name in ("new", "changed", "kept", "gone")}
        counted |= {"lines": said["lines"], "life": rows.filter(on, urgency=0).count()}
        if not counted["kept"]:
            counted |= {"givers": said["used"], "needs": said["helped"]}
            return counted | {"sends": counted["new"] + counted["changed"]}
        return counted | _sent(rows, counted)
    told: dict[str, int] = rows.aggregate(
        lines=Count("pk", filter=on),
        new=Count("pk", filter=Q(change=Change.NEW)),
        changed=Count("pk", filter=Q(change=Change.CHANGED)),
        kept=Count("pk", filter=Q(change=Change.KEPT)),
        gone=Count("pk", filter=Q(change=Change.GONE)),
        life=Count("pk", filter=on & Q(urgency=0)),
    )
    return told | _sent(rows, told)


def _sent(rows: QuerySet[PlanLine], counted: dict[str, int]) -> dict[str, int]:
    """Lines that send something anew, and whom they touch: what stays as it is reaches nobody again."""
    anew = rows.filter(change__in=(Change.NEW, Change.CHANGED))
    touched = (("givers", "offer_id"), ("needs", "need_id"))
    found = {name: anew.values(column).distinct().count() for name, column in touched}
    return found | {"sends": counted["new"] + counted["changed"]}


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
