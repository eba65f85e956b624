"""The sentences that give a reason, Chinese and English. Each returns (zh, en)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction

from tongzhou_engines.allocation.board import OPEN_END, OPEN_START, Cell, NeedRow, OfferRow
from tongzhou_engines.catalogue import Catalogue
from tongzhou_engines.gazetteer.places import PlaceTree

__all__ = ["Words"]

Pair = tuple[str, str]


def percent(share: Fraction) -> str:
    """A share in whole per cent, never 0 % for something nor 100 % for less than all."""
    whole = round(share * 100)
    if share > 0 and whole == 0:
        return "<1%"
    return "99%" if share < 1 and whole == 100 else f"{whole}%"


def _window(start: int, end: int) -> Pair:
    def day(n: int) -> str:
        return dt.date.fromordinal(n).isoformat()

    if start == OPEN_START and end == OPEN_END:
        return "不限", "open"
    first = day(start) if start != OPEN_START else "…"
    last = day(end) if end != OPEN_END else "…"
    return f"{first} 至 {last}", f"{first} to {last}"


class Words:
    """Sentences about one plan's places and categories."""

    def __init__(self, tree: PlaceTree, catalogue: Catalogue) -> None:
        self.tree, self.catalogue = tree, catalogue

    def _category(self, code: str) -> Pair:
        known = self.catalogue.categories.get(code)
        return (known.name_zh or code, known.name_en or code) if known else (code, code)

    def _place(self, code: str) -> Pair:
        return self.tree.path(code) or code, self.tree.path(code, "en") or code

    def no_offer(self, cell: Cell) -> Pair:
        """Nobody has committed anything that fits."""
        zh, en = self._category(cell.category)
        return (
            f"没有任何已承诺数量的“{zh}”供给，需要寻找来源",
            f"nobody has committed any quantity of “{en}”: a source is wanted",
        )

    def window(self, cell: Cell, offers: Sequence[OfferRow]) -> Pair:
        """Offers cover the place but not the time."""
        zh, en = _window(offers[0].start, offers[0].end)
        return (
            f"有 {len(offers)} 个供给可到此地，但时间对不上（如 {offers[0].offer_id}：{zh}）",
            f"{len(offers)} offers may come here, but not at the time (e.g. {offers[0].offer_id}: {en})",
        )

    def not_authorised(self, cell: Cell, offers: Sequence[OfferRow]) -> Pair:
        """Offers exist; none may lawfully come here."""
        zh, en = self._place(cell.place)
        first = offers[0]
        where = "、".join(self._place(c)[0] for c in first.coverage[:3])
        where_en = "; ".join(self._place(c)[1] for c in first.coverage[:3])
        return (
            f"有 {len(offers)} 个供给，但服务范围都不含{zh}（如 {first.offer_id} 限于{where}）；规则：服务范围",
            (
                f"{len(offers)} offers exist, but none may serve {en} (e.g. {first.offer_id}: only {where_en}); "
                "rule: coverage"
            ),
        )

    def forbidden(self, cell: Cell, count: int) -> Pair:
        """Pins shut every offer out."""
        return (
            f"可到此地的 {count} 个供给都被人工禁止或固定；规则：人工固定",
            f"the {count} offers that may come here are forbidden or fixed by hand; rule: pins",
        )

    def more_urgent(self, cell: Cell, count: int, stock: int, share: Fraction) -> Pair:
        """What could come here goes to more urgent needs."""
        return (
            f"能到此地的 {count} 个供给（共 {stock}）先给了更紧急的需求；这里得到 {percent(share)}",
            (
                f"the {count} offers that may come here ({stock} in all) serve more urgent needs first; "
                f"{percent(share)} reaches here"
            ),
        )

    def nearer(self, cell: Cell, count: int, stock: int, share: Fraction) -> Pair:
        """What could come here serves nearer needs."""
        return (
            f"能到此地的 {count} 个供给（共 {stock}）先服务了离它们更近的需求；这里得到 {percent(share)}",
            (
                f"the {count} offers that may come here ({stock} in all) serve needs nearer to them first; "
                f"{percent(share)} reaches here"
            ),
        )

    def shared(self, cell: Cell, cells: int, offers: int, stock: int, share: Fraction) -> Pair:
        """All that can come is spent and shared at one ratio."""
        return (
            (
                f"只有 {offers} 个供给（共 {stock}）能到这 {cells} 处，已全部用完，按同一比例分配："
                f"这里得到 {percent(share)}"
            ),
            (
                f"only {offers} offers ({stock} in all) can reach these {cells} places; all is spent and shared at one "
                f"ratio: {percent(share)} here"
            ),
        )

    def not_needed(self, offer: OfferRow) -> Pair:
        """All known need is met."""
        zh, en = self._category(offer.category)
        return f"目前已知的“{zh}”需求都已满足：请勿发货", f"all known need for “{en}” is met: do not send"

    def blocked(self, offer: OfferRow, need: NeedRow, units: int) -> Pair:
        """Needed elsewhere, outside the coverage."""
        zh, en = self._place(need.place)
        return (
            f"{zh}还缺 {units}，但不在其服务范围内；取得在{zh}的授权即可使用",
            f"{en} still lacks {units}, but lies outside its coverage; an authorisation for {en} would free it",
        )

    def blocked_in_time(self, offer: OfferRow, need: NeedRow, units: int) -> Pair:
        """Needed, but not at its time."""
        zh, en = self._place(need.place)
        when_zh, when_en = _window(need.start, need.end)
        return (
            f"{zh}还缺 {units}（时间 {when_zh}），与此供给的时间对不上；调整时间即可使用",
            f"{en} still lacks {units} (time {when_en}), not when this offer can be given; another time would free it",
        )

    def blocked_by_pin(self, offer: OfferRow, need: NeedRow, units: int) -> Pair:
        """Needed, but forbidden by hand."""
        return (
            f"需求 {need.need_id} 还缺 {units}，但这一派单被人工禁止或固定；解除即可使用",
            (
                f"need {need.need_id} still lacks {units}, but this line is forbidden or fixed by hand; "
                "lifting the pin would free it"
            ),
        )

    def unknown_quantity(self) -> Pair:
        """The giver has named no quantity."""
        return "数量未知：先问清数量，再列入计划", "quantity unknown: ask first, then it can be planned"

    def reserved(self) -> Pair:
        """Kept back by the giver."""
        return "供给方保留，不参与分配", "kept back by the giver"
