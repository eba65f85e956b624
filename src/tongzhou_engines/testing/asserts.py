"""Domain asserts on a finished plan given as tables: lawful, nothing counted twice or lost, and equal to the oracle."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, Protocol

import polars as pl

from tongzhou_engines.testing.instances import Instance, NeedRow
from tongzhou_engines.testing.oracle import Exact, staged_optimum
from tongzhou_engines.testing.oracle_rounding import MAX_CHOICES, Rounding, best_rounding, least_movement, permitted
from tongzhou_engines.testing.reading import Reading, available, lawful, planned, reach

__all__ = ["HOLD_REASONS", "UNMET_REASONS", "PlanTables", "assert_lawful", "assert_optimal", "lawful_faults"]

UNMET_REASONS = frozenset(
    {"no_offer", "not_authorised", "window", "more_urgent_first", "nearer_first", "shared_fairly"}
)
HOLD_REASONS = frozenset({"not_needed", "may_not_go_where_needed", "quantity_unknown", "reserved"})


class PlanTables(Protocol):
    """The four tables of a plan, with the columns docs/reference/plan-directory.md names."""

    @property
    def assignments(self) -> pl.DataFrame: ...

    @property
    def cells(self) -> pl.DataFrame: ...

    @property
    def unmet(self) -> pl.DataFrame: ...

    @property
    def holds(self) -> pl.DataFrame: ...


def assert_lawful(plan: PlanTables, instance: Instance) -> None:
    """AssertionError with every fault of `lawful_faults`."""
    faults = lawful_faults(plan, instance)
    assert not faults, "\n".join(faults)


def lawful_faults(plan: PlanTables, instance: Instance) -> list[str]:
    """What is wrong with a plan before anyone asks whether it is good; empty when nothing is."""
    return [
        *_line_faults(plan, instance),
        *_quantity_faults(plan, instance),
        *_cell_faults(plan, instance),
        *_reason_faults(plan.unmet, UNMET_REASONS),
        *_reason_faults(plan.holds, HOLD_REASONS),
        *_turn_faults(plan, instance),
    ]


def _rows(table: pl.DataFrame) -> Iterable[dict[str, Any]]:
    return table.iter_rows(named=True)


def _sums(table: pl.DataFrame, key: str) -> Counter[str]:
    out: Counter[str] = Counter()
    for row in _rows(table):
        out[row[key]] += row["quantity"] or 0
    return out


def _line_faults(plan: PlanTables, instance: Instance) -> list[str]:
    """Lines of the assignments: known, single, positive, lawful, with the right reach."""
    needs = {n.need_id: n for n in instance.needs}
    offers = {o.offer_id: o for o in instance.offers}
    faults, seen = [], set()
    for row in _rows(plan.assignments):
        line = f"{row['offer_id']} > {row['need_id']}"
        offer, need = offers.get(row["offer_id"]), needs.get(row["need_id"])
        if offer is None or need is None:
            faults.append(f"{line}: unknown id")
            continue
        if line in seen:
            faults.append(f"{line}: listed twice")
        seen.add(line)
        if row["quantity"] <= 0:
            faults.append(f"{line}: quantity {row['quantity']}")
        if not lawful(instance, offer, need):
            faults.append(f"{line}: not lawful")
        if row["category"] not in (offer.category, need.category):
            faults.append(f"{line}: category {row['category']}")
        if row["reach"] != (right := reach(instance, offer.place, need.place)):
            faults.append(f"{line}: reach {row['reach']}, should be {right}")
    return faults


def _quantity_faults(plan: PlanTables, instance: Instance) -> list[str]:
    """Never more than stock or planned need; served + unmet = planned; assigned + held = offered."""
    faults = []
    given, held = _sums(plan.assignments, "offer_id"), _sums(plan.holds, "offer_id")
    served, unmet = _sums(plan.assignments, "need_id"), _sums(plan.unmet, "need_id")
    unknown = {row["offer_id"] for row in _rows(plan.holds) if row["reason"] == "quantity_unknown"}
    for offer in instance.offers:
        if given[offer.offer_id] > available(offer):
            faults.append(f"{offer.offer_id}: gives {given[offer.offer_id]} of {available(offer)}")
        if offer.quantity is not None and given[offer.offer_id] + held[offer.offer_id] != offer.quantity:
            faults.append(
                f"{offer.offer_id}: {given[offer.offer_id]} + {held[offer.offer_id]} held, not {offer.quantity}"
            )
        if (offer.quantity is None) != (offer.offer_id in unknown):
            faults.append(f"{offer.offer_id}: quantity_unknown does not fit quantity {offer.quantity}")
    for need in instance.needs:
        if served[need.need_id] + unmet[need.need_id] != planned(instance, need):
            faults.append(
                f"{need.need_id}: {served[need.need_id]} + {unmet[need.need_id]} unmet, not {planned(instance, need)}"
            )
        if unmet[need.need_id] < 0:
            faults.append(f"{need.need_id}: unmet {unmet[need.need_id]}")
    return faults


def served_by_cell(plan: PlanTables, reading: Reading) -> tuple[int, ...]:
    """Units every cell of the reading gets from the assignments."""
    served = _sums(plan.assignments, "need_id")
    return tuple(sum(served[n] for n in cell.needs) for cell in reading.cells)


def _cell_faults(plan: PlanTables, instance: Instance) -> list[str]:
    """The cells table lists every cell once with its demand, what it is served, and the ratio of both."""
    reading = Reading.of(instance)
    expected: dict[tuple[str, str, int], list[tuple[int, int]]] = defaultdict(list)
    for cell, quantity in zip(reading.cells, served_by_cell(plan, reading), strict=True):
        expected[cell.key].append((cell.demand, quantity))
    listed: dict[tuple[str, str, int], list[tuple[int, int]]] = defaultdict(list)
    faults = []
    for row in _rows(plan.cells):
        key = row["place"], row["category"], row["urgency"]
        if row["demand"] > 0:
            listed[key].append((row["demand"], row["served"]))
            if abs(float(row["coverage"]) - row["served"] / row["demand"]) > 0.00051:
                faults.append(f"cell {key}: coverage {row['coverage']} of {row['served']} / {row['demand']}")
        elif row["served"] != 0:
            faults.append(f"cell {key}: served {row['served']} without demand")
    for key in expected.keys() | listed.keys():
        if sorted(expected[key]) != sorted(listed[key]):
            faults.append(f"cell {key}: table says {listed[key]}, inputs and assignments {expected[key]}")
    return faults


def _reason_faults(table: pl.DataFrame, reasons: frozenset[str]) -> list[str]:
    faults = []
    for row in _rows(table):
        if row["reason"] not in reasons:
            faults.append(f"{row}: unknown reason")
        if not (row["text_zh"] or "").strip() or not (row["text_en"] or "").strip():
            faults.append(f"{row}: no text")
    return faults


def _turn_faults(plan: PlanTables, instance: Instance) -> list[str]:
    """Inside a cell nobody is served while one more vulnerable, or as vulnerable and older, still lacks something."""
    needs = {n.need_id: n for n in instance.needs}
    served = _sums(plan.assignments, "need_id")
    faults = []
    for cell in Reading.of(instance).cells:
        rows = [needs[n] for n in cell.needs]
        for first in rows:
            lacks = served[first.need_id] < planned(instance, first)
            late = [n.need_id for n in rows if lacks and served[n.need_id] > 0 and _comes_first(first, n)]
            if late:
                faults.append(f"{late} served before {first.need_id}, whose turn comes first")
    return faults


def _comes_first(first: NeedRow, other: NeedRow) -> bool:
    if first.vulnerability != other.vulnerability:
        return first.vulnerability > other.vulnerability
    return "" < first.opened < other.opened


def assert_optimal(plan: PlanTables, instance: Instance) -> None:
    """AssertionError unless exact amounts, whole-unit amounts and movement are the oracle's (tiny instances)."""
    exact = staged_optimum(instance)
    _assert_exact(plan, exact)
    served = served_by_cell(plan, exact.reading)
    moved = moved_by_reach(plan, exact.reading.farthest)
    if 1 << sum(a.denominator != 1 for a in exact.amounts) > MAX_CHOICES:
        assert permitted(exact, served), f"served {served} is no permitted rounding of {_text(exact.amounts)}"
        assert moved == least_movement(exact.reading, served), f"moved {moved} more than needed"
        return
    best = best_rounding(exact)
    assert served in (best.served, *best.equals), _rounding_fault(exact, served, moved, best)
    assert moved == best.moved, _rounding_fault(exact, served, moved, best)


