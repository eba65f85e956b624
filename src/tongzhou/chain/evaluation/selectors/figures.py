"""Who does what where, measured at this moment: needs, movements and cover of a response in a few statements.

Everything is summed in the database by place and category and put together in `arithmetic`. Sums are of the whole
response, because cover of a city is taken off all its districts; a page then looks at a part of them.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, CharField, Count, F, IntegerField, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Substr

from tongzhou.chain.dispatch.models import Movement
from tongzhou.chain.dispatch.types import Balance
from tongzhou.chain.evaluation.policies import LIST_GAPS, require_in
from tongzhou.chain.evaluation.selectors.arithmetic import Amounts, Cell, balanced
from tongzhou.chain.intake.models import Need
from tongzhou.chain.intake.types import ForWhom, NeedState
from tongzhou.kernel import clock
from tongzhou.kernel.access import Act, Actor
from tongzhou.registers.cover import selectors as cover_selectors
from tongzhou.registers.cover.models import Cover
from tongzhou.registers.organisations.models import Organisation
from tongzhou.registers.people.models import Team
from tongzhou.registers.responses.models import Response

__all__ = ["Doing", "Figures", "Who", "countable", "district_of", "figures", "grain", "measure", "whos_by_district"]

#: Digits of a district's code: figures are shown no finer.
_DISTRICT = 6
#: Balances that are figures of the same name.
_COLUMNS = frozenset(
    str(one.value) for one in (Balance.PLANNED, Balance.ACCEPTED, Balance.IN_TRANSIT, Balance.RECEIVED)
)


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
    rows = cover_selectors.current(response_id, clock.beijing(now).date())
    rows = [row for row in rows if not category or row.category_id == category]
    exact = {row.place_id for row in rows if len(row.place_id) > _DISTRICT}
    needs = Need.objects.filter(countable(now), response_id=response_id, category__isnull=False)
    free = Q(submission=None) | Q(submission__held_reason="")
    sums = _wanted(needs.filter(free if only is None else only), category, exact)
    flows = _moved(response_id, now, category, exact)
    doings = [*_doings(flows), *_covering(rows)]
    _add_flows(sums, flows)
    measured = {cell: Amounts(**one) for cell, one in sums.items()}
    done = balanced(measured, cover_selectors.covered_of(rows))
    return Figures(now, done.amounts, doings, rows, done.left)


def grain(column: str, exact: Collection[str]) -> Case | Substr:
    """The district of a place (a larger place as it is), except for the streets in `exact`, which stay apart."""
    district = Substr(column, 1, _DISTRICT)
    if not exact:
        return district
    return Case(When(**{f"{column}__in": list(exact)}, then=F(column)), default=district, output_field=CharField())


def _wanted(needs: QuerySet[Need], category: str, exact: Collection[str]) -> dict[Cell, dict[str, int]]:
    """How many needs are open and what they need. One statement."""
    if category:
        needs = needs.filter(category_id=category)
    rows = (
        needs.order_by()
        .annotate(where=grain("place_id", exact))
        .values_list("where", "category_id", "urgency_order", "for_whom")
        .annotate(count=Count("id"), sum=Sum("quantity_planned"))
    )
    found: dict[Cell, dict[str, int]] = {}
    for place, key, urgency, whom, count, total in rows:
        sums = found.setdefault(Cell(place, key, urgency, whom == ForWhom.FACILITY), {"needs": 0, "needed": 0})
        sums["needs"] += count
        sums["needed"] += int(total or 0)
    return found


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


def _moved(response_id: uuid.UUID, now: dt.datetime, category: str, exact: Collection[str]) -> list[_Flow]:
    """Every movement summed by cell, giver and way. One statement."""
    rows = Movement.objects.filter(assignment__response_id=response_id, need__category__isnull=False)
    if category:
        rows = rows.filter(need__category_id=category)
    counts = Case(When(countable(now, "need__"), then=Value(1)), default=Value(0), output_field=IntegerField())
    summed = (
        rows.order_by()
        .annotate(counts=counts, where=grain("need__place_id", exact))
        .values_list(
            "where", "need__category_id", "need__urgency_order", "need__for_whom", "counts",
            "assignment__organisation_id", "assignment__team_id", "source", "target",
        )
        .annotate(sum=Sum("quantity"))
    )  # fmt: skip
    return [
        _Flow(
            Cell(place, key, urgency, whom == ForWhom.FACILITY), bool(open_now), organisation, team, source, target,
            int(total),
        )
        for place, key, urgency, whom, open_now, organisation, team, source, target, total in summed
    ]  # fmt: skip


def _signed(flow: _Flow) -> Iterable[tuple[str, int]]:
    """(column, change) of a summed movement: into its target, out of its source."""
    if flow.target in _COLUMNS:
        yield flow.target, flow.quantity
    if flow.source in _COLUMNS:
        yield flow.source, -flow.quantity


def _add_flows(found: dict[Cell, dict[str, int]], flows: Iterable[_Flow]) -> None:
    """Add where quantities are: for open needs in every column, for closed ones only what they received."""
    for flow in flows:
        sums = found.setdefault(flow.cell, {})
        for column, change in _signed(flow):
            if flow.counts:
                sums[column] = sums.get(column, 0) + change
            if column == "received":
                sums["received_all"] = sums.get("received_all", 0) + change


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
