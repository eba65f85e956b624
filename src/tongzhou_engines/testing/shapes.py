"""Random tiny instances of many shapes, each the same for ever for its seed."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from tongzhou_engines.testing.instances import ORDERS, Instance, NeedRow, OfferRow

__all__ = ["CHAIN", "crossed_instance", "division_places", "named_places", "random_instance"]

#: Substitution that is not transitive: each may stand in for the next, never for the one after.
CHAIN: Mapping[str, tuple[str, ...]] = {
    "protective_suit": ("isolation_gown",),
    "isolation_gown": ("raincoat",),
    "n95_respirator": ("surgical_mask",),
    "surgical_mask": ("cloth_mask",),
}
_CATEGORIES = ("n95_respirator", "surgical_mask", "cloth_mask", "protective_suit", "isolation_gown", "raincoat")
_DAYS = ("2020-02-03", "2020-02-06", "2020-02-09", "2020-02-12")


def division_places(rng: random.Random, provinces: int, cities: int, districts: int) -> dict[str, str | None]:
    """A table of division codes: code -> parent; some streets hang directly under their city."""
    places: dict[str, str | None] = {"CN": None}
    for p in range(provinces):
        province = ("42", "31", "11")[p]
        places[province] = "CN"
        for c in range(1, cities + 1):
            city = f"{province}{c:02}"
            places[city] = province
            if rng.random() < 0.3:
                places[f"{city}00{rng.randint(1, 3):03}"] = city
            for d in range(1, districts + 1):
                district = f"{city}{d:02}"
                places[district] = city
                for s in range(rng.randint(0, 2)):
                    places[f"{district}{s + 1:03}"] = district
    return places


def named_places(rng: random.Random, nodes: int) -> tuple[dict[str, str | None], dict[str, int]]:
    """A table of other codes: code -> parent, and code -> depth, where a link may skip depths."""
    places: dict[str, str | None] = {"earth": None}
    depths = {"earth": 0}
    for n in range(nodes):
        parent = rng.choice(list(places))
        if depths[parent] < 5:
            places[f"area-{n}"] = parent
            depths[f"area-{n}"] = depths[parent] + rng.choice((1, 1, 1, 2))
    return places, depths


def random_instance(
    seed: int,
    *,
    needs: int = 8,
    offers: int = 8,
    order: Sequence[str] | None = None,
    quantity: int = 30,
) -> Instance:
    """A random instance: at most `needs` needs and `offers` offers of at most `quantity` units.

    order: the principles, None = drawn too. Shapes drawn: tree (division codes or a table with its own depths), number
    of categories and classes, scarcity, subtrees of coverage, inner homes, substitution, windows, reserves, unknowns.
    """
    rng = random.Random(seed)
    depths: dict[str, int] | None = None
    if rng.random() < 0.8:
        places = division_places(rng, rng.randint(1, 3), rng.randint(1, 2), rng.randint(1, 2))
    else:
        places, depths = named_places(rng, rng.randint(2, 10))
    categories = list(_CATEGORIES[: rng.choice((1, 1, 2, 2, 3))] if rng.random() < 0.7 else rng.sample(_CATEGORIES, 3))
    compat = _compat(rng, categories)
    windows = rng.random() < 0.3
    crowded = rng.sample(list(places), min(len(places), rng.choice((2, 3, 4, 20))))
    homes = crowded if rng.random() < 0.5 else list(places)
    scarce = rng.choice((1, 1, 2, 3))
    classes = rng.choice(((1,), (1, 2), (0, 2), (0, 1, 2, 3)))
    return Instance(
        places=places,
        compat=compat,
        needs=tuple(
            _need(rng, n, crowded, categories, classes, quantity, windows)
            for n in range(rng.randint(min(3, needs), needs))
        ),
        offers=tuple(
            _offer(rng, n, homes, places, categories, quantity // scarce, windows)
            for n in range(rng.choice((0, *[rng.randint(1, offers)] * 20)))
        ),
        principles=tuple(order) if order is not None else rng.choice(ORDERS),
        depths=depths,
        minimum_lot={c: rng.choice((1, 5)) for c in categories},
        plausible_maximum={c: rng.choice((10, 25)) for c in categories if rng.random() < 0.3},
    )


def _compat(rng: random.Random, categories: Sequence[str]) -> dict[str, tuple[str, ...]]:
    kind = rng.choice(("none", "chain", "any"))
    if kind == "none":
        return {}
    if kind == "chain":
        return {c: ok for c in categories if (ok := tuple(s for s in CHAIN.get(c, ()) if s in categories))}
    drawn = {c: tuple(s for s in categories if s != c and rng.random() < 0.5) for c in categories}
    return {c: others for c, others in drawn.items() if others}


def _window(rng: random.Random, windows: bool) -> tuple[str, str]:
    if not windows:
        return "", ""
    start, end = sorted(rng.choices(_DAYS, k=2))
    return rng.choice((start, "")), rng.choice((end, ""))


def _need(
    rng: random.Random,
    n: int,
    places: Sequence[str],
    categories: Sequence[str],
    classes: Sequence[int],
    most: int,
    windows: bool,
) -> NeedRow:
    opened, due = _window(rng, windows)
    asked: int | None = rng.choice((rng.randint(1, most), rng.randint(1, most), rng.randint(1, 4)))
    if rng.random() < 0.1:
        asked = rng.choice((0, None, None))
    return NeedRow(
        need_id=f"n{n}",
        place=rng.choice(places),
        category=rng.choice(categories),
        urgency=rng.choice(classes),
        quantity=asked,
        confirmed=rng.randint(0, most) if rng.random() < 0.1 else None,
        vulnerability=rng.choice((0, 0, 1, 2)),
        opened=opened,
        due=due,
    )


def _offer(
    rng: random.Random,
    n: int,
    homes: Sequence[str],
    places: Mapping[str, str | None],
    categories: Sequence[str],
    most: int,
    windows: bool,
) -> OfferRow:
    quantity: int | None = rng.choice((rng.randint(1, most), rng.randint(1, 5)))
    reserve = rng.choice((0, 0, 0, 0, 0, 0, 3))
    if rng.random() < 0.06:
        quantity = rng.choice((0, None))
    # An offer with nothing to give carries no window, so whether it counts as a lawful offer of a cell is no question.
    empty = (quantity or 0) <= reserve
    start, until = _window(rng, windows and not empty)
    home = rng.choice(homes)
    coverage = _coverage(rng, home, places)
    return OfferRow(f"o{n}", home, rng.choice(categories), quantity, coverage, reserve, start, until)


def _coverage(rng: random.Random, home: str, places: Mapping[str, str | None]) -> tuple[str, ...]:
    """The root, a subtree the home lies in, one it need not lie in, or several."""
    above = [home]
    while (parent := places[above[-1]]) is not None:
        above.append(parent)
    anywhere = list(places)
    return rng.choice(
        (
            (),
            (rng.choice(above),),
            (rng.choice(above),),
            (rng.choice(anywhere),),
            (rng.choice(above), rng.choice(anywhere)),
            tuple(rng.sample(anywhere, min(len(anywhere), rng.randint(2, 3)))),
        )
    )


def crossed_instance(seed: int) -> Instance:
    """An instance whose exact class totals are often no whole numbers, which only locality before urgency can bring.

    At ring 0 one offer is shared by two routine cells; at ring 1 another takes over one of them, and the freed part
    goes to an urgent cell next door - while the other routine cell keeps its floor.
    """
    rng = random.Random(seed)
    base = random_instance(seed, needs=3, offers=2, order=ORDERS[2], quantity=6)
    streets = ("420101001", "420101002")
    places = {"CN": None, "42": "CN", "4201": "42", "420101": "4201", streets[0]: "420101", streets[1]: "420101"}
    kinds = ("n95_respirator", "surgical_mask", "cloth_mask")
    home, small, big = rng.choice(("4201", "420101", "42")), rng.choice((1, 2, 3)), rng.choice((3, 5, 7))
    needs = (
        NeedRow("x", streets[0], kinds[1], 2, rng.randint(1, small + 2)),
        NeedRow("y", streets[0], kinds[2], 2, rng.randint(1, small + 2)),
        NeedRow("w", streets[1], kinds[2], rng.choice((0, 1)), rng.randint(1, big)),
    )
    offers = (
        OfferRow("o", streets[0], kinds[0], rng.choice((small, big)), ("420101",)),
        OfferRow("p", streets[1], kinds[1], rng.randint(1, small + 1), (home,)),
    )
    pool = [*places]
    more = tuple(
        NeedRow(f"n{k}", rng.choice(pool), rng.choice(kinds), rng.choice((0, 1, 2, 3)), n.quantity)
        for k, n in enumerate(base.needs)
    )
    extra = tuple(
        OfferRow(f"q{k}", rng.choice(pool), rng.choice(kinds), o.quantity, (rng.choice(pool),))
        for k, o in enumerate(base.offers)
    )
    some = rng.random() < 0.7
    return Instance(
        places=places,
        compat={kinds[0]: kinds[1:]},
        needs=needs + (more if some else ()),
        offers=offers + (extra if some else ()),
        principles=ORDERS[2],
    )
