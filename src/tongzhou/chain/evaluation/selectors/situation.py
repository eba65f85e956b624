"""The situation of a place at a moment: four figures, the worst gaps, what changed in a day, what is asked for."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _

from tongzhou.chain.delivery.models import Receipt
from tongzhou.chain.dispatch.models import Assignment, Movement
from tongzhou.chain.dispatch.types import AssignmentState
from tongzhou.chain.evaluation.policies import SEE_SITUATION
from tongzhou.chain.evaluation.selectors.figures import Figures, countable, figures
from tongzhou.chain.evaluation.selectors.gaps import Gap, Row, gap_rows, rows_of
from tongzhou.chain.evaluation.selectors.naming import Names, in_a_row, names_of
from tongzhou.chain.evaluation.selectors.plans import current_plans, plan_cells, speaking
from tongzhou.chain.evaluation.types import GapReason
from tongzhou.chain.intake.models import Need
from tongzhou.chain.intake.types import NeedState, SolvedBy
from tongzhou.chain.planning.models import Plan
from tongzhou.kernel.access import Actor
from tongzhou.registers.cover.models import Cover
from tongzhou.registers.cover.spreading import lies_in
from tongzhou.registers.places import selectors as places
from tongzhou.registers.places.models import Place
from tongzhou.registers.places.types import NATION
from tongzhou.registers.responses.models import Response

__all__ = ["GAPS", "Change", "Figure", "Situation", "area_for", "situation_of"]

#: The worst gaps that are told, and what is asked for at most.
GAPS, ASKS = 10, 5
_DAY = dt.timedelta(hours=24)
_ON_THE_WAY = (AssignmentState.ACCEPTED, AssignmentState.IN_TRANSIT, AssignmentState.DELIVERED)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, what it is, where it is from and how fresh that is. `value`: the number itself (a share 0..1, or a
    count); None when there is nothing to count.
    """

    key: str
    value: float | None
    number: str
    what: str
    more: str
    source: str
    at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Change:
    """How often something happened in the last 24 hours."""

    key: str
    value: int
    what: str

    @property
    def number(self) -> str:
        """The count as it is written."""
        return f"{self.value:,}"


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that is told. `gaps`: the worst `GAPS` of `gaps_total`."""

    response: Response
    place: Place
    as_of: dt.datetime
    figures: list[Figure]
    rows: list[Row]
    gaps: list[Gap]
    gaps_total: int
    changes: list[Change]
    asks: list[str]
    #: The plans that say something of the place, the newest first.
    plans: list[Plan]
    names: Names


def area_for(actor: Actor, response: Response, code: str = "") -> Place:
    """The division the sheet is about: the named one, else the only area the actor looks after, else the response's.

    A name outside the response counts as none.
    """
    areas = {grant.area for grant in actor.grants if grant.role in SEE_SITUATION.roles and grant.organisation is None}
    wanted = code or (areas.pop() if len(areas) == 1 else "")
    root = "" if response.area_id == NATION else response.area_id
    if wanted.isascii() and wanted.isdigit() and len(wanted) <= 6 and wanted.startswith(root):
        return Place.objects.filter(code=wanted).first() or response.area
    return response.area


def situation_of(actor: Actor, response: Response, place: Place, now: dt.datetime) -> Situation:
    """The situation at a moment. The number of statements is fixed for an area."""
    found = figures(actor, response, now=now, act=SEE_SITUATION)
    plans = current_plans(response.pk)
    rows = rows_of(found, area=place.code)
    said = plan_cells(plans)
    gaps = gap_rows(found, said, area=place.code)
    names = names_of(response.pk, {row.place for row in rows} | {place.code})
    return Situation(
        response=response,
        place=place,
        as_of=now,
        figures=_figures(found, response, place, rows, gaps),
        rows=rows,
        gaps=gaps[:GAPS],
        gaps_total=len(gaps),
        changes=_changes(response, place, now),
        asks=_asks(gaps, names),
        plans=speaking(one for one in said if lies_in(one.cell.place, place.code)),
        names=names,
    )


def _figures(
    found: Figures, response: Response, place: Place, rows: list[Row], gaps: list[Gap]
) -> list[Figure]:  # fmt: skip
    """Four numbers, each counted and none added over different units."""
    here = places.under("place_id", place.code)
    helped = Q(state=NeedState.SOLVED, solved_by=SolvedBy.HELPED)
    needs = Need.objects.filter(here, response=response).aggregate(
        open=Count("id", filter=countable(found.as_of)), life=Count("id", filter=countable(found.as_of) & Q(urgency=0)),
        helped=Count("id", filter=helped), helped_at=Max("state_since", filter=helped),
        verified_at=Max("verified_at", filter=countable(found.as_of)),
    )  # fmt: skip
    way = Assignment.objects.filter(here, response=response, state__in=_ON_THE_WAY).aggregate(
        count=Count("id"), moving=Count("id", filter=Q(state=AssignmentState.IN_TRANSIT))
    )
    asked = needs["open"] + needs["helped"]
    needed = sum(1 for row in rows if row.amounts.needed)
    moves = Movement.objects.filter(places.under("need__place_id", place.code), assignment__response=response)
    way_at = moves.order_by("-id").values_list("at", flat=True).first()
    reached = [row for row in found.cover if lies_in(row.place_id, place.code) or lies_in(place.code, row.place_id)]
    cover_at = max((row.updated_at for row in reached), default=None)
    changed = max(filter(None, (needs["verified_at"], way_at, cover_at)), default=None)
    return [
        Figure(
            "open", needs["open"], f"{needs['open']:,}", _("核实过、还没有解决的求助"),
            _("其中危及生命 %(n)s") % {"n": f"{needs['life']:,}"}, _("同舟需求登记"), needs["verified_at"],
        ),
        Figure(
            "helped", needs["helped"] / asked if asked else None,
            f"{needs['helped'] / asked:.0%}" if asked else "–", _("得到帮助的比例"),
            _("%(helped)s / %(asked)s 件，收够了才算") % {"helped": f"{needs['helped']:,}", "asked": f"{asked:,}"},
            _("收够了、已经结案的求助"), needs["helped_at"],
        ),
        Figure(
            "gaps", len(gaps), f"{len(gaps):,}", _("缺口（一处一类算一个）"),
            _("有需要的一共 %(n)s 处") % {"n": f"{needed:,}"},
            _("需求 − 派单 − 已覆盖"), changed,
        ),
        Figure(
            "under_way", way["count"], f"{way['count']:,}", _("已接下、在路上的派单"),
            _("其中已发出 %(n)s") % {"n": f"{way['moving']:,}"}, _("派单记录"), way_at,
        ),
    ]  # fmt: skip


def _changes(response: Response, place: Place, now: dt.datetime) -> list[Change]:
    """What became different in 24 hours. Four statements."""
    since, here = now - _DAY, places.under("place_id", place.code)
    needs = Need.objects.filter(here, response=response, updated_at__gte=since).aggregate(
        verified=Count("id", filter=Q(verified_at__gte=since)),
        helped=Count("id", filter=Q(state=NeedState.SOLVED, solved_by=SolvedBy.HELPED, state_since__gte=since)),
        over=Count("id", filter=Q(state=NeedState.EXPIRED, state_since__gte=since)),
    )
    moved = Assignment.objects.filter(here, response=response, updated_at__gte=since).aggregate(
        sent=Count("id", filter=Q(sent_at__gte=since)),
        back=Count("id", filter=Q(state__in=(AssignmentState.DECLINED, AssignmentState.LAPSED))),
    )
    receipts = Receipt.objects.filter(
        places.under("assignment__place_id", place.code), assignment__response=response, at__gte=since, received__gt=0,
        corrected_by=None,
    )  # fmt: skip
    received = receipts.aggregate(n=Count("assignment", distinct=True))["n"]
    cover = Cover.objects.filter(here, response=response, created_at__gte=since).count()
    listed = (
        ("verified", needs["verified"], _("核实了的求助")),
        ("helped", needs["helped"], _("得到帮助的求助")),
        ("expired", needs["over"], _("过期的求助")),
        ("sent", moved["sent"], _("发出的派单")),
        ("received", received, _("有人收到东西的派单")),
        ("declined_or_lapsed", moved["back"], _("没有接、超时的派单")),
        ("cover", cover, _("新写的“已覆盖”")),
    )
    return [Change(*one) for one in listed]


def _asks(gaps: list[Gap], names: Names) -> list[str]:
    """What only government can solve: one line for a category and a reason, worst first.

    Only what the plan cannot reach is asked for; what waits for the approval of a plan is no reason to ask.
    """
    groups: dict[tuple[str, str], list[Gap]] = {}
    for one in gaps:
        if one.unreached and one.reason != GapReason.FORBIDDEN:  # that is for the desk itself to take back
            groups.setdefault((one.category, one.reason), []).append(one)
    asks = []
    for (category, reason), listed in list(groups.items())[:ASKS]:
        where = in_a_row(dict.fromkeys(names.place(one.place) for one in listed[:3]))
        more = _("等 %(n)s 处") % {"n": len(listed)} if len(listed) > 3 else ""
        amount = names.amount(category, sum(one.unreached for one in listed))
        said = {"what": names.category(category), "amount": amount, "where": where + more}
        asks.append(_ask(reason) % said)
    return asks


def _ask(reason: str) -> str:
    if reason == GapReason.NO_OFFER:
        return _("请调拨%(what)s %(amount)s（%(where)s）：没有单位提供。")
    if reason == GapReason.NOT_AUTHORISED:
        return _("请准许跨区送达%(what)s %(amount)s（%(where)s）：有货，没有单位有权前往。")
    if reason == GapReason.WINDOW:
        return _("请协调%(what)s %(amount)s（%(where)s）的时间：有货，日期对不上。")
    return _("请增加%(what)s的货源 %(amount)s（%(where)s）：现有的已先给更急、更近或按比例分完。")
