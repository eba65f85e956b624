"""The orders of principles a plan may follow, and the stages each order runs through (docs/methods/allocation.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tongzhou_engines.base.errors import InputError

__all__ = ["DEFAULT_ORDER", "ORDERS", "Order", "Stage", "parse_order", "stages"]

Order = tuple[str, str, str]
HOME_FIRST: Order = ("urgency", "locality", "fairness")
FAIR_FIRST: Order = ("urgency", "fairness", "locality")
HOME_ABOVE_ALL: Order = ("locality", "urgency", "fairness")
ORDERS: tuple[Order, ...] = (HOME_FIRST, FAIR_FIRST, HOME_ABOVE_ALL)

#: Default order of each kind of help.
DEFAULT_ORDER: dict[str, Order] = {
    "in_person": HOME_FIRST,
    "goods": FAIR_FIRST,
    "funds": FAIR_FIRST,
    "remote": FAIR_FIRST,
}
CLASSES = 4


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: the amounts of class `urgency` rise; open pairs are given by two ring limits.

    own_ring: greatest reach open to the class in hand; other_ring: to the other classes; classes: highest class that
    takes part at all.
    """

    urgency: int
    own_ring: int
    other_ring: int
    classes: int
    closes: bool  # whether what is tight now stays tight in every later stage


def parse_order(written: str | Sequence[str]) -> Order:
    """One of `ORDERS` from "urgency,locality,fairness" or a sequence; InputError principles_invalid otherwise."""
    words = written.replace("，", ",").split(",") if isinstance(written, str) else list(written)
    order = tuple(w.strip().lower() for w in words)
    for known in ORDERS:
        if order == known:
            return known
    listed = "; ".join(",".join(o) for o in ORDERS)
    raise InputError(
        "principles_invalid",
        f"原则顺序“{','.join(order)}”不成立（三条原则各一次，且 urgency 必须先于 fairness）",
        f"the order of principles “{','.join(order)}” does not hold (each of the three once, urgency before fairness)",
        f"请从中选一：{listed}",
        f"Choose one of: {listed}",
    )


def stages(order: Order, rings: int) -> list[Stage]:
    """The stages of an order in their sequence; rings: number of reaches (5 in the built-in tree)."""
    last = rings - 1
    if order == FAIR_FIRST:
        return [Stage(u, last, last, u, True) for u in range(CLASSES)]
    if order == HOME_FIRST:
        return [Stage(u, r, last, u, r == last) for u in range(CLASSES) for r in range(rings)]
    return [Stage(u, r, r, CLASSES - 1, False) for r in range(rings) for u in range(CLASSES)]
