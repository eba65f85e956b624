"""A card as a page and as a picture. Nothing is kept by any cache: what is shown was true when it was asked for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from tongzhou.chain.intake.models import Need
from tongzhou.kernel import clock, pictures, throttle
from tongzhou.kernel.access import PUBLIC, route
from tongzhou.kernel.errors import Refusal
from tongzhou.screens.cards.pictures import picture_of
from tongzhou.screens.cards.selectors import card_of, read_need, wechat_text

__all__ = ["card", "drawing", "picture"]

#: Codes nobody has, from one network address: guessing is slow, mistyping is not punished.
MISSES, MISS_SECONDS = 60, 600


def _need(request: HttpRequest, code: str) -> Need:
    try:
        return read_need(code)
    except Refusal:
        throttle.hit("card-miss", str(request.client_address), limit=MISSES, seconds=MISS_SECONDS)  # type: ignore[attr-defined]
        raise


def _address(request: HttpRequest, need: Need) -> str:
    return request.build_absolute_uri(reverse("cards:card", args=[need.code]))


@route(PUBLIC)
@require_safe
def card(request: HttpRequest, code: str) -> HttpResponse:
    """The page a QR code leads to."""
    need = _need(request, code)
    if code != need.code:
        return redirect("cards:card", need.code)
    shown = card_of(need, clock.now())
    said = {
        "card": shown,
        "text": wechat_text(shown, _address(request, need)),
        "picture": reverse(f"cards:{pictures.route_kind()}", args=[need.code]),
    }
    return render(request, "screens/cards/card.html", said)


@route(PUBLIC)
@require_safe
def picture(request: HttpRequest, code: str) -> HttpResponse:
    """The card as PNG; on a machine without a Chinese font the SVG instead."""
    need = _need(request, code)
    drawn = picture_of(card_of(need, clock.now()), _address(request, need))
    return pictures.answer_picture(drawn, need.code, reverse("cards:drawing", args=[need.code]))


@route(PUBLIC)
@require_safe
def drawing(request: HttpRequest, code: str) -> HttpResponse:
    """The card as SVG."""
    need = _need(request, code)
    return pictures.answer_drawing(picture_of(card_of(need, clock.now()), _address(request, need)))
