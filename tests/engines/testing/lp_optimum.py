"""A second way to the staged optimum, for judging the oracle: staged linear programs in floating point (scipy, HiGHS).

Within a stage: raise the common ratio of the free cells, then ask for every free cell alone whether it could rise
further while the others keep what they have; those that cannot are fixed. Only the list of open pairs is shared.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import lil_matrix

from tongzhou_engines.testing import Instance, Reading

TOLERANCE = 1e-6


def lp_amounts(instance: Instance) -> list[float]:
    """Amount of every cell of `Reading.of(instance)` in the end, for one order of principles."""
    reading = Reading.of(instance)
    amounts = [0.0] * len(reading.cells)
    for urgency, ring_of_class in _stages(instance, reading):
        open_pairs = [p for p, r in reading.reach.items() if r <= ring_of_class.get(reading.cells[p[1]].urgency, -1)]
        amounts = _stage(reading, open_pairs, amounts, urgency)
    return amounts


def _stages(instance: Instance, reading: Reading):
    """(class in hand, ring up to which each class is open) of every stage."""
    classes = sorted({cell.urgency for cell in reading.cells})
    last = reading.farthest
    match instance.principles:
        case ("locality", "urgency", "fairness"):
            return [(now, dict.fromkeys(classes, ring)) for ring in range(last + 1) for now in classes]
        case ("urgency", "fairness", "locality"):
            return [(now, {c: last for c in classes if c <= now}) for now in classes]
    return [(now, {c: last for c in classes if c < now} | {now: ring}) for now in classes for ring in range(last + 1)]


def _stage(reading, open_pairs, before, urgency):
    fixed = {k: a for k, a in enumerate(before) if reading.cells[k].urgency != urgency}
    free = set(range(len(before))) - set(fixed)
    while free:
        level, _ = _solve(reading, open_pairs, before, fixed, dict.fromkeys(free), None)
        lowest = {k: max(before[k], level * reading.cells[k].demand) for k in free}
        stuck = {k for k in free if _most(reading, open_pairs, before, fixed, lowest, k) <= lowest[k] + 2e-5}
        assert stuck, "a linear program says that no cell is held back"
        fixed |= {k: lowest[k] for k in stuck}
        free -= stuck
    return [fixed[k] for k in range(len(before))]


def _most(reading, open_pairs, before, fixed, lowest, k):
    return _solve(reading, open_pairs, before, fixed, lowest, k)[1]


def _solve(reading, open_pairs, before, fixed, lowest, single):
    """Largest ratio of the free cells (single None), or the largest amount of cell `single` above `lowest`."""
    pairs, cells = len(open_pairs), len(before)
    width = pairs + cells + 1
    balance = lil_matrix((cells, width))
    stock = lil_matrix((len(reading.supply), width))
    for column, (i, k) in enumerate(open_pairs):
        balance[k, column] = 1
        stock[i, column] = 1
    bounds: list[tuple[float, float | None]] = [(0, None)] * pairs
    rising = lil_matrix((cells, width))
    for k in range(cells):
        balance[k, pairs + k] = -1
        low, high = (fixed[k], fixed[k]) if k in fixed else (before[k], reading.cells[k].demand)
        if k in lowest and lowest[k] is not None:
            low = min(lowest[k], high)
        bounds.append((max(0, low - TOLERANCE), high + TOLERANCE))
        if k in lowest and single is None:
            rising[k, width - 1], rising[k, pairs + k] = reading.cells[k].demand, -1
    bounds.append((0, 1))
    goal = np.zeros(width)
    goal[width - 1 if single is None else pairs + single] = -1
    upper = np.concatenate([np.array(reading.supply, dtype=float), np.zeros(cells)])
    matrix = np.vstack([stock.toarray(), rising.toarray()])
    answer = linprog(goal, matrix, upper, balance.toarray(), np.zeros(cells), bounds, method="highs")
    assert answer.status == 0, answer.message
    return answer.x[width - 1], -answer.fun
