"""How long a plan takes beside a plain least-cost flow of the same instance, and how much memory.

    python bench/allocation.py [--sizes 1000 10000 100000] [--principles urgency,fairness,locality]

Every measurement runs in a process of its own. "plan": tables in memory > assignments, exact amounts, certificate,
reasons and texts (reading files and writing them apart). "peer": OR-Tools SimpleMinCostFlow on the same compact
network, one run: classes by weight, then least reach, no fairness, no proof, no reasons; its network is built with
the same code and counted apart.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "src")]

PRINCIPLES = ("urgency,fairness,locality", "urgency,locality,fairness", "locality,urgency,fairness")


def measure_plan(needs: int, principles: str) -> dict[str, float]:
    """Seconds of plan and check and peak memory of one instance."""
    import tempfile

    from instances import catalogue, instance

    from tongzhou_engines.allocation import check, plan
    from tongzhou_engines.catalogue import Catalogue
    from tongzhou_engines.gazetteer import PlaceTree

    need, offer = instance(needs)
    tree, known = PlaceTree.builtin(), Catalogue.from_table(catalogue())
    before = peak_mib()
    start = time.perf_counter()
    result = plan(need, offer, places=tree, catalogue=known, principles=principles)
    seconds = time.perf_counter() - start
    memory = peak_mib()
    with tempfile.TemporaryDirectory() as folder:
        result.write(f"{folder}/plan")
        start = time.perf_counter()
        found = check(f"{folder}/plan")
        checked = time.perf_counter() - start
    if not found.ok:
        raise SystemExit(f"the plan does not hold: {found.faults}")
    return {"seconds": seconds, "check": checked, "mib": memory, "before": before, "cells": result.cells.height}


def measure_peer(needs: int, principles: str) -> dict[str, float]:
    """Seconds of one least-cost flow of the same instance."""
    import numpy as np
    from instances import CATEGORIES, COMPATIBLE, instance

    from tongzhou_engines.allocation.board import NeedRow, OfferRow, build_board, outermost
    from tongzhou_engines.allocation.flows import least_cost_flow
    from tongzhou_engines.allocation.network import build_network
    from tongzhou_engines.gazetteer import PlaceTree

    del principles
    need, offer = instance(needs)
    tree = PlaceTree.builtin()
    before = peak_mib()
    start = time.perf_counter()
    names = [f"c{i:02d}" for i in range(CATEGORIES)]
    fits = {n: frozenset({n, COMPATIBLE.get(n, n)}) for n in names}
    offers = [OfferRow(r[0], r[2], r[3], r[4], outermost(r[5].split(";"), tree)) for r in offer.iter_rows()]
    board = build_board(tree, fits, [NeedRow(*r) for r in need.iter_rows()], offers)
    net = build_network(board, by_class=False)
    built = time.perf_counter() - start
    start = time.perf_counter()
    sink = net.nodes
    cells = net.first_cell + np.arange(net.cells)
    given = np.arange(net.offers)
    total = int(board.stock.sum())
    tail = np.concatenate([net.tail, cells, given])
    head = np.concatenate([net.head, np.full(net.cells + net.offers, sink)])
    capacity = np.concatenate([np.full(len(net.tail), total), board.demand, board.stock])
    reward = -(10 ** (4 - board.urgency)) * 10
    cost = np.concatenate([np.maximum(net.reach, 0), reward, np.zeros(net.offers, dtype=np.int64)])
    supply = np.zeros(net.nodes + 1, dtype=np.int64)
    supply[: net.offers] = board.stock
    supply[sink] = -total
    least_cost_flow(tail, head, capacity, cost, supply)
    return {"seconds": time.perf_counter() - start, "built": built, "mib": peak_mib(), "before": before}


def peak_mib() -> float:
    """Peak resident memory of this process, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def apart(what: str, needs: int, principles: str) -> dict[str, float]:
    """One measurement in a process of its own."""
    words = [sys.executable, __file__, "--one", what, "--sizes", str(needs), "--principles", principles]
    out = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    return json.loads(out.splitlines()[-1])


def main() -> None:
    """Print a table of ratios."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--principles", nargs="+", default=list(PRINCIPLES[:2]))
    parser.add_argument("--one", choices=["plan", "peer"])
    options = parser.parse_args()
    if options.one:
        run = measure_plan if options.one == "plan" else measure_peer
        print(json.dumps(run(options.sizes[0], options.principles[0])))
        return
    print("needs    principles                  plan s  check s  plan MiB | peer s  (+network s)  peer MiB | plan/peer")
    for size in options.sizes:
        peer = apart("peer", size, PRINCIPLES[0])
        for order in options.principles:
            ours = apart("plan", size, order)
            whole = peer["seconds"] + peer["built"]
            left = f"{size:<8} {order:<27} {ours['seconds']:6.2f}  {ours['check']:7.2f}  {ours['mib']:8.0f}"
            right = f"{peer['seconds']:6.2f}  {peer['built']:12.2f}  {peer['mib']:8.0f}"
            print(f"{left} | {right} | {ours['seconds'] / whole:6.1f}", flush=True)


if __name__ == "__main__":
    main()
