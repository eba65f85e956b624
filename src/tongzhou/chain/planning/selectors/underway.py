"""What is already on its way between needs and offers: sums over dispatch's movements.

Dispatch comes later in the chain and knows planning, so its table is reached by its name, not imported.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db.models import Q, Sum

__all__ = ["Underway", "underway"]

#: Balances by which an offer's stock is gone for good as far as planning knows; PLANNED may still be planned anew.
GONE_FROM_OFFER = ("accepted", "in_transit", "received", "refused", "missing")
#: What of a need is looked after or has arrived.
HELD_FOR_NEED = ("accepted", "in_transit", "received")
PLANNED = "planned"

Key = tuple[uuid.UUID, uuid.UUID]


@dataclass(frozen=True)
class Underway:
    """Balances in base units by (need, offer): ``{(need id, offer id): {balance: units}}``."""

    pairs: dict[Key, dict[str, int]] = field(default_factory=dict)

    def of_pair(self, need: uuid.UUID, offer: uuid.UUID) -> int:
        """Units of this pair that are accepted, under way or received."""
        found = self.pairs.get((need, offer), {})
        return sum(found.get(one, 0) for one in HELD_FOR_NEED)

    def proposed(self) -> dict[Key, int]:
        """Units approved and still waiting for somebody to accept: the plan in force."""
        return {key: found[PLANNED] for key, found in self.pairs.items() if found.get(PLANNED, 0) > 0}

    def taken(self, free: Collection[Key]) -> tuple[dict[uuid.UUID, int], dict[uuid.UUID, int]]:
        """Units taken of each need and of each offer. `free`: pairs whose planned units may be planned anew."""
        needs: dict[uuid.UUID, int] = defaultdict(int)
        offers: dict[uuid.UUID, int] = defaultdict(int)
        for (need, offer), found in self.pairs.items():
            waiting = 0 if (need, offer) in free else found.get(PLANNED, 0)
            needs[need] += waiting + sum(found.get(one, 0) for one in HELD_FOR_NEED)
            offers[offer] += waiting + sum(found.get(one, 0) for one in GONE_FROM_OFFER)
        return needs, offers


def underway(wanted: Q) -> Underway:
    """The balances of the movements of these assignments (a condition on movements, e.g. on ``need__response``)."""
    movements = apps.get_model("dispatch", "Movement")._default_manager
    rows: Any = movements.filter(wanted).values_list("need_id", "offer_id", "source", "target").order_by()
    pairs: dict[Key, dict[str, int]] = {}
    for need, offer, source, target, units in rows.annotate(units=Sum("quantity")):
        found = pairs.setdefault((need, offer), defaultdict(int))
        found[source] -= units
        found[target] += units
    return Underway(pairs)
