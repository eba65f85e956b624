"""Whoever sent something adds to it, corrects it, withdraws it, says it is solved, or says it is still needed.

The secret link is the right to do so: each flow takes the submission that `selectors.own_submission` opened with it.
"""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction

from tongzhou.chain.intake.models import Need, Offer, Submission
from tongzhou.chain.intake.selectors.submissions import records_of
from tongzhou.chain.intake.services import change
from tongzhou.chain.intake.services.amounts import Amount
from tongzhou.chain.intake.types import Photo
from tongzhou.flows import reading
from tongzhou.flows.release_need import keep_in_step
from tongzhou.flows.submit_need import note_duplicates
from tongzhou.kernel import idempotency, outbox, throttle
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.catalogue import selectors as catalogue
from tongzhou.registers.catalogue.services import resolve

__all__ = ["add_to", "close_own", "correct_own", "own_record", "reopen_own", "still_needed"]

#: Changes to one submission in an hour.
MOST_CHANGES, SECONDS = 40, 3600


def own_record(submission: Submission, record_id: uuid.UUID | None) -> Need | Offer:
    """The line of this submission with that id; ``Refusal("not_found")`` when it is somebody else's."""
    found = next((one for one in records_of(submission) if one.pk == record_id), None)
    if found is None:
        raise Refusal("not_found")
    return found


def _counted(submission: Submission) -> None:
    throttle.hit("own-change", str(submission.pk), limit=MOST_CHANGES, seconds=SECONDS)


@transaction.atomic
def add_to(
    *, actor: Actor, submission: Submission, key: str, text: str, now: dt.datetime, photo: Photo | None = None
) -> None:
    """Add words, and a photo when there is one; sent twice with one `key` they are added once."""

    def effect() -> None:
        _counted(submission)
        if text:
            change.add_note(actor=actor, submission=submission, text=text, now=now)
        if photo is not None:
            change.add_photo(actor=actor, submission=submission, photo=photo)
        outbox.post("submission.added", {"submission": str(submission.pk)}, key=f"submission.added:{key}")

    content = idempotency.fingerprint([text, photo is not None])
    idempotency.once(scope=f"add:{submission.pk}", key=key, content=content, effect=effect)


@transaction.atomic
def correct_own(
    *,
    actor: Actor,
    submission: Submission,
    record_id: uuid.UUID | None,
    expect: int,
    now: dt.datetime,
    item: str = "",
    amount: Amount | None = None,
    phone: str = "",
    address: str = "",
) -> Need | Offer:
    """Correct a line (thing, amount) and the contact (phone, address); what is blank stays as it is.

    Raises ``Refusal``: ``version_stale``, ``need_closed``, ``not_found``, ``too_many``.
    """
    record = own_record(submission, record_id)
    _counted(submission)
    if phone or address:
        change.correct_contact(actor=actor, submission=submission, phone=phone, address=address)
    if isinstance(record, Offer):
        if amount is None:
            return record
        corrected = change.correct_offer(actor=actor, offer=record, expect=expect, now=now, amount=amount)
        keep_in_step(record=corrected, actor=actor, now=now)
        return corrected
    key = resolve(item, record.response_id).key if item else None
    changed = change.correct_need(
        actor=actor,
        need=record,
        expect=expect,
        now=now,
        amount=amount,
        item=item,
        category=catalogue.category(key, record.response_id) if key else None,
        spot=reading.spot_of(address, submission.response) if address else None,
    )
    note_duplicates(changed, now)
    keep_in_step(record=changed, actor=actor, now=now)
    return changed


@transaction.atomic
def close_own(
    *, actor: Actor, submission: Submission, record_id: uuid.UUID | None, expect: int, how: str, now: dt.datetime
) -> Need | Offer:
    """Withdraw a line, or say that it is solved and by whom; it leaves every public list with this transaction."""
    record = own_record(submission, record_id)
    _counted(submission)
    closed = change.close(actor=actor, record=record, expect=expect, how=how, now=now)
    keep_in_step(record=closed, actor=actor, now=now)
    outbox.post(
        "record.closed", {"record": str(record.pk), "how": how}, key=f"record.closed:{record.pk}:{closed.version}"
    )
    return closed


@transaction.atomic
def reopen_own(*, actor: Actor, submission: Submission, record_id: uuid.UUID | None) -> Need | Offer:
    """Take the last closing back, if nothing else happened since."""
    record = own_record(submission, record_id)
    _counted(submission)
    return change.reopen(actor=actor, record=record)


@transaction.atomic
def still_needed(
    *, actor: Actor, submission: Submission, record_id: uuid.UUID | None, expect: int, now: dt.datetime
) -> Need | Offer:
    """Say that it is still needed (an offer: still to be had): it expires later, an expired one is open again."""
    record = own_record(submission, record_id)
    _counted(submission)
    return change.still_there(actor=actor, record=record, expect=expect, now=now)
