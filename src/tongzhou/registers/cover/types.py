"""Words of cover."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

__all__ = ["CoverBy"]


class CoverBy(models.TextChoices):
    """Who covers it."""

    GOVERNMENT = "government", _("政府")
    COMPANY = "company", _("企业")
    ORGANISATION = "organisation", _("社会组织")
    COMMITTEE = "committee", _("社区")
