"""Verifies a plan directory from its inputs and its own files alone, without a solver (docs/methods/allocation.md).

Refused: changed inputs, unlawful lines, amounts that are not the permitted rounding of the optimum, more movement than
needed, a wrong order inside a cell, figures or reasons that do not follow from the rest.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from tongzhou_engines.allocation.amounts import StageRecord
from tongzhou_engines.allocation.board import Board
from tongzhou_engines.allocation.boards import Part, compile_parts, read_pins, read_previous, why_unlawful
from tongzhou_engines.allocation.certificate import FORMAT, claims_from_json, prices_from_json
from tongzhou_engines.allocation.inputs import Source, read_needs, read_offers
from tongzhou_engines.allocation.movement import movement_problem
from tongzhou_engines.allocation.moves import MoveError, check_moves
from tongzhou_engines.allocation.network import build_network
from tongzhou_engines.allocation.planner import Solved, orders_of, summarise, tables_of, to_ask
from tongzhou_engines.allocation.principles import HOME_FIRST, stages
from tongzhou_engines.allocation.proof import ProofError, StageProof
from tongzhou_engines.allocation.result import ASSIGNMENTS, CELLS, HOLDS, UNMET, digest
from tongzhou_engines.allocation.wording import Words
from tongzhou_engines.base.errors import InputError, Where
from tongzhou_engines.base.files import read_table
from tongzhou_engines.catalogue import Catalogue
from tongzhou_engines.gazetteer.places import PlaceTree

__all__ = ["CheckResult", "Fault", "check"]

_NEEDED = (
    "plan.json",
    "certificate.json",
    "assignments.csv",
    "cells.csv",
    "unmet.csv",
    "holds.csv",
    "inputs/needs.csv",
    "inputs/offers.csv",
    "inputs/places.csv",
    "inputs/catalogue.csv",
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that does not hold: a stable code and a sentence in both languages."""

    code: str
    text_zh: str
    text_en: str


@dataclass(frozen=True)
class CheckResult:
    """What a check found; ok when there is no fault. figures: what was verified (cells, lines, stages)."""

    faults: tuple[Fault, ...]
    figures: Mapping[str, int] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the plan is lawful and optimal under its principles."""
        return not self.faults

    def __bool__(self) -> bool:
        return self.ok


_MALFORMED = (AttributeError, TypeError, KeyError, IndexError, ValueError, ArithmeticError, RecursionError)


class _Refused(Exception):
    """Stops the check at a fault that leaves nothing further to verify."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.fault = Fault(code, zh, en)


def check(directory: str | Path) -> CheckResult:
    """Verify the plan in `directory`. InputError plan_incomplete when it is no plan directory at all."""
    root = Path(directory)
    for name in _NEEDED:
        if not (root / name).is_file():
            raise InputError(
                "plan_incomplete",
                f"缺少 {name}",
                f"{name} is missing",
                "请给出 ./tongzhou plan 写出的目录",
                "Give a directory written by ./tongzhou plan",
                Where(str(directory)),
            )
    try:
        return _Check(root).run()
    except _Refused as refused:
        return CheckResult((refused.fault,))
    except _MALFORMED as error:  # a value of another kind than the files of a plan ever hold
        text = f"{type(error).__name__}: {error}"[:200]
        return CheckResult(
            (Fault("damaged", f"文件内容不成样子（{text}）", f"a file holds what no plan does ({text})"),)
        )


