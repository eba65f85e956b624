"""Ways to spoil a plan directory so that only mathematics can tell: tables and hashes are brought in line again.

A tampering on the assignments is a new mapping {(offer_id, need_id): quantity}; `rewrite` makes the directory agree
with it. Whether it really is worse is judged by the oracle of this test, not by the engine.
"""

import hashlib
import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import polars as pl
from planned import Tables

from tongzhou_engines.testing import (
    ORDERS,
    Exact,
    Instance,
    NeedRow,
    Reading,
    best_rounding,
    staged_optimum,
)
from tongzhou_engines.testing.oracle_rounding import cheapest_delivery
from tongzhou_engines.testing.reading import available, lawful, planned, reach

Lines = dict[tuple[str, str], int]


def lines_of(tables: Tables) -> Lines:
    return {(r["offer_id"], r["need_id"]): r["quantity"] for r in tables.assignments.iter_rows(named=True)}


class Judge:
    """The oracle's word on lines of one instance."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.exact = staged_optimum(instance)
        self.best = best_rounding(self.exact)

    def as_good(self, lines: Lines) -> bool:
        """Whether the lines are lawful and have the one right rounding and the least movement."""
        offers = {o.offer_id: o for o in self.instance.offers}
        needs = {n.need_id: n for n in self.instance.needs}
        moved, served = [0] * (self.exact.reading.farthest + 1), Counter[str]()
        for (offer_id, need_id), quantity in lines.items():
            if not lawful(self.instance, offers[offer_id], needs[need_id]):
                return False
            moved[reach(self.instance, offers[offer_id].place, needs[need_id].place)] += quantity
            served[need_id] += quantity
        return (
            all(given <= available(offers[offer_id]) for offer_id, given in _given(lines).items())
            and all(got <= planned(self.instance, needs[need_id]) for need_id, got in served.items())
            and tuple(_cell_amounts(self.exact.reading, lines)) in (self.best.served, *self.best.equals)
            and tuple(moved) == self.best.moved
        )


# What is done to the assignments


def unlawful(rng: random.Random, instance: Instance, reading: Reading, lines: Lines) -> Iterator[Lines]:
    """An offer with stock left serves a need it may not serve, instead of the one that did."""
    given = _given(lines)
    for (offer_id, need_id), quantity in _shuffled(rng, lines.items()):
        need = next(n for n in instance.needs if n.need_id == need_id)
        for other in _shuffled(rng, instance.offers):
            spare = available(other) - given[other.offer_id]
            if spare > 0 and not lawful(instance, other, need):
                amount = rng.randint(1, min(spare, quantity))
                yield _moved(lines, (offer_id, need_id), (other.offer_id, need_id), amount)


def other_amounts(same_class: bool | None):
    """Another cell is served one unit instead (of the same class or not; None: of no cell), by the least movement."""

    def tamper(rng: random.Random, instance: Instance, reading: Reading, lines: Lines) -> Iterator[Lines]:
        served = _cell_amounts(reading, lines)
        for worse, better in _shuffled(rng, _exchanges(reading, same_class)):
            other = list(served)
            other[worse] -= 1
            if better is not None:
                other[better] += 1
            if other[worse] >= 0 and all(q <= c.demand for q, c in zip(other, reading.cells, strict=True)):
                delivered = deliver(instance, reading, other)
                if delivered is not None:
                    yield delivered

    return tamper


def shift_ceiling(rng: random.Random, instance: Instance, reading: Reading, lines: Lines) -> Iterator[Lines]:
    """A cell rounded up is rounded down and one of the same class the other way round: still floors and ceilings."""
    exact, served = staged_optimum(instance), _cell_amounts(reading, lines)
    for high, low in _shuffled(rng, _exchanges(reading, True)):
        if low is not None and served[high] > exact.amounts[high] and served[low] < exact.amounts[low]:
            other = list(served)
            other[high] -= 1
            other[low] += 1
            delivered = deliver(instance, reading, other)
            if delivered is not None:
                yield delivered


def _exchanges(reading: Reading, same_class: bool | None) -> list[tuple[int, int | None]]:
    numbers = range(len(reading.cells))
    if same_class is None:
        return [(k, None) for k in numbers]
    urgency = [cell.urgency for cell in reading.cells]
    return [(a, b) for a in numbers for b in numbers if a != b and (urgency[a] == urgency[b]) == same_class]


def more_movement(rng: random.Random, instance: Instance, reading: Reading, lines: Lines) -> Iterator[Lines]:
    """Two lines swap their offers, or a line changes to an offer with stock left; all lawful, all served the same."""
    rows = {o.offer_id: o for o in instance.offers}
    wanted = {n.need_id: n for n in instance.needs}
    given = _given(lines)
    for (offer_id, need_id), quantity in _shuffled(rng, lines.items()):
        for other in _shuffled(rng, instance.offers):
            spare = available(other) - given[other.offer_id]
            if other.offer_id == offer_id or not lawful(instance, other, wanted[need_id]):
                continue
            if spare > 0:
                amount = rng.randint(1, min(spare, quantity))
                yield _moved(lines, (offer_id, need_id), (other.offer_id, need_id), amount)
            for (owner, second), held in _shuffled(rng, lines.items()):
                if owner == other.offer_id and lawful(instance, rows[offer_id], wanted[second]):
                    amount = rng.randint(1, min(held, quantity))
                    half = _moved(lines, (offer_id, need_id), (owner, need_id), amount)
                    yield _moved(half, (owner, second), (offer_id, second), amount)


def over_use(rng: random.Random, instance: Instance, reading: Reading, lines: Lines) -> Iterator[Lines]:
    """An offer gives one more than it may, instead of another or to someone unserved."""
    given = _given(lines)
    for offer in _shuffled(rng, instance.offers):
        extra = available(offer) - given[offer.offer_id] + 1
        for need in _shuffled(rng, instance.needs):
            if not lawful(instance, offer, need):
                continue
            lacking = planned(instance, need) - sum(q for (_, n), q in lines.items() if n == need.need_id)
            if lacking >= extra:
                yield _moved(lines, None, (offer.offer_id, need.need_id), extra)
            for (owner, served), quantity in lines.items():
                if served == need.need_id and owner != offer.offer_id and quantity >= extra:
                    yield _moved(lines, (owner, served), (offer.offer_id, served), extra)


def deliver(instance: Instance, reading: Reading, served: Sequence[int]) -> Lines | None:
    """Lines that serve the cells so with the least movement, each cell's needs in their turn; None when impossible."""
    base = sum(served) + 1
    price = {pair: 0 if r == 0 else base ** (r - 1) for pair, r in reading.reach.items()}
    given = cheapest_delivery(reading.supply, served, price)
    if given is None:
        return None
    rows = {n.need_id: n for n in instance.needs}
    lines: Lines = {}
    for k, cell in enumerate(reading.cells):
        turn = sorted((rows[n] for n in cell.needs), key=lambda n: (-n.vulnerability, n.opened or "9", n.need_id))
        queue = [(n.need_id, planned(instance, n)) for n in turn]
        for i, quantity in [(i, q) for (i, c), q in sorted(given.items()) if c == k and q > 0]:
            while quantity > 0:
                need_id, room = queue.pop(0)
                part = min(room, quantity)
                lines[instance.offers[i].offer_id, need_id] = part
                quantity -= part
                if room > part:
                    queue.insert(0, (need_id, room - part))
    return lines


