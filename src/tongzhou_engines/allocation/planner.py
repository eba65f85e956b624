"""The main act: needs x offers x principles > plan, reasons, certificate."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import polars as pl

from tongzhou_engines.allocation.amounts import GridTooRough, StageRecord, Staging
from tongzhou_engines.allocation.board import Board
from tongzhou_engines.allocation.boards import Part, compile_parts, read_pins, read_previous
from tongzhou_engines.allocation.certificate import FORMAT, board_json, claim_of
from tongzhou_engines.allocation.deliveries import assign_needs, pair_flows
from tongzhou_engines.allocation.inputs import PlaceFinder, Source, read_needs, read_offers, sources_of
from tongzhou_engines.allocation.movement import movement_problem, solve_movement
from tongzhou_engines.allocation.network import Network, build_network
from tongzhou_engines.allocation.principles import DEFAULT_ORDER, HOME_FIRST, Order, parse_order, stages
from tongzhou_engines.allocation.proof import ProofError, StageProof
from tongzhou_engines.allocation.reasons import HoldReasons, OpenReasons
from tongzhou_engines.allocation.result import ASSIGNMENTS, CELLS, HOLDS, UNMET, Plan
from tongzhou_engines.allocation.wording import Words
from tongzhou_engines.base.errors import InputError, Where
from tongzhou_engines.base.problems import Problem, problems_frame
from tongzhou_engines.catalogue import Catalogue
from tongzhou_engines.gazetteer import Gazetteer
from tongzhou_engines.gazetteer.places import PlaceTree

__all__ = ["Solved", "Watch", "orders_of", "plan", "solve_part", "summarise", "tables_of"]

Table = pl.DataFrame | Source
Tables = Table | Sequence[Table]
#: Told what is being done (reading, solving, wording), how many parts of it are done and how many there are. Whatever
#: it raises ends the plan.
Watch = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Solved:
    """One board decided: exact level of every cell, stages on record, whole-unit flow, lines (offer, need, units)."""

    part: Part
    stage_network: Network
    network: Network
    records: tuple[StageRecord, ...]
    level: Any
    values: list[Fraction]
    flow: Any
    proofs: tuple[Any, ...]
    lines: list[tuple[int, int, int]]


def orders_of(principles: str | Sequence[str] | Mapping[str, str | Sequence[str]] | None) -> dict[str, Order]:
    """Order of principles for each kind of help: the defaults, one order for all, or some kinds set apart."""
    orders = dict(DEFAULT_ORDER)
    if isinstance(principles, Mapping):
        for kind, order in principles.items():
            if kind not in orders:
                raise InputError(
                    "principles_invalid",
                    f"没有“{kind}”这种类型",
                    f"there is no kind “{kind}”",
                    f"可用：{'、'.join(orders)}",
                    f"Use one of: {', '.join(orders)}",
                )
            orders[kind] = parse_order(order)
    elif principles is not None:
        orders = dict.fromkeys(orders, parse_order(principles))
    return orders


def plan(
    needs: Tables,
    offers: Tables,
    *,
    places: PlaceTree | pl.DataFrame | None = None,
    catalogue: Catalogue | pl.DataFrame | None = None,
    principles: str | Sequence[str] | Mapping[str, str | Sequence[str]] | None = None,
    previous: pl.DataFrame | Plan | None = None,
    pins: Table | None = None,
    seed: int = 0,
    time_limit: float | None = None,
    watch: Watch | None = None,
) -> Plan:
    """Who should help whom with what, now (docs/methods/allocation.md).

    needs: columns need_id, place or address, category, quantity (whole base units as asked, blank unknown),
    optional urgency 0..3, confirmed, unit, vulnerability, opened, due, requester. offers: offer_id, organisation,
    place or address, category, quantity, coverage (codes with ;), optional unit, reserve, from, until, synthetic.
    One table or several; text or numbers. places: a tree or a table code, parent, name; default China. catalogue:
    default the built-in one. principles: one of the three orders for all kinds, or kind > order; default by kind.
    previous: the plan in force (or its assignments), changed as little as the rest allows. pins: need_id, offer_id,
    quantity: exact lines, 0 forbids. seed: recorded; nothing here is random. time_limit: seconds; InputError
    time_limit when passed, never a half plan. watch: called at reading, after every stage of every board, at wording,
    so that somebody can see how far it is, and stop it by raising; what comes out does not depend on it.

    Errors: InputError for unusable input; unusable rows are set aside and listed in plan.problems.
    """
    deadline = None if time_limit is None else time.monotonic() + time_limit
    tell = watch or _unwatched
    tell("reading", 0, 1)
    tree, known = _tree(places), _catalogue(catalogue)
    orders = orders_of(principles)
    finder = place_finder(tree)
    tidy_needs, need_problems = read_needs(sources_of(needs, "needs"), tree, known, finder)
    tidy_offers, offer_problems = read_offers(sources_of(offers, "offers"), tree, known, finder)
    if tidy_needs.is_empty():
        raise _no_need(need_problems)
    in_force = previous.assignments if isinstance(previous, Plan) else previous
    used = {*tidy_needs["place"], *tidy_offers["place"], *(c for v in tidy_offers["coverage"] for c in v.split(";"))}
    small = tree.subset([*used, tree.root])
    pinned, pins_table = read_pins(pins), pins.frame if isinstance(pins, Source) else pins
    parts = compile_parts(tidy_needs, tidy_offers, small, known, orders, pinned, read_previous(in_force))
    solved = list(_solve(parts, deadline, tell))
    tell("wording", 0, 1)
    tables = tables_of(solved, tidy_needs, tidy_offers, Words(small, known, to_ask(tidy_offers, known)))
    problems = len(need_problems) + len(offer_problems)
    summary = summarise(tidy_needs, tables, known, orders, solved, tidy_offers, seed, problems)
    certificate = {
        "format": FORMAT,
        "boards": [board_json(s.part.order, s.part.categories, s.records, s.proofs) for s in solved],
    }
    return Plan(
        needs=tidy_needs,
        offers=tidy_offers,
        problems=problems_frame([*need_problems, *offer_problems]),
        places=small,
        catalogue=known,
        summary=summary,
        certificate=certificate,
        pins=pins_table.select("need_id", "offer_id", "quantity") if pins_table is not None else None,
        previous=in_force.select("offer_id", "need_id", "quantity") if in_force is not None else None,
        **tables,
    )


def _unwatched(step: str, done: int, total: int) -> None:
    pass


def _solve(parts: Sequence[Part], deadline: float | None, tell: Watch) -> Iterator[Solved]:
    """Every board in turn; a stage counts once, also when its board has to be done again on long integers."""
    total, before = sum(len(stages(p.order, p.board.rings)) for p in parts), 0
    tell("solving", 0, total)
    for part in parts:
        own = len(stages(part.order, part.board.rings))

        def tick(done: int, before: int = before, own: int = own) -> None:
            tell("solving", before + min(done, own), total)

        yield solve_part(part, deadline, tick)
        before += own
        tell("solving", before, total)


def _tree(places: PlaceTree | pl.DataFrame | None) -> PlaceTree:
    if places is None:
        return PlaceTree.builtin()
    return places if isinstance(places, PlaceTree) else PlaceTree.from_table(places)


def _catalogue(catalogue: Catalogue | pl.DataFrame | None) -> Catalogue:
    if catalogue is None:
        return Catalogue.builtin()
    return catalogue if isinstance(catalogue, Catalogue) else Catalogue.from_table(catalogue)


def _no_need(problems: Sequence[Problem]) -> InputError:
    zh, en = "没有一项可以计划的需求", "there is no need that can be planned"
    file = Where(problems[0].file, problems[0].sheet) if problems else None
    return InputError("no_rows", zh, en, _first(problems, "zh"), _first(problems, "en"), file)


def _first(problems: Sequence[Problem], lang: str) -> str:
    if not problems:
        return "请检查文件是否为空" if lang == "zh" else "Check whether the file is empty"
    first = problems[0]
    text = first.text_zh if lang == "zh" else first.text_en
    more = f"第 {first.row} 行：{text}" if lang == "zh" else f"row {first.row}: {text}"
    return f"先改正列出的行，例如{more}" if lang == "zh" else f"Correct the rows listed, e.g. {more}"


def place_finder(tree: PlaceTree) -> PlaceFinder:
    """Finds written addresses in a tree; the matcher is only built when an address has to be read."""
    built: list[Gazetteer] = []

    def find(text: str) -> tuple[str | None, tuple[str, ...], tuple[str, ...]]:
        if not built:
            built.append(Gazetteer.builtin() if tree is PlaceTree.builtin() else Gazetteer(tree))
        match = built[0].match(text)
        found = match.status == "found"
        return (match.code if found else None), (() if found else match.candidates), match.matched

    return find


def solve_part(part: Part, deadline: float | None = None, tick: Callable[[int], None] | None = None) -> Solved:
    """Decide one board. Where a flow was made on a rough grid the stages are proved at once, and redone on long
    integers should the proof fail. tick: told after every stage how many are done.
    """
    board, order = part.board, part.order
    stage_network = build_network(board, by_class=order == HOME_FIRST)
    sequence = stages(order, board.rings)
    try:
        staging = Staging(board, stage_network, deadline)
        records = list(_counted(staging.run(sequence), tick))
        if not all(r.exact for r in records):
            StageProof(board, stage_network).walk(sequence, [claim_of(r) for r in records])
    except (ProofError, GridTooRough):
        staging = Staging(board, stage_network, deadline, long=True)
        records = list(_counted(staging.run(sequence), tick))
    network = build_network(board, by_class=False) if order == HOME_FIRST else stage_network
    problem = movement_problem(board, network, order, staging.level, staging.levels.values)
    staging.check_time()
    movement = solve_movement(problem, board.rings)
    staging.check_time()
    lines = assign_needs(board, pair_flows(board, network, problem, movement.flow), part.previous)
    return Solved(
        part,
        stage_network,
        network,
        tuple(records),
        staging.level,
        staging.levels.values,
        movement.flow,
        movement.prices,
        lines,
    )


def _counted(records: Iterator[StageRecord], tick: Callable[[int], None] | None) -> Iterator[StageRecord]:
    for done, record in enumerate(records, start=1):
        if tick is not None:
            tick(done)
        yield record


def to_ask(offers: pl.DataFrame, catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """Category of needs -> offers that fit it but name no quantity yet."""
    out: dict[str, tuple[str, ...]] = {}
    for row in offers.filter(pl.col("quantity").is_null()).iter_rows(named=True):
        for category in sorted(catalogue.compatible(row["category"])):
            out[category] = (*out.get(category, ()), row["offer_id"])
    return out


def served_by_cell(board: Board, lines: Sequence[tuple[int, int, int]]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Whole units each cell gets."""
    served = np.zeros(len(board.cells), dtype=np.int64)
    for _, need, units in lines:
        served[board.cell_of[need]] += units
    return served


