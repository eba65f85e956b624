"""What a cleaned page consists of: pieces of text in their order, each kept or cut with a reason."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["REASONS", "CleanPage", "Piece", "Signal", "from_json", "text_of", "title_of"]

#: Why something was cut. Blank: it was not.
REASONS = ("hidden", "script", "navigation", "cookie", "links", "repeated", "spam", "punctuation")

#: The block that is the title.
TITLE = -1


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one block's text; `reason` is blank for what is kept."""

    block: int
    text: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that speaks for a defaced or broken page, with its points. `value` is a percentage or a count."""

    code: str
    points: int
    value: int = 0


@dataclass(frozen=True, slots=True)
class CleanPage:
    """The page: pieces in order, how it was read, and what makes it doubtful (`score` of 100)."""

    pieces: tuple[Piece, ...]
    encoding: str
    declared: str
    repaired: int
    damaged: int
    #: Characters without width that were taken out.
    unseen: int = 0
    signals: tuple[Signal, ...] = field(default_factory=tuple)

    @property
    def score(self) -> int:
        """Points of all signals, at most 100."""
        return min(100, sum(one.points for one in self.signals))

    @property
    def held(self) -> bool:
        """True when a person has to look before anything is made of it."""
        return self.score >= HELD_AT

    @property
    def title(self) -> str:
        """The cleaned title."""
        return title_of(self.pieces)

    @property
    def text(self) -> str:
        """The cleaned text, a line for each paragraph."""
        return text_of(self.pieces)

    @property
    def cuts(self) -> list[tuple[int, Piece]]:
        """What was cut: (number of the piece, piece)."""
        return [(number, piece) for number, piece in enumerate(self.pieces) if piece.reason]

    def as_json(self) -> dict[str, Any]:
        """Everything, for keeping."""
        return asdict(self)


#: From so many points on a page is held back for a person.
HELD_AT = 50


def from_json(said: dict[str, Any]) -> CleanPage:
    """The page that `CleanPage.as_json` wrote."""
    return CleanPage(
        pieces=tuple(Piece(**one) for one in said["pieces"]), encoding=said["encoding"], declared=said["declared"],
        repaired=said["repaired"], damaged=said["damaged"], unseen=said.get("unseen", 0),
        signals=tuple(Signal(**one) for one in said["signals"]),
    )  # fmt: skip


def _lines(pieces: Sequence[Piece], back: Collection[int], wanted: bool) -> list[str]:
    """Kept text by block; `wanted` True: the title's, else all other blocks'."""
    blocks: dict[int, list[str]] = {}
    for number, piece in enumerate(pieces):
        if (piece.block == TITLE) is wanted and (not piece.reason or number in back):
            blocks.setdefault(piece.block, []).append(piece.text)
    joined = (" ".join("".join(parts).split()) for _block, parts in sorted(blocks.items()))
    return [line for line in joined if line]


def title_of(pieces: Sequence[Piece], back: Collection[int] = ()) -> str:
    """The title without what was cut, except the pieces numbered in `back`."""
    return " ".join(_lines(pieces, back, True)).strip(" -_|,，｜·—")


def text_of(pieces: Sequence[Piece], back: Collection[int] = ()) -> str:
    """The text without what was cut, except the pieces numbered in `back`; a line for each paragraph."""
    return "\n".join(_lines(pieces, back, False))
