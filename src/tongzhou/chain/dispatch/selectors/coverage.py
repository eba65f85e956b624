"""How far a need is looked after, as its asker and everybody with its code may know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tongzhou.chain.dispatch.selectors.balances import of_needs
from tongzhou.chain.dispatch.types import Balance
from tongzhou.chain.intake.models import Need
from tongzhou.chain.intake.types import NeedState

__all__ = ["Cover", "Covered", "cover_of"]

#: What somebody has in hand or has brought. What only waits to be taken is nobody's word yet.
_TAKEN = (Balance.ACCEPTED, Balance.IN_TRANSIT, Balance.RECEIVED)


class Covered(StrEnum):
    """Nobody yet; part of it is in hand; all of it is on the way."""

    NONE = "none"
    PARTLY = "partly"
    COMING = "coming"


@dataclass(frozen=True, slots=True)
class Cover:
    """Base units. `lacking`: what nobody has in hand; `coming`: in hand or on its way, not there yet."""

    state: Covered
    planned: int
    coming: int
    received: int

    @property
    def lacking(self) -> int:
        """What of the planned quantity nobody has in hand yet."""
        return max(0, self.planned - self.coming - self.received)


def cover_of(need: Need, sums: Mapping[Balance, int] | None = None) -> Cover:
    """How far `need` is looked after; `sums` are its balances when they are known already (else one query)."""
    known = sums if sums is not None else of_needs([need.pk])[need.pk]
    planned, received = need.quantity_planned or 0, known[Balance.RECEIVED]
    coming = known[Balance.ACCEPTED] + known[Balance.IN_TRANSIT]
    taken = sum(known[one] for one in _TAKEN)
    if need.state != NeedState.VERIFIED or not taken or not planned:
        state = Covered.NONE
    else:
        state = Covered.COMING if taken >= planned and coming else Covered.PARTLY
    return Cover(state, planned, coming, received)
