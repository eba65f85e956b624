"""Reads of responses. Real ones are public; an exercise is seen by those who work here only."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from tongzhou.kernel.access import Actor, may
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.responses.models import Response
from tongzhou.registers.responses.policies import LIST_RESPONSES
from tongzhou.registers.responses.types import State

__all__ = ["get_response", "open_responses", "response_of", "responses"]


def responses(actor: Actor) -> QuerySet[Response]:
    """Every response the actor may know of, open ones first, the newest first."""
    found = Response.objects.select_related("area")
    return found if may(actor, LIST_RESPONSES) else found.filter(is_exercise=False)


def open_responses(actor: Actor) -> QuerySet[Response]:
    """Those that take needs and offers now."""
    return responses(actor).filter(state=State.OPEN)


def get_response(actor: Actor, slug: str) -> Response:
    """The response of that short name; `Refusal("not_found")` when there is none the actor may know of."""
    return _one(responses(actor).filter(slug=slug))


def response_of(actor: Actor, response_id: uuid.UUID) -> Response:
    """The response of that id; `Refusal("not_found")` when there is none the actor may know of."""
    return _one(responses(actor).filter(pk=response_id))


def _one(found: QuerySet[Response]) -> Response:
    response = found.first()
    if response is None:
        raise Refusal("not_found")
    return response
