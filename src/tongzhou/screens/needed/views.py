"""What is needed, as a page, as cards and as pictures. Open to all; nothing here is kept by any cache outside."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from tongzhou.kernel import clock, pictures, throttle
from tongzhou.kernel.access import PUBLIC, route
from tongzhou.screens.needed import selectors
from tongzhou.screens.needed.selectors import Card, card_at, page_of, picture_of, response_for, wechat_text

__all__ = ["card", "drawing", "needed", "picture"]

#: Pictures one network address may have drawn in ten minutes; a ward may share one.
MOST, SECONDS = 300, 600


@route(PUBLIC)
@require_safe
def needed(request: HttpRequest) -> HttpResponse:
    """What is needed, what is not needed now, where volunteers are called for."""
    responses = selectors.responses_open()
    slug = request.GET.get("response", "")
    response = next((one for one in responses if one.slug == slug), next(iter(responses), None))
    said: dict[str, Any] = {"responses": responses, "response": response}
    if response is not None:
        # A card without a name is about the newest response of its place: those of an older one say which.
        query = "" if response.pk == responses[0].pk else "?" + urlencode({"response": response.slug})
        said["page"] = page_of(
            response, clock.now(), place=request.GET.get("place", "")[:9], category=request.GET.get("category", ""),
            query=query,
        )  # fmt: skip
    return render(request, "screens/needed/needed.html", said)


def _card(request: HttpRequest, place: str, category: str) -> tuple[Card, str]:
    """The card of an address, and the address its code leads to."""
    slug = request.GET.get("response", "")
    response = response_for(place if place.isascii() and place.isdigit() else "", slug)
    found = card_at(response, clock.now(), place, category)
    path = reverse("needed:card", args=[place, category])
    query = "?" + urlencode({"response": slug}) if slug == response.slug else ""
    return found, request.build_absolute_uri(path + query)


def _beside(kind: str, place: str, category: str, address: str) -> str:
    """The picture or drawing of the card at `address`, of the same response."""
    query = address.partition("?")[2]
    return reverse(f"needed:{kind}", args=[place, category]) + (f"?{query}" if query else "")


@route(PUBLIC)
@require_safe
def card(request: HttpRequest, place: str, category: str) -> HttpResponse:
    """The page a QR code leads to."""
    found, address = _card(request, place, category)
    said = {
        "card": found,
        "text": wechat_text(found, address),
        "picture": _beside(pictures.route_kind(), place, category, address),
    }
    return render(request, "screens/needed/card.html", said)


@route(PUBLIC)
@require_safe
def picture(request: HttpRequest, place: str, category: str) -> HttpResponse:
    """The card as PNG; on a machine without a Chinese font the SVG instead."""
    throttle.hit("needed-picture", str(request.client_address), limit=MOST, seconds=SECONDS)  # type: ignore[attr-defined]
    found, address = _card(request, place, category)
    otherwise = _beside("drawing", place, category, address)
    return pictures.answer_picture(picture_of(found, address), f"{place}-{category}", otherwise)


@route(PUBLIC)
@require_safe
def drawing(request: HttpRequest, place: str, category: str) -> HttpResponse:
    """The card as SVG."""
    found, address = _card(request, place, category)
    return pictures.answer_drawing(picture_of(found, address))
