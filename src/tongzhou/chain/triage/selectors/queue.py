"""The verification queue: what waits for a call, in the order in which it should be taken."""

from __future__ import annotations

import datetime as dt
import heapq
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from django.db.models import Min, Q, QuerySet

from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.intake.types import Channel, NeedState, OfferState
from tongzhou.chain.triage.models import Check
from tongzhou.chain.triage.policies import verify_act
from tongzhou.chain.triage.selectors.locks import holders, kind_of
from tongzhou.chain.triage.types import Tab
from tongzhou.kernel.access import Actor, scope
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.models import AuditEntry
from tongzhou.registers.places.selectors import under

__all__ = [
    "MOST", "Filters", "candidates", "checks_of", "counts", "entered_by", "get_record", "publicly_open",
    "still_waits", "tab_rows",
]  # fmt: skip

R = TypeVar("R", Need, Offer)
Rows = QuerySet[Any]

#: Counts stop here: "1000+" says as much and stays fast.
MOST = 1000
#: How many of the queue are tried when somebody asks for the next one.
_TRIED = 200
_WITH = ("place", "category", "organisation", "response", "submission", "retry")
#: Written down by somebody of the desk from what another person said; whoever did may not verify it as well. Rows of a
#: sheet were said by others and only carried over, so they may be verified by whoever imported them.
_ENTERED = frozenset({Channel.ENTRY, Channel.PHONE, Channel.FORM, Channel.API})


@dataclass(frozen=True, slots=True)
class Filters:
    """What part of the queue is wanted; blank means all that is the actor's."""

    response: uuid.UUID | None = None
    line: str = ""
    area: str = ""
    category: str = ""


def publicly_open(now: dt.datetime) -> Q:
    """Needs that may stand on a public list at this very moment, whether the tick has run or not."""
    alive = Q(expires_at=None) | Q(expires_at__gt=now)
    looked_at = Q(submission=None) | Q(submission__held_reason="")
    return Q(state=NeedState.VERIFIED, response__is_exercise=False) & alive & looked_at


def _rows(actor: Actor, kind: str, filters: Filters) -> Rows:
    model = Need if kind == "need" else Offer
    rows: Rows = model._default_manager.filter(scope(actor, verify_act(kind)))
    if filters.response is not None:
        rows = rows.filter(response_id=filters.response)
    if filters.line:
        rows = rows.filter(line=filters.line)
    if filters.area:
        rows = rows.filter(under("place_id", filters.area))
    if filters.category:
        rows = rows.filter(category_id=filters.category)
    return rows.select_related(*_WITH)


def _parts(actor: Actor, kind: str, tab: str, filters: Filters, now: dt.datetime) -> list[Rows]:
    """The rows of a tab as one or two ordered querysets: an index serves each, a merge puts them together."""
    rows = _rows(actor, kind, filters)
    state = NeedState if kind == "need" else OfferState
    order = ("urgency_order", "created_at", "id") if kind == "need" else ("created_at", "id")
    free = Q(submission=None) | Q(submission__held_reason="")
    quiet = Q(retry=None) | Q(retry__proposed_at=None)
    due = Q(retry=None) | Q(retry__next_at=None) | Q(retry__next_at__lte=now)
    if tab == Tab.NEW:
        waiting = rows.filter(quiet & due & free, state=state.WAITING)
        return [rows.filter(free, state=state.RECEIVED).order_by(*order), waiting.order_by(*order)]
    if tab == Tab.AGAIN:
        return [rows.filter(quiet & due, state=state.VERIFIED, stale_at__lte=now).order_by("verified_at", "id")]
    if tab == Tab.LATER:
        later = Q(state=state.WAITING) | Q(state=state.VERIFIED, stale_at__lte=now)
        return [rows.filter(later, retry__proposed_at=None, retry__next_at__gt=now).order_by("retry__next_at", "id")]
    if tab == Tab.CLOSING:
        open_states = (state.RECEIVED, state.WAITING, state.VERIFIED)
        return [rows.filter(state__in=open_states, retry__proposed_at__lte=now).order_by("retry__proposed_at", "id")]
    held = rows.filter(state__in=(state.RECEIVED, state.WAITING), submission__held_reason__gt="")
    return [held.order_by("created_at", "id")]


def _key(record: Need | Offer) -> tuple[int, dt.datetime, uuid.UUID]:
    return (record.urgency_order if isinstance(record, Need) else 0, record.created_at, record.pk)


def tab_rows(
    actor: Actor, kind: str, tab: str, filters: Filters, now: dt.datetime, *, limit: int = 50, offset: int = 0
) -> list[Any]:
    """The needs (or offers) of one tab, the next to be taken first."""
    parts = [part[: offset + limit] for part in _parts(actor, kind, tab, filters, now)]
    if len(parts) == 1:
        return list(parts[0][offset:])
    return list(islice(heapq.merge(*parts, key=_key), offset, offset + limit))


def counts(actor: Actor, kind: str, filters: Filters, now: dt.datetime) -> dict[str, int]:
    """How many wait in each tab, up to `MOST` + 1."""
    found: dict[str, int] = {}
    for tab in Tab:
        parts = _parts(actor, kind, tab, filters, now)
        found[tab] = sum(part.order_by().select_related(None)[: MOST + 1].count() for part in parts)
    return found


def candidates(actor: Actor, kind: str, tab: str, filters: Filters, now: dt.datetime) -> Iterator[Any]:
    """What the actor could take next, in order: in nobody's hands, and not entered by the actor."""
    listed = tab_rows(actor, kind, tab, filters, now, limit=_TRIED)
    taken, own = holders(kind, [row.pk for row in listed], now), entered_by(actor, listed)
    return (row for row in listed if row.pk not in own and row.pk not in taken)


def still_waits(actor: Actor, record: Need | Offer, tab: str, filters: Filters, now: dt.datetime) -> bool:
    """True when `record` is in that tab at this moment: asked once it is in hand, somebody may have been faster."""
    parts = _parts(actor, kind_of(record), tab, filters, now)
    return any(part.order_by().select_related(None).filter(pk=record.pk).exists() for part in parts)


def entered_by(actor: Actor, records: Sequence[Need | Offer]) -> set[uuid.UUID]:
    """Those of `records` that the actor wrote down (the row of the trail that made them says who). Two queries."""
    listed = [record for record in records if record.channel in _ENTERED]
    if not listed or actor.account_id is None:
        return set()
    trail = AuditEntry.objects.filter(
        object_type=listed[0]._meta.label_lower, object_id__in=[str(record.pk) for record in listed]
    )
    first = trail.values("object_id").annotate(first=Min("id")).values_list("first", flat=True)
    own = AuditEntry.objects.filter(pk__in=list(first), actor_id=actor.account_id).values_list("object_id", "changes")
    return {uuid.UUID(one) for one, changes in own if "code" in changes}


def get_record(actor: Actor, kind: str, record_id: uuid.UUID) -> Any:
    """A need or offer the actor may verify; ``Refusal("not_found")`` for every other."""
    found = _rows(actor, kind, Filters()).select_related(*_WITH, "contact", "site").filter(pk=record_id).first()
    if found is None:
        raise Refusal("not_found")
    return found


def checks_of(record: Need | Offer) -> list[Check]:
    """The checks of a record, the newest first. The caller has judged the right to the record."""
    rows: Iterable[Check] = Check.objects.filter(**{kind_of(record): record}).select_related("place", "category")
    return sorted(rows, key=lambda check: (check.created_at, check.pk), reverse=True)