def tables_of(
    solved: Sequence[Solved], needs: pl.DataFrame, offers: pl.DataFrame, words: Words
) -> dict[str, pl.DataFrame]:
    """assignments, cells, unmet and holds of all boards together."""
    basis = dict(zip(needs["need_id"], needs["basis"], strict=True))
    assignments: list[tuple[Any, ...]] = []
    cells: list[tuple[Any, ...]] = []
    unmet: list[tuple[Any, ...]] = []
    holds: list[tuple[Any, ...]] = []
    for s in solved:
        board = s.part.board
        for o, n, units in s.lines:
            offer, need = board.offers[o], board.needs[n]
            reach = board.tree.reach(offer.place, need.place)
            assignments.append((offer.offer_id, need.need_id, offer.category, units, reach, basis[need.need_id]))
        cells.extend(cell_rows(board, s.level, s.values, served_by_cell(board, s.lines)))
        open_units = open_by_need(board, s.lines)
        unmet.extend(_unmet_rows(s, open_units, words))
        holds.extend(_hold_rows(board, s.lines, open_units, words))
    holds.extend(_kept_home(offers, words))
    return {
        "assignments": pl.DataFrame(assignments, schema=ASSIGNMENTS, orient="row").sort("offer_id", "need_id"),
        "cells": pl.DataFrame(cells, schema=CELLS, orient="row").sort(
            "place", "category", "urgency", maintain_order=True
        ),
        "unmet": pl.DataFrame(unmet, schema=UNMET, orient="row").sort("need_id"),
        "holds": pl.DataFrame(holds, schema=HOLDS, orient="row").sort("offer_id", "reason"),
    }