def _moved(lines: Lines, source: tuple[str, str] | None, target: tuple[str, str], amount: int) -> Lines:
    out = Counter(lines)
    out[target] += amount
    if source is not None:
        out[source] -= amount
    return {pair: quantity for pair, quantity in out.items() if quantity > 0}


def _given(lines: Lines) -> Counter[str]:
    out: Counter[str] = Counter()
    for (offer_id, _), quantity in lines.items():
        out[offer_id] += quantity
    return out


def _cell_amounts(reading: Reading, lines: Lines) -> list[int]:
    return [sum(q for (_, n), q in lines.items() if n in cell.needs) for cell in reading.cells]


def _shuffled(rng: random.Random, items) -> list:
    out = list(items)
    rng.shuffle(out)
    return out


# Bringing the directory in line with it


def rewrite(folder: Path, instance: Instance, lines: Lines) -> None:
    """Make every table of a plan directory say what `lines` say."""
    _rewrite_assignments(folder, instance, lines)
    _rewrite_cells(folder, Reading.of(instance), lines)
    served, given = Counter[str](), _given(lines)
    for (_, need_id), quantity in lines.items():
        served[need_id] += quantity
    unmet = {n.need_id: planned(instance, n) - served[n.need_id] for n in instance.needs}
    _rewrite_rest(folder / "unmet.csv", "need_id", unmet, {"reason": "shared_fairly"}, ())
    free = {o.offer_id: available(o) - given[o.offer_id] for o in instance.offers if o.quantity is not None}
    _rewrite_rest(folder / "holds.csv", "offer_id", free, {"reason": "not_needed"}, ("reserved", "quantity_unknown"))


