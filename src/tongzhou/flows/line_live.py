"""What open pages of the line hear: messages, signals, where a contact stands, the queue. One look for everybody.

Topics: ``said:<contact>`` (mark: number of the last message), ``signal:<contact>``, ``state:<contact>`` (mark: its
version), ``line:<line>``, and ``caller:<contact>``, ``seat:<account>``, which hear nothing but say who is there.
"""

from __future__ import annotations

import time
import uuid
import zlib
from collections.abc import Mapping
from typing import Any

from tongzhou.desks.casework.services import talking
from tongzhou.desks.hotline.models import Contact
from tongzhou.desks.hotline.selectors.queue import Line, line_now
from tongzhou.desks.hotline.services import seats
from tongzhou.kernel import clock
from tongzhou.kernel.live import Handed, Hub

__all__ = ["HUB", "UNSEEN", "Look"]

#: The mark of somebody who knows nothing yet.
UNSEEN = -1
#: Seconds between two looks at a line, and between two notes that somebody is there.
_LINE_EVERY, _PRESENCE_EVERY = 1.0, 20.0


class Look:
    """Looks for all listeners of this process: a few queries however many listen."""

    def __init__(self) -> None:
        self._line_looked: dict[str, float] = {}
        self._presence_noted: dict[str, float] = {}

    def __call__(self, marks: Mapping[str, int]) -> list[Handed]:
        """Everything new beyond the marks."""
        by_kind: dict[str, dict[uuid.UUID, int]] = {}
        for topic, mark in marks.items():
            kind, _, name = topic.partition(":")
            by_kind.setdefault(kind, {})[uuid.UUID(name)] = mark
        found = [*_talked(by_kind.get("said", {}), by_kind.get("signal", {})), *_states(by_kind.get("state", {}))]
        found += self._lines(by_kind.get("line", {}))
        self._presence(by_kind)
        return found

    def _lines(self, marks: Mapping[uuid.UUID, int]) -> list[Handed]:
        now, found = time.monotonic(), []
        for line_id, mark in marks.items():
            topic = f"line:{line_id}"
            if mark != UNSEEN and now - self._line_looked.get(topic, 0.0) < _LINE_EVERY:
                continue
            self._line_looked[topic] = now
            line = line_now(line_id, clock.now())
            digest = zlib.crc32(repr(_seen_of(line)).encode())
            if digest != mark:
                found.append(Handed(topic, digest, line))
        return found

    def _presence(self, by_kind: Mapping[str, Mapping[uuid.UUID, int]]) -> None:
        now = time.monotonic()
        due: dict[str, list[uuid.UUID]] = {}
        for kind in ("caller", "seat"):
            there = by_kind.get(kind, {})
            due[kind] = [one for one in there if now - self._presence_noted.get(f"{kind}:{one}", 0.0) > _PRESENCE_EVERY]
        seats.callers_heard(contacts=due["caller"], now=clock.now())
        seats.seats_heard(accounts=due["seat"], now=clock.now())
        self._presence_noted |= {f"{kind}:{one}": now for kind, several in due.items() for one in several}
        if len(self._presence_noted) > 10_000:
            self._presence_noted = {topic: at for topic, at in self._presence_noted.items() if now - at < 60}


def _seen_of(line: Line) -> tuple[Any, ...]:
    """What of a line is told: when this is the same, nobody hears anything."""
    waiting = tuple((one.id, one.kept_for(clock.now())) for one in line.queue)
    sitting = tuple((seat.account_id, seat.state, seat.contact_id, seat.since_break) for seat in line.seats)
    return waiting, sitting, line.answered_last_hour, line.support_asked


def _talked(said: Mapping[uuid.UUID, int], signals: Mapping[uuid.UUID, int]) -> list[Handed]:
    """Messages and signals: the two counters of every conversation first, then only what lies beyond the marks."""
    if not said and not signals:
        return []
    last = talking.counters(said.keys() | signals.keys())
    new = {pk: mark for pk, mark in said.items() if pk in last and last[pk][0] > mark}
    found = [Handed(f"said:{one.conversation_id}", one.seq, one) for one in talking.said_after(new)]
    sent = {pk: mark for pk, mark in signals.items() if pk in last and last[pk][1] > mark}
    heard = talking.signals_after(sent, now=clock.now())
    # Signals die young: a counter whose signals are gone moves the mark, or they would be looked for at every look.
    gone = sent.keys() - {one for one, _, _, _ in heard}
    found += [Handed(f"signal:{pk}", last[pk][1], None) for pk in gone]
    return found + [Handed(f"signal:{one}", number, (number, to, text)) for one, number, to, text in heard]


def _states(marks: Mapping[uuid.UUID, int]) -> list[Handed]:
    if not marks:
        return []
    versions = Contact.objects.filter(pk__in=list(marks)).values_list("pk", "version")
    changed = [pk for pk, version in versions if version != marks[pk]]
    rows = Contact.objects.filter(pk__in=changed) if changed else []
    return [Handed(f"state:{row.pk}", row.version, row) for row in rows]


HUB = Hub(Look())
