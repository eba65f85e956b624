"""A coordinator types a need in, by keyboard or on the telephone; on a callback the call is finished with it."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction

from tongzhou.chain.intake.models import CallbackRequest, Submission
from tongzhou.chain.intake.services import callbacks
from tongzhou.chain.intake.types import CallState, Channel, SaidNeed, Submitted
from tongzhou.flows.submit_need import submit_need
from tongzhou.kernel.access import Actor
from tongzhou.registers.responses.models import Response

__all__ = ["enter_need", "enter_on_callback"]


def enter_need(
    *, actor: Actor, response: Response, key: str, said: SaidNeed, by_phone: bool, now: dt.datetime
) -> Submitted:
    """Write the need down; see `submit_need`. The actor needs the line and the area."""
    channel = Channel.PHONE if by_phone else Channel.ENTRY
    return submit_need(actor=actor, response=response, key=key, said=said, channel=channel, now=now)


@transaction.atomic
def enter_on_callback(
    *, actor: Actor, request: CallbackRequest, key: str, said: SaidNeed, now: dt.datetime
) -> tuple[Submitted, uuid.UUID]:
    """Write down what was said in a call back, and finish the callback with it, both or neither."""
    done = enter_need(actor=actor, response=request.response, key=key, said=said, by_phone=True, now=now)
    submission = Submission.objects.get(pk=done.submission)
    finished = callbacks.finish(actor=actor, request=request, now=now, state=CallState.REACHED, submission=submission)
    return done, finished.pk
