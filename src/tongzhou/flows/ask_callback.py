"""Somebody leaves a number and is called back: once a number, held or refused when it floods."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_noop

from tongzhou.chain.intake.models import CallbackRequest
from tongzhou.chain.intake.services import callbacks
from tongzhou.flows import reading
from tongzhou.kernel import outbox, throttle
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.responses.models import Response

__all__ = ["ask_callback"]

#: From one network address in an hour: a ward may share one, a flood is refused.
MOST, SECONDS = 30, 3600


def ask_callback(
    *,
    actor: Actor,
    response: Response,
    phone: str,
    now: dt.datetime,
    place_text: str = "",
    reason: str = "",
    wanted: str = "any",
    address: str = "",
    trapped: bool = False,
) -> CallbackRequest:
    """Queue a wish to be called back. Raises ``Refusal``: ``response_closed``, ``too_many``."""
    if not response.is_open:
        raise Refusal("response_closed")
    spot = reading.spot_of(place_text, response) if place_text else None
    with transaction.atomic():
        if address:
            throttle.hit("callback-hard", address, limit=MOST, seconds=SECONDS)
        request, is_new = callbacks.ask(
            actor=actor,
            response_id=response.pk,
            phone=phone,
            now=now,
            reason=(gettext_noop("（填了隐藏栏，可能是程序）") if trapped else "") + reason,
            place_text=place_text,
            place=spot.place if spot is not None and spot.place != response.area_id else None,
            wanted=wanted,
        )
        if is_new:
            outbox.post("callback.asked", {"callback": str(request.pk)}, key=f"callback.asked:{request.pk}")
    return request
