"""What a record page shows of the room of verification: checks, and records that look alike."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from tongzhou.chain.intake.models import Lead, Need, Offer
from tongzhou.chain.intake.selectors.lists import needs
from tongzhou.chain.triage.models import Check, DuplicatePair
from tongzhou.kernel.access import Actor

__all__ = ["checks_of", "lookalikes", "merged_here"]


def checks_of(record: Need | Offer | Lead) -> list[Check]:
    """Verifications of a record, newest first."""
    if isinstance(record, Lead):
        return []
    which: dict[str, Any] = {"need": record} if isinstance(record, Need) else {"offer": record}
    return list(Check.objects.filter(**which).order_by("-created_at")[:20])


def lookalikes(actor: Actor, record: Need | Offer | Lead) -> list[tuple[Need, DuplicatePair]]:
    """Other needs that may be the same plea, as far as the actor may see them. Two queries."""
    if not isinstance(record, Need):
        return []
    pairs = list(DuplicatePair.objects.filter(Q(first=record) | Q(second=record)).order_by("-score")[:20])
    others = {pair.second_id if pair.first_id == record.pk else pair.first_id: pair for pair in pairs}
    rows = needs(actor).filter(pk__in=others).select_related("place", "category")
    return [(one, others[one.pk]) for one in rows]


def merged_here(actor: Actor, record: Need | Offer | Lead) -> list[Need]:
    """Needs that were merged into this one."""
    if not isinstance(record, Need):
        return []
    return list(needs(actor).filter(merged_into=record).order_by("created_at")[:50])