def cell_rows(board: Board, level: Any, values: Sequence[Fraction], served: Any) -> list[tuple[Any, ...]]:
    """Rows of cells.csv: exact amount as a fraction, coverage = served / planned."""
    out: list[tuple[Any, ...]] = []
    for j, cell in enumerate(board.cells):
        exact = values[level[j]] * cell.demand
        given = int(served[j])
        out.append(
            (cell.place, cell.category, cell.urgency, cell.demand, given, str(exact), round(given / cell.demand, 6))
        )
    return out


def open_by_need(board: Board, lines: Sequence[tuple[int, int, int]]) -> dict[int, int]:
    """Units still lacking, for every need of the board that lacks any."""
    left = {i: n.planned for i, n in enumerate(board.needs)}
    for _, need, units in lines:
        left[need] -= units
    return {i: q for i, q in left.items() if q > 0}


def _unmet_rows(s: Solved, open_units: Mapping[int, int], words: Words) -> list[tuple[Any, ...]]:
    board = s.part.board
    reasons = OpenReasons(board, s.stage_network, s.records, s.network, s.flow, s.level, s.values, words)
    out = []
    for need, units in open_units.items():
        r, row = reasons[board.cell_of[need]], board.needs[need]
        zh, en = words.own(row.planned, row.planned - units)
        out.append((row.need_id, units, r.code, r.bottleneck, f"{zh}{r.text_zh}", f"{en}{r.text_en}"))
    return out


