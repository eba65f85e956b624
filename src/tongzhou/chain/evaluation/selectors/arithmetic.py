"""The arithmetic of gaps and overlaps. Pure: numbers in, numbers out; docs/methods/gaps.md says what each means.

Quantities are whole base units of the category; amounts of different categories are never added together.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from tongzhou.registers.cover.spreading import Covered, Want, spread

__all__ = [
    "FEWEST",
    "Amounts",
    "Balanced",
    "Cell",
    "Overlap",
    "Part",
    "Published",
    "balanced",
    "fold",
    "overlaps",
    "published",
    "state_of",
]

#: Fewer households than this never stand behind a public figure.
FEWEST = 11
_DISTRICT = 6

Key = TypeVar("Key", bound=Hashable)
#: (division code, category).
Where = tuple[str, str]


class Cell(NamedTuple):
    """The finest grain of a figure: place, category, urgency class, and whether institutions or households ask."""

    place: str
    category: str
    urgency: int
    facility: bool


@dataclass(frozen=True, slots=True)
class Amounts:
    """What is measured of a cell (or of several of one category), and what follows (`covered`, `gap`, `over`).

    `needs`, `needed`: needs open now and their planned quantity. `planned` to `received`: where quantities for these
    needs are. `received_all`: with what arrived for needs that are closed. `over`: on its way beyond what is lacking.
    """

    needs: int = 0
    needed: int = 0
    planned: int = 0
    accepted: int = 0
    in_transit: int = 0
    received: int = 0
    received_all: int = 0
    covered: int = 0
    gap: int = 0
    over: int = 0

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(
            self.needs + other.needs, self.needed + other.needed, self.planned + other.planned,
            self.accepted + other.accepted, self.in_transit + other.in_transit, self.received + other.received,
            self.received_all + other.received_all, self.covered + other.covered, self.gap + other.gap,
            self.over + other.over,
        )  # fmt: skip

    @property
    def under_way(self) -> int:
        """Promised or on its way, not yet received."""
        return self.planned + self.accepted + self.in_transit

    @property
    def open(self) -> int:
        """Lacking before anything that may still be planned anew, and before what others cover."""
        return max(0, self.needed - self.accepted - self.in_transit - self.received)


@dataclass(frozen=True, slots=True)
class Balanced:
    """Amounts with cover taken off, and what of each cover (in the order given) nobody lacks."""

    amounts: dict[Cell, Amounts]
    left: list[int]


def balanced(measured: Mapping[Cell, Amounts], cover: Iterable[Covered]) -> Balanced:
    """Take cover off what is open, then see what is lacking and what is too much. A gap is never below 0."""
    listed = list(cover)
    touched = {one.category for one in listed}
    done = spread(
        [
            Want(cell, cell.place, cell.category, cell.urgency, one.open)
            for cell, one in measured.items()
            if cell.category in touched
        ],
        listed,
    )
    found = {cell: _settled(one, done.covered.get(cell, 0)) for cell, one in measured.items()}
    return Balanced(found, done.left)


def _settled(one: Amounts, covered: int) -> Amounts:
    """Amounts with what is covered, lacking and too much."""
    lacking = one.open - covered
    beyond = max(0, one.accepted + one.in_transit + one.received - one.needed)
    gap, over = max(0, lacking - one.planned), max(0, one.planned - lacking) + beyond
    return Amounts(
        one.needs, one.needed, one.planned, one.accepted, one.in_transit, one.received, one.received_all,
        covered, gap, over,
    )  # fmt: skip


def fold(amounts: Mapping[Cell, Amounts], key: Callable[[Cell], Key | None]) -> dict[Key, Amounts]:
    """Sums by `key`; cells for which it is None are left out. Keys must keep categories apart."""
    found: dict[Key, Amounts] = {}
    for cell, one in amounts.items():
        name = key(cell)
        if name is not None:
            found[name] = found[name] + one if name in found else one
    return found


@dataclass(frozen=True, slots=True)
class Overlap:
    """Too much, or two where there is nobody next door. `quantity`: base units beyond need; `beside`: the neighbours.

    `kind` is a `types.OverlapKind` value.
    """

    kind: str
    place: str
    category: str
    quantity: int
    whos: tuple[str, ...]
    beside: tuple[str, ...] = ()


def overlaps(
    amounts: Mapping[Where, Amounts],
    active: Mapping[Where, Sequence[str]],
    unused: Mapping[Where, int],
    whole: Mapping[Where, Sequence[str]] | None = None,
) -> list[Overlap]:
    """What is double. Places are districts; `unused` (cover nobody there lacks) and `whole` (who covers everything)
    may lie at any level.

    double: two or more serve or cover, and more than is needed; or two cover everything there.
    over: more is planned or on its way than is lacking.
    uneven: two or more are active without a gap while a district of the same city has a gap and nobody.
    """
    found, whole = [], whole or {}
    for where in sorted(set(amounts) | set(unused) | set(whole)):
        place, category = where
        beyond = (amounts[where].over if where in amounts else 0) + unused.get(where, 0)
        whos = tuple(sorted({who for at, names in active.items() if _within(at, where) for who in names}))
        twice = _everything(where, whole)
        if len(twice) > 1:
            found.append(Overlap("double", place, category, beyond, tuple(sorted({*whos, *twice}))))
        elif beyond and len(whos) > 1:
            found.append(Overlap("double", place, category, beyond, whos))
        elif where in amounts and amounts[where].over:
            found.append(Overlap("over", place, category, amounts[where].over, whos))
        elif where in amounts and not amounts[where].gap and len(active.get(where, ())) > 1:
            beside = _alone(where, amounts, active)
            if beside:
                found.append(Overlap("uneven", place, category, 0, whos, beside))
    return found


def _everything(where: Where, whole: Mapping[Where, Sequence[str]]) -> set[str]:
    """Who covers everything at a place where somebody says so: itself, or a larger one that holds it."""
    if where not in whole:
        return set()
    return {who for at, names in whole.items() if _within(where, at) for who in names}


def _within(at: Where, where: Where) -> bool:
    return at[1] == where[1] and (where[0] == "0" or at[0].startswith(where[0]))


def _alone(where: Where, amounts: Mapping[Where, Amounts], active: Mapping[Where, Sequence[str]]) -> tuple[str, ...]:
    """Districts of the same city that lack this category and where nobody is active."""
    place, category = where
    if len(place) != _DISTRICT:
        return ()
    city = place[:4]
    return tuple(
        sorted(
            at[0]
            for at, one in amounts.items()
            if at[1] == category and at[0].startswith(city) and len(at[0]) == _DISTRICT and one.gap
            and not active.get(at)
        )
    )  # fmt: skip


def state_of(amounts: Amounts, gap: int) -> str:
    """What the public is told (a `types.PublicState` value). `gap`: what the plan and this moment agree is lacking.

    What is lacking now, and no plan has called lacking, is still being looked at: nobody is asked to send it yet.
    What only an approved line would bring is arranged; "taken" is said when somebody's word stands behind all of it.
    """
    if gap > 0:
        return "needed"
    if amounts.gap:
        return "pending"
    if amounts.open > amounts.covered:
        return "arranged"
    return "taken" if amounts.accepted + amounts.in_transit else "enough"


@dataclass(frozen=True, slots=True)
class Part:
    """A district's share of a public figure: how many households lack how much, and how much institutions lack."""

    households: int
    of_households: int
    of_facilities: int


@dataclass(frozen=True, slots=True)
class Published:
    """A public figure. `amount` None: none may be shown; `few`: some households are left out of it."""

    amount: int | None
    few: bool


def published(parts: Iterable[Part]) -> Published:
    """What may be shown of the sum over districts, each of which may be shown by itself elsewhere.

    Institutions are public. Households of a district count when none or at least `FEWEST` of them lack something;
    smaller groups are left out, unless two or more districts' small groups make `FEWEST` together: then no single one
    can be worked out by subtraction either.
    """
    listed = list(parts)
    small = [part for part in listed if 0 < part.households < FEWEST]
    hide = bool(small) and (len(small) < 2 or sum(part.households for part in small) < FEWEST)
    amount = sum(part.of_facilities + (0 if hide and part in small else part.of_households) for part in listed)
    return Published(amount if amount or not hide else None, hide)
