"""The sentences that give a reason, Chinese and English. Each returns (zh, en)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
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


def offers_en(count: int) -> str:
    """A number of offers in English."""
    return "1 offer" if count == 1 else f"{count:,} offers"


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

    def __init__(
        self, tree: PlaceTree, catalogue: Catalogue, to_ask: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self.tree, self.catalogue, self.to_ask = tree, catalogue, to_ask or {}

    def own(self, planned: int, got: int) -> Pair:
        """What this need was planned with and what it gets: a cell's share says nothing about one need in it."""
        return f"本项计划 {planned:,}，得到 {got:,}。", f"Planned {planned:,}, gets {got:,}: "

    def _category(self, code: str) -> Pair:
        known = self.catalogue.categories.get(code)
        return (known.name_zh or code, known.name_en or code) if known else (code, code)

    def _place(self, code: str) -> Pair:
        return self.tree.path(code) or code, self.tree.path(code, "en") or code

    def no_offer(self, cell: Cell) -> Pair:
        """Nobody has committed anything that fits."""
        zh, en = self._category(cell.category)
        ask = self.to_ask.get(cell.category, ())
        if ask:
            more = f" +{len(ask) - 3}" if len(ask) > 3 else ""
            first = ", ".join(ask[:3])
            return (
                f"能给“{zh}”的供给都没有说明数量：先向 {first}{more} 问清数量",
                f"no offer of “{en}” names a quantity yet: ask {first}{more}",
            )
        return (
            f"没有任何已承诺数量的“{zh}”供给，需要寻找来源",
            f"nobody has committed any quantity of “{en}”: a source is wanted",
        )

    def _lack(self, need: NeedRow, units: int) -> Pair:
        """What a need still lacks: number, unit and category."""
        zh, en = self._category(need.category)
        known = self.catalogue.categories.get(need.category)
        unit, unit_en = (known.unit, known.unit_en) if known else ("", "")
        return f"{units:,} {unit}“{zh}”", f"{units:,} {unit_en or unit} of “{en}”"

    def window(self, cell: Cell, offers: Sequence[OfferRow]) -> Pair:
        """Offers cover the place but not the time."""
        zh, en = _window(offers[0].start, offers[0].end)
        return (
            f"有 {len(offers)} 个供给可到此地，但时间对不上（如 {offers[0].offer_id}：{zh}）",
            f"{offers_en(len(offers))} may come here, but not at the time (e.g. {offers[0].offer_id}: {en})",
        )

    def not_authorised(self, cell: Cell, offers: Sequence[OfferRow]) -> Pair:
        """Offers exist; none may lawfully come here."""
        zh, en = self._place(cell.place)
        first = offers[0]
        where = "、".join(self._place(c)[0] for c in first.coverage[:3])
        where_en = "; ".join(self._place(c)[1] for c in first.coverage[:3])
        exist = "exists, but it may not" if len(offers) == 1 else "exist, but none may"
        text_en = (
            f"{offers_en(len(offers))} {exist} serve {en} (e.g. {first.offer_id}: only {where_en}); rule: coverage"
        )
        return (
            f"有 {len(offers)} 个供给，但服务范围都不含{zh}（如 {first.offer_id} 限于{where}）；规则：服务范围",
            text_en,
        )

    def forbidden(self, cell: Cell, count: int) -> Pair:
        """Pins shut every offer out."""
        return (
            f"可到此地的 {count} 个供给都被人工禁止或固定；规则：人工固定",
            f"forbidden or fixed by hand: {offers_en(count)} that may come here; rule: pins",
        )

    def _passed_on(self, count: int, stock: int, share: Fraction, zh: str, en: str) -> Pair:
        verb = "serves" if count == 1 else "serve"
        return (
            f"能到此地的 {count} 个供给（共 {stock:,}）{zh}；本地同类同级需求合计得到 {percent(share)}",
            (
                f"{offers_en(count)} that may come here ({stock:,} in all) {verb} {en}; "
                f"{percent(share)} of what this place and class needs is met"
            ),
        )

    def more_urgent(self, cell: Cell, count: int, stock: int, share: Fraction) -> Pair:
        """What could come here goes to more urgent needs."""
        return self._passed_on(count, stock, share, "先给了更紧急的需求", "more urgent needs first")

    def nearer(self, cell: Cell, count: int, stock: int, share: Fraction) -> Pair:
        """What could come here serves nearer needs."""
        return self._passed_on(count, stock, share, "先服务了离它们更近的需求", "needs nearer to them first")

    def shared(self, cell: Cell, cells: int, offers: int, stock: int, share: Fraction) -> Pair:
        """All that can come is spent and shared at one ratio."""
        met = f"{percent(share)} of what this place and class needs is met"
        if cells == 1:
            return (
                f"只有 {offers} 个供给（共 {stock:,}）能到这里，已全部用完：本地同类同级需求合计得到 {percent(share)}",
                f"only {offers_en(offers)} ({stock:,} in all) can come here, and all is spent: {met}",
            )
        where = f"can reach these {cells} places; all is spent and shared at one ratio"
        text_zh = f"只有 {offers} 个供给（共 {stock:,}）能到这 {cells} 处，已全部用完，按同一比例分配"
        return (
            f"{text_zh}：本地同类同级需求合计得到 {percent(share)}",
            f"only {offers_en(offers)} ({stock:,} in all) {where}: {met}",
        )

    def not_needed(self, offer: OfferRow) -> Pair:
        """All known need is met."""
        zh, en = self._category(offer.category)
        return f"目前已知的“{zh}”需求都已满足：请勿发货", f"all known need for “{en}” is met: do not send"

    def blocked(self, offer: OfferRow, need: NeedRow, units: int) -> Pair:
        """Needed elsewhere, outside the coverage."""
        (zh, en), (lack, lack_en) = self._place(need.place), self._lack(need, units)
        return (
            f"{zh}还缺 {lack}，但不在其服务范围内；取得在{zh}的授权即可使用",
            f"{en} still lacks {lack_en}, but lies outside its coverage; an authorisation for {en} would free it",
        )

    def blocked_in_time(self, offer: OfferRow, need: NeedRow, units: int) -> Pair:
        """Needed, but not at its time."""
        (zh, en), (lack, lack_en) = self._place(need.place), self._lack(need, units)
        when_zh, when_en = _window(need.start, need.end)
        return (
            f"{zh}还缺 {lack}（时间 {when_zh}），与此供给的时间对不上；调整时间即可使用",
            f"{en} still lacks {lack_en} (time {when_en}), but not at this offer's time; another time would free it",
        )

    def blocked_by_pin(self, offer: OfferRow, need: NeedRow, units: int) -> Pair:
        """Needed, but forbidden by hand."""
        lack, lack_en = self._lack(need, units)
        by_hand = "this line is forbidden or fixed by hand; lifting the pin would free it"
        return (
            f"需求 {need.need_id} 还缺 {lack}，但这一派单被人工禁止或固定；解除即可使用",
            f"need {need.need_id} still lacks {lack_en}, but {by_hand}",
        )

    def unknown_quantity(self) -> Pair:
        """The giver has named no quantity."""
        return "数量未知：先问清数量，再列入计划", "quantity unknown: ask first, then it can be planned"

    def reserved(self) -> Pair:
        """Kept back by the giver."""
        return "供给方保留，不参与分配", "kept back by the giver"
