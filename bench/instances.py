"""Made-up instances of any size on China's real tree of places (synthetic: no real need or offer)."""

from __future__ import annotations

import numpy as np
import polars as pl

from tongzhou_engines.gazetteer.places import PlaceTree

CATEGORIES = 20
#: Every other category may stand in for the one before it.
COMPATIBLE = {f"c{i:02d}": f"c{i - 1:02d}" for i in range(1, CATEGORIES, 2)}


def catalogue(kind: str = "goods") -> pl.DataFrame:
    """Twenty categories, ten of which may stand in for another one."""
    names = [f"c{i:02d}" for i in range(CATEGORIES)]
    return pl.DataFrame(
        {
            "category": names,
            "unit": ["件"] * CATEGORIES,
            "substitutes_for": [COMPATIBLE.get(n, "") for n in names],
            "kind": [kind] * CATEGORIES,
        }
    )


def instance(needs: int, seed: int = 1, tree: PlaceTree | None = None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`needs` needs and a tenth as many offers, half of what is asked for, at streets and districts.

    Coverage: 40 % own district, 25 % own city, 20 % own province (and for 5 % one more province), 10 % nation.
    """
    rng = np.random.default_rng(seed)
    tree = tree or PlaceTree.builtin()
    low = [c for c, d in zip(tree.codes, tree.depths, strict=True) if d >= 3]
    provinces = [c for c, d in zip(tree.codes, tree.depths, strict=True) if d == 1]
    at = rng.integers(0, len(low), needs)
    quantity = rng.integers(1, 1000, needs)
    need = pl.DataFrame(
        {
            "need_id": [f"n{i:07d}" for i in range(needs)],
            "place": [low[i] for i in at],
            "category": [f"c{i:02d}" for i in rng.integers(0, CATEGORIES, needs)],
            "urgency": rng.choice(4, needs, p=[0.1, 0.3, 0.4, 0.2]),
            "quantity": quantity,
        }
    )
    count = max(needs // 10, 1)
    home = [low[i] for i in rng.integers(0, len(low), count)]
    share = rng.dirichlet(np.ones(count)) * quantity.sum() * 0.5
    coverage = [_coverage(h, u, tree, provinces, rng) for h, u in zip(home, rng.random(count), strict=True)]
    offer = pl.DataFrame(
        {
            "offer_id": [f"o{i:07d}" for i in range(count)],
            "organisation": [f"org{i}" for i in range(count)],
            "place": home,
            "category": [f"c{i:02d}" for i in rng.integers(0, CATEGORIES, count)],
            "quantity": np.maximum(share.astype(np.int64), 1),
            "coverage": coverage,
        }
    )
    return need, offer


def _coverage(home: str, u: float, tree: PlaceTree, provinces: list[str], rng: np.random.Generator) -> str:
    above = tree.ancestors(home)
    by_depth = {tree.depth(c): c for c in above}
    if u < 0.4:
        return by_depth[3] if 3 in by_depth else above[1]
    if u < 0.65:
        return by_depth[2]
    if u < 0.85:
        return by_depth[1]
    if u < 0.9:
        return f"{by_depth[1]};{provinces[int(rng.integers(len(provinces)))]}"
    return "CN"
