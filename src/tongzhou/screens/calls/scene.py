"""What the pages of the line share: who asks, about which line, from which seat."""

from __future__ import annotations

import uuid

from django.http import HttpRequest

from tongzhou.desks.hotline.models import Seat
from tongzhou.desks.professionals.models import ServiceLine
from tongzhou.flows.contact_read import lines_of
from tongzhou.kernel import ids
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal

__all__ = ["account_of", "actor_of", "line_of", "line_or_none", "seat_of", "wants_json"]


def actor_of(request: HttpRequest) -> Actor:
    """Whoever asks."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def account_of(request: HttpRequest) -> uuid.UUID:
    """The account that asks. Raises ``not_found`` without one."""
    found = actor_of(request).account_id
    if found is None:
        raise Refusal("not_found")
    return found


def seat_of(actor: Actor) -> Seat | None:
    """The actor's own seat, if they ever sat down."""
    if actor.account_id is None:
        return None
    return Seat.objects.filter(account_id=actor.account_id).select_related("contact").first()


def line_or_none(request: HttpRequest) -> ServiceLine | None:
    """The line asked for, else the one of the own seat, else the first the actor's roles reach."""
    actor = actor_of(request)
    lines = lines_of(actor)
    asked = ids.parse_id(str(request.POST.get("line") or request.GET.get("line") or ""))
    if asked is not None:
        return next((one for one in lines if one.pk == asked), None)
    seat = seat_of(actor)
    sits = next((one for one in lines if seat is not None and one.pk == seat.line_id), None)
    return sits or (lines[0] if lines else None)


def line_of(request: HttpRequest) -> ServiceLine:
    """The same. Raises ``not_found``."""
    found = line_or_none(request)
    if found is None:
        raise Refusal("not_found")
    return found


def wants_json(request: HttpRequest) -> bool:
    """True when a script asks."""
    return "json" in request.headers.get("Accept", "")
