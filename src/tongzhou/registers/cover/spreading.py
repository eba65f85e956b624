"""How what others cover is subtracted from what is lacking. Pure: numbers in, numbers out; docs/methods/gaps.md.

Cover lies at a division and reaches every division below it. The narrowest cover is spent first. Inside its reach the
more urgent class comes first; within a class everything lacking is covered in one proportion, and the units that do not
divide go to the largest remainders, then in the order of places and keys. So neither planning nor a page favours a
place because its code is low.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

__all__ = ["Covered", "Spread", "Want", "lies_in", "proportional", "spread"]

Key = TypeVar("Key", bound=Hashable)
_NATION = "0"


@dataclass(frozen=True, slots=True)
class Want(Generic[Key]):
    """What is lacking at a division: base units of a category, in an urgency class (0 first). `key` names it."""

    key: Key
    place: str
    category: str
    urgency: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Covered:
    """What somebody covers at and below a division, base units; None: all of it."""

    place: str
    category: str
    quantity: int | None


@dataclass(frozen=True, slots=True)
class Spread(Generic[Key]):
    """`covered`: key > base units taken off (none left out). `left`: what of each cover, as given, nobody lacks."""

    covered: dict[Key, int]
    left: list[int]


def lies_in(place: str, area: str) -> bool:
    """True when a division lies at or below another (division codes; "0" is the nation)."""
    return area == _NATION or place.startswith(area)


def proportional(amounts: list[int], total: int) -> list[int]:
    """`total` over `amounts` in proportion, never more than each; the largest remainders get the units left over.

    >>> proportional([3, 3, 3], 4)
    [2, 1, 1]
    """
    whole = sum(amounts)
    if total >= whole:
        return list(amounts)
    parts = [amount * total // whole for amount in amounts]
    order = sorted(range(len(amounts)), key=lambda at: (-(amounts[at] * total % whole), at))
    for at in order[: total - sum(parts)]:
        parts[at] += 1
    return parts


def spread(wants: Iterable[Want[Key]], cover: Iterable[Covered]) -> Spread[Key]:
    """What of each want is covered: at most what is lacking. Keys are unique."""
    listed, covers = sorted(wants, key=lambda one: (one.place, str(one.key))), list(cover)
    lacking = {want.key: max(0, want.quantity) for want in listed}
    covered = dict.fromkeys(lacking, 0)
    by_category: dict[str, list[Want[Key]]] = {}
    for want in listed:
        by_category.setdefault(want.category, []).append(want)
    left = [0] * len(covers)
    # Of one place, what covers everything comes last, so that a counted cover beside it is not called unused; of
    # counted ones the smaller first, so that what is covered does not depend on the order of the arguments.
    order = sorted(range(len(covers)), key=lambda at: (*_rank(covers[at]), at))
    for at in order:
        one = covers[at]
        inside = [want for want in by_category.get(one.category, ()) if lies_in(want.place, one.place)]
        left[at] = _spend(inside, one.quantity, lacking, covered)
    return Spread(covered, left)


def _rank(one: Covered) -> tuple[int, bool, int]:
    return -_depth(one.place), one.quantity is None, one.quantity or 0


def _depth(place: str) -> int:
    return 0 if place == _NATION else len(place)


def _spend(inside: list[Want[Key]], quantity: int | None, lacking: dict[Key, int], covered: dict[Key, int]) -> int:
    """Spend one cover over the wants it reaches, class by class; what is left of it (0 when it covers everything)."""
    rest = quantity
    for urgency in sorted({want.urgency for want in inside}):
        keys = [want.key for want in inside if want.urgency == urgency and lacking[want.key]]
        amounts = [lacking[key] for key in keys]
        given = amounts if rest is None else proportional(amounts, rest)
        for key, amount in zip(keys, given, strict=True):
            lacking[key] -= amount
            covered[key] += amount
        rest = None if rest is None else rest - sum(given)
    return rest or 0
