"""Something is said in a conversation, by the caller, the counsellor or a supervisor; sent twice it is said once."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import transaction

from tongzhou.desks.casework.services import talking
from tongzhou.desks.casework.types import Audience, Side
from tongzhou.desks.hotline.models import Contact
from tongzhou.desks.hotline.policies import is_counsellor_of
from tongzhou.desks.hotline.services.queue import voice_begins
from tongzhou.desks.hotline.services.relay import passed_on
from tongzhou.desks.hotline.types import State
from tongzhou.flows.line_live import HUB
from tongzhou.kernel import throttle
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal

__all__ = ["MOST_PER_MINUTE", "say_as_caller", "say_as_team", "send_signal"]

#: Messages one side sends in a minute; nobody types faster.
MOST_PER_MINUTE = 40
_OPEN = (State.WAITING, State.OFFERED, State.ACTIVE)


def _own_id(client_id: str) -> str:
    if not 8 <= len(client_id) <= 40 or not client_id.isascii():
        raise Refusal("bad_request")
    return client_id


def say_as_caller(*, contact: Contact, client_id: str, text: str, now: dt.datetime) -> int:
    """The caller says something (while waiting, too: whoever answers reads it); its number.

    Raises ``contact_over``, ``message_long``, ``message_empty``, ``too_many``, ``key_reused``.
    """
    throttle.hit_lightly("line-say", str(contact.pk), limit=MOST_PER_MINUTE, seconds=60)
    with transaction.atomic():
        seq, is_new = talking.say(
            contact_id=contact.pk, side=Side.CALLER, client_id=_own_id(client_id), text=text, now=now
        )
        # Looked at after the conversation is ours: an ending that came first is seen; what was said before stays said.
        if is_new and not Contact.objects.filter(pk=contact.pk, state__in=_OPEN).exists():
            raise Refusal("contact_over")
        HUB.nudge()
    return seq


def say_as_team(
    *, actor: Actor, contact: Contact, client_id: str, text: str, now: dt.datetime, quietly: bool = False
) -> int:
    """The counsellor or a supervisor says something; `quietly` is between the two, the caller does not see it.

    Raises as `say_as_caller`.
    """
    throttle.hit_lightly("line-say", f"{contact.pk}{actor.account_id}", limit=MOST_PER_MINUTE, seconds=60)
    side = Side.COUNSELLOR if is_counsellor_of(actor, contact) else Side.SUPERVISOR
    states = (State.ACTIVE, State.WRAPPING) if quietly else (State.ACTIVE,)
    with transaction.atomic():
        seq, is_new = talking.say(
            contact_id=contact.pk, side=side, client_id=_own_id(client_id), text=text, now=now,
            account_id=actor.account_id, audience=Audience.TEAM if quietly else Audience.BOTH,
        )  # fmt: skip
        if is_new and not Contact.objects.filter(pk=contact.pk, state__in=states).exists():
            raise Refusal("contact_over")
        HUB.nudge()
    return seq


def send_signal(*, contact_id: uuid.UUID, to: str, payload: dict[str, Any], now: dt.datetime) -> int:
    """Pass something to the other side's browser (`to`: ``caller`` or ``counsellor``); sealed, gone after a minute.

    Raises ``bad_request`` for what is not about voice, or holds an address other than the relay's.
    """
    throttle.hit_lightly("line-signal", f"{contact_id}{to}", limit=300, seconds=60)
    payload = passed_on(payload)
    with transaction.atomic():
        if payload["kind"] == "answer":
            voice_begins(contact_id=contact_id, now=now)
        number = talking.signal(contact_id=contact_id, to=to, payload=payload, now=now)
        HUB.nudge()
    return number
