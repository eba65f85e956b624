"""Why a line is in a plan, in one or two short true sentences, Chinese and English.

Everything said follows from the plan itself: the class of the need, the way between the two places, whether another
lawful offer is nearer, how much of the cell is met, what a person fixed, what stands in for what.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from functools import cache

from tongzhou.chain.planning.services.snapshot import OpenNeed, OpenOffer, Snapshot, engine_place, urgency_of
from tongzhou.chain.planning.types import Pair
from tongzhou_engines.allocation.wording import percent
from tongzhou_engines.catalogue import substitutions
from tongzhou_engines.gazetteer.places import PlaceTree
from tongzhou_engines.reporting.labels import REACH

__all__ = ["LineReasons", "join"]

_CLASS: dict[int, Pair] = {
    0: ("危及生命", "Life-critical"), 1: ("紧急", "Urgent"), 2: ("重要", "Important"), 3: ("一般", "Routine"),
}  # fmt: skip
#: From here on the way is worth calling near.
_NEAR = 1


def join(parts: list[Pair]) -> Pair:
    """Sentences one after the other."""
    return "".join(f"{zh}。" for zh, _ in parts), " ".join(f"{en}." for _, en in parts)


class LineReasons:
    """Reasons of the lines of one plan; `cells`: (place, category, urgency) -> (planned, served) base units."""

    def __init__(self, snapshot: Snapshot, cells: dict[tuple[str, str, int], tuple[int, int]]) -> None:
        self.snapshot, self.cells = snapshot, cells
        self.tree = PlaceTree.builtin()
        self._most_urgent: dict[str, int] = {}
        for one in snapshot.needs.values():
            key, urgency = str(one.need.category_id), urgency_of(one.need)
            self._most_urgent[key] = min(urgency, self._most_urgent.get(key, urgency))
        self._homes: dict[tuple[str, str], list[OpenOffer]] = defaultdict(list)
        for own in snapshot.offers.values():
            if own.free:
                for code in self.tree.ancestors(engine_place(own.offer.place_id)):
                    for category in snapshot.catalogue.compatible(str(own.offer.category_id)):
                        self._homes[category, code].append(own)
        self._nearest: dict[tuple[str, str], int] = {}

    def __call__(self, need: OpenNeed, own: OpenOffer, reach: int, units: int) -> Pair:
        """The reason of one line."""
        pair = need.need.code, own.offer.code
        parts: list[Pair] = []
        if self.snapshot.pins.get(pair):
            why = self.snapshot.pin_reasons[pair]
            parts.append((f"人工固定：{why}", f"Fixed by hand: {why}"))
        parts.append(self._urgency(need))
        parts.append(self._way(need, reach))
        parts += self._share(need)
        parts += self._instead(need, own)
        return join(parts)

    def _urgency(self, need: OpenNeed) -> Pair:
        urgency = urgency_of(need.need)
        zh, en = _CLASS[urgency]
        if self._most_urgent.get(str(need.need.category_id)) == urgency and urgency < max(_CLASS):
            return f"{zh}，这类需求里最急的一级", f"{en}: the most urgent class of this kind"
        return f"紧急程度：{zh}", f"Urgency: {en.lower()}"

    def _way(self, need: OpenNeed, reach: int) -> Pair:
        name = REACH[str(reach)]
        zh, en = _SAME[reach]
        if reach == self._nearest_to(need):
            more = ("，没有更近的供给能来", "; no lawful offer is nearer") if reach > _NEAR else ("", "")
            return f"{zh}{more[0]}", f"{en}{more[1]}"
        return f"{name.zh}，更近的供给不够或给了别处", f"{en}; nearer offers are too small or serve others"

    def _nearest_to(self, need: OpenNeed) -> int:
        """The least reach from which an offer with stock may lawfully come."""
        place, category = engine_place(need.need.place_id), str(need.need.category_id)
        if (place, category) not in self._nearest:
            chain = self.tree.ancestors(place)
            found = 0
            for code in chain:
                found = self.tree.greatest_depth - self.tree.depth(code)
                if any(_may_come(own, need.need.place_id) for own in self._homes.get((category, code), ())):
                    break
            self._nearest[place, category] = found
        return self._nearest[place, category]

    def _share(self, need: OpenNeed) -> list[Pair]:
        key = engine_place(need.need.place_id), str(need.need.category_id), urgency_of(need.need)
        planned, served = self.cells.get(key, (0, 0))
        if not planned or served >= planned:
            return [("本地同级的这类需求全部得到满足", "All of this class here is met")] if planned else []
        share = percent(Fraction(served, planned))  # the same figure as the reason of the gap says
        out = [(f"不够分：本地同级合计得到 {share}", f"Too little for all: {share} of this class here is met")]
        if need.need.vulnerability:
            out.append(("同样急的人里先给更脆弱的", "Among equally urgent people the more vulnerable come first"))
        return out

    def _instead(self, need: OpenNeed, own: OpenOffer) -> list[Pair]:
        given, wanted = str(own.offer.category_id), str(need.need.category_id)
        if given == wanted:
            return []
        one, other = self.snapshot.catalogue[given], self.snapshot.catalogue[wanted]
        zh, en = _why_instead().get((given, wanted), ("", ""))
        return [
            (
                f"用{one.name_zh}代替{other.name_zh}" + (f"：{zh}" if zh else ""),
                f"{one.name_en} in place of {other.name_en}" + (f": {en}" if en else ""),
            )
        ]


_SAME: dict[int, Pair] = {
    0: ("供需在同一条街道", "Both are in one street"),
    1: ("供需在同一个区县", "Both are in one district"),
    2: ("供需在同一个市", "Both are in one city"),
    3: ("供需在同一个省", "Both are in one province"),
    4: ("跨省支援", "Help across provinces"),
}


@cache
def _why_instead() -> dict[tuple[str, str], Pair]:
    return {(one.offer, one.need): (one.reason_zh, one.reason_en) for one in substitutions()}


def _may_come(own: OpenOffer, place: str) -> bool:
    return any(area == "0" or place.startswith(area) for area in own.coverage)
