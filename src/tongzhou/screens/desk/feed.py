"""What just happened, in words, as far as the reader may see the records it happened to. Never a contact."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from tongzhou.chain.intake.models import Lead, Need, Offer
from tongzhou.chain.intake.policies import LIST_LEADS, LIST_NEEDS, LIST_OFFERS
from tongzhou.chain.intake.selectors.lists import leads, needs, offers
from tongzhou.chain.intake.selectors.said import item_words
from tongzhou.chain.intake.selectors.trail import TrailLine, recent
from tongzhou.kernel import ids
from tongzhou.kernel.access import Actor, may
from tongzhou.kernel.models import AuditEntry

__all__ = ["Happened", "feed"]

#: Entries looked at, and lines shown; a bulk act is one line.
LOOKED_AT, SHOWN = 120, 15
#: Acts that say nothing to others: looking, and what follows from something else by itself.
_QUIET = ("need.contact", "need.raw", "need.export", "offer.export", "lead.export", "triage.duplicates")
_KINDS: dict[str, tuple[type[Any], Any, Any]] = {
    "intake.need": (Need, LIST_NEEDS, needs),
    "intake.offer": (Offer, LIST_OFFERS, offers),
    "intake.lead": (Lead, LIST_LEADS, leads),
}


@dataclass(frozen=True, slots=True)
class Happened:
    """One line: when, who, what was done, to what; `more` records of the same bulk act besides."""

    at: dt.datetime
    who: str
    act: str
    what: str
    where: str
    href: str
    state: str
    more: int

    @property
    def together(self) -> int:
        """How many records the act was about."""
        return self.more + 1


def feed(actor: Actor, response: uuid.UUID) -> list[Happened]:
    """The newest first. A fixed number of queries."""
    kinds = {label: kind for label, kind in _KINDS.items() if may(actor, kind[1])}
    newest = AuditEntry.objects.filter(object_type__in=kinds).exclude(act__in=_QUIET).order_by("-id")[:LOOKED_AT]
    entries = [entry for entry in newest if "taken" not in entry.changes]  # taking one to verify it changes nothing yet
    seen: dict[tuple[str, str], Any] = {}
    for label, (_model, _act, rows) in kinds.items():
        own = [entry for entry in entries if entry.object_type == label]
        seen |= {(label, key): one for key, one in _records(rows(actor, response), own).items()}
    told = _folded([entry for entry in entries if (entry.object_type, entry.object_id) in seen])
    found = []
    for label, (model, _act, _rows) in kinds.items():
        mine = [(entry, more) for entry, more in told if entry.object_type == label]
        lines = recent(model, [entry for entry, _more in mine])
        found += [
            (entry.pk, _happened(line, seen[label, entry.object_id], more))
            for line, (entry, more) in zip(lines, mine, strict=True)
        ]
    return [line for _pk, line in sorted(found, key=lambda pair: -pair[0])]


def _records(rows: QuerySet[Any], entries: Iterable[AuditEntry]) -> dict[str, Any]:
    wanted = {entry.object_id for entry in entries}
    return (
        {str(one.pk): one for one in rows.filter(pk__in=wanted).select_related("place", "category")} if wanted else {}
    )


def _folded(entries: Iterable[AuditEntry]) -> list[tuple[AuditEntry, int]]:
    """The newest entries, rows of one bulk act told once: (entry, how many more there were)."""
    found: list[tuple[AuditEntry, int]] = []
    told: dict[tuple[uuid.UUID, str], int] = {}
    for entry in entries:
        key = (entry.group, entry.act) if entry.group else None
        if key is not None and key in told:
            first, more = found[told[key]]
            found[told[key]] = (first, more + 1)
            continue
        if len(found) == SHOWN:
            continue
        if key is not None:
            told[key] = len(found)
        found.append((entry, 0))
    return found


def _happened(line: TrailLine, record: Any, more: int) -> Happened:
    what = item_words(record) or getattr(record, "source_name", "") or ids.format_code(record.code)
    moved = next((change.after for change in line.changes if change.name == "state"), "")
    return Happened(
        at=line.at, who=line.who, act=line.act, what=what, where=record.place.label, state=moved, more=more,
        href=reverse(f"records:{record._meta.model_name}", args=[record.code]),
    )  # fmt: skip
