"""Reads of feedback: the queue, never the words (those are opened one by one, see `services.feedback`)."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from tongzhou.chain.evaluation.models import Feedback
from tongzhou.chain.evaluation.policies import LIST_FEEDBACK, everywhere
from tongzhou.kernel.access import Actor, scope
from tongzhou.kernel.errors import Refusal

__all__ = ["feedback", "one_feedback"]


def feedback(actor: Actor, response_id: uuid.UUID | None = None) -> QuerySet[Feedback]:
    """Feedback of the responses the actor works in: it has no line and no place, so those do not bound it."""
    rows = Feedback.objects.filter(scope(everywhere(actor), LIST_FEEDBACK, line="", area="", organisation=""))
    return rows if response_id is None else rows.filter(response_id=response_id)


def one_feedback(actor: Actor, feedback_id: uuid.UUID) -> Feedback:
    """One of them; absent and forbidden are the same `Refusal("not_found")`."""
    found = feedback(actor).filter(pk=feedback_id).first()
    if found is None:
        raise Refusal("not_found")
    return found
