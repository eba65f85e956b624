"""A telephone exchange tells of a call: checked, taken in once, put into the right hands."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

from django.db import transaction

from tongzhou.desks.casework.models import Conversation
from tongzhou.desks.casework.services import talking
from tongzhou.desks.hotline.models import LineExchange, PhoneCall
from tongzhou.desks.hotline.policies import WATCH_LINE
from tongzhou.desks.hotline.services import callbacks, telephone
from tongzhou.desks.hotline.services.telephone import Told
from tongzhou.desks.professionals.models import Professional, ServiceLine
from tongzhou.desks.professionals.types import PersonState
from tongzhou.flows.contact_read import lines_of
from tongzhou.flows.line_live import HUB
from tongzhou.kernel.access import ANONYMOUS, Actor, require
from tongzhou.kernel.crypto import normal_phone
from tongzhou.kernel.errors import Refusal

__all__ = ["add_exchange", "end_exchange", "exchanges_of", "hear"]

_LONGEST_ID = 120


def exchanges_of(actor: Actor) -> list[LineExchange]:
    """Exchanges of the lines the actor watches."""
    require(actor, WATCH_LINE)
    rows = LineExchange.objects.filter(line_id__in=[line.pk for line in lines_of(actor)])
    return list(rows.order_by("ended_at", "name"))


def add_exchange(*, actor: Actor, line: ServiceLine, name: str) -> tuple[LineExchange, str]:
    """Connect an exchange; (it, its secret, shown once). Raises ``bad_form`` (no name, or one that is taken)."""
    require(actor, WATCH_LINE)
    if line.pk not in {one.pk for one in lines_of(actor)}:
        raise Refusal("not_found")
    if not name.strip() or LineExchange.objects.filter(line_id=line.pk, name=name.strip()[:60], ended_at=None).exists():
        raise Refusal("bad_form")
    return telephone.open_exchange(actor=actor, act=WATCH_LINE, line_id=line.pk, name=name.strip()[:60])


def end_exchange(*, actor: Actor, pk: uuid.UUID, now: dt.datetime) -> None:
    """Disconnect it. Raises ``not_found``."""
    row = next((one for one in exchanges_of(actor) if one.pk == pk and one.ended_at is None), None)
    if row is None:
        raise Refusal("not_found")
    telephone.close_exchange(actor=actor, act=WATCH_LINE, row=row, now=now)


def _text(said: dict[str, Any], name: str, *, wanted: bool = True) -> str:
    found = said.get(name, "")
    if not isinstance(found, str) or len(found) > _LONGEST_ID or (wanted and not found):
        raise Refusal("phone_event", what=name)
    return found


def _read(event_id: str, body: bytes, now: dt.datetime) -> tuple[Told, str, bool]:
    """The event as it was said. Raises ``phone_event`` with the part that is not understood."""
    try:
        said = json.loads(body)
    except ValueError as error:
        raise Refusal("phone_event", what="JSON") from error
    if not isinstance(said, dict):
        raise Refusal("phone_event", what="JSON")
    kind, call, agent = _text(said, "type"), _text(said, "call"), _text(said, "agent", wanted=False)
    number, wants = _text(said, "number", wanted=False), said.get("callback", False)
    try:
        at = dt.datetime.fromisoformat(_text(said, "at"))
    except ValueError as error:
        raise Refusal("phone_event", what="at") from error
    if kind not in telephone.KINDS:
        raise Refusal("phone_event", what="type")
    if at.tzinfo is None or not now - dt.timedelta(days=7) <= at <= now + telephone.FRESH:
        raise Refusal("phone_event", what="at")
    if not isinstance(wants, bool) or (number and not normal_phone(number)):
        raise Refusal("phone_event", what="callback" if not isinstance(wants, bool) else "number")
    return Told(event_id, kind, call, at, number), agent, wants


def hear(
    *, exchange_id: uuid.UUID, event_id: str, timestamp: str, signature: str, body: bytes, now: dt.datetime
) -> tuple[PhoneCall, bool]:
    """Take an event in; (the call, False when it was known). Nobody learns whether an exchange exists.

    Raises ``phone_signature``, ``phone_event``.
    """
    exchange = LineExchange.objects.filter(pk=exchange_id, ended_at=None, record_key__isnull=False).first()
    if exchange is None or len(event_id) > _LONGEST_ID or not telephone.may_be_ours(
        exchange, event_id=event_id, timestamp=timestamp, signature=signature, body=body, now=now
    ):  # fmt: skip
        raise Refusal("phone_signature")
    told, agent, wants = _read(event_id, body, now)
    person = _agent(exchange.line_id, agent)
    group = person.group if person is not None else None
    with transaction.atomic():
        call, new = telephone.take_in(
            exchange=exchange, told=told, counsellor_id=person.account_id if person else None,
            supervisor_id=group.supervisor.account_id if group is not None else None, now=now,
        )  # fmt: skip
        if new and not Conversation.objects.filter(pk=call.contact_id).exists():
            talking.open_conversation(contact_id=call.contact_id, line_id=exchange.line_id)  # for its notes
        if new and wants and told.number and call.answered_at is None and not call.blocked:
            callbacks.ask(
                actor=ANONYMOUS, line_id=exchange.line_id, phone=told.number, words="", language="mandarin", now=now,
                contact=call.contact,
            )  # fmt: skip
    HUB.nudge()
    return call, new


def _agent(line_id: uuid.UUID, code: str) -> Professional | None:
    """The counsellor an exchange names by the short code of the roster."""
    if not code:
        return None
    rows = Professional.objects.filter(line_id=line_id, code=code, state=PersonState.ACTIVE, account__isnull=False)
    return rows.select_related("group__supervisor").first()
