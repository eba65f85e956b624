"""What may be told to everybody: what is needed, and what is not needed now - do not send.

Only needs that may stand in public count; places are districts or above; small groups of households never stand behind
a figure (`arithmetic.published`). A category is called needed when both the plan that holds and this moment say that
something is lacking; without a plan nothing is called needed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.core.cache import cache

from tongzhou.chain.evaluation.selectors.arithmetic import FEWEST, Amounts, Part, Published, published, state_of
from tongzhou.chain.evaluation.selectors.figures import Figures, district_of, measure
from tongzhou.chain.evaluation.selectors.plans import PlanCell, current_plans, held_back, plan_cells, speaking
from tongzhou.chain.evaluation.types import PublicState
from tongzhou.chain.intake.models import Need
from tongzhou.chain.planning.models import Plan
from tongzhou.chain.triage.selectors.queue import publicly_open
from tongzhou.registers.catalogue.selectors import categories
from tongzhou.registers.catalogue.types import Kind
from tongzhou.registers.cover.spreading import lies_in
from tongzhou.registers.places.models import Place
from tongzhou.registers.places.types import Level
from tongzhou.registers.responses.models import Response

__all__ = ["CallOut", "Line", "Public", "line_at", "public_now", "public_of"]

#: Everybody looks at the public lines, so they are worked out once in so many seconds; they say of which moment.
FRESH_SECONDS = 20

_SERVICES = (Kind.IN_PERSON, Kind.REMOTE)


@dataclass(frozen=True, slots=True)
class Line:
    """A category at a place. `figure`: base units lacking, as far as they may be shown."""

    place: str
    category: str
    state: str
    figure: Published
    urgency: int


@dataclass(frozen=True, slots=True)
class CallOut:
    """Volunteers are called for, or no longer. Base units; None where a figure may not be shown."""

    place: str
    category: str
    needed: int | None
    able: int | None
    lacking: int | None
    few: bool
    filled: bool


@dataclass(frozen=True, slots=True)
class Public:
    """What the public page says. `plans`: those it rests on, the newest first; none: nothing can be said yet."""

    as_of: dt.datetime
    plans: tuple[tuple[int, dt.datetime | None], ...]
    lines: tuple[Line, ...]
    call_outs: tuple[CallOut, ...]


@dataclass(frozen=True, slots=True)
class _Seen:
    """Everything measured, once: live figures of public needs and what the plans say of the same needs."""

    figures: Figures
    plans: list[Plan]
    said: list[PlanCell]
    held: set[str]
    #: Codes of cities that only fill the official list and name no place.
    fillers: frozenset[str]

    def city_of(self, district: str) -> str:
        """The city a district lies in; where there is none, the district itself or (of a municipality) the whole."""
        city = district[:4]
        if city not in self.fillers:
            return city
        return district if city.endswith("90") else district[:2]


def _see(response: Response, now: dt.datetime, category: str = "") -> _Seen:
    open_needs = Need.objects.filter(publicly_open(now), response=response)
    plans = current_plans(response.pk)
    return _Seen(
        measure(response.pk, now, category=category, only=publicly_open(now)),
        plans,
        plan_cells(plans, category=category, needs=open_needs.order_by()),
        held_back(plans),
        frozenset(Place.objects.filter(level=Level.CITY, is_filler=True).values_list("code", flat=True)),
    )


@dataclass(slots=True)
class _Tally:
    """One place and category: what is measured, and the lacking part of each district by who lacks it."""

    amounts: Amounts
    parts: dict[str, Part]
    urgency: int = 3
    #: Households among the needs that are open.
    households: int = 0

    @property
    def gap(self) -> int:
        return sum(part.of_households + part.of_facilities for part in self.parts.values())


def _tallies(seen: _Seen, place_of: Callable[[str], str | None]) -> dict[tuple[str, str], _Tally]:
    """By (place, category), for the places that `place_of` makes of districts (None: left out)."""
    planned = _by_district(seen.said)
    live: dict[tuple[str, str, bool], int] = {}
    found: dict[tuple[str, str], _Tally] = {}

    def tally(place: str, category: str) -> _Tally | None:
        where = place_of(district_of(place))
        return None if where is None else found.setdefault((where, category), _Tally(Amounts(), {}))

    for cell, amounts in seen.figures.amounts.items():
        one = tally(cell.place, cell.category)
        if one is not None:
            one.amounts += amounts
            one.households += 0 if cell.facility else amounts.needs
            at = (district_of(cell.place), cell.category, cell.facility)
            live[at] = live.get(at, 0) + amounts.gap
            if amounts.gap:
                one.urgency = min(one.urgency, cell.urgency)
    for (district, category), (households, of_households, of_facilities) in planned.items():
        one = tally(district, category)
        if one is not None:
            house = min(of_households, live.get((district, category, False), 0))
            hospital = min(of_facilities, live.get((district, category, True), 0))
            one.parts[district] = Part(households if house else 0, house, hospital)
    return found


def _by_district(said: Iterable[PlanCell]) -> dict[tuple[str, str], tuple[int, int, int]]:
    """(district, category) > households that lack something, what they lack, what institutions lack."""
    found: dict[tuple[str, str], tuple[int, int, int]] = {}
    for one in said:
        where = (district_of(one.cell.place), one.cell.category)
        households, of_households, of_facilities = found.get(where, (0, 0, 0))
        if one.cell.facility:
            of_facilities += one.gap + one.dropped
        else:
            households += one.needs if one.gap else 0
            of_households += one.gap
        found[where] = (households, of_households, of_facilities)
    return found


def _line(place: str, category: str, one: _Tally) -> Line:
    state = state_of(one.amounts, one.gap)
    figure = published(one.parts.values()) if state == PublicState.NEEDED else Published(None, False)
    return Line(place, category, state, figure, one.urgency)


def public_of(response: Response, now: dt.datetime, kinds: dict[str, str]) -> Public:
    """The page of a response. `kinds`: category > kind; what is not among them is left out. Twelve statements."""
    seen = _see(response, now)
    districts = {where: one for where, one in _tallies(seen, lambda district: district).items() if where[1] in kinds}
    lines = [_line(*where, one) for where, one in districts.items() if kinds[where[1]] not in _SERVICES]
    lines += _covered_whole(seen, kinds, {(line.place, line.category) for line in lines})
    lacking = {line.category for line in lines if line.state in (PublicState.NEEDED, PublicState.PENDING)}
    lines += [
        Line(response.area_id, key, PublicState.ENOUGH, Published(None, False), 3)
        for key in sorted(seen.held - lacking)
        if key in kinds and kinds[key] not in _SERVICES
    ]
    lines.sort(key=lambda line: (line.urgency, line.place, line.category))
    speak = speaking(seen.said) or seen.plans
    plans = tuple((plan.number, plan.as_of or plan.ready_at) for plan in speak)
    return Public(now, plans, tuple(lines), tuple(_call_outs(seen, kinds)) if seen.plans else ())


def public_now(response: Response, now: dt.datetime) -> Public:
    """`public_of` with the categories of the response, worked out anew every few seconds."""
    key = f"public:{response.pk}:{int(now.timestamp()) // FRESH_SECONDS}"
    found = cache.get(key)
    if not isinstance(found, Public):
        found = public_of(response, now, {one.key: one.kind for one in categories(response.pk)})
        cache.set(key, found, FRESH_SECONDS)
    return found


def _covered_whole(seen: _Seen, kinds: dict[str, str], listed: set[tuple[str, str]]) -> list[Line]:
    """Places where others supply all of a category: nothing need be sent, whoever asked. Services are no goods to send:
    they stand with the call-outs.
    """
    found = {
        (district_of(row.place_id), row.category_id)
        for row in seen.figures.cover
        if row.quantity is None and kinds.get(row.category_id, Kind.IN_PERSON) not in _SERVICES
    }
    return [Line(*where, PublicState.ENOUGH, Published(None, False), 3) for where in sorted(found - listed)]


def _call_outs(seen: _Seen, kinds: dict[str, str]) -> Iterable[CallOut]:
    """Services by city: called for while the measured need is more than the teams can do."""
    for (place, category), one in sorted(_tallies(seen, seen.city_of).items()):
        state = state_of(one.amounts, one.gap)
        if kinds.get(category) not in _SERVICES or not one.amounts.needs or state == PublicState.PENDING:
            continue
        figure = published(one.parts.values())
        countable = one.households == 0 or one.households >= FEWEST
        shown = state == PublicState.NEEDED and countable and not figure.few
        yield CallOut(
            place,
            category,
            needed=one.amounts.needed if shown else None,
            able=max(0, one.amounts.needed - one.gap) if shown else None,
            lacking=one.gap if shown else None,
            few=not shown,
            filled=state != PublicState.NEEDED,
        )


def line_at(response: Response, now: dt.datetime, place: str, category: str) -> tuple[Line, list[Plan]]:
    """What is so now of one category at a place (district or above), and the plans it rests on, the newest first."""
    seen = _see(response, now, category)
    found = _tallies(seen, lambda district: place if lies_in(district, place) else None)
    one = found.get((place, category)) or _Tally(Amounts(), {})
    there = speaking(cell for cell in seen.said if lies_in(cell.cell.place, place))
    return _line(place, category, one), there or seen.plans[:1]
