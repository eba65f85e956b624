"""Who asks, and which response a page is about."""

from __future__ import annotations

from django.http import HttpRequest

from tongzhou.kernel.access import ANONYMOUS, Actor
from tongzhou.registers.responses import selectors
from tongzhou.registers.responses.models import Response

__all__ = ["actor_of", "chosen_response", "expected_version"]


def actor_of(request: HttpRequest) -> Actor:
    """Who makes the request."""
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    return actor


def chosen_response(request: HttpRequest) -> tuple[list[Response], Response | None]:
    """Every response there is to choose from, and the one the address names, else the first open one."""
    known = list(selectors.responses(actor_of(request)).order_by("-state", "is_exercise", "-started_on", "slug"))
    named = next((one for one in known if one.slug == request.GET.get("response")), None)
    return known, named or next(iter(known), None)


def expected_version(request: HttpRequest) -> int:
    """The version a form was filled in with; 0, which no record has, when it says none."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
