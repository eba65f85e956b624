"""Few are not counted in public: figures of 1 to 10 are hidden, and so many others that none can be worked out.

A set of figures is named cells and the sums between them. Whoever reads it knows every shown cell, every sum, that no
cell is negative and that a hidden one may be anything; `protect` hides further cells until no hidden one can be worked
out from that: neither by adding and subtracting (the row space of the sums), nor by bounds (a sum of 0 or of what the
others must be at least).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import numpy as np

__all__ = ["FEWEST", "Sums", "protect"]

#: Fewer than this are hidden.
FEWEST = 11
#: (total, its parts): total = sum of the parts.
Sums = Sequence[tuple[Hashable, Sequence[Hashable]]]


def protect(cells: Mapping[Hashable, int], sums: Sums) -> set[Hashable]:
    """The cells to hide. Never more than all; zeros are shown unless they are needed to hide others."""
    hidden = {key for key, count in cells.items() if 0 < count < FEWEST}
    for _ in range(len(cells) + 1):
        exposed = _worked_out(cells, sums, hidden)
        if not exposed:
            break
        more = {one for key in sorted(exposed, key=str) if (one := _cover(key, cells, sums, hidden)) is not None}
        if not more:
            return set(cells)  # nothing else helps: none is shown
        hidden |= {min(more, key=lambda key: (cells[key] == 0, cells[key], str(key)))}
    return hidden


def _cover(key: Hashable, cells: Mapping[Hashable, int], sums: Sums, hidden: set[Hashable]) -> Hashable | None:
    """The cheapest shown cell that stands in a sum with `key`: a small count before a large one, a zero last."""
    beside = {one for total, parts in sums if key == total or key in parts for one in (total, *parts)} - hidden
    return min(beside, key=lambda one: (cells[one] == 0, cells[one], str(one)), default=None)


def _worked_out(cells: Mapping[Hashable, int], sums: Sums, hidden: set[Hashable]) -> set[Hashable]:
    """Hidden cells whose value follows from what is shown."""
    order = sorted(hidden, key=str)
    if not order:
        return set()
    place = {key: number for number, key in enumerate(order)}
    rows, rests = [], []
    for total, parts in sums:
        row = np.zeros(len(order))
        rest = 0
        for key, sign in ((total, -1), *((part, 1) for part in parts)):
            if key in place:
                row[place[key]] += sign
            else:
                rest -= sign * cells[key]
        if row.any():
            rows.append(row)
            rests.append(rest)
    if not rows:
        return set()
    matrix = np.array(rows)
    by_sums = np.isclose(np.diag(np.linalg.pinv(matrix) @ matrix), 1.0, atol=1e-7)
    low, high = _bounds(matrix, np.array(rests, dtype=float))
    return {key for key, number in place.items() if by_sums[number] or high[number] - low[number] < 1.0}


def _bounds(matrix: np.ndarray, rests: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The least and the most each hidden cell can be, narrowed sum by sum until nothing changes."""
    low, high = np.zeros(matrix.shape[1]), np.full(matrix.shape[1], np.inf)
    for _ in range(4 * matrix.shape[1]):
        before = (low.copy(), high.copy())
        for row, rest in zip(matrix, rests, strict=True):
            used = np.flatnonzero(row)
            for one in used:
                others = used[used != one]
                least = sum(row[i] * (low[i] if row[i] > 0 else high[i]) for i in others)
                most = sum(row[i] * (high[i] if row[i] > 0 else low[i]) for i in others)
                ends = sorted(((rest - least) / row[one], (rest - most) / row[one]))
                low[one], high[one] = max(low[one], ends[0]), min(high[one], ends[1])
        if (low == before[0]).all() and (high == before[1]).all():
            break
    return low, high
