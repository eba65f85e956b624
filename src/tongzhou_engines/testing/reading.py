"""The definition read off an instance word by word: depth, reach, lawful pairs, planned quantity, cells.

Written for clearness, pair by pair, from docs/methods/allocation.md, sharing nothing with the engine it judges.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from tongzhou_engines.testing.instances import Instance, NeedRow, OfferRow

__all__ = ["DEFAULT_ORDERS", "Cell", "Reading", "available", "depth_of", "lawful", "order_of", "planned", "reach"]

_URGENCY_LOCALITY = ("urgency", "locality", "fairness")
_URGENCY_FAIRNESS = ("urgency", "fairness", "locality")
#: Default order of principles for each kind of help.
DEFAULT_ORDERS: Mapping[str, tuple[str, ...]] = {
    "in_person": _URGENCY_LOCALITY,
    "goods": _URGENCY_FAIRNESS,
    "funds": _URGENCY_FAIRNESS,
    "remote": _URGENCY_FAIRNESS,
}
_DEPTH_BY_DIGITS = {2: 1, 4: 2, 6: 3, 9: 4}


def _division_depth(code: str) -> int | None:
    if code == "CN":
        return 0
    return _DEPTH_BY_DIGITS.get(len(code)) if code.isascii() and code.isdigit() else None


def _line_up(instance: Instance, code: str) -> list[str]:
    """The place itself, its parent, ... up to the root."""
    line = [code]
    while (parent := instance.places[line[-1]]) is not None:
        line.append(parent)
    return line


def depth_of(instance: Instance, code: str) -> int:
    """Depth of a place: the table's own, else told by the division codes, else the number of links to the root."""
    if instance.depths is not None:
        return instance.depths[code]
    told = {c: _division_depth(c) for c in instance.places}
    if any(depth is None for depth in told.values()):
        return len(_line_up(instance, code)) - 1
    return told[code] or 0


def greatest_depth(instance: Instance) -> int:
    """The depth that counts as reach 0: 4 for division codes at their own depths, else the greatest of the table."""
    depths = {code: depth_of(instance, code) for code in instance.places}
    return 4 if all(_division_depth(c) == d for c, d in depths.items()) else max(depths.values())


def reach(instance: Instance, home: str, place: str) -> int:
    """Greatest depth minus the depth of the lowest common ancestor of the two places."""
    above = set(_line_up(instance, home))
    common = next(code for code in _line_up(instance, place) if code in above)
    return greatest_depth(instance) - depth_of(instance, common)


def lawful(instance: Instance, offer: OfferRow, need: NeedRow) -> bool:
    """Category fits, the need lies in the coverage, and the windows share a day (blank = open, ends included)."""
    fits = offer.category == need.category or need.category in instance.compat.get(offer.category, ())
    covered = any(code in _line_up(instance, need.place) for code in offer.coverage or (instance.root,))
    need_end, offer_end = need.due or "9999", offer.until or "9999"
    return fits and covered and need.opened <= offer_end and offer.start <= need_end


def planned(instance: Instance, need: NeedRow) -> int:
    """Planned quantity: confirmed, else asked up to the plausible maximum, else the minimum lot."""
    if need.confirmed is not None:
        return need.confirmed
    if need.quantity is None:
        return instance.minimum_lot.get(need.category, 1)
    most = instance.plausible_maximum.get(need.category)
    return need.quantity if most is None else min(need.quantity, most)


def available(offer: OfferRow) -> int:
    """What an offer can give: quantity minus reserve; nothing when the quantity is unknown."""
    return max(0, (offer.quantity or 0) - offer.reserve)


def order_of(instance: Instance, category: str) -> tuple[str, ...]:
    """The order of principles a category is planned under."""
    return instance.principles or DEFAULT_ORDERS[instance.kinds.get(category, "goods")]


@dataclass(frozen=True, slots=True)
class Cell:
    """Needs of one place, category and urgency with the same lawful offers. demand: sum of planned quantities."""

    place: str
    category: str
    urgency: int
    needs: tuple[str, ...]
    demand: int

    @property
    def key(self) -> tuple[str, str, int]:
        """Code order: place, category, urgency."""
        return self.place, self.category, self.urgency


@dataclass(frozen=True, slots=True)
class Reading:
    """An instance reduced to what the amounts depend on.

    cells: with demand, in code order. supply: what each offer (by position) can give.
    reach: (offer position, cell position) of each lawful pair -> its reach. farthest: the greatest reach there can be.
    """

    instance: Instance
    cells: tuple[Cell, ...]
    supply: tuple[int, ...]
    reach: Mapping[tuple[int, int], int]
    farthest: int

    @staticmethod
    def of(instance: Instance) -> Reading:
        """Read the definition off the instance. Needs planned at zero belong to no cell."""
        grouped: dict[tuple[str, str, int, tuple[int, ...]], list[NeedRow]] = defaultdict(list)
        for need in instance.needs:
            may = tuple(i for i, offer in enumerate(instance.offers) if lawful(instance, offer, need))
            if planned(instance, need) > 0:
                grouped[need.place, need.category, need.urgency, may].append(need)
        cells, reaches = [], {}
        ordered = sorted(grouped.items(), key=lambda item: (item[0][:3], min(n.need_id for n in item[1])))
        for k, ((place, category, urgency, may), rows) in enumerate(ordered):
            ids = tuple(sorted(n.need_id for n in rows))
            cells.append(Cell(place, category, urgency, ids, sum(planned(instance, n) for n in rows)))
            for i in may:
                reaches[i, k] = reach(instance, instance.offers[i].place, place)
        supply = tuple(available(offer) for offer in instance.offers)
        return Reading(instance, tuple(cells), supply, reaches, greatest_depth(instance))
