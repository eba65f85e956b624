"""Who does what where, measured at this moment: needs, movements and cover of a response in a few statements.

Everything is summed in the database by place and category and put together in `arithmetic`. Sums are of the whole
response, because cover of a city is taken off all its districts; a page then looks at a part of them.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, Count, IntegerField, Max, Q, QuerySet, Sum, Value, When

from tongzhou.chain.dispatch.models import Movement
from tongzhou.chain.dispatch.types import Balance
from tongzhou.chain.evaluation.policies import LIST_GAPS, require_in
from tongzhou.chain.evaluation.selectors.arithmetic import Amounts, Cell, balanced, fold
from tongzhou.chain.intake.models import Need
from tongzhou.chain.intake.types import ForWhom, NeedState
from tongzhou.kernel import clock
from tongzhou.kernel.access import Act, Actor
from tongzhou.registers.cover import selectors as cover_selectors
from tongzhou.registers.cover.models import Cover
from tongzhou.registers.organisations.models import Organisation
from tongzhou.registers.people.models import Team
from tongzhou.registers.responses.models import Response

__all__ = ["Doing", "Figures", "Who", "countable", "district_of", "figures", "measure", "whos_by_district"]

#: Digits of a district's code: figures are shown no finer.
_DISTRICT = 6
_COLUMNS = {
    Balance.PLANNED: "planned", Balance.ACCEPTED: "accepted", Balance.IN_TRANSIT: "in_transit",
    Balance.RECEIVED: "received",
}  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Who:
    """Who serves or covers: an organisation, a team, private persons, or whoever covers (`kind` says which)."""

    kind: str
    name: str
    key: uuid.UUID | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Doing:
    """What one of them does in a category at a place (a district or above), base units."""

    who: Who
    place: str
    category: str
    planned: int = 0
    accepted: int = 0
    in_transit: int = 0
    received: int = 0
    #: None: all of it.
    covered: int | None = 0

    @property
    def under_way(self) -> int:
        """Promised or on its way."""
        return self.planned + self.accepted + self.in_transit


@dataclass(frozen=True, slots=True)
class Figures:
    """The measured picture of a response. `left`: of each row of `cover`, what nobody there lacks."""

    as_of: dt.datetime
    amounts: dict[Cell, Amounts]
    doings: list[Doing]
    cover: list[Cover]
    left: list[int]
    #: The newest verification, movement and change of cover it rests on.
    verified_at: dt.datetime | None
    moved_at: dt.datetime | None
    covered_at: dt.datetime | None


def district_of(place: str) -> str:
    """The district a place lies in; a city, province or the nation itself."""
    return place[:_DISTRICT]


def countable(now: dt.datetime, path: str = "") -> Q:
    """Needs that count: verified and not over at this very moment. `path`: how to get to the need, with ``__``."""
    alive = Q(**{f"{path}expires_at": None}) | Q(**{f"{path}expires_at__gt": now})
    return Q(**{f"{path}state": NeedState.VERIFIED}) & alive


def figures(
    actor: Actor, response: Response, *, now: dt.datetime, category: str = "", act: Act = LIST_GAPS
) -> Figures:  # fmt: skip
    """The picture as this actor may see it: all of a response they work in. Seven statements at most."""
    require_in(actor, act, response.pk)
    return measure(response.pk, now, category=category)


def measure(
    response_id: uuid.UUID, now: dt.datetime, *, category: str = "", only: Q | None = None
) -> Figures:  # fmt: skip
    """The picture for the platform's own use. `only` narrows the needs that are counted (what is public)."""
    needs = Need.objects.filter(countable(now), response_id=response_id, category__isnull=False)
    free = Q(submission=None) | Q(submission__held_reason="")
    measured, verified = _wanted(needs.filter(free if only is None else only), category)
    flows, moved = _moved(response_id, now, category)
    rows = cover_selectors.current(response_id, clock.beijing(now).date())
    rows = [row for row in rows if not category or row.category_id == category]
    doings = [*_doings(flows), *_covering(rows)]
    for cell, one in _by_cell(flows).items():
        measured[cell] = measured.get(cell, Amounts()) + one
    done = balanced(measured, cover_selectors.covered_of(rows))
    changed = max((row.updated_at for row in rows), default=None)
    return Figures(now, done.amounts, doings, rows, done.left, verified, moved, changed)


def _wanted(needs: QuerySet[Need], category: str) -> tuple[dict[Cell, Amounts], dt.datetime | None]:
    """What open needs lack, and when the newest of them was verified. One statement."""
    if category:
        needs = needs.filter(category_id=category)
    by = ("place_id", "category_id", "urgency_order", "for_whom")
    rows = needs.order_by().values_list(*by).annotate(count=Count("id"), sum=Sum("quantity_planned"))
    found: dict[Cell, Amounts] = {}
    newest = None
    for place, key, urgency, whom, count, total, verified in rows.annotate(newest=Max("verified_at")):
        cell = Cell(place, key, urgency, whom == ForWhom.FACILITY)
        found[cell] = found.get(cell, Amounts()) + Amounts(needs=count, needed=int(total or 0))
        newest = max(filter(None, (newest, verified)), default=None)
    return found, newest


