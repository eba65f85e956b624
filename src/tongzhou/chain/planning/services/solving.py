"""The engine asked for a plan of a snapshot, and once more without what people fixed, to say what that costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tongzhou.chain.planning.services.apart import plan_apart
from tongzhou.chain.planning.services.figures import served_by_class
from tongzhou.chain.planning.services.snapshot import Snapshot
from tongzhou.chain.planning.types import Step
from tongzhou_engines import allocation

__all__ = ["APART", "MOST_NAMED", "Watch", "pins_cost", "solve"]

#: From so many needs on the engine works in a process of its own (which takes a second to begin).
APART = 5_000

#: Needs that get less because of pins, the largest loss first: so many are named.
MOST_NAMED = 5

#: Told the step, how many parts of it are done and how many there are; may raise to stop.
Watch = Callable[[str, int, int], None]

_STEPS = {"reading": Step.READING, "solving": Step.SOLVING, "wording": Step.WORDING}


def solve(snapshot: Snapshot, watch: Watch | None = None) -> allocation.Plan:
    """The engine's plan. InputError no_rows when there is no need to plan; RuntimeError when it read other numbers."""

    def tell(step: str, done: int, total: int) -> None:
        if watch is not None:
            watch(_STEPS[step], done, total)

    made = _plan(snapshot, True, tell)
    read = dict(zip(made.needs["need_id"], made.needs["planned"], strict=True))
    if read != {code: one.planned for code, one in snapshot.needs.items()}:
        raise RuntimeError("the engine planned other quantities than the desk gave it")
    return made


def pins_cost(snapshot: Snapshot, made: allocation.Plan, watch: Watch | None = None) -> dict[str, Any]:
    """What pins change, for the figures of the plan.

    ``pins_cost``: base units served with them and without, ``{class: {category: {with, without}}}``, only where the two
    differ. ``pins_less``: how many ``needs`` get less, and the ``most`` of them, ``[{need, with, without}]``: goods may
    go from one receiver to another without any sum changing.
    """
    if not snapshot.pins:
        return {"pins_cost": {}, "pins_less": {"needs": 0, "most": []}}

    def tell(step: str, done: int, total: int) -> None:
        if watch is not None and step == "solving":
            watch(Step.PINS, done, total)

    free = _plan(snapshot, False, tell)
    ours, theirs = served_by_class(snapshot, made.assignments), served_by_class(snapshot, free.assignments)
    out: dict[str, Any] = {}
    for urgency in sorted({*ours, *theirs}):
        one, other = ours.get(urgency, {}), theirs.get(urgency, {})
        differing = {
            category: {"with": one.get(category, 0), "without": other.get(category, 0)}
            for category in sorted({*one, *other})
            if one.get(category, 0) != other.get(category, 0)
        }
        if differing:
            out[urgency] = differing
    return {"pins_cost": out, "pins_less": _less(_by_need(made), _by_need(free))}


def _by_need(made: allocation.Plan) -> dict[str, int]:
    served: dict[str, int] = {}
    for need, units in made.assignments.select("need_id", "quantity").iter_rows():
        served[need] = served.get(need, 0) + units
    return served


def _less(ours: dict[str, int], theirs: dict[str, int]) -> dict[str, Any]:
    """Who gets less than without pins."""
    lost = [(ours.get(need, 0) - units, need) for need, units in theirs.items() if ours.get(need, 0) < units]
    most = [{"need": need, "with": ours.get(need, 0), "without": theirs[need]} for _, need in sorted(lost)[:MOST_NAMED]]
    return {"needs": len(lost), "most": most}


def _plan(snapshot: Snapshot, pinned: bool, tell: Watch) -> allocation.Plan:
    tables = snapshot.tables(pinned)
    assert tables["needs"] is not None
    assert tables["offers"] is not None
    arguments: dict[str, Any] = {
        "needs": tables["needs"], "offers": tables["offers"], "catalogue": snapshot.catalogue,
        "principles": snapshot.orders, "previous": tables["previous"], "pins": tables["pins"],
    }  # fmt: skip
    if len(snapshot.needs) >= APART:
        return plan_apart(arguments, tell)
    return allocation.plan(**arguments, watch=tell)