def _assert_exact(plan: PlanTables, exact: Exact) -> None:
    listed = sorted(
        (row["place"], row["category"], row["urgency"], row["demand"], Fraction(str(row["exact"])))
        for row in _rows(plan.cells)
        if row["demand"] > 0
    )
    expected = sorted((*c.key, c.demand, a) for c, a in zip(exact.reading.cells, exact.amounts, strict=True))
    wrong = [f"{a[:4]}: {a[4]}, should be {b[4]}" for a, b in zip(listed, expected, strict=False) if a != b]
    if wrong or len(listed) != len(expected):
        raise AssertionError(f"exact amounts: {wrong or (listed, expected)}")


def moved_by_reach(plan: PlanTables, farthest: int) -> tuple[int, ...]:
    """Units assigned at each reach, 0 first."""
    moved: Counter[int] = Counter()
    for row in _rows(plan.assignments):
        moved[row["reach"]] += row["quantity"]
    return tuple(moved[r] for r in range(farthest + 1))


def _text(amounts: Sequence[Fraction]) -> str:
    return ", ".join(str(a) for a in amounts)


def _rounding_fault(exact: Exact, served: Sequence[int], moved: Sequence[int], best: Rounding) -> str:
    cells = [cell.key for cell in exact.reading.cells]
    return (
        f"cells {cells}, exact {_text(exact.amounts)}: served {tuple(served)} moving {tuple(moved)}, "
        f"should be {best.served} moving {best.moved}; permitted: {permitted(exact, served)}, "
        f"least for what it serves: {least_movement(exact.reading, served)}"
    )