@dataclass(frozen=True, slots=True)
class _Flow:
    """A sum of movements for one cell and one giver."""

    cell: Cell
    counts: bool
    organisation: uuid.UUID | None
    team: uuid.UUID | None
    source: str
    target: str
    quantity: int


def _moved(response_id: uuid.UUID, now: dt.datetime, category: str) -> tuple[list[_Flow], dt.datetime | None]:
    """Every movement summed by cell, giver and way, and when the newest was. One statement."""
    rows = Movement.objects.filter(assignment__response_id=response_id, need__category__isnull=False)
    if category:
        rows = rows.filter(need__category_id=category)
    counts = Case(When(countable(now, "need__"), then=Value(1)), default=Value(0), output_field=IntegerField())
    summed = (
        rows.order_by()
        .annotate(counts=counts)
        .values_list(
            "need__place_id", "need__category_id", "need__urgency_order", "need__for_whom", "counts",
            "assignment__organisation_id", "assignment__team_id", "source", "target",
        )
        .annotate(sum=Sum("quantity"), newest=Max("at"))
    )  # fmt: skip
    found, newest = [], None
    for place, key, urgency, whom, open_now, organisation, team, source, target, total, at in summed:
        cell = Cell(place, key, urgency, whom == ForWhom.FACILITY)
        found.append(_Flow(cell, bool(open_now), organisation, team, source, target, int(total)))
        newest = at if newest is None else max(newest, at)
    return found, newest


def _signed(flow: _Flow) -> Iterable[tuple[str, int]]:
    """(column, change) of a summed movement: into its target, out of its source."""
    for balance, sign in ((flow.target, 1), (flow.source, -1)):
        column = _COLUMNS.get(Balance(balance))
        if column:
            yield column, sign * flow.quantity


def _by_cell(flows: Iterable[_Flow]) -> dict[Cell, Amounts]:
    """Where quantities are: for open needs in every column, for closed ones only what they received."""
    found: dict[Cell, dict[str, int]] = {}
    for flow in flows:
        sums = found.setdefault(flow.cell, {})
        for column, change in _signed(flow):
            if flow.counts:
                sums[column] = sums.get(column, 0) + change
            if column == "received":
                sums["received_all"] = sums.get("received_all", 0) + change
    return {cell: Amounts(**sums) for cell, sums in found.items()}


def _doings(flows: Iterable[_Flow]) -> list[Doing]:
    """What each giver does where, closed needs included. Two statements for the names."""
    sums: dict[tuple[str, str, str, uuid.UUID | None], dict[str, int]] = {}
    for flow in flows:
        kind = "organisation" if flow.organisation else "team" if flow.team else "person"
        giver = (district_of(flow.cell.place), flow.cell.category, kind, flow.organisation or flow.team)
        one = sums.setdefault(giver, {})
        for column, change in _signed(flow):
            one[column] = one.get(column, 0) + change
    organisations = Organisation.objects.in_bulk({key for _p, _c, kind, key in sums if key and kind == "organisation"})
    teams = Team.objects.in_bulk({key for _place, _category, kind, key in sums if key and kind == "team"})
    found = []
    for (place, category, kind, key), one in sums.items():
        if any(one.values()):
            known: Any = (organisations if kind == "organisation" else teams).get(key) if key else None
            name = known.label if isinstance(known, Organisation) else known.name if known else ""
            found.append(Doing(Who(kind, name, key), place, category, **one))
    return sorted(found, key=lambda one: (one.place, one.category, one.who))


def _covering(rows: Iterable[Cover]) -> list[Doing]:
    """Cover as something somebody does at its own place."""
    return [
        Doing(
            Who(row.by, row.organisation.label if row.organisation else row.by_name, row.organisation_id),
            district_of(row.place_id),
            row.category_id,
            covered=row.quantity,
        )
        for row in rows
    ]


def whos_by_district(doings: Iterable[Doing]) -> dict[tuple[str, str], list[str]]:
    """(place, category) > the names of those active there now; private persons count as one."""
    found: dict[tuple[str, str], set[str]] = {}
    for one in doings:
        if one.under_way or one.received or one.covered != 0:
            found.setdefault((one.place, one.category), set()).add(one.who.name or one.who.kind)
    return {where: sorted(names) for where, names in found.items()}


def by_district(amounts: dict[Cell, Amounts]) -> dict[tuple[str, str], Amounts]:
    """Sums by (district or above, category)."""
    return fold(amounts, lambda cell: (district_of(cell.place), cell.category))