def _hold_rows(
    board: Board, lines: Sequence[tuple[int, int, int]], open_units: Mapping[int, int], words: Words
) -> list[tuple[Any, ...]]:
    left = [o.stock for o in board.offers]
    for offer, _, units in lines:
        left[offer] -= units
    why = HoldReasons(board, open_units, words)
    out = []
    for o, units in enumerate(left):
        if units > 0:
            r = why(o)
            out.append((board.offers[o].offer_id, units, r.code, r.text_zh, r.text_en))
    return out


def _kept_home(offers: pl.DataFrame, words: Words) -> list[tuple[Any, ...]]:
    """Offers of unknown quantity, and what givers reserve."""
    out: list[tuple[Any, ...]] = []
    for row in offers.iter_rows(named=True):
        if row["quantity"] is None:
            out.append((row["offer_id"], None, "quantity_unknown", *words.unknown_quantity()))
        elif row["reserve"] > 0:
            out.append((row["offer_id"], min(row["reserve"], row["quantity"]), "reserved", *words.reserved()))
    return out


def summarise(
    needs: pl.DataFrame,
    tables: Mapping[str, pl.DataFrame],
    catalogue: Catalogue,
    orders: Mapping[str, Order],
    solved: Sequence[Solved],
    offers: pl.DataFrame,
    seed: int,
    problems: int,
) -> dict[str, Any]:
    """What plan.json says: options, totals, stages; no clock and no path: the same inputs give the same bytes."""
    kinds = {catalogue.categories[c].kind for c in {*needs["category"], *offers["category"]}}
    moved = tables["assignments"].group_by("reach").agg(pl.col("quantity").sum()).sort("reach")
    basis = needs.group_by("basis").agg(pl.len().alias("needs"), pl.col("planned").sum().alias("units")).sort("basis")
    return {
        "format": "tongzhou-plan/1",
        "principles": {k: list(orders[k]) for k in sorted(kinds)},
        "seed": seed,
        "totals": {
            "needs": needs.height,
            "planned": int(needs["planned"].sum()),
            "served": int(tables["assignments"]["quantity"].sum()),
            "served_needs": tables["assignments"]["need_id"].n_unique(),
            "unmet_needs": tables["unmet"].height,
            "unmet": int(tables["unmet"]["quantity"].sum()),
            "assignments": tables["assignments"].height,
            "cells": tables["cells"].height,
            "holds": tables["holds"].height,
            "problems": problems,
            "moved": {str(r): q for r, q in moved.iter_rows()},
        },
        "by_category": _by_category(needs, tables, catalogue),
        "basis": {b: {"needs": n, "units": q} for b, n, q in basis.iter_rows()},
        "stages": [
            {"principles": list(s.part.order), "categories": list(s.part.categories), "stages": len(s.records)}
            for s in solved
        ],
    }


def _by_category(needs: pl.DataFrame, tables: Mapping[str, pl.DataFrame], catalogue: Catalogue) -> dict[str, Any]:
    """Base units planned, served and lacking for each category of needs; units of different categories never add up."""
    lacking = tables["unmet"].group_by("need_id").agg(pl.col("quantity").sum())
    rows = (
        needs.join(lacking, on="need_id", how="left", suffix="_lacking")
        .group_by("category")
        .agg(pl.len(), pl.col("planned").sum(), pl.col("quantity_lacking").fill_null(0).sum())
        .sort("category")
    )
    return {
        code: {
            "unit": catalogue.categories[code].unit,
            "needs": count,
            "planned": planned,
            "served": planned - short,
            "unmet": short,
        }
        for code, count, planned, short in rows.iter_rows()
    }
