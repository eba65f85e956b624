"""What receivers said, and what went wrong."""

from __future__ import annotations

from django.db.models import QuerySet

from tongzhou.chain.delivery.models import CashAdvance, IncidentReport, Receipt
from tongzhou.chain.delivery.policies import LIST_INCIDENTS, SETTLE_CASH
from tongzhou.chain.delivery.types import Difference
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.kernel.access import Actor, may, scope
from tongzhou.registers.responses.models import Response

__all__ = ["doubted", "incidents", "receipts_of", "unsettled"]

#: Refused for one of these, nobody knows yet whether it can be used by others.
_BAD = (Difference.DAMAGED, Difference.WRONG, Difference.STANDARD)


def receipts_of(assignment: Assignment) -> QuerySet[Receipt]:
    """Every receipt of an assignment the caller may see, oldest first; a correction names what it corrects."""
    return Receipt.objects.filter(assignment=assignment).select_related("corrects").order_by("at", "pk")


def doubted(assignment: Assignment) -> bool:
    """Whether something of it was refused because it was broken, wrong or below the standard."""
    counts = Receipt.objects.filter(assignment=assignment, corrected_by=None, refused__gt=0)
    return counts.filter(difference__in=_BAD).exists()


def incidents(actor: Actor, response: Response) -> QuerySet[IncidentReport]:
    """Reports of what went wrong in the actor's line and area; their text stays sealed. Oldest open first."""
    if not may(actor, LIST_INCIDENTS):
        return IncidentReport.objects.none()
    rows = IncidentReport.objects.filter(scope(actor, LIST_INCIDENTS, organisation=""), response=response)
    return rows.select_related("assignment", "place").order_by("-state", "created_at", "pk")


def unsettled(actor: Actor, response: Response) -> QuerySet[CashAdvance]:
    """Money laid out and not settled yet, oldest first."""
    if not may(actor, SETTLE_CASH):
        return CashAdvance.objects.none()
    mine = scope(
        actor, SETTLE_CASH, line="assignment__line", area="assignment__place_id", response="assignment__response_id",
        organisation="assignment__receiver_id",
    )  # fmt: skip
    rows = CashAdvance.objects.filter(mine, assignment__response=response, settled_at=None)
    return rows.select_related("assignment").order_by("created_at", "pk")
