"""What stands in each sheet of the workbook: fields, rows, and the free text of the first and the last."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from tongzhou_engines.reporting.figures import Figures
from tongzhou_engines.reporting.groups import gap_reasons, hold_reasons
from tongzhou_engines.reporting.labels import ACTION, BASIS, BASIS_SHORT, GAP, HOLD, URGENCY, label, named, reach_name
from tongzhou_engines.reporting.sentences import headline, headline_details, principles_by_kind
from tongzhou_engines.reporting.texts import Both

__all__ = ["SHEETS", "Field", "SheetView", "readme", "summary"]

Lines = Sequence[tuple[str, Sequence[object]]]


@dataclass(frozen=True, slots=True)
class Field:
    """A column: heading, kind of cell (text, id, whole, share, mark, fill), width in characters, choices."""

    heading: Both
    kind: str = "text"
    width: float = 14
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetView:
    """A table sheet: rows come lazily, one at a time. total: rows there are; file: where all of them stand."""

    name: Both
    fields: Sequence[Field]
    rows: Iterator[Sequence[object]]
    total: int
    file: str
    frozen: int = 1
    height: float = 30


class _Said:
    """Words in both languages, stacked in one cell, looked up once for each code."""

    def __init__(self, figures: Figures) -> None:
        self.figures, self.units = figures, figures.units
        self.depth = figures.plan.places.greatest_depth
        self._places: dict[str, str] = {}
        self._names: dict[str, str] = {}

    def place(self, code: str) -> str:
        """Full name of a place."""
        if code not in self._places:
            self._places[code] = self.figures.areas.place(code).stacked()
        return self._places[code]

    def category(self, code: str) -> str:
        """Name of a category."""
        if code not in self._names:
            self._names[code] = self.units.name(code).stacked()
        return self._names[code]

    def unit(self, code: str) -> str:
        """Unit quantities are shown in."""
        return self.units.unit(code).stacked()

    def quantity(self, code: str, quantity: int | None) -> int | float | None:
        """A quantity as a number; money in yuan."""
        if quantity is None:
            return None
        return quantity / 100 if self.units.is_money(code) else quantity

    def known(self, code: str, quantity: int | None) -> int | float | str:
        """The same, unknown in words."""
        number = self.quantity(code, quantity)
        return label("unknown").stacked() if number is None else number


def _head(key: str, kind: str = "text", width: float = 14) -> Field:
    return Field(label(key), kind, width)


def _mark(synthetic: bool | None) -> str:
    return label("synthetic_mark").stacked() if synthetic else ""


_STATUS = ("status_open", "status_accepted", "status_declined", "status_sent", "status_arrived", "status_partly")


def assignments(figures: Figures) -> SheetView:
    """派单: every line, by giver and urgency, with room for status and notes."""
    said = _Said(figures)
    needs = figures.plan.needs.select("need_id", "requester", "due")
    frame = figures.lines.join(needs, on="need_id", how="left").sort(
        "organisation", "offer_id", "urgency", "to", "need_id"
    )
    choices = tuple(f"{label(k).zh} {label(k).en}" for k in _STATUS)
    fields = [_head("number", "whole", 6), _head("organisation", "text", 20), _head("offer_id", "id", 13),
              _head("from_place", "text", 28), _head("need_id", "id", 13), _head("requester", "text", 20),
              _head("to_place", "text", 34), _head("urgency", "text", 12), _head("category", "text", 26),
              _head("quantity", "whole", 11), _head("unit", "text", 8), _head("for_need", "text", 16),
              _head("reach", "text", 13), _head("basis", "text", 21), _head("due", "id", 11),
              _head("synthetic_column", "mark", 10), Field(label("status"), "fill", 15, choices),
              _head("notes", "fill", 24)]  # fmt: skip

    def rows() -> Iterator[Sequence[object]]:
        for at, r in enumerate(frame.iter_rows(named=True), start=1):
            code = r["category"]
            other = "" if code == r["need_category"] else said.category(r["need_category"])
            yield (at, r["organisation"], r["offer_id"], said.place(r["home"]), r["need_id"], r["requester"],
                   said.place(r["to"]), named(URGENCY, str(r["urgency"])).stacked(), said.category(code),
                   said.quantity(code, r["quantity"]), said.unit(code), other,
                   reach_name(r["reach"], said.depth).stacked(), named(BASIS_SHORT, r["basis"]).stacked(), r["due"],
                   _mark(r["synthetic"]), "", "")  # fmt: skip

    return SheetView(label("sheet_assignments"), fields, rows(), frame.height, "assignments.csv", frozen=3)


def gaps(figures: Figures) -> SheetView:
    """缺口: every need that lacks something, most urgent first."""
    said = _Said(figures)
    requesters = figures.plan.needs.select("need_id", "requester")
    frame = figures.unmet.join(requesters, on="need_id", how="left").sort("urgency", "category", "place", "need_id")
    fields = [_head("need_id", "id", 13), _head("requester", "text", 20), _head("to_place", "text", 34),
              _head("urgency", "text", 12), _head("category", "text", 26), _head("planned", "whole", 11),
              _head("served", "whole", 11), _head("lacking", "whole", 11), _head("unit", "text", 8),
              _head("reason", "text", 22), _head("why", "text", 70), _head("bottleneck", "text", 24)]  # fmt: skip

    def rows() -> Iterator[Sequence[object]]:
        for r in frame.iter_rows(named=True):
            code = r["category"]
            yield (r["need_id"], r["requester"], said.place(r["place"]), named(URGENCY, str(r["urgency"])).stacked(),
                   said.category(code), said.quantity(code, r["planned"]), said.quantity(code, r["served"]),
                   said.quantity(code, r["quantity"]), said.unit(code), named(GAP, r["reason"]).stacked(),
                   Both(r["text_zh"], r["text_en"]).stacked(), r["bottleneck"])  # fmt: skip

    return SheetView(label("sheet_gaps"), fields, rows(), frame.height, "unmet.csv", height=60)


def holds(figures: Figures) -> SheetView:
    """暂缓: what should stay where it is."""
    said = _Said(figures)
    rank = {code: i for i, code in enumerate(HOLD)}
    order = pl.col("reason").replace_strict(rank, default=len(rank), return_dtype=pl.Int64)
    frame = figures.holds.with_columns(order.alias("rank")).sort("rank", "category", "organisation", "offer_id")
    fields = [_head("offer_id", "id", 13), _head("organisation", "text", 24), _head("from_place", "text", 28),
              _head("category", "text", 26), _head("held", "whole", 12), _head("unit", "text", 8),
              _head("reason", "text", 26), _head("why", "text", 64), _head("synthetic_column", "mark", 10)]  # fmt: skip

    def rows() -> Iterator[Sequence[object]]:
        for r in frame.iter_rows(named=True):
            code = r["category"]
            yield (r["offer_id"], r["organisation"], said.place(r["place"]), said.category(code),
                   said.known(code, r["quantity"]), said.unit(code), named(HOLD, r["reason"]).stacked(),
                   Both(r["text_zh"], r["text_en"]).stacked(), _mark(r["synthetic"]))  # fmt: skip

    return SheetView(label("sheet_holds"), fields, rows(), frame.height, "holds.csv", height=45)


def needs(figures: Figures) -> SheetView:
    """需求: what was asked beside what was planned on and what is assigned."""
    said = _Said(figures)
    served = figures.lines.group_by("need_id").agg(served=pl.col("quantity").sum())
    frame = figures.plan.needs.join(served, on="need_id", how="left", maintain_order="left")
    frame = frame.with_columns(pl.col("served").fill_null(0))
    fields = [_head("need_id", "id", 13), _head("requester", "text", 22), _head("to_place", "text", 34),
              _head("place_code", "id", 11), _head("urgency", "text", 12), _head("category", "text", 26),
              _head("asked", "whole", 12), _head("confirmed", "whole", 11), _head("planned", "whole", 11),
              _head("basis", "text", 21), _head("served", "whole", 11), _head("unit", "text", 8),
              _head("coverage_ratio", "share", 9), _head("vulnerability", "text", 14), _head("opened", "id", 11),
              _head("due", "id", 11)]  # fmt: skip

    def rows() -> Iterator[Sequence[object]]:
        for r in frame.iter_rows(named=True):
            code = r["category"]
            ratio = r["served"] / r["planned"] if r["planned"] else None
            yield (r["need_id"], r["requester"], said.place(r["place"]), r["place"],
                   named(URGENCY, str(r["urgency"])).stacked(), said.category(code), said.known(code, r["quantity"]),
                   said.quantity(code, r["confirmed"]), said.quantity(code, r["planned"]),
                   named(BASIS_SHORT, r["basis"]).stacked(), said.quantity(code, r["served"]), said.unit(code),
                   ratio, r["vulnerability"], r["opened"], r["due"])  # fmt: skip

    return SheetView(label("sheet_needs"), fields, rows(), frame.height, "inputs/needs.csv")


def offers(figures: Figures) -> SheetView:
    """供给: what was offered, where it may go, how much is assigned."""
    said = _Said(figures)
    frame = figures.offers.sort("organisation", "offer_id")
    fields = [_head("offer_id", "id", 13), _head("organisation", "text", 24), _head("from_place", "text", 28),
              _head("category", "text", 26), _head("quantity", "whole", 12), _head("reserve", "whole", 10),
              _head("given", "whole", 11), _head("free_left", "whole", 11), _head("unit", "text", 8),
              _head("covers", "text", 26), _head("from_day", "id", 11), _head("until_day", "id", 11),
              _head("synthetic_column", "mark", 10)]  # fmt: skip

    def rows() -> Iterator[Sequence[object]]:
        for r in frame.iter_rows(named=True):
            code = r["category"]
            left = None if r["quantity"] is None else r["quantity"] - r["given"]
            covers = [said.figures.areas.place(c) for c in r["coverage"].split(";")]
            where = Both("；".join(c.zh for c in covers), "; ".join(c.en for c in covers)).stacked()
            yield (r["offer_id"], r["organisation"], said.place(r["place"]), said.category(code),
                   said.known(code, r["quantity"]), said.quantity(code, r["reserve"]), said.quantity(code, r["given"]),
                   said.quantity(code, left), said.unit(code), where, r["from"], r["until"],
                   _mark(r["synthetic"]))  # fmt: skip

    return SheetView(label("sheet_offers"), fields, rows(), frame.height, "inputs/offers.csv")


def coverage(figures: Figures) -> SheetView:
    """覆盖: planned and assigned by place, category and urgency."""
    said = _Said(figures)
    cells = figures.plan.cells.sort("place", "category", "urgency", maintain_order=True)
    fields = [_head("to_place", "text", 34), _head("place_code", "id", 11), _head("category", "text", 26),
              _head("urgency", "text", 14), _head("planned", "whole", 13), _head("served", "whole", 13),
              _head("unit", "text", 8), _head("coverage_ratio", "share", 10), _head("exact", "id", 18)]  # fmt: skip

    def rows() -> Iterator[Sequence[object]]:
        for r in cells.iter_rows(named=True):
            code = r["category"]
            yield (said.place(r["place"]), r["place"], said.category(code), named(URGENCY, str(r["urgency"])).stacked(),
                   said.quantity(code, r["demand"]), said.quantity(code, r["served"]), said.unit(code),
                   r["served"] / r["demand"] if r["demand"] else None, r["exact"])  # fmt: skip

    return SheetView(label("sheet_coverage"), fields, rows(), cells.height, "cells.csv")


def problems(figures: Figures) -> SheetView:
    """问题: every doubtful cell and what was done about it."""
    frame = figures.plan.problems
    fields = [_head("file", "text", 22), _head("file_sheet", "text", 16), _head("row", "whole", 8),
              _head("column", "text", 14), _head("value", "text", 24), _head("action", "text", 18),
              _head("explanation", "text", 64), _head("problem", "id", 22)]  # fmt: skip

    def rows() -> Iterator[Sequence[object]]:
        for r in frame.iter_rows(named=True):
            text = Both(r["text_zh"] or "", r["text_en"] or "").stacked()
            yield (r["file"], r["sheet"], r["row"], r["column"], r["value"], named(ACTION, r["action"]).stacked(),
                   text, r["problem"])  # fmt: skip

    return SheetView(label("sheet_problems"), fields, rows(), frame.height, "problems.csv", height=45)


SHEETS: tuple[Callable[[Figures], SheetView], ...] = (assignments, gaps, holds, needs, offers, coverage, problems)


def summary(figures: Figures) -> Lines:
    """总览: the headline and the figures a coordinator is asked for."""
    t = figures.total
    out: list[tuple[str, Sequence[object]]] = [("title", [headline(figures).stacked()])]
    out += [("text", [line.stacked()]) for line in headline_details(figures)]
    out += [("note", [label("proposal").stacked()])]
    heads = ("place", "met", "needs", "helped", "full")
    out.append(("head", [label(k).stacked() for k in heads]))
    ranked = figures.coverage("area").sort(["met", "area"])
    for r in ranked.iter_rows(named=True):
        name = figures.areas.target(r["area"]).stacked()
        out.append(("row", [name, float(r["met"]), r["needs"], r["helped"], r["full"]]))
    out.append(("row", [label("all").stacked(), figures.met, t["needs"], t["helped"], t["full"]]))
    out.append(("head", [label("urgency").stacked(), *(label(k).stacked() for k in heads[1:])]))
    for r in figures.coverage("urgency").iter_rows(named=True):
        name = named(URGENCY, str(r["urgency"])).stacked()
        out.append(("row", [name, float(r["met"]), r["needs"], r["helped"], r["full"]]))
    out.append(("head", [label("reason").stacked(), label("needs").stacked()]))
    out += [("row", [named(GAP, r["reason"]).stacked(), r["needs"]])
            for r in gap_reasons(figures).iter_rows(named=True)]  # fmt: skip
    out.append(("head", [label("terminal_holds").stacked(), label("offers").stacked()]))
    out += [("row", [named(HOLD, r["reason"]).stacked(), r["offers"]])
            for r in hold_reasons(figures).iter_rows(named=True)]  # fmt: skip
    out.append(("head", [label("basis").stacked(), label("needs").stacked()]))
    out += [("row", [named(BASIS, r["basis"]).stacked(), r["needs"]]) for r in figures.basis.iter_rows(named=True)]
    out.append(("head", [label("decided").stacked()]))
    out += [("text", [Both(f"{k.zh}：{p.zh}", f"{k.en}: {p.en}").stacked()]) for k, p in principles_by_kind(figures)]
    return out


def readme() -> Lines:
    """说明: how to use the workbook."""
    lines = [("text", [label(f"readme_{i}").stacked()]) for i in range(1, 9)]
    return [("title", [label("title").stacked()]), *lines]
