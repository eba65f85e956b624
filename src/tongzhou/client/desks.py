"""The desks beside the chain as methods: guides, bulletins, the directory of help, the line."""

from __future__ import annotations

import datetime as dt
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, TypeVar

from tongzhou.client.desk_records import (
    Acknowledged,
    Bulletin,
    Calls,
    Colleague,
    Figures,
    Guide,
    HelpService,
    LineContact,
    LineNow,
    LineShift,
    OwnShift,
    Person,
    ServiceLine,
    Sickness,
    Swap,
    WholeGuide,
)
from tongzhou.client.records import read

__all__ = ["Desks"]

T = TypeVar("T")


class Desks(ABC):
    """What a `Desk` can ask of the desks beside the chain."""

    @abstractmethod
    def _all(self, kind: type[T], path: str, filters: dict[str, Any]) -> Iterator[T]:
        """Every row of a list, page by page."""

    @abstractmethod
    def _send(self, method: str, path: str, body: dict[str, Any] | None = None, key: str = "",
              query: dict[str, Any] | None = None) -> Any:  # fmt: skip
        """The JSON of an answer."""

    def guides(self, *, group: str = "") -> Iterator[Guide]:
        """Guides in force, those for all first."""
        return self._all(Guide, "/guides", {"group": group})

    def guide(self, slug: str) -> WholeGuide:
        """One guide with its steps and sources, in both languages."""
        return read(WholeGuide, self._send("GET", f"/guides/{slug}"))

    def acknowledge_guide(self, guide: Guide) -> Acknowledged:
        """The account of this token has read the guide as it was read here; 409 when another version holds."""
        return read(Acknowledged, self._send("POST", f"/guides/{guide.slug}/acknowledge", {"number": guide.number}))

    def bulletins(self, **filters: Any) -> Iterator[Bulletin]:
        """Bulletins with their corrections, the newest first; filters: place, kind, stage, over (True or False)."""
        return self._all(Bulletin, "/bulletins", filters)

    def bulletin(self, code: str) -> Bulletin:
        """One bulletin by its code."""
        return read(Bulletin, self._send("GET", f"/bulletins/{code}"))

    def help_services(self, **filters: Any) -> Iterator[HelpService]:
        """The directory of help; filters: q (words), place, group, topic."""
        return self._all(HelpService, "/directory", filters)

    def help_service(self, id: uuid.UUID) -> HelpService:
        """One entry of the directory."""
        return read(HelpService, self._send("GET", f"/directory/{id}"))

    def lines(self) -> Iterator[ServiceLine]:
        """Counselling lines."""
        return self._all(ServiceLine, "/lines", {})

    def line(self, id: uuid.UUID) -> LineNow:
        """One line with how many wait and about how long."""
        return read(LineNow, self._send("GET", f"/lines/{id}"))

    def line_people(self, line: uuid.UUID, *, state: str = "") -> Iterator[Person]:
        """People of a line, without names and numbers."""
        return self._all(Person, f"/lines/{line}/people", {"state": state})

    def line_shifts(self, line: uuid.UUID, since: dt.date, until: dt.date) -> Iterator[LineShift]:
        """Shifts that hold from `since` to `until`, both counted, at most 62 days."""
        return self._all(LineShift, f"/lines/{line}/shifts", {"since": since, "until": until})

    def line_figures(self, line: uuid.UUID, month: str = "") -> Figures:
        """A month (``"2020-02"``; without one the present one), few hidden."""
        return read(Figures, self._send("GET", f"/lines/{line}/figures", query={"month": month} if month else None))

    def line_contacts(self, line: uuid.UUID) -> Iterator[LineContact]:
        """Contacts in one's own hands or those of one's people: state, kind and times."""
        return self._all(LineContact, f"/lines/{line}/contacts", {})

    def line_callbacks(self, line: uuid.UUID) -> Calls:
        """How many people wait to be called."""
        return read(Calls, self._send("GET", f"/lines/{line}/callbacks"))

    def report_sickness(self, line: uuid.UUID, person: uuid.UUID, starts_at: dt.datetime, ends_at: dt.datetime, *,
                        key: str = "") -> Sickness:  # fmt: skip
        """Somebody of the line cannot come; their shifts are taken away and others looked for at once."""
        body = {"person": person, "starts_at": starts_at, "ends_at": ends_at}
        return read(Sickness, self._send("POST", f"/lines/{line}/sickness", body, key))

    def own_shifts(self) -> Iterator[OwnShift]:
        """One's own shifts, the next one first."""
        return self._all(OwnShift, "/my/shifts", {})

    def colleagues(self, shift: OwnShift) -> Iterator[Colleague]:
        """Who could take a shift of one's own."""
        return self._all(Colleague, f"/my/shifts/{shift.id}/colleagues", {})

    def ask_swap(self, shift: OwnShift, other: uuid.UUID, other_shift: uuid.UUID | None = None, *,
                 key: str = "") -> Swap:  # fmt: skip
        """Ask a colleague to take a shift, or to exchange it; `DeskError` ``swap_rule`` names the rule against it."""
        body = {"other": other, "other_shift": other_shift}
        return read(Swap, self._send("POST", f"/my/shifts/{shift.id}/swap", body, key))

    def own_swaps(self) -> Iterator[Swap]:
        """Exchanges one asked for or was asked for, the newest first."""
        return self._all(Swap, "/my/swaps", {})

    def report_own_sickness(self, starts_at: dt.datetime, ends_at: dt.datetime, *, key: str = "") -> Sickness:
        """One cannot come; nobody asks why."""
        return read(Sickness, self._send("POST", "/my/sickness", {"starts_at": starts_at, "ends_at": ends_at}, key))
