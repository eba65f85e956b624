"""The form as it came in, word for word: only for whoever has the record in hand, each time with a row in the trail."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.intake.policies import READ_RAW, target_of
from tongzhou.chain.intake.services.change import raw_of
from tongzhou.chain.triage.services import locks
from tongzhou.kernel.access import Actor, require
from tongzhou.kernel.errors import Refusal

__all__ = ["reveal_raw"]


@transaction.atomic
def reveal_raw(*, actor: Actor, record: Need | Offer, now: dt.datetime) -> dict[str, object]:
    """The raw form a record was made of, {field: words}; logged.

    Raises ``Refusal``: ``not_found``, ``lock_held`` or ``lock_lost`` (not in the actor's hands), ``shredded``.
    """
    require(actor, READ_RAW, **target_of(record))
    locks.require_mine(actor=actor, record=record, now=now)
    submission = record.submission
    if submission is None:
        raise Refusal("not_found")
    if submission.record_key is None:
        raise Refusal("shredded")
    return raw_of(actor=actor, submission=submission)
