"""Suggestions while somebody types an address; every form works without them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from tongzhou.kernel import throttle
from tongzhou.kernel.access import PUBLIC, route
from tongzhou.registers.places.services.suggesting import LONGEST_TYPED, suggest_places

__all__ = ["suggest"]

#: From one address in a minute, in each web process: a few people typing behind one network address.
MOST, SECONDS = 300, 60


@csrf_exempt  # it reads reference data and changes nothing
@route(PUBLIC)
@require_POST
def suggest(request: HttpRequest) -> HttpResponse:
    """Options for a list beside the field. A POST, so that no half-typed door stands in an address or a log."""
    throttle.hit_lightly("suggest", request.client_address, limit=MOST, seconds=SECONDS)  # type: ignore[attr-defined]
    typed, within = str(request.POST.get("q", "")), str(request.POST.get("within", ""))
    if not (within.isascii() and within.isdigit() and len(within) in (2, 4, 6, 9)):
        within = ""
    found = suggest_places(typed, within=within) if len(typed) <= LONGEST_TYPED else []
    return render(request, "places/suggestions.html", {"found": found})
