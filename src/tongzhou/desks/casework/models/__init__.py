"""What was said and written; the key of each conversation; cases, consents, who broke the glass."""

from tongzhou.desks.casework.models.cases import Case, CaseContact, KeepingRule, Profile, Referral
from tongzhou.desks.casework.models.conversations import Conversation, Message, NoteVersion, Signal
from tongzhou.desks.casework.models.handed import HandedMatter
from tongzhou.desks.casework.models.papers import ContactForm, FormDefinition, Paper
from tongzhou.desks.casework.models.rights import Consent, GlassAccess

__all__ = [
    "Case", "CaseContact", "Consent", "ContactForm", "Conversation", "FormDefinition", "GlassAccess",
    "HandedMatter", "KeepingRule", "Message", "NoteVersion", "Paper", "Profile", "Referral", "Signal",
]  # fmt: skip
