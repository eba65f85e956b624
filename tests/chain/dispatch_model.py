"""A plain model of needs, offers and assignments that knows nothing of the database; see `test_dispatch_machine`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

GOING = ("accepted", "in_transit", "delivered")
PLACES = ("planned", "accepted", "in_transit", "received", "refused", "missing", "returned")


@dataclass
class Thing:
    """A need or an offer of the model: how much, whether it is open, and how it was closed."""

    row: Any
    much: int
    state: str = "open"
    holds_merged: bool = False


@dataclass
class Given:
    """An assignment of the model."""

    row: Any
    need: Thing
    offer: Thing
    quantity: int
    lapses: dt.datetime
    state: str = "proposed"
    holder: int | None = None
    due: dt.datetime | None = None
    sent: bool = False
    #: The receiver said something that still counts.
    heard: bool = False
    at: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PLACES, 0))

    def move(self, source: str, target: str, many: int) -> None:
        if source != "outside":
            self.at[source] -= many
        if target != "outside":
            self.at[target] += many

    def settle(self, ended: str, present: str = "") -> None:
        """What the balances mean."""
        arrived = self.at["received"] or (self.heard and self.at["refused"] + self.at["missing"])
        if self.at["in_transit"]:
            self.state = "delivered" if (present or self.state) == "delivered" else "in_transit"
        elif self.at["accepted"]:
            self.state = "accepted"
        elif self.at["planned"]:
            self.state = "proposed"
        else:
            self.state, self.due = "confirmed" if arrived else ended, None

    def give_back(self, ended: str) -> None:
        self.at["planned"] = self.at["accepted"] = 0
        self.settle(ended)

    @property
    def live(self) -> bool:
        return self.state in ("proposed", *GOING)
