"""Sealing and opening what hangs from a conversation: bound to its table and its number there."""

from __future__ import annotations

from collections.abc import Sequence

from tongzhou.desks.casework.models import Conversation, Message, NoteVersion
from tongzhou.kernel import crypto

__all__ = ["open_messages", "open_note", "seal_message", "seal_note"]


def seal_message(conversation: Conversation, seq: int, text: str) -> bytes:
    """The ciphertext of message `seq`."""
    return crypto.seal_bytes(conversation, f"message {seq}", text.encode())


def open_messages(pairs: Sequence[tuple[Conversation, Message]]) -> list[str]:
    """The texts of messages of any conversations ("" for one that was destroyed); one query per key scope."""
    kept = [(owner, one) for owner, one in pairs if one.sealed is not None and owner.record_key is not None]
    opened = crypto.unseal_many([(owner, f"message {one.seq}", bytes(one.sealed or b"")) for owner, one in kept])
    texts = {one.pk: text.decode() for (_, one), text in zip(kept, opened, strict=True)}
    return [texts.get(one.pk, "") for _, one in pairs]


def seal_note(conversation: Conversation, number: int, text: str) -> bytes:
    """The ciphertext of version `number` of the notes."""
    return crypto.seal_bytes(conversation, f"note {number}", text.encode())


def open_note(conversation: Conversation, note: NoteVersion | None) -> str:
    """The text of one version of the notes ("" for none)."""
    if note is None or note.sealed is None or conversation.record_key is None:
        return ""
    return crypto.unseal_bytes(conversation, f"note {note.number}", bytes(note.sealed)).decode()
