"""Choices of what is said and written."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

__all__ = ["LONGEST_MESSAGE", "LONGEST_NOTE", "Audience", "Side"]

#: Characters of one message.
LONGEST_MESSAGE = 2_000
#: Characters of the notes of one contact.
LONGEST_NOTE = 20_000


class Side(models.TextChoices):
    """Who said it."""

    CALLER = "caller", pgettext_lazy("casework", "来访者")
    COUNSELLOR = "counsellor", pgettext_lazy("casework", "援助员")
    SUPERVISOR = "supervisor", pgettext_lazy("casework", "督导")
    SYSTEM = "system", pgettext_lazy("casework", "系统")


class Audience(models.TextChoices):
    """Who reads it: both sides, or the counsellor and the supervisor only."""

    BOTH = "both", _("双方")
    TEAM = "team", _("援助员和督导")
