"""The notes of a contact: saved while they are typed, earlier versions kept."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.db.models import F

from tongzhou.desks.casework.models import Conversation, NoteVersion
from tongzhou.desks.casework.services import sealing
from tongzhou.desks.casework.types import LONGEST_NOTE
from tongzhou.kernel.errors import Refusal

__all__ = ["keep_note", "note_of"]

#: What one person types within this time is one version.
_ONE_SITTING = dt.timedelta(minutes=2)


@transaction.atomic
def keep_note(*, contact_id: uuid.UUID, account_id: uuid.UUID, text: str, base: int, now: dt.datetime) -> int:
    """Keep the notes as they stand; the number of their version.

    `base` is the version the text was typed over. Raises ``Refusal``: ``note_long``, ``note_stale`` (somebody else
    wrote meanwhile: what they wrote stays), ``not_found``.
    """
    if len(text) > LONGEST_NOTE:
        raise Refusal("note_long", most=LONGEST_NOTE, length=len(text))
    rows = Conversation.objects.filter(pk=contact_id)
    if not rows.update(last_note=F("last_note")):  # the row is ours until the commit
        raise Refusal("not_found")
    conversation = rows.get()
    last = _last(conversation)
    if (last.number if last else 0) != base:
        raise Refusal("note_stale")
    if last is not None and last.account_id == account_id and now - last.begun_at < _ONE_SITTING:
        sealed = sealing.seal_note(conversation, last.number, text)
        NoteVersion.objects.filter(pk=last.pk).update(sealed=sealed, saved_at=now)
        return last.number
    number = base + 1
    NoteVersion.objects.create(
        conversation=conversation, number=number, account_id=account_id, begun_at=now, saved_at=now,
        sealed=sealing.seal_note(conversation, number, text),
    )  # fmt: skip
    rows.update(last_note=number)
    return number


def _last(conversation: Conversation) -> NoteVersion | None:
    return NoteVersion.objects.filter(conversation=conversation).order_by("-number").first()


def note_of(contact_id: uuid.UUID) -> tuple[str, int]:
    """The notes as they stand and the number of their version ("" and 0 for none)."""
    conversation = Conversation.objects.filter(pk=contact_id).first()
    if conversation is None:
        return "", 0
    last = _last(conversation)
    return sealing.open_note(conversation, last), last.number if last else 0
