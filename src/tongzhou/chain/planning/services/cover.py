"""What government and companies cover already, taken off the needs (pure; docs/methods/planning-desk.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Claim", "Covering", "share_cover"]


@dataclass(frozen=True, slots=True)
class Claim:
    """A need that may be covered: its open quantity in base units, its place, category and urgency class."""

    key: str
    place: str
    category: str
    urgency: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Covering:
    """So many base units (None: all of it) of a category at or below a division."""

    place: str
    category: str
    quantity: int | None


def share_cover(claims: Sequence[Claim], covers: Sequence[Covering]) -> dict[str, int]:
    """Base units of every claim that are covered already, those above 0 only.

    A cover without quantity covers all. A limited one goes to the urgency classes in turn; in the class where it runs
    out every claim gets its share in proportion to what it still lacks, rounded down, and the units left over go to the
    largest remainders, of equal ones to the smaller key. Narrow covers come before wide ones, so that what can only
    help here is not kept while a wide one is spent; the order of the arguments does not matter.
    """
    left = {claim.key: claim.quantity for claim in claims}
    order = sorted(covers, key=lambda c: (c.quantity is not None, -len(c.place), c.place, c.category, c.quantity or 0))
    for cover in order:
        under = [c for c in claims if c.category == cover.category and _inside(c.place, cover.place) and left[c.key]]
        if cover.quantity is None:
            for claim in under:
                left[claim.key] = 0
            continue
        rest = cover.quantity
        for urgency in sorted({claim.urgency for claim in under}):
            wanted = {c.key: left[c.key] for c in under if c.urgency == urgency}
            for key, units in _proportional(wanted, rest).items():
                left[key] -= units
                rest -= units
    return {c.key: c.quantity - left[c.key] for c in claims if c.quantity > left[c.key]}


def _inside(place: str, area: str) -> bool:
    """Division codes are prefixes of those below them; 0 is the nation."""
    return area == "0" or place.startswith(area)


def _proportional(wanted: dict[str, int], units: int) -> dict[str, int]:
    """`units` shared over `wanted` in proportion by largest remainder; never more than wanted."""
    total = sum(wanted.values())
    if units >= total:
        return dict(wanted)
    shares = {key: divmod(amount * units, total) for key, amount in wanted.items()}
    out = {key: whole for key, (whole, _) in shares.items()}
    over = units - sum(out.values())
    for key in sorted(shares, key=lambda k: (-shares[k][1], k))[:over]:
        out[key] += 1
    return out
