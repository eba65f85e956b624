"""The end of a shift: what is still open in one's hands, handed to somebody of the next shift or to the supervisors.

Whoever gets something sees from whom and when, with the note; the conversation itself they read once they have taken
it. Supervisors see what lies in nobody's hands.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q

from tongzhou.desks.casework.models import HandedMatter
from tongzhou.desks.casework.services import handing
from tongzhou.desks.casework.services.handing import Hands
from tongzhou.desks.casework.types import MatterKind
from tongzhou.desks.hotline.models import Contact, LineCallback
from tongzhou.desks.hotline.policies import READ_CONTACT, TAKE_CONTACT, WATCH_LINE
from tongzhou.desks.hotline.services import queue
from tongzhou.desks.hotline.types import CallbackState, State
from tongzhou.desks.professionals.models import Professional, ServiceLine, Shift
from tongzhou.desks.professionals.selectors.shifts import coming_or_here, own_professional, running_shifts
from tongzhou.desks.professionals.types import PersonState
from tongzhou.flows import contact_end
from tongzhou.flows.contact_callback import take_call
from tongzhou.flows.contact_take import take_contact
from tongzhou.flows.line_live import HUB
from tongzhou.flows.line_rosters import tell_line
from tongzhou.kernel import audit
from tongzhou.kernel.access import Actor, may
from tongzhou.kernel.errors import Refusal

__all__ = [
    "SUPERVISORS", "Matter", "colleagues_next", "hand_matter", "handed_to", "left_count", "left_open", "notes_about",
    "own_matters", "settle_matter", "supervises", "take_matter", "waiting_for",
]  # fmt: skip

#: Said instead of a colleague's account.
SUPERVISORS = "supervisors"
#: An escalation is followed up within this time of it.
FOLLOWED_UP = dt.timedelta(hours=48)
#: A colleague's shift begins within this time.
NEXT_SHIFT = dt.timedelta(hours=14)
#: Untaken for so long, a matter is shown to the supervisors again.
UNTAKEN = dt.timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Matter:
    """Something open: what, since when, where it stands, and the handing over when there is one.

    `note` is "" unless the reader may see it; `going_on`: a conversation that has not ended.
    """

    kind: str
    item: uuid.UUID
    line_id: uuid.UUID
    since: dt.datetime
    state: str
    handed: HandedMatter | None = None
    note: str = field(default="", repr=False)
    going_on: bool = False

    @property
    def label(self) -> str:
        """What it is, in the reader's language."""
        return str(MatterKind(self.kind).label)


def _me(actor: Actor) -> uuid.UUID:
    if actor.account_id is None or not may(actor, TAKE_CONTACT):
        raise Refusal("not_found")
    return actor.account_id


def supervises(actor: Actor, line_id: uuid.UUID) -> bool:
    """Whether the actor is an active supervisor of this line; a role that reaches its area is not enough."""
    if not may(actor, WATCH_LINE) or actor.account_id is None:
        return False
    rows = Professional.objects.filter(line_id=line_id, account_id=actor.account_id, is_supervisor=True)
    return rows.filter(state=PersonState.ACTIVE).exists()


def _contacts(rows: Q, now: dt.datetime) -> list[Matter]:
    """Contacts that are not written up, and escalations that may need somebody still."""
    unfinished = Q(state__in=(State.ACTIVE, State.WRAPPING))
    followed = Q(state=State.ENDED, escalated_at__gt=now - FOLLOWED_UP)
    found = list(Contact.objects.filter(rows, unfinished | followed).order_by("answered_at"))
    settled = handing.settled_contacts([one.pk for one in found])
    return [
        Matter(
            MatterKind.ESCALATION if one.escalated_at else MatterKind.CONTACT, one.pk, one.line_id,
            one.answered_at or one.arrived_at, str(State(one.state).label), going_on=one.state == State.ACTIVE,
        )
        for one in found
        if not (one.state == State.ENDED and one.pk in settled)
    ]  # fmt: skip


def _callbacks(rows: Q) -> list[Matter]:
    found = LineCallback.objects.filter(rows, state=CallbackState.WAITING).order_by("next_at")
    return [
        Matter(MatterKind.CALLBACK, one.pk, one.line_id, one.next_at, str(CallbackState(one.state).label))
        for one in found
    ]


def _with_hands(matters: list[Matter]) -> list[Matter]:
    """The same with what is known of their handing over; one query."""
    items = [one.item for one in matters]
    rows = HandedMatter.objects.filter(Q(contact_id__in=items) | Q(callback_id__in=items), taken_at=None)
    known = {row.contact_id or row.callback_id: row for row in rows.filter(settled_at=None)}
    return [
        Matter(one.kind, one.item, one.line_id, one.since, one.state, known.get(one.item), "", one.going_on)
        for one in matters
    ]


def own_matters(actor: Actor, now: dt.datetime) -> list[Matter]:
    """What is open in the actor's own hands, and what they handed over and nobody has taken yet."""
    me = _me(actor)
    promised = Q(contact__counsellor_id=me) | Q(holder_id=me, held_until__gt=now)
    found = _with_hands([*_contacts(Q(counsellor_id=me), now), *_callbacks(promised)])
    here = {one.item for one in found}
    return [*found, *(one for one in _open_rows(Q(from_id=me)) if one.item not in here)]