def _rewrite_assignments(folder: Path, instance: Instance, lines: Lines) -> None:
    table = pl.read_csv(folder / "assignments.csv", infer_schema=False)
    offers = {o.offer_id: o for o in instance.offers}
    needs = {n.need_id: n for n in instance.needs}
    by_offer = all(r["category"] == offers[r["offer_id"]].category for r in table.iter_rows(named=True))
    rows = []
    for (offer_id, need_id), quantity in sorted(lines.items()):
        offer, need = offers[offer_id], needs[need_id]
        row = {
            "offer_id": offer_id,
            "need_id": need_id,
            "category": offer.category if by_offer else need.category,
            "quantity": str(quantity),
            "reach": str(reach(instance, offer.place, need.place)),
            "basis": _basis(instance, need),
        }
        assert list(row) == table.columns
        rows.append(row)
    pl.DataFrame(rows, schema=table.schema).write_csv(folder / "assignments.csv")


def _basis(instance: Instance, need: NeedRow) -> str:
    """What the planned quantity rests on, in the word the assignments use."""
    if need.confirmed is not None:
        return "confirmed"
    if need.quantity is None:
        return "minimum_lot"
    return "asked" if planned(instance, need) == need.quantity else "capped"


def _rewrite_cells(folder: Path, reading: Reading, lines: Lines) -> None:
    table = pl.read_csv(folder / "cells.csv", infer_schema=False)
    served = {cell.key: q for cell, q in zip(reading.cells, _cell_amounts(reading, lines), strict=True)}
    rows = table.to_dicts()
    for row in rows:
        key = row["place"], row["category"], int(row["urgency"])
        if key in served and int(row["served"]) != served[key]:
            row["served"] = str(served[key])
            row["coverage"] = str(round(served[key] / int(row["demand"]), 6))
    pl.DataFrame(rows, schema=table.schema).write_csv(folder / "cells.csv")


def _rewrite_rest(path: Path, key: str, rest: dict[str, int], blank: dict[str, str], fixed: Sequence[str]) -> None:
    """unmet.csv or holds.csv: one row for what is left of each id, old rows kept where they are still true."""
    table = pl.read_csv(path, infer_schema=False)
    kept, told = [], Counter[str]()
    for row in table.iter_rows(named=True):
        told[row[key]] += 0 if row["reason"] in fixed else int(row["quantity"])
    for row in table.iter_rows(named=True):
        if row["reason"] in fixed or told[row[key]] == rest.get(row[key], 0):
            kept.append(row)
    words = {c: "理由" if c == "text_zh" else "reason" for c in table.columns if c.startswith("text")}
    for name, quantity in rest.items():
        if quantity > 0 and told[name] != quantity:
            old = next((r for r in table.iter_rows(named=True) if r[key] == name and r["reason"] not in fixed), None)
            fresh = old or {**dict.fromkeys(table.columns), **blank, **words, key: name}
            kept.append({**fresh, "quantity": str(quantity)})
    pl.DataFrame(kept, schema=table.schema).sort(key).write_csv(path)


