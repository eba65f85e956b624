"""Reading the line: a caller's own conversation, a contact in a counsellor's hands, the board of a supervisor."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db.models import Count, Q

from tongzhou.desks.casework.services import talking
from tongzhou.desks.casework.services.talking import Said
from tongzhou.desks.casework.types import Audience
from tongzhou.desks.hotline import policies
from tongzhou.desks.hotline.models import Contact, ContactEvent, Seat
from tongzhou.desks.hotline.selectors.queue import Line, estimate_minutes, line_now
from tongzhou.desks.hotline.types import OPEN_STATES
from tongzhou.desks.professionals.models import Professional, ServiceLine
from tongzhou.desks.professionals.types import WORKING_STATES
from tongzhou.kernel import audit
from tongzhou.kernel.access import Act, Actor, allows, may
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.people.types import SERVICES

__all__ = [
    "Load",
    "doors",
    "events_of",
    "heard_by_caller",
    "lines_of",
    "load_today",
    "open_contact",
    "open_lines",
    "own_open_contact",
    "readable_contact",
    "said_to_caller",
    "said_to_team",
    "waiting_words",
]


@dataclass(frozen=True, slots=True)
class Load:
    """How much one counsellor has carried today."""

    account_id: uuid.UUID
    contacts: int
    hard: int


def open_lines() -> list[ServiceLine]:
    """Lines that exist, the oldest first; whether each is open at this hour is another question."""
    return list(ServiceLine.objects.filter(closed_at=None).select_related("response").order_by("created_at"))


def doors(actor: Actor) -> list[ServiceLine]:
    """Lines somebody may call. An exercise helps nobody: only those who signed in see its line."""
    return [one for one in open_lines() if actor.signed_in or not one.response.is_exercise]


def lines_of(actor: Actor, wanted: Act = policies.SIT) -> list[ServiceLine]:
    """Lines the actor works on, and those the actor's grants reach, for one of the acts of the line."""
    if actor.account_id is None or not may(actor, wanted):
        return []
    mine = Professional.objects.filter(account_id=actor.account_id, state__in=WORKING_STATES)
    own = set(mine.values_list("line", flat=True))
    return [one for one in open_lines() if one.pk in own or _reaches(actor, wanted, one)]


def _reaches(actor: Actor, wanted: Act, line: ServiceLine) -> bool:
    """Whether a grant of the actor covers the line."""
    return allows(
        actor, wanted, line=SERVICES, area=line.place_id, response=line.response_id,
        organisation=line.organisation_id,
    )  # fmt: skip


def readable_contact(*, actor: Actor, contact_id: uuid.UUID) -> Contact:
    """A contact whose words the actor may read. Raises ``not_found``."""
    found = Contact.objects.filter(policies.readable(actor), pk=contact_id).first()
    if found is None:
        raise Refusal("not_found")
    return found


def open_contact(*, actor: Actor, contact_id: uuid.UUID) -> Contact:
    """The same for a page that shows the words and the notes: the look is logged."""
    contact = readable_contact(actor=actor, contact_id=contact_id)
    audit.looked(actor=actor, act=policies.READ_CONTACT, obj=contact, fields=["messages", "notes"])
    return contact


def own_open_contact(actor: Actor) -> Contact | None:
    """What the actor has in hand."""
    if actor.account_id is None:
        return None
    seat = Seat.objects.filter(account_id=actor.account_id).select_related("contact").first()
    if seat is not None and seat.contact is not None:
        return seat.contact
    rows = Contact.objects.filter(counsellor_id=actor.account_id, state__in=OPEN_STATES)
    return rows.order_by("-answered_at").first()


def said_to_caller(contact: Contact, after: int = 0) -> list[Said]:
    """What the caller may read, beyond message `after`."""
    return [one for one in said_to_team(contact, after) if one.audience == Audience.BOTH]


def said_to_team(contact: Contact, after: int = 0) -> list[Said]:
    """Everything said, beyond message `after`. Who may read it was asked before (`open_contact`)."""
    return talking.said_after({contact.pk: after})


def events_of(contact: Contact) -> list[ContactEvent]:
    """What happened to it, oldest first."""
    return list(ContactEvent.objects.filter(contact=contact).order_by("id"))


def waiting_words(line: Line, contact: Contact, now: dt.datetime) -> dict[str, int | bool | None]:
    """What a caller is told while waiting: how many before, minutes (None: not known), whether anybody sits there."""
    before = line.before(contact.pk)
    kept = contact.wanted_until is not None and contact.wanted_until > now
    return {
        "before": before,
        "minutes": None if before is None else estimate_minutes(line, before),
        "seats": line.open_seats,
        "kept": kept,
    }


def heard_by_caller(line_id: uuid.UUID, now: dt.datetime) -> tuple[Line, int | None]:
    """The line as somebody sees it who thinks of coming: the line, and minutes for one more (None: not known)."""
    line = line_now(line_id, now)
    return line, estimate_minutes(line, len(line.queue))


def load_today(line: ServiceLine, now: dt.datetime) -> dict[uuid.UUID, Load]:
    """Contacts and hard ones of each counsellor since midnight of the line's time zone; one query."""
    midnight = now.astimezone(line.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = (
        Contact.objects.filter(line_id=line.pk, answered_at__gte=midnight, counsellor_id__isnull=False)
        .values("counsellor_id")
        .annotate(contacts=Count("pk"), hard_ones=Count("pk", filter=Q(hard=True)))
    )
    return {row["counsellor_id"]: Load(row["counsellor_id"], row["contacts"], row["hard_ones"]) for row in rows}
