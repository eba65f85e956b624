"""What stands on the sheet. Everything is bounded, so that it fits one A4 page whatever the response."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _

from tongzhou.chain.dispatch.models import Assignment, Movement
from tongzhou.chain.dispatch.types import AssignmentState
from tongzhou.chain.evaluation.policies import SEE_SITUATION
from tongzhou.chain.evaluation.selectors.figures import Figures, countable, figures
from tongzhou.chain.evaluation.selectors.gaps import Gap, Row, gap_rows, rows_of
from tongzhou.chain.evaluation.selectors.naming import Names, gap_word, in_a_row, names_of
from tongzhou.chain.evaluation.selectors.plans import current_plans, plan_cells
from tongzhou.chain.evaluation.types import GapReason
from tongzhou.chain.intake.models import Need
from tongzhou.chain.intake.types import NeedState, SolvedBy, Urgency
from tongzhou.chain.planning.models import Plan
from tongzhou.kernel.access import Actor
from tongzhou.registers.cover.models import Cover
from tongzhou.registers.cover.spreading import lies_in
from tongzhou.registers.places import selectors as places
from tongzhou.registers.places.models import Place
from tongzhou.registers.places.tiles import Vessel, cartogram_tiles
from tongzhou.registers.places.types import NATION
from tongzhou.registers.responses.models import Response

__all__ = ["Sheet", "area_for", "sheet_of"]

#: Gaps, asks and tiles on the sheet.
GAPS, ASKS, TILES = 10, 5, 40
_DAY = dt.timedelta(hours=24)
_ON_THE_WAY = (AssignmentState.ACCEPTED, AssignmentState.IN_TRANSIT, AssignmentState.DELIVERED)
#: Side of a tile and the gap between two, in units of the drawing.
_SIDE, _STEP = 60, 65


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, what it is, where it is from and how fresh that is."""

    number: str
    what: str
    more: str
    source: str
    at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything on the page."""

    response: Response
    place: Place
    as_of: dt.datetime
    figures: list[Figure]
    tiles: dict[str, Any]
    rows: list[dict[str, Any]]
    gaps: list[dict[str, Any]]
    gaps_total: int
    changes: list[dict[str, Any]]
    asks: list[str]
    plan: Plan | None


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


def sheet_of(actor: Actor, response: Response, place: Place, now: dt.datetime) -> Sheet:
    """The sheet at a moment. The number of statements is fixed for an area."""
    found = figures(actor, response, now=now, act=SEE_SITUATION)
    plans = current_plans(response.pk)
    rows = rows_of(found, area=place.code)
    gaps = gap_rows(found, plan_cells(plans), area=place.code)
    parts = places.children(place.code)[:TILES] if len(place.code) < 6 else []
    names = names_of(response.pk, {row.place for row in rows} | {place.code})
    plan = next(iter(plans), None)
    return Sheet(
        response=response,
        place=place,
        as_of=now,
        figures=_figures(found, response, place, rows, gaps, plan),
        tiles=_tiles(place, parts, rows),
        rows=_rows(parts, rows),
        gaps=[_gap(one, names) for one in gaps[:GAPS]],
        gaps_total=len(gaps),
        changes=_changes(response, place, now),
        asks=_asks(gaps, names),
        plan=plan,
    )


def _figures(
    found: Figures, response: Response, place: Place, rows: list[Row], gaps: list[Gap], plan: Plan | None
) -> list[Figure]:
    """Four numbers, each counted and none added over different units."""
    here = places.under("place_id", place.code)
    helped = Q(state=NeedState.SOLVED, solved_by=SolvedBy.HELPED)
    needs = Need.objects.filter(here, response=response).aggregate(
        open=Count("id", filter=countable(found.as_of)), life=Count("id", filter=countable(found.as_of) & Q(urgency=0)),
        helped=Count("id", filter=helped), helped_at=Max("updated_at", filter=helped),
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
            f"{needs['open']:,}", _("核实过、还没有解决的求助"),
            _("其中危及生命 %(n)s") % {"n": f"{needs['life']:,}"}, _("同舟需求登记"), needs["verified_at"],
        ),
        Figure(
            f"{needs['helped'] / asked:.0%}" if asked else "–", _("得到帮助的比例"),
            _("%(helped)s / %(asked)s 件，按收到确认计") % {"helped": f"{needs['helped']:,}", "asked": f"{asked:,}"},
            _("接收方签收"), needs["helped_at"],
        ),
        Figure(
            f"{len(gaps):,}", _("缺口（一处一类算一个）"), _("有需要的一共 %(n)s 处") % {"n": f"{needed:,}"},
            _("需求 − 派单 − 已覆盖"), changed,
        ),
        Figure(
            f"{way['count']:,}", _("已接下、在路上的派单"),
            _("其中已发出 %(n)s") % {"n": f"{way['moving']:,}"}, _("派单记录"), way_at,
        ),
    ]  # fmt: skip


def _lacking(rows: Iterable[Row]) -> tuple[int, int]:
    """(categories that lack something, categories needed)."""
    listed = list(rows)
    return len({row.category for row in listed if row.amounts.gap}), len(
        {row.category for row in listed if row.amounts.needed}
    )


def _inside(part: Place, rows: list[Row]) -> list[Row]:
    return [row for row in rows if row.place.startswith(part.code)]


def _rows(parts: list[Place], rows: list[Row]) -> list[dict[str, Any]]:
    """The table that says the same as the tiles."""
    found = []
    for part in parts:
        lacking, needed = _lacking(_inside(part, rows))
        if needed:
            found.append({"name": part.label, "lacking": lacking, "needed": needed})
    return found


def _tiles(place: Place, parts: list[Place], rows: list[Row]) -> dict[str, Any]:
    """The tiles with their places in the drawing. Paper knows no style sheet inside a drawing: all is in attributes."""
    vessels = {}
    for part in parts:
        lacking, needed = _lacking(_inside(part, rows))
        vessels[part.code] = Vessel(f"{lacking}/{needed}" if needed else "", lacking / needed if needed else None)
    tiles = cartogram_tiles(place.code, parts, vessels)
    left, top = (min((tile[way] for tile in tiles), default=0) for way in ("column", "row"))
    drawn = []
    for tile in tiles:
        x, y = (tile["column"] - left) * _STEP + 2, (tile["row"] - top) * _STEP + 2
        high = round(_SIDE * (tile["level"] or 0), 1)
        wide = len(tile["short"]) * (2 if tile["short"][:1] > "\u2e80" else 1)
        drawn.append(
            tile | {
                "x": x, "y": y, "high": high, "water_y": round(y + _SIDE - high, 1), "middle": x + _SIDE // 2,
                "name_y": y + 25, "figure_y": y + 47, "size": 9 if wide > 9 else 11 if wide > 6 else 15,
            }
        )  # fmt: skip
    width = max((tile["x"] for tile in drawn), default=0) + _SIDE + 2
    return {"list": drawn, "width": width, "height": max((tile["y"] for tile in drawn), default=0) + _SIDE + 2}


def _gap(one: Gap, names: Names) -> dict[str, Any]:
    return {
        "what": names.category(one.category), "where": names.full(one.place),
        "gap": names.amount(one.category, one.amounts.gap), "share": f"{one.share:.0%}",
        "urgency": one.urgency, "word": Urgency(one.urgency).label,
        "reason": gap_word(
            one.reason, one.amounts.gap, one.unreached, names.amount(one.category, one.unreached)
        ),
    }  # fmt: skip


def _changes(response: Response, place: Place, now: dt.datetime) -> list[dict[str, Any]]:
    """What became different in 24 hours. Three statements."""
    since, here = now - _DAY, places.under("place_id", place.code)
    needs = Need.objects.filter(here, response=response, updated_at__gte=since).aggregate(
        verified=Count("id", filter=Q(verified_at__gte=since)),
        helped=Count("id", filter=Q(state=NeedState.SOLVED, solved_by=SolvedBy.HELPED)),
        over=Count("id", filter=Q(state=NeedState.EXPIRED)),
    )
    moved = Assignment.objects.filter(here, response=response, updated_at__gte=since).aggregate(
        sent=Count("id", filter=Q(sent_at__gte=since)),
        received=Count("id", filter=Q(confirmed_at__gte=since)),
        back=Count("id", filter=Q(state__in=(AssignmentState.DECLINED, AssignmentState.LAPSED))),
    )
    cover = Cover.objects.filter(here, response=response, created_at__gte=since).count()
    listed = (
        (needs["verified"], _("核实了的求助")),
        (needs["helped"], _("得到帮助的求助")),
        (needs["over"], _("过期的求助")),
        (moved["sent"], _("发出的派单")),
        (moved["received"], _("签收的派单")),
        (moved["back"], _("没有接、超时的派单")),
        (cover, _("新写的“已覆盖”")),
    )
    return [{"number": f"{number:,}", "what": what} for number, what in listed]


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
