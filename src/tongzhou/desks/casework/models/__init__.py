"""What was said and written; the key of each conversation."""

from tongzhou.desks.casework.models.conversations import Conversation, Message, NoteVersion, Signal

__all__ = ["Conversation", "Message", "NoteVersion", "Signal"]
