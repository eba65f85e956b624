"""Somebody leaves a number for the line, because it is closed, nobody is free, or they would rather be called."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tongzhou.desks.hotline.models import Contact, LineCallback
from tongzhou.desks.hotline.services import callbacks
from tongzhou.desks.hotline.services.callbacks import OpenedCall
from tongzhou.desks.professionals.models import ServiceLine
from tongzhou.kernel import throttle
from tongzhou.kernel.access import ANONYMOUS, Actor

__all__ = ["ask_line_callback", "finish_call", "open_call", "take_call"]

#: From one network address in an hour: a ward may share one, a flood is refused.
MOST, SECONDS = 30, 3600


@transaction.atomic
def ask_line_callback(
    *, line: ServiceLine, phone: str, words: str, language: str, address: str, now: dt.datetime,
    contact: Contact | None = None,
) -> tuple[LineCallback, bool]:  # fmt: skip
    """Queue the wish; (the row, True when new). Taken when the line is closed, too. Raises ``too_many``."""
    if address:
        throttle.hit("line-callback", address, limit=MOST, seconds=SECONDS)
    return callbacks.ask(
        actor=ANONYMOUS, line_id=line.pk, phone=phone, words=words, language=language, now=now, contact=contact
    )


def take_call(*, actor: Actor, row: LineCallback, now: dt.datetime) -> OpenedCall:
    """Take a callback in hand (see `hotline.services.callbacks.take`)."""
    return callbacks.take(actor=actor, row=row, now=now)


def open_call(*, actor: Actor, row: LineCallback, now: dt.datetime) -> OpenedCall:
    """See again what one has in hand."""
    return callbacks.open_held(actor=actor, row=row, now=now)


def finish_call(*, actor: Actor, row: LineCallback, how: str, now: dt.datetime) -> LineCallback:
    """What came of a call: ``missed`` (tried again later), ``back``, ``reached``, ``wrong``, ``given_up``."""
    if how == "missed":
        return callbacks.missed(actor=actor, row=row, now=now)
    if how == "back":
        return callbacks.give_back(actor=actor, row=row, now=now)
    return callbacks.finish(actor=actor, row=row, state=how, now=now)