def _open_rows(rows: Q) -> list[Matter]:
    """Matters that were handed over and not taken, as far as there is still something to do."""
    handed = list(HandedMatter.objects.filter(rows, taken_at=None, settled_at=None).order_by("handed_at"))
    contacts = {one.pk: one for one in Contact.objects.filter(pk__in=[one.contact_id for one in handed])}
    calls = {one.pk: one for one in LineCallback.objects.filter(pk__in=[one.callback_id for one in handed])}
    found = []
    for row in handed:
        contact = contacts.get(row.contact_id) if row.contact_id else None
        call = calls.get(row.callback_id) if row.callback_id else None
        if contact is not None and contact.state not in (State.ABANDONED, State.MISSED):
            state, since, item = State(contact.state).label, contact.answered_at or contact.arrived_at, contact.pk
        elif call is not None and call.state == CallbackState.WAITING:
            state, since, item = CallbackState(call.state).label, call.next_at, call.pk
        else:
            continue
        found.append(Matter(row.kind, item, row.line_id, since, str(state), row))
    return found


@transaction.atomic
def handed_to(actor: Actor) -> list[Matter]:
    """What was handed to the actor, with the notes; the look is logged."""
    me = _me(actor)
    return _opened(actor, _open_rows(Q(to_id=me)))


def _opened(actor: Actor, matters: list[Matter]) -> list[Matter]:
    found = []
    for one in matters:
        if one.handed is None:
            continue
        audit.looked(actor=actor, act=READ_CONTACT, obj=one.handed, fields=["note"])
        note = handing.note_of(one.handed)
        found.append(Matter(one.kind, one.item, one.line_id, one.since, one.state, one.handed, note, one.going_on))
    return found


def waiting_for(actor: Actor) -> int:
    """How many matters wait for the actor to take them; nothing of them is opened."""
    if actor.account_id is None or not may(actor, TAKE_CONTACT):
        return 0
    return HandedMatter.objects.filter(to_id=actor.account_id, taken_at=None, settled_at=None).count()


def _lying(line: ServiceLine, now: dt.datetime) -> list[Matter]:
    """What was handed to the supervisors, was not taken in half an hour, or lies with somebody who is not on shift and
    handed it to nobody."""
    here = set(running_shifts(line.pk, now).values_list("professional__account_id", flat=True))
    handed = Q(to_id=None) | Q(handed_at__lt=now - UNTAKEN)
    away = Q(line_id=line.pk, counsellor_id__isnull=False) & ~Q(counsellor_id__in=here) & ~Q(state=State.ACTIVE)
    promised = Q(line_id=line.pk, next_at__lte=now, contact__counsellor_id__isnull=False)
    promised &= ~Q(contact__counsellor_id__in=here)
    alone = [one for one in _with_hands([*_contacts(away, now), *_callbacks(promised)]) if one.handed is None]
    return [*_open_rows(handed & Q(line_id=line.pk)), *alone]


@transaction.atomic
def left_open(actor: Actor, line: ServiceLine, now: dt.datetime) -> list[Matter]:
    """What a supervisor of the line has to find hands for. Notes to the supervisors are opened, the look is logged.

    Raises ``not_found`` for anybody else.
    """
    if not supervises(actor, line.pk):
        raise Refusal("not_found")
    found = _lying(line, now)
    to_us = [one for one in found if one.handed is not None and one.handed.to_id is None]
    return [*_opened(actor, to_us), *(one for one in found if one not in to_us)]


def left_count(actor: Actor, line: ServiceLine, now: dt.datetime) -> int:
    """How many there are, without opening any; 0 for whoever does not supervise the line."""
    return len(_lying(line, now)) if supervises(actor, line.pk) else 0


def colleagues_next(line_id: uuid.UUID, me: uuid.UUID | None, now: dt.datetime) -> list[Shift]:
    """Who of the line is on shift now or on the next one, without oneself."""
    return [one for one in coming_or_here(line_id, now, NEXT_SHIFT) if one.professional.account_id != me]


def _item(kind: str, item: uuid.UUID) -> Contact | LineCallback:
    if kind not in MatterKind.values:
        raise Refusal("bad_request")
    model = LineCallback if kind == MatterKind.CALLBACK else Contact
    found: Contact | LineCallback | None = model._default_manager.filter(pk=item).first()
    if found is None:
        raise Refusal("not_found")
    return found


def _may_hand(actor: Actor, kind: str, found: Contact | LineCallback, now: dt.datetime) -> None:
    """Whoever has it, or a supervisor of its line. Raises ``not_found``."""
    me = _me(actor)
    if isinstance(found, Contact):
        held = found.counsellor_id == me
        if found.state == State.ACTIVE and not held:
            raise Refusal("not_found")  # whoever speaks with them hands them over
    else:
        held = found.holder_id == me or (found.contact is not None and found.contact.counsellor_id == me)
    before = handing.open_of(kind=kind, item=found.pk)
    if not (held or (before is not None and me in (before.to_id, before.from_id)) or supervises(actor, found.line_id)):
        raise Refusal("not_found")