class _Check:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.stated = self._json("plan.json")
        self.certificate = self._json("certificate.json")

    def run(self) -> CheckResult:
        """All verifications in order, cheapest first; the first fault of a kind ends the check."""
        self._hashes()
        self._read_inputs()
        given = self._table("assignments.csv", ASSIGNMENTS)
        parts = self._parts()
        lines = self._lawful_lines(parts, given)
        boards = self.certificate.get("boards")
        if self.certificate.get("format") != FORMAT or not isinstance(boards, list) or len(boards) != len(parts):
            raise _Refused("certificate", "证明文件与输入不符", "the certificate does not fit the inputs")
        solved = [self._solved(part, board, own) for part, board, own in zip(parts, boards, lines, strict=True)]
        self._tables(solved)
        figures = {
            "needs": self.needs.height,
            "offers": self.offers.height,
            "cells": sum(len(s.part.board.cells) for s in solved),
            "assignments": given.height,
            "stages": sum(len(s.records) for s in solved),
        }
        return CheckResult((), figures)

    def _json(self, name: str) -> dict[str, Any]:
        try:
            value = json.loads((self.root / name).read_text(encoding="utf-8"))
        except (ValueError, RecursionError) as error:
            raise _Refused("damaged", f"{name} 不是完整的 JSON", f"{name} is not whole JSON: {error}") from error
        if not isinstance(value, dict):
            raise _Refused("damaged", f"{name} 内容不对", f"{name} does not hold what it should")
        return value

    def _hashes(self) -> None:
        stated = self.stated.get("inputs")
        found = {f"inputs/{p.name}": digest(p) for p in sorted((self.root / "inputs").iterdir())}
        if stated != found:
            names = sorted(k for k in {*found, *(stated or {})} if (stated or {}).get(k) != found.get(k))
            raise _Refused(
                "checksum",
                f"输入与计划记录的校验和不符：{'、'.join(names)}",
                f"inputs do not match the checksums in plan.json: {', '.join(names)}",
            )

    def _source(self, name: str) -> Source:
        table = read_table(self.root / "inputs" / name)
        return Source(table.frame, f"inputs/{name}", rows=table.rows)

    def _read_inputs(self) -> None:
        """Read the tables as they were planned from, and derive every planned quantity again."""
        try:
            self.tree = PlaceTree.from_table(self._source("places.csv").frame, "inputs/places.csv")
            self.catalogue = Catalogue.from_table(self._source("catalogue.csv").frame, "inputs/catalogue.csv")
            needs, offers = self._source("needs.csv"), self._source("offers.csv")
            self.needs, bad_needs = read_needs([needs], self.tree, self.catalogue)
            self.offers, bad_offers = read_offers([offers], self.tree, self.catalogue)
            extra = self.root / "inputs"
            self.pins = read_table(extra / "pins.csv").frame if (extra / "pins.csv").exists() else None
            self.previous = read_table(extra / "previous.csv").frame if (extra / "previous.csv").exists() else None
        except InputError as error:
            raise _Refused("inputs", error.text("zh"), error.text("en")) from error
        if any(p.action == "set_aside" for p in [*bad_needs, *bad_offers]):
            raise _Refused("inputs", "输入里有不能计划的行", "the inputs hold rows that cannot be planned")
        stated = needs.frame.sort("need_id")
        again = self.needs.select(pl.col("need_id"), pl.col("planned").cast(pl.String), "basis")
        if not {"planned", "basis"} <= set(stated.columns) or not stated.select("need_id", "planned", "basis").equals(
            again
        ):
            raise _Refused(
                "planned",
                "计划量与确认量、申报量和类别目录推不出同样的数",
                "a planned quantity does not follow from what was confirmed, asked and the catalogue",
            )

    def _table(self, name: str, schema: Mapping[str, Any]) -> pl.DataFrame:
        try:
            frame = read_table(self.root / name).frame
        except InputError as error:
            if error.code != "no_rows":
                raise _Refused("damaged", error.text("zh"), error.text("en")) from error
            return pl.DataFrame(schema=dict(schema))
        if list(frame.columns) != list(schema):
            raise _Refused("damaged", f"{name} 的列不对", f"{name} has not the columns it should have")
        try:
            return frame.with_columns(pl.col(c).cast(kind, strict=True) for c, kind in schema.items())
        except pl.exceptions.PolarsError as error:
            raise _Refused(
                "damaged", f"{name} 里有不是数字的数量", f"{name} holds a quantity that is no number"
            ) from error

    def _parts(self) -> list[Part]:
        try:
            orders = orders_of(self.stated.get("principles"))
            return compile_parts(
                self.needs,
                self.offers,
                self.tree,
                self.catalogue,
                orders,
                read_pins(self.pins),
                read_previous(self.previous),
            )
        except InputError as error:
            raise _Refused("inputs", error.text("zh"), error.text("en")) from error

    def _lawful_lines(self, parts: Sequence[Part], given: pl.DataFrame) -> list[list[tuple[int, int, int]]]:
        """Every line checked on its own against the plain rules; lines of each board by number."""
        where_need = {n.need_id: (k, i) for k, p in enumerate(parts) for i, n in enumerate(p.board.needs)}
        where_offer = {o.offer_id: (k, i) for k, p in enumerate(parts) for i, o in enumerate(p.board.offers)}
        out: list[list[tuple[int, int, int]]] = [[] for _ in parts]
        seen: set[tuple[str, str]] = set()
        for offer_id, need_id, _, units, _, _ in given.iter_rows():
            name = f"{offer_id} > {need_id}"
            if offer_id not in where_offer or need_id not in where_need:
                raise _Refused("unlawful", f"{name}：没有这个供给或需求", f"{name}: there is no such offer or need")
            (k, o), (m, n) = where_offer[offer_id], where_need[need_id]
            board = parts[k].board
            rule = (
                ("类别不符", "the category does not fit")
                if k != m
                else why_unlawful(board.offers[o], board.needs[n], board.tree, board.compatible)
            )
            if rule is not None:
                raise _Refused("unlawful", f"{name}:{rule[0]}", f"{name}: {rule[1]}")
            if units is None or units <= 0 or (offer_id, need_id) in seen:
                raise _Refused(
                    "unlawful",
                    f"{name}：数量不是正数或同一对出现两次",
                    f"{name}: not a positive quantity, or listed twice",
                )
            seen.add((offer_id, need_id))
            out[k].append((o, n, units))
        for part, lines in zip(parts, out, strict=True):
            _within(part.board, lines)
        return [sorted(lines) for lines in out]

    def _solved(self, part: Part, claimed: Mapping[str, Any], lines: list[tuple[int, int, int]]) -> Solved:
        """Prove the amounts stage by stage, then the rounding and the movement of the plan's own lines."""
        board, order = part.board, part.order
        network = build_network(board, by_class=order == HOME_FIRST)
        sequence = stages(order, board.rings)
        try:
            if claimed["principles"] != list(order) or claimed["categories"] != list(part.categories):
                raise ProofError("the certificate is about other principles or categories")
            claims = claims_from_json(dict(claimed), sequence)
            proof, records = StageProof(board, network), []
            for level, claim in zip(proof.levels_after(sequence, claims), claims, strict=True):
                records.append(
                    StageRecord(
                        claim.stage, level, claim.group, claim.group_level, claim.scale, claim.arcs, claim.flow, True
                    )
                )
            final = build_network(board, by_class=False) if order == HOME_FIRST else network
            problem = movement_problem(board, final, order, proof.level, proof.values)
            flow = check_moves(board, final, problem, lines, prices_from_json(dict(claimed)))
        except (KeyError, TypeError, ValueError, ZeroDivisionError, OverflowError) as error:
            raise _Refused("certificate", "证明文件损坏", f"the certificate is damaged: {error}") from error
        except ProofError as error:
            raise _Refused("certificate", f"证明不成立：{error}", f"the proof fails: {error}") from error
        except MoveError as error:
            raise _Refused(error.code, error.text_zh, error.text_en) from error
        return Solved(part, network, final, tuple(records), proof.level, proof.values, flow, (), lines)

    def _tables(self, solved: Sequence[Solved]) -> None:
        """Every table of the plan follows from the proved amounts and the lines."""
        offers = self.offers
        due = tables_of(solved, self.needs, offers, Words(self.tree, self.catalogue, to_ask(offers, self.catalogue)))
        for name, schema in (("assignments", ASSIGNMENTS), ("cells", CELLS), ("unmet", UNMET), ("holds", HOLDS)):
            stated = self._table(f"{name}.csv", schema)
            wanted = due[name].with_columns(pl.col(c).replace("", None) for c, t in schema.items() if t == pl.String)
            if not stated.equals(wanted):
                at = _first_difference(stated, wanted)
                raise _Refused(
                    "tables", f"{name}.csv 与计划不符（{at}）", f"{name}.csv does not follow from the plan ({at})"
                )
        stated_summary = {k: v for k, v in self.stated.items() if k not in ("inputs", "options", "versions")}
        totals, seed = self.stated.get("totals"), self.stated.get("seed")
        problems = totals.get("problems") if isinstance(totals, dict) else None
        if not isinstance(problems, int) or not isinstance(seed, int):
            raise _Refused("tables", "plan.json 缺少合计或种子", "plan.json lacks its totals or its seed")
        orders = orders_of(self.stated.get("principles"))
        again = summarise(self.needs, due, self.catalogue, orders, solved, self.offers, seed, problems)
        if stated_summary != again:
            raise _Refused(
                "tables", "plan.json 的合计与计划不符", "the totals in plan.json do not follow from the plan"
            )


