"""Words of a response."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

__all__ = ["State"]


class State(TextChoices):
    """Whether a response still takes needs and offers."""

    OPEN = "open", _("进行中")
    CLOSED = "closed", _("已结束")
