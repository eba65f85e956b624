"""The figures of a line as they may be shown: few are hidden, and none can be worked out from the others."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass

from tongzhou.desks.casework.selectors.few import FEWEST, protect
from tongzhou.desks.casework.selectors.topics import topics
from tongzhou.desks.casework.services import forms
from tongzhou.desks.hotline.policies import READ_FIGURES
from tongzhou.desks.hotline.selectors import figures as counted
from tongzhou.desks.hotline.types import CallType
from tongzhou.desks.professionals.models import ServiceLine
from tongzhou.flows.contact_read import lines_of, open_lines
from tongzhou.flows.line_forecasts import Beside, Compared, beside
from tongzhou.kernel import clock
from tongzhou.kernel.access import Actor, allows
from tongzhou.kernel.words import local
from tongzhou.registers.people.types import SERVICES, SUPERVISOR

__all__ = ["Cross", "Shown", "lines_with_figures", "month_of", "shown_figures"]


@dataclass(frozen=True, slots=True)
class Cross:
    """Topics by another category; None where a count is hidden."""

    topics: list[tuple[str, str]]
    columns: list[tuple[str, str]]
    cells: dict[tuple[str, str], int | None]
    totals: dict[str, int | None]


@dataclass(frozen=True, slots=True)
class Shown:
    """The figures of a period; None where a count is hidden or nothing can be said."""

    counts: dict[str, int | None]
    service_percent: int | None
    waits: tuple[int | None, int | None]
    lengths: tuple[int | None, int | None]
    day: list[tuple[str, int | None]]
    by_group: Cross
    by_stage: Cross
    compared: Compared | None


def lines_with_figures(actor: Actor) -> list[ServiceLine]:
    """Lines whose figures the actor may read: by a grant that reaches the line, or as a supervisor who works on it."""
    own = {one.pk for one in lines_of(actor, READ_FIGURES)} if SUPERVISOR in actor.roles else set()
    return [
        one
        for one in open_lines()
        if one.pk in own
        or allows(
            actor,
            READ_FIGURES,
            line=SERVICES,
            area=one.place_id,
            response=one.response_id,
            organisation=one.organisation_id,
        )
    ]


def month_of(at: dt.datetime, line: ServiceLine) -> tuple[dt.datetime, dt.datetime]:
    """The calendar month of `at` on the line's clock. Only whole months: no two periods differ by a few."""
    first = at.astimezone(line.zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return first, (first + dt.timedelta(days=32)).replace(day=1)


def shown_figures(line: ServiceLine, at: dt.datetime) -> Shown:
    """The calendar month of `at`."""
    since, until = month_of(at, line)
    found = counted.figures(line.pk, since, until, target_seconds=line.answer_seconds)
    made = beside(line, since, until, clock.now())
    counts, day, hidden = _counts(found, counted.day_of(line.pk, since, until, line.zone), made)
    enough = found.answered >= FEWEST
    by_group, by_stage = _topics(line.pk, topics(line.pk, counted.real(line.pk, since, until)))
    return Shown(
        counts, found.service_percent if enough else None, _pair(found.waits), _pair(found.lengths), day, by_group,
        by_stage, made.shown(hidden),
    )  # fmt: skip


def _pair(values: tuple[int, ...]) -> tuple[int | None, int | None]:
    """Median and 90th percentile, when there are enough to hide anybody."""
    if len(values) < FEWEST:
        return None, None
    return counted.percentile(values, 50), counted.percentile(values, 90)


def _counts(
    found: counted.Figures, days: list[counted.Day], made: Beside
) -> tuple[dict[str, int | None], list[tuple[str, int | None]], set[Hashable]]:
    """Everything that adds up to the arrivals is protected together: (counts, half hours of the day, what is hidden).

    How they ended, the half hours of the day, and what was forecast beside what was not are parts of one sum.
    """
    parts = {
        "answered": found.answered, "abandoned": found.abandoned, "missed": found.missed,
        "still_waiting": found.still_waiting,
    }  # fmt: skip
    apart = {f"apart_{kind.value}": found.non_data.get(kind, 0) for kind in CallType if kind in found.non_data}
    named: dict[str, int] = {"arrivals": found.arrivals, **parts, **apart}
    slots: dict[Hashable, int] = {("slot", one.minute): one.arrivals for one in days}
    more, sums = made.cells("arrivals", slots, found.arrivals)
    cells: dict[Hashable, int] = slots | more
    cells.update(named.items())
    hidden = protect(cells, [("arrivals", list(parts)), ("arrivals", list(slots)), *sums])
    counts = {key: None if key in hidden else count for key, count in named.items()}
    day = [
        (f"{one.minute // 60:02}:{one.minute % 60:02}", None if ("slot", one.minute) in hidden else one.arrivals)
        for one in days
    ]
    return counts, day, hidden


def _topics(line_id: uuid.UUID, rows: list[tuple[str, str, str]]) -> tuple[Cross, Cross]:
    """Both tables are protected together, for they share the totals of the topics."""
    form = forms.current("contact", line_id)
    names = {
        field["code"]: [(value, local(zh, en)) for value, zh, en in field["options"]]
        for field in form.fields
        if field["code"] in ("topic", "group", "stage")
    }
    for number, code in enumerate(("topic", "group", "stage")):  # what older editions called otherwise
        known = {value for value, _ in names[code]}
        names[code] += [(value, value) for value in sorted({row[number] for row in rows} - known)]
    groups, stages = Counter((t, g) for t, g, _ in rows), Counter((t, s) for t, _, s in rows)
    totals = Counter(t for t, _, _ in rows)
    cells: dict[Hashable, int] = {("all", ""): len(rows)}
    sums: list[tuple[Hashable, list[Hashable]]] = [(("all", ""), [("topic", t) for t, _ in names["topic"]])]
    for topic, _label in names["topic"]:
        cells["topic", topic] = totals[topic]
        for kind, counts in (("group", groups), ("stage", stages)):
            parts: list[Hashable] = [(kind, topic, value) for value, _ in names[kind]]
            cells |= {part: counts[topic, value] for part, (value, _) in zip(parts, names[kind], strict=True)}
            sums.append((("topic", topic), parts))
    hidden = protect(cells, sums)

    def shown(key: Hashable) -> int | None:
        return None if key in hidden else cells[key]

    made = []
    for kind in ("group", "stage"):
        found = {(t, v): shown((kind, t, v)) for t, _ in names["topic"] for v, _ in names[kind]}
        made.append(Cross(names["topic"], names[kind], found, {t: shown(("topic", t)) for t, _ in names["topic"]}))
    return made[0], made[1]
