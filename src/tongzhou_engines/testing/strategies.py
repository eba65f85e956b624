"""Hypothesis strategies of tiny planning problems that shrink well (needs the development extras)."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import strategies as st

from tongzhou_engines.testing.instances import ORDERS, Instance, NeedRow, OfferRow

__all__ = ["PLACES", "instances", "need_rows", "offer_rows"]

#: Two provinces; one street hangs directly under its city.
PLACES: Mapping[str, str | None] = {
    "CN": None,
    "31": "CN",
    "3101": "31",
    "310101": "3101",
    "42": "CN",
    "4201": "42",
    "420101": "4201",
    "420101001": "420101",
    "420101002": "420101",
    "420102": "4201",
    "420100003": "4201",
}
_CATEGORIES = ("surgical_mask", "n95_respirator", "cloth_mask")
_DAYS = ("", "2020-02-03", "2020-02-06", "2020-02-09")
_place = st.sampled_from(list(PLACES))
_category = st.sampled_from(_CATEGORIES)


@st.composite
def _windows(draw: st.DrawFn) -> tuple[str, str]:
    start, end = draw(st.sampled_from(_DAYS)), draw(st.sampled_from(_DAYS))
    return (start, end) if not end or start <= end else (end, start)


@st.composite
def need_rows(draw: st.DrawFn, number: int) -> NeedRow:
    """The need with this number in its id."""
    opened, due = draw(_windows())
    return NeedRow(
        need_id=f"n{number}",
        place=draw(_place),
        category=draw(_category),
        urgency=draw(st.integers(0, 3)),
        quantity=draw(st.one_of(st.integers(0, 12), st.none())),
        confirmed=draw(st.one_of(st.none(), st.none(), st.integers(0, 12))),
        vulnerability=draw(st.integers(0, 2)),
        opened=opened,
        due=due,
    )


@st.composite
def offer_rows(draw: st.DrawFn, number: int) -> OfferRow:
    """The offer with this number in its id; one with nothing to give carries no window."""
    quantity, reserve = draw(st.one_of(st.integers(0, 12), st.none())), draw(st.sampled_from((0, 0, 2)))
    start, until = draw(_windows()) if (quantity or 0) > reserve else ("", "")
    return OfferRow(
        offer_id=f"o{number}",
        place=draw(_place),
        category=draw(_category),
        quantity=quantity,
        coverage=tuple(draw(st.lists(_place, max_size=2, unique=True))),
        reserve=reserve,
        start=start,
        until=until,
    )


@st.composite
def instances(draw: st.DrawFn, *, needs: int = 6, offers: int = 5) -> Instance:
    """A whole problem on `PLACES`: any order of principles, substitution among the three categories."""
    others = {c: st.lists(st.sampled_from([o for o in _CATEGORIES if o != c]), unique=True) for c in _CATEGORIES}
    compat = {c: tuple(draw(choice)) for c, choice in others.items()}
    return Instance(
        places=PLACES,
        compat={c: listed for c, listed in compat.items() if listed},
        needs=tuple(draw(need_rows(n)) for n in range(draw(st.integers(1, needs)))),
        offers=tuple(draw(offer_rows(n)) for n in range(draw(st.integers(0, offers)))),
        principles=draw(st.sampled_from(ORDERS)),
        minimum_lot={"surgical_mask": 5},
        plausible_maximum={"cloth_mask": 8},
    )