def _within(board: Board, lines: Sequence[tuple[int, int, int]]) -> None:
    """No offer gives more than its stock, no need gets more than planned, pinned lines are as pinned."""
    given = np.zeros(len(board.offers), dtype=object)
    got = np.zeros(len(board.needs), dtype=object)
    by_pair = {(n, o): q for o, n, q in lines}
    for o, n, units in lines:
        given[o] += units
        got[n] += units
    for o, offer in enumerate(board.offers):
        if given[o] > offer.stock:
            raise _Refused(
                "unlawful",
                f"{offer.offer_id} 派出 {given[o]}，超过可用的 {offer.stock}",
                f"{offer.offer_id} gives {given[o]}, more than its {offer.stock}",
            )
    for n, need in enumerate(board.needs):
        if got[n] > need.planned:
            raise _Refused(
                "unlawful",
                f"{need.need_id} 得到 {got[n]}，超过计划量 {need.planned}",
                f"{need.need_id} gets {got[n]}, more than the planned {need.planned}",
            )
    for (n, o), units in board.pinned.items():
        if by_pair.get((n, o)) != units:
            name = f"{board.offers[o].offer_id} > {board.needs[n].need_id}"
            raise _Refused("unlawful", f"{name} 应按人工固定为 {units}", f"{name} is not the {units} it was pinned to")
    for cell in board.cells:
        for n in cell.needs:
            for o in cell.closed:
                if (n, o) not in board.pinned and (n, o) in by_pair:
                    name = f"{board.offers[o].offer_id} > {board.needs[n].need_id}"
                    raise _Refused("unlawful", f"{name} 已被人工禁止", f"{name} was forbidden by hand")


def _first_difference(stated: pl.DataFrame, wanted: pl.DataFrame) -> str:
    """Where two tables part, for a person."""
    if stated.height != wanted.height:
        return f"{stated.height} / {wanted.height} rows"
    rows: Iterator[tuple[int, tuple[tuple[Any, ...], tuple[Any, ...]]]] = enumerate(
        zip(stated.iter_rows(), wanted.iter_rows(), strict=True), start=2
    )
    for line, (a, b) in rows:
        if a != b:
            return f"row {line}: {a} / {b}"
    return "columns"
