"""From tidy tables to boards: one for each order of principles in use. Plan and check both start here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from tongzhou_engines.allocation.board import OPEN_END, OPEN_START, Board, NeedRow, OfferRow, build_board
from tongzhou_engines.allocation.dates import parse_day
from tongzhou_engines.allocation.principles import ORDERS, Order
from tongzhou_engines.allocation.rows import Source
from tongzhou_engines.base.errors import InputError, Where
from tongzhou_engines.base.files import parse_quantity
from tongzhou_engines.catalogue import Catalogue
from tongzhou_engines.gazetteer.places import PlaceTree

__all__ = ["Part", "Pins", "compile_parts", "need_rows", "offer_rows", "read_pins", "read_previous"]


@dataclass(frozen=True)
class Part:
    """One order of principles, the categories it rules, and their board. previous: (offer, need) -> units in force."""

    order: Order
    categories: tuple[str, ...]
    board: Board
    previous: Mapping[tuple[int, int], int]


def _vulnerability(written: str) -> float:
    """A number as it is; else the number of factors named (``age;disability``)."""
    try:
        return float(written)
    except ValueError:
        return float(len({p.strip() for p in written.replace("；", ";").replace("、", ";").split(";") if p.strip()}))


def _day(written: str, blank: int) -> int:
    found = parse_day(written) if written else None
    return blank if found is None else found


def need_rows(needs: pl.DataFrame) -> list[NeedRow]:
    """Rows of the tidy needs table."""
    return [
        NeedRow(
            r["need_id"],
            r["place"],
            r["category"],
            r["urgency"],
            r["planned"],
            _day(r["opened"], OPEN_START),
            _day(r["due"], OPEN_END),
            _vulnerability(r["vulnerability"] or ""),
        )
        for r in needs.iter_rows(named=True)
    ]


def offer_rows(offers: pl.DataFrame) -> list[OfferRow]:
    """Rows of the tidy offers table whose quantity is known; stock is what is left after the reserve."""
    return [
        OfferRow(
            r["offer_id"],
            r["place"],
            r["category"],
            max(0, r["quantity"] - r["reserve"]),
            tuple(r["coverage"].split(";")),
            _day(r["from"], OPEN_START),
            _day(r["until"], OPEN_END),
        )
        for r in offers.iter_rows(named=True)
        if r["quantity"] is not None
    ]


@dataclass(frozen=True, slots=True)
class Pins:
    """(need_id, offer_id) -> exact units, 0 forbids; and where each stands."""

    units: Mapping[tuple[str, str], int]
    where: Mapping[tuple[str, str], Where]


def read_pins(given: pl.DataFrame | Source | None) -> Pins:
    """The pins of a table. InputError column_missing, pin_invalid."""
    if given is None:
        return Pins({}, {})
    source = given if isinstance(given, Source) else Source(given, "pins")
    pins = source.frame
    for column in ("need_id", "offer_id", "quantity"):
        if column not in pins.columns:
            raise InputError(
                "column_missing",
                f"缺少“{column}”列",
                f"column “{column}” is missing",
                "固定表需要 need_id、offer_id、quantity 三列",
                "pins need need_id, offer_id and quantity",
                Where(source.file, source.sheet),
            )
    out: dict[tuple[str, str], int] = {}
    places: dict[tuple[str, str], Where] = {}
    for i, row in enumerate(pins.iter_rows(named=True)):
        key = (str(row["need_id"]).strip(), str(row["offer_id"]).strip())
        found = parse_quantity(row["quantity"])
        where = Where(source.file, source.sheet, source.line(i), "quantity")
        if found.value is None:
            raise _pin(where, "数量不是整数", "the quantity is not a whole number")
        if key in out:
            raise _pin(where, "同一需求与供给出现两次", "the same need and offer twice")
        out[key], places[key] = found.value, where
    return Pins(out, places)


def _pin(where: Where, zh: str, en: str) -> InputError:
    return InputError("pin_invalid", zh, en, "请改正或删去这一行", "Correct or remove this row", where)


def read_previous(previous: pl.DataFrame | None) -> dict[tuple[str, str], int]:
    """(offer_id, need_id) -> units of the plan in force. InputError previous_invalid."""
    if previous is None:
        return {}
    if not {"offer_id", "need_id", "quantity"} <= set(previous.columns):
        raise InputError(
            "previous_invalid",
            "上一份计划的 assignments.csv 缺列",
            "assignments.csv of the previous plan lacks columns",
            "请给出 ./tongzhou plan 写出的目录",
            "Give a directory written by ./tongzhou plan",
        )
    out: dict[tuple[str, str], int] = {}
    for row in previous.iter_rows(named=True):
        key = (str(row["offer_id"]), str(row["need_id"]))
        units = parse_quantity(row["quantity"]).value
        if units is None:
            raise InputError(
                "previous_invalid",
                "上一份计划的数量不是整数",
                "a quantity of the previous plan is not whole",
                "请给出 ./tongzhou plan 写出的目录",
                "Give a directory written by ./tongzhou plan",
            )
        out[key] = out.get(key, 0) + units
    return out


def compile_parts(
    needs: pl.DataFrame,
    offers: pl.DataFrame,
    tree: PlaceTree,
    catalogue: Catalogue,
    orders: Mapping[str, Order],
    pins: Pins,
    previous: Mapping[tuple[str, str], int],
) -> list[Part]:
    """The boards of a plan, in the order of `ORDERS`. orders: kind -> order. InputError pin_invalid."""
    need_list, offer_list = need_rows(needs), offer_rows(offers)
    compatible = {c: catalogue.compatible(c) for c in {o.category for o in offer_list}}
    _check_pins(need_list, offer_list, tree, compatible, pins)
    parts = []
    for order in ORDERS:
        mine = {code for code, c in catalogue.categories.items() if orders[c.kind] == order}
        own_needs = [n for n in need_list if n.category in mine]
        own_offers = [o for o in offer_list if o.category in mine]
        if not own_needs and not own_offers:
            continue
        board = build_board(tree, compatible, own_needs, own_offers, pins.units)
        used = {n.category for n in own_needs} | {o.category for o in own_offers}
        kept = _kept(board, previous)
        by_cell: dict[tuple[int, int], int] = {}
        for (offer, need), units in kept.items():
            cell = board.cell_of[need]
            by_cell[offer, cell] = by_cell.get((offer, cell), 0) + units
        parts.append(Part(order, tuple(sorted(used)), replace(board, previous=by_cell), kept))
    return parts


def _kept(board: Board, previous: Mapping[tuple[str, str], int]) -> dict[tuple[int, int], int]:
    """Lines of the plan in force that are still lawful, by number."""
    need_at = {n.need_id: i for i, n in enumerate(board.needs)}
    offer_at = {o.offer_id: i for i, o in enumerate(board.offers)}
    out: dict[tuple[int, int], int] = {}
    for (offer_id, need_id), units in previous.items():
        o, n = offer_at.get(offer_id), need_at.get(need_id)
        if o is None or n is None or n not in board.cell_of or board.stock[o] <= 0 or units <= 0:
            continue
        need, cell = board.needs[n], board.cells[board.cell_of[n]]
        if o not in cell.closed and why_unlawful(board.offers[o], need, board.tree, board.compatible) is None:
            out[o, n] = units
    return out


def why_unlawful(
    offer: OfferRow, need: NeedRow, tree: PlaceTree, compatible: Mapping[str, frozenset[str]]
) -> tuple[str, str] | None:
    """The rule a pair breaks (zh, en), None when it is lawful (docs/methods/allocation.md)."""
    if need.category not in compatible.get(offer.category, frozenset({offer.category})):
        return "类别不符", "the category does not fit"
    if not any(a in offer.coverage for a in tree.ancestors(need.place)):
        return "不在服务范围内", "the place is outside the coverage"
    if offer.start > need.end or need.start > offer.end:
        return "时间对不上", "the time windows do not overlap"
    return None


def _check_pins(
    needs: Sequence[NeedRow],
    offers: Sequence[OfferRow],
    tree: PlaceTree,
    compatible: Mapping[str, frozenset[str]],
    pins: Pins,
) -> None:
    need_at, offer_at = {n.need_id: n for n in needs}, {o.offer_id: o for o in offers}
    given: dict[str, int] = {}
    got: dict[str, int] = {}
    for (need_id, offer_id), units in pins.units.items():
        where = pins.where[need_id, offer_id]
        if need_id not in need_at or offer_id not in offer_at:
            missing = need_id if need_id not in need_at else offer_id
            raise _pin(
                where,
                f"“{missing}”不在可计划的需求或供给里",
                f"“{missing}” is not among the needs or offers that can be planned",
            )
        if not units:
            continue
        need, offer = need_at[need_id], offer_at[offer_id]
        rule = why_unlawful(offer, need, tree, compatible)
        if rule:
            raise _pin(
                where, f"{offer_id} 不能给 {need_id}：{rule[0]}", f"{offer_id} may not serve {need_id}: {rule[1]}"
            )
        given[offer_id] = given.get(offer_id, 0) + units
        got[need_id] = got.get(need_id, 0) + units
        if given[offer_id] > offer.stock:
            raise _pin(
                where,
                f"固定量 {given[offer_id]} 超过 {offer_id} 的可用量 {offer.stock}",
                f"pinned {given[offer_id]} exceeds the stock {offer.stock} of {offer_id}",
            )
        if got[need_id] > need.planned:
            raise _pin(
                where,
                f"固定量 {got[need_id]} 超过 {need_id} 的计划量 {need.planned}",
                f"pinned {got[need_id]} exceeds the planned quantity {need.planned} of {need_id}",
            )