def retotal(folder: Path) -> None:
    """Bring the totals of plan.json in line with the tables."""
    tables, path = Tables(folder), folder / "plan.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    moved = Counter[str]()
    for row in tables.assignments.iter_rows(named=True):
        moved[str(row["reach"])] += row["quantity"]
    fresh = {
        "assignments": tables.assignments.height,
        "holds": tables.holds.height,
        "moved": dict(sorted(moved.items())),
        "served": sum(moved.values()),
        "served_needs": tables.assignments["need_id"].n_unique(),
        "unmet": sum(tables.unmet["quantity"].to_list()),
        "unmet_needs": tables.unmet["need_id"].n_unique(),
    }
    assert set(fresh) <= set(told["totals"])
    told["totals"] |= fresh
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def rehash(folder: Path, before: dict[str, bytes]) -> None:
    """Put the new sha256 of every changed file where plan.json names the file with its old one."""
    path = folder / "plan.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    renewed = {
        (name, hashlib.sha256(old).hexdigest()): hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name, old in before.items()
    }

    def renew(value):
        if isinstance(value, dict):
            return {
                k: renewed[k, v] if isinstance(v, str) and (k, v) in renewed else renew(v) for k, v in value.items()
            }
        return [renew(v) for v in value] if isinstance(value, list) else value

    path.write_text(json.dumps(renew(told), ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def snapshot(folder: Path) -> dict[str, bytes]:
    """Every file of a plan directory but plan.json itself."""
    files = [p for p in folder.rglob("*") if p.is_file() and p.name != "plan.json"]
    return {str(p.relative_to(folder)): p.read_bytes() for p in files}


# Single files changed, everything else as it was


def drop_line(rng: random.Random, folder: Path, exact: Exact) -> bool:
    """A line of assignments.csv is left out."""
    table = pl.read_csv(folder / "assignments.csv", infer_schema=False)
    if table.is_empty():
        return False
    gone = rng.randrange(table.height)
    table.with_row_index().filter(pl.col("index") != gone).drop("index").write_csv(folder / "assignments.csv")
    return True


def change_cells(rng: random.Random, folder: Path, exact: Exact) -> bool:
    """One number of cells.csv is changed."""
    rows = pl.read_csv(folder / "cells.csv", infer_schema=False).to_dicts()
    row, column = rng.choice(rows), rng.choice(("demand", "served", "exact", "coverage", "urgency"))
    row[column] = "1/7" if column == "exact" else "0.123" if column == "coverage" else str(int(row[column]) + 1)
    pl.DataFrame(rows).write_csv(folder / "cells.csv")
    return True


def change_level(rng: random.Random, folder: Path, exact: Exact) -> bool:
    """A ratio of the certificate to which some cell rises at its stage is changed, wherever that stage names it.

    A ratio no cell rises to proves as much when it is lowered, so only those that matter are changed.
    """
    certificate, cells = _certificate(folder), exact.reading.cells
    places = []
    for board in certificate["boards"]:
        for stage in board["stages"]:
            risen = _risen(exact, board["categories"], stage["urgency"], stage["ring"])
            levels = {Fraction(ratio) for ratio in stage["ratios"] if ratio is not None}
            places += [(stage, level) for level in sorted(levels & risen)]
    assert places or not any(0 < a < c.demand for a, c in zip(exact.amounts, cells, strict=True))
    if not places:
        return False
    stage, level = rng.choice(places)
    fresh = level * rng.choice((Fraction(100, 99), Fraction(99, 100), Fraction(1, 2)))
    same = [ratio is not None and Fraction(ratio) == level for ratio in stage["ratios"]]
    stage["ratios"] = [str(fresh) if hit else ratio for hit, ratio in zip(same, stage["ratios"], strict=True)]
    _write_certificate(folder, certificate)
    return True


def _risen(exact: Exact, categories: Sequence[str], urgency: int, ring: int) -> set[Fraction]:
    """Ratios below 1 to which cells of these categories rise at this stage, by the oracle's history."""
    found, before = set(), (Fraction(0),) * len(exact.amounts)
    for stage in exact.stages:
        if (stage.urgency, stage.ring) == (urgency, ring):
            for cell, old, new in zip(exact.reading.cells, before, stage.amounts, strict=True):
                if cell.category in categories and old < new < cell.demand:
                    found.add(new / cell.demand)
        before = stage.amounts
    return found


def change_label(rng: random.Random, folder: Path, exact: Exact) -> bool:
    """The class or the ring a stage of the certificate belongs to is changed."""
    certificate = _certificate(folder)
    stages = [stage for board in certificate["boards"] for stage in board["stages"]]
    if not stages:
        return False
    stage, label = rng.choice(stages), rng.choice(("urgency", "ring"))
    stage[label] += rng.choice((1, -1))
    _write_certificate(folder, certificate)
    return True


def _certificate(folder: Path) -> dict:
    return json.loads((folder / "certificate.json").read_text(encoding="utf-8"))


def _write_certificate(folder: Path, certificate: dict) -> None:
    text = json.dumps(certificate, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / "certificate.json").write_text(text + "\n", encoding="utf-8")


def forge(rng: random.Random, instance: Instance) -> Instance:
    """An instance with the same ids in which one thing is otherwise: its plan and proof are honest, but of it."""
    needs, offers = list(instance.needs), list(instance.offers)
    n, o = rng.randrange(len(needs)), rng.randrange(len(offers))
    match rng.choice(("order", "urgency", "less need", "more need", "less stock", "more stock", "coverage", "place")):
        case "order":
            return replace(instance, principles=rng.choice([order for order in ORDERS if order != instance.principles]))
        case "urgency":
            needs[n] = replace(needs[n], urgency=(needs[n].urgency + rng.choice((1, 2, 3))) % 4)
        case "less need":
            needs[n] = replace(needs[n], confirmed=planned(instance, needs[n]) // 2)
        case "more need":
            needs[n] = replace(needs[n], confirmed=planned(instance, needs[n]) + rng.choice((1, 5)))
        case "less stock":
            offers[o] = replace(offers[o], quantity=(offers[o].quantity or 0) // 2)
        case "more stock":
            offers[o] = replace(offers[o], quantity=(offers[o].quantity or 0) + rng.choice((1, 5)))
        case "coverage":
            offers[o] = replace(offers[o], coverage=(instance.root,) if offers[o].coverage else (offers[o].place,))
        case "place":
            offers[o] = replace(offers[o], place=rng.choice(list(instance.places)))
    return replace(instance, needs=tuple(needs), offers=tuple(offers))


def graft(folder: Path, other: Path, instance: Instance) -> None:
    """The lines and the proof of the plan in `other` over the inputs and the stated principles of `folder`."""
    before = snapshot(folder)
    rewrite(folder, instance, lines_of(Tables(other)))
    retotal(folder)
    (folder / "certificate.json").write_bytes((other / "certificate.json").read_bytes())
    told = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    certificate = _certificate(folder)
    for board in certificate["boards"]:
        board["principles"] = told["principles"].get("goods", board["principles"])
    _write_certificate(folder, certificate)
    rehash(folder, before)
