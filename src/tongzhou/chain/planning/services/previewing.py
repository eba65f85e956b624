"""What another order of principles would change, before anybody chooses it: planned on the spot, nothing is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from tongzhou.chain.planning.models import Plan
from tongzhou.chain.planning.services.snapshot import Snapshot, read_snapshot
from tongzhou.chain.planning.services.solving import solve
from tongzhou.kernel import clock
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.responses.models import Response
from tongzhou_engines.allocation import parse_order
from tongzhou_engines.base.errors import InputError
from tongzhou_engines.gazetteer.places import PlaceTree

__all__ = ["Gain", "Preview", "preview_principles"]

#: Digits of a district.
_DISTRICT = 6


@dataclass(frozen=True, slots=True)
class Gain:
    """One category of needs in one district: base units planned, and served under the present and the other order."""

    place: str
    category: str
    planned: int
    now: int
    then: int

    @property
    def change(self) -> int:
        """Base units more (or fewer, negative) under the other order."""
        return self.then - self.now


@dataclass(frozen=True, slots=True)
class Preview:
    """Who gains and who loses, the largest change first; equal figures are left out. `order`: the one looked at."""

    kind: str
    present: tuple[str, ...]
    order: tuple[str, ...]
    gains: tuple[Gain, ...]
    losses: tuple[Gain, ...]
    needs: int
    #: Base units served at each reach (0 street to 4 nation), of this kind, now and then; units of all categories.
    reach_now: tuple[int, ...]
    reach_then: tuple[int, ...]

    @property
    def same(self) -> bool:
        """True when nobody would get more or less."""
        return not self.gains and not self.losses


def preview_principles(
    response: Response, kind: str, order: Sequence[str] | str, now: dt.datetime | None = None
) -> Preview:
    """Plan the present moment under `order` for one kind of help, beside the order in use; nothing is kept.

    Runs the engine twice: a few seconds for a large response. Raises ``principles_choice``, ``not_found`` (no such
    kind); with nothing to plan the preview is empty.
    """
    moment = now or clock.now()
    unsaved = Plan(number=0, response=response, area_id=response.area_id)
    snapshot = read_snapshot(unsaved, moment)
    if kind not in snapshot.orders:
        raise Refusal("not_found")
    try:
        other = tuple(parse_order(order))
    except InputError as error:
        raise Refusal("principles_choice") from error
    present = tuple(snapshot.orders[kind])
    _only_kind(snapshot, kind)
    if not snapshot.needs:
        return Preview(kind, present, other, (), (), 0, (0,) * 5, (0,) * 5)
    ours, reach_now = _served(snapshot)
    snapshot.orders = snapshot.orders | {kind: other}
    theirs, reach_then = _served(snapshot)
    rows = _compared(snapshot, ours, theirs)
    gains = sorted((row for row in rows if row.change > 0), key=lambda row: (-row.change, row.place, row.category))
    losses = sorted((row for row in rows if row.change < 0), key=lambda row: (row.change, row.place, row.category))
    return Preview(kind, present, other, tuple(gains), tuple(losses), len(snapshot.needs), reach_now, reach_then)


def _only_kind(snapshot: Snapshot, kind: str) -> None:
    """Substitution stays inside a kind, so the other kinds cannot change."""
    known = snapshot.catalogue
    snapshot.needs = {c: n for c, n in snapshot.needs.items() if known[str(n.need.category_id)].kind == kind}
    snapshot.offers = {c: o for c, o in snapshot.offers.items() if known[str(o.offer.category_id)].kind == kind}

    def kept(pair: tuple[str, str]) -> bool:
        return pair[0] in snapshot.needs and pair[1] in snapshot.offers

    snapshot.pins = {pair: units for pair, units in snapshot.pins.items() if kept(pair)}
    snapshot.closed = {pair: broken for pair, broken in snapshot.closed.items() if kept(pair)}
    snapshot.previous = {pair: units for pair, units in snapshot.previous.items() if kept(pair)}


def _served(snapshot: Snapshot) -> tuple[dict[str, int], tuple[int, ...]]:
    made = solve(snapshot)
    served: dict[str, int] = {}
    reach = [0] * (PlaceTree.builtin().greatest_depth + 1)
    for need, units, way in made.assignments.select("need_id", "quantity", "reach").iter_rows():
        served[need] = served.get(need, 0) + units
        reach[way] += units
    return served, tuple(reach)


def _compared(snapshot: Snapshot, ours: dict[str, int], theirs: dict[str, int]) -> list[Gain]:
    found: dict[tuple[str, str], list[int]] = {}
    for code, one in snapshot.needs.items():
        key = one.need.place_id[:_DISTRICT], str(one.need.category_id)
        row = found.setdefault(key, [0, 0, 0])
        row[0] += one.planned
        row[1] += ours.get(code, 0)
        row[2] += theirs.get(code, 0)
    return [Gain(place, category, *row) for (place, category), row in sorted(found.items())]