def _called(actor: Actor, line_id: uuid.UUID) -> str:
    """What colleagues call the actor: role and number."""
    person = own_professional(actor.account_id, line_id)
    return person.alias if person is not None else actor.name


def _hands(to: str, line_id: uuid.UUID, me: uuid.UUID | None, now: dt.datetime) -> Hands:
    if to == SUPERVISORS:
        return Hands()
    for one in colleagues_next(line_id, me, now):
        if str(one.professional.account_id) == to:
            return Hands(one.professional.account_id, one.professional.alias)
    raise Refusal("matter_hands")


@transaction.atomic
def hand_matter(*, actor: Actor, kind: str, item: uuid.UUID, to: str, note: str, now: dt.datetime) -> HandedMatter:
    """Hand one thing over: `to` is the account of a colleague of this or the next shift, or ``supervisors``.

    A conversation that goes on goes to the front of the queue, for five minutes kept for the colleague; everything else
    stays where it is until it is taken. Raises ``matter_hands``, ``message_long``, ``not_found``.
    """
    found = _item(kind, item)
    _may_hand(actor, kind, found, now)
    line = ServiceLine.objects.get(pk=found.line_id)
    hands, by = _hands(to, line.pk, actor.account_id, now), _called(actor, line.pk)
    row = handing.hand(
        actor=actor, act=TAKE_CONTACT, line_id=line.pk, kind=kind, item=item, by=by, to=hands, note=note, now=now
    )
    if isinstance(found, Contact) and found.state == State.ACTIVE and found.counsellor_id == actor.account_id:
        contact_end.hand_over(actor=actor, contact=found, now=now, to=hands.account_id)
    told = [hands.account_id] if hands.account_id is not None else _supervisors(line, actor)
    tell_line(line, told, "handed", key=f"{row.pk}:{row.version}", reason=by, path="/calls/handover/")
    HUB.nudge()
    return row


def _supervisors(line: ServiceLine, actor: Actor) -> list[uuid.UUID | None]:
    rows = Professional.objects.filter(line=line, is_supervisor=True, state=PersonState.ACTIVE, account__isnull=False)
    return [one for one in rows.values_list("account_id", flat=True) if one != actor.account_id]


@transaction.atomic
def settle_matter(*, actor: Actor, kind: str, item: uuid.UUID, now: dt.datetime) -> None:
    """Nothing is left to do about an escalation that is written up. Raises ``matter_hands`` for what is not, else as
    `hand_matter`."""
    found = _item(kind, item)
    _may_hand(actor, kind, found, now)
    if not isinstance(found, Contact) or found.state != State.ENDED:
        raise Refusal("matter_hands")
    handing.settle(
        actor=actor, act=TAKE_CONTACT, line_id=found.line_id, kind=kind, item=item,
        by=_called(actor, found.line_id), now=now,
    )  # fmt: skip


def take_matter(*, actor: Actor, kind: str, item: uuid.UUID, now: dt.datetime) -> str:
    """Take it into one's own hands: what was handed to the actor, or, by a supervisor, anything left open on the line.

    The contact or the callback goes with it. Returns its kind. Raises ``matter_taken``, ``contact_taken``,
    ``callback_held``, why the shift does not allow it, ``not_found``.
    """
    found = _item(kind, item)
    row = handing.open_of(kind=kind, item=item)
    if not (row is not None and row.to_id == _me(actor)) and not supervises(actor, found.line_id):
        raise Refusal("not_found")
    if isinstance(found, Contact) and found.state in (State.WAITING, State.OFFERED):
        take_contact(actor=actor, contact_id=found.pk, now=now)  # out of the queue; closes the handing over itself
        return kind
    with transaction.atomic():
        if row is not None:
            handing.take(actor=actor, act=TAKE_CONTACT, row=row, now=now)
        if isinstance(found, LineCallback):
            take_call(actor=actor, row=found, now=now)
        else:
            _into_hands(actor, found, now)
    HUB.nudge()
    return kind


def _into_hands(actor: Actor, contact: Contact, now: dt.datetime) -> None:
    """The contact belongs to the actor, and to the supervisor of the actor's own group."""
    if contact.state not in (State.WRAPPING, State.ENDED):
        raise Refusal("matter_taken")  # somebody speaks with them
    me = _me(actor)
    if contact.counsellor_id == me:
        return
    person = own_professional(me, contact.line_id)
    group = person.group if person is not None else None
    supervisor = group.supervisor.account_id if group is not None else contact.supervisor_id
    queue.into_hands(actor=actor, contact=contact, account_id=me, supervisor_id=supervisor, now=now)


def notes_about(contact: Contact) -> list[tuple[HandedMatter, str]]:
    """Everything handed over about a contact with its notes, for a page whose look is logged already."""
    rows = HandedMatter.objects.filter(contact_id=contact.pk).order_by("handed_at")
    return [(row, handing.note_of(row)) for row in rows]
