"""What contacts were about, as codes: what the figures by topic are made of."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import QuerySet

from tongzhou.desks.casework.models import ContactForm

__all__ = ["topics"]


def topics(line_id: uuid.UUID, contacts: QuerySet[Any]) -> list[tuple[str, str, str]]:
    """(topic, group, stage) of each of these contacts whose categories were kept; one query."""
    rows = ContactForm.objects.filter(line_id=line_id, contact_id__in=contacts.values("pk"))
    return list(rows.values_list("topic", "group", "stage"))
