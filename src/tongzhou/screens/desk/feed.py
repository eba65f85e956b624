"""What just happened, in words, as far as the reader may see the records it happened to. Never a contact."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongzhou.chain.delivery.models import IncidentReport
from tongzhou.chain.delivery.policies import INCIDENT_BY_LINK, LIST_INCIDENTS, READ_INCIDENT, REPORT_INCIDENT
from tongzhou.chain.delivery.selectors.receipts import incidents
from tongzhou.chain.dispatch.policies import LAPSE, LIST_ASSIGNMENTS, PROPOSE, SEE_DELIVERY_CONTACT
from tongzhou.chain.dispatch.selectors.assignments import assignments
from tongzhou.chain.dispatch.selectors.words import what_of
from tongzhou.chain.dispatch.types import AssignmentState
from tongzhou.chain.intake.models import Lead, Need, Offer
from tongzhou.chain.intake.policies import LIST_LEADS, LIST_NEEDS, LIST_OFFERS
from tongzhou.chain.intake.selectors.lists import leads, needs, offers
from tongzhou.chain.intake.selectors.said import item_words
from tongzhou.chain.intake.selectors.trail import TrailLine, recent
from tongzhou.chain.intake.types import reason_words
from tongzhou.chain.planning.models import Plan
from tongzhou.chain.planning.policies import APPROVE_PLAN, LIST_PLANS
from tongzhou.chain.planning.selectors.plans import plans
from tongzhou.kernel import ids
from tongzhou.kernel.access import Actor, may
from tongzhou.kernel.models import AuditEntry
from tongzhou.registers.people.types import COORDINATOR, VERIFIER
from tongzhou.registers.responses.models import Response

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
#: What people do with an assignment, by the state it went into; proposing and running out follow by themselves.
_STEPS: dict[str, Any] = {
    AssignmentState.ACCEPTED: _("接下了"),
    AssignmentState.DECLINED: _("没有接"),
    AssignmentState.IN_TRANSIT: _("送出了"),
    AssignmentState.DELIVERED: _("送到门口了"),
    AssignmentState.CONFIRMED: _("记下了收货"),
}
_BACK = ("returned", "unusable")
_ASSIGNMENT, _PLAN, _INCIDENT = "dispatch.assignment", "planning.plan", "delivery.incidentreport"
#: Acts of these records that are one line here; whatever else happens to them is told on their own pages.
_WORK: dict[str, Any] = {_ASSIGNMENT: LIST_ASSIGNMENTS, _PLAN: LIST_PLANS, _INCIDENT: LIST_INCIDENTS}
_NOT_WORK = (PROPOSE, LAPSE, SEE_DELIVERY_CONTACT.name, READ_INCIDENT.name)


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
    work, seen = _work(actor, response)
    entries = sorted([*entries, *work], key=lambda entry: -entry.pk)
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
    names = bool(actor.roles & {COORDINATOR, VERIFIER})
    found += [
        (entry.pk, _done(entry, seen[entry.object_type, entry.object_id], more, names=names))
        for entry, more in told
        if entry.object_type in _WORK
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
    told: dict[tuple[str, str, str], int] = {}
    for entry in entries:
        # What is done to many assignments at once has no group of its own: one request is one act.
        bulk = str(entry.group or "") or (entry.request_id if entry.object_type == _ASSIGNMENT else "")
        key = (bulk, entry.act, str(_step(entry))) if bulk else None
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


def _work(actor: Actor, response: uuid.UUID) -> tuple[list[AuditEntry], dict[tuple[str, str], Any]]:
    """What was done with assignments, plans and troubles of the reader's: the entries, and the records they are of."""
    here = Response(pk=response)
    rows: dict[str, Callable[[], QuerySet[Any]]] = {
        _ASSIGNMENT: lambda: assignments(actor, here),
        _PLAN: lambda: plans(actor, here).select_related("area"),
        _INCIDENT: lambda: incidents(actor, here).defer("text"),
    }
    kinds = [label for label, act in _WORK.items() if may(actor, act)]
    newest = AuditEntry.objects.filter(object_type__in=kinds).exclude(act__in=_NOT_WORK).order_by("-id")[:LOOKED_AT]
    entries = [entry for entry in newest if _step(entry)]
    seen: dict[tuple[str, str], Any] = {}
    for label in kinds:
        wanted = {entry.object_id for entry in entries if entry.object_type == label}
        if wanted:
            seen |= {(label, str(one.pk)): one for one in rows[label]().filter(pk__in=wanted)}
    return entries, seen


def _step(entry: AuditEntry) -> Any:
    """What was done in words; "" for what is no news."""
    if entry.object_type == _PLAN:
        return gettext("批准了") if entry.act == APPROVE_PLAN.name and "lines" in entry.changes else ""
    if entry.object_type == _INCIDENT:
        return gettext("报告了") if entry.act in (REPORT_INCIDENT.name, INCIDENT_BY_LINK) else ""
    if any(name in entry.changes for name in _BACK):
        return gettext("记下了退回")
    moved = entry.changes.get("state")
    if not isinstance(moved, list) or len(moved) != 2:
        return ""
    corrected = moved[1] == AssignmentState.IN_TRANSIT and moved[0] != AssignmentState.ACCEPTED
    return "" if corrected else _STEPS.get(str(moved[1]), "")


def _done(entry: AuditEntry, record: Any, more: int, *, names: bool) -> Happened:
    """A line about an assignment, a plan or a trouble: its kind and place, never the words. `names`: who is named."""
    who = reason_words(entry.actor_name) or gettext("本人（凭链接）")
    what, where, href = _named(record)
    return Happened(
        at=entry.at, who=gettext("同舟（自动）") if who == "system" else who if names else "", act=str(_step(entry)),
        what=what, where=where, state="", more=more, href=href,
    )  # fmt: skip


def _named(record: Any) -> tuple[str, str, str]:
    """What it is called, where it is, its address."""
    if isinstance(record, Plan):
        name = gettext("第 %(number)s 号计划") % {"number": record.number}
        return name, record.area.label, reverse("plans:plan", args=[record.number])
    if isinstance(record, IncidentReport):
        return record.get_kind_display(), record.place.label, reverse("assignments:incident", args=[record.pk])
    return what_of(record), record.place.label, reverse("assignments:one", args=[record.code])
