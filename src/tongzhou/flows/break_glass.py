"""Breaking the glass: only for a contact that was escalated, by two people, for an hour, each view in the trail."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field

from django.db import transaction

from tongzhou.desks.casework.models import Conversation, GlassAccess
from tongzhou.desks.casework.policies import GLASS_ASK, GLASS_DECIDE
from tongzhou.desks.casework.services import glass, noting, papers, talking
from tongzhou.desks.casework.services.papers import Opened
from tongzhou.desks.casework.services.talking import Said
from tongzhou.desks.casework.types import PaperKind
from tongzhou.desks.hotline.models import Contact
from tongzhou.desks.hotline.policies import readable
from tongzhou.flows.contact_read import lines_of
from tongzhou.kernel import audit
from tongzhou.kernel.access import Actor, require
from tongzhou.kernel.errors import Refusal

__all__ = [
    "Seen", "ask_glass", "decide_glass", "escalated", "glass_of", "glass_row", "glass_rows", "look_through",
    "may_read_reason", "review_glass",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seen:
    """What is behind the glass."""

    contact: Contact
    said: list[Said] = field(repr=False)
    note: str = field(repr=False)
    papers: list[Opened] = field(repr=False)


def _lines(actor: Actor) -> list[uuid.UUID]:
    return [line.pk for line in lines_of(actor)]


def escalated(actor: Actor) -> list[Contact]:
    """Escalated contacts of the actor's lines, newest first; nothing of what was said."""
    require(actor, GLASS_ASK)
    rows = Contact.objects.filter(line_id__in=_lines(actor), escalated_at__isnull=False)
    return list(rows.order_by("-escalated_at")[:50])


def glass_rows(actor: Actor) -> list[GlassAccess]:
    """Requests the actor made, or may decide and review; newest first."""
    require(actor, GLASS_ASK)
    rows = GlassAccess.objects.filter(line_id__in=_lines(actor)).select_related("conversation").order_by("-asked_at")
    return [row for row in rows[:100] if row.asked_by == actor.account_id or _decides(actor)]


def _decides(actor: Actor) -> bool:
    return bool(actor.roles & GLASS_DECIDE.roles)


def glass_row(actor: Actor, pk: uuid.UUID) -> GlassAccess:
    """One of these. Raises ``not_found``."""
    row = GlassAccess.objects.filter(pk=pk, line_id__in=_lines(actor)).select_related("conversation").first()
    if row is None or not (row.asked_by == actor.account_id or _decides(actor)):
        raise Refusal("not_found")
    return row


def glass_of(contact_id: uuid.UUID) -> list[GlassAccess]:
    """Every access to a contact, for its counsellor to see."""
    return list(GlassAccess.objects.filter(conversation_id=contact_id).order_by("asked_at"))


@transaction.atomic
def ask_glass(*, actor: Actor, contact_id: uuid.UUID, reason: str, now: dt.datetime) -> GlassAccess:
    """Ask. Raises ``glass_risk`` (it was not escalated), ``glass_reason``, ``not_found``."""
    require(actor, GLASS_ASK)
    contact = Contact.objects.filter(pk=contact_id, line_id__in=_lines(actor)).first()
    if contact is None:
        raise Refusal("not_found")
    if contact.escalated_at is None:
        raise Refusal("glass_risk")
    row = glass.ask(actor=actor, conversation=Conversation.objects.get(pk=contact.pk), reason=reason, now=now)
    audit.record(actor=actor, act=GLASS_ASK, obj=row, changes={"state": [None, "asked"]})
    return row


@transaction.atomic
def decide_glass(*, actor: Actor, pk: uuid.UUID, grant: bool, now: dt.datetime) -> GlassAccess:
    """A second person decides. Raises ``glass_two``, ``glass_over``, ``not_found``."""
    require(actor, GLASS_DECIDE)
    row = glass_row(actor, pk)
    glass.decide(actor=actor, row=row, grant=grant, now=now)
    said = "granted" if grant else "refused"
    audit.record(actor=actor, act=GLASS_DECIDE, obj=row, changes={"state": ["asked", said]})
    row.refresh_from_db()
    return row


@transaction.atomic
def look_through(*, actor: Actor, pk: uuid.UUID, now: dt.datetime) -> Seen:
    """What is behind it, for whoever asked; every look is counted and logged. Raises ``glass_over``, ``not_found``."""
    require(actor, GLASS_ASK)
    row = glass_row(actor, pk)
    conversation = glass.see(actor=actor, row=row, now=now)
    contact = Contact.objects.get(pk=conversation.pk)
    audit.looked(actor=actor, act=GLASS_ASK, obj=contact, fields=["messages", "notes", "screening", "plan"])
    note, _number = noting.note_of(conversation.pk)
    found = papers.papers_of(conversation, PaperKind.SCREENING, PaperKind.PLAN)
    return Seen(contact, talking.said_after({conversation.pk: 0}), note, found)


@transaction.atomic
def review_glass(*, actor: Actor, pk: uuid.UUID, justified: bool, findings: str, now: dt.datetime) -> None:
    """A third person looks it over. Raises ``glass_third``, ``glass_open``, ``glass_over``, ``glass_reason``."""
    require(actor, GLASS_DECIDE)
    row = glass_row(actor, pk)
    glass.review(actor=actor, row=row, justified=justified, findings=findings, now=now)
    audit.record(actor=actor, act=GLASS_DECIDE, obj=row, changes={"justified": [None, justified]})


def may_read_reason(actor: Actor, row: GlassAccess) -> bool:
    """Who reads why: whoever asked, whoever may decide, and the counsellor and supervisor of the contact."""
    if row.asked_by == actor.account_id or _decides(actor):
        return True
    return Contact.objects.filter(readable(actor), pk=row.conversation_id).exists()
