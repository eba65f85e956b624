"""Bulletins for everybody: the list, a place's list, the card. Without JavaScript; no cache keeps what was true."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from tongzhou.desks.bulletins.models import Bulletin
from tongzhou.desks.bulletins.selectors.bulletins import public_bulletin, public_bulletins
from tongzhou.desks.bulletins.types import Kind
from tongzhou.kernel import clock, pictures, throttle
from tongzhou.kernel.access import PUBLIC, route
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.places.forms import PlaceField
from tongzhou.registers.places.models import Place
from tongzhou.registers.places.selectors import ancestors, get_place
from tongzhou.registers.stages.types import Stage
from tongzhou.screens.bulletins.pictures import picture_of
from tongzhou.screens.bulletins.selectors import card_of, choices, only_chinese, text_of

__all__ = ["card", "drawing", "listing", "picture", "place"]

PAGE = 20
#: Codes nobody has, from one network address: guessing is slow, mistyping is not punished.
MISSES, MISS_SECONDS = 60, 600


def _list(request: HttpRequest, where: Place | None, trouble: str = "") -> HttpResponse:
    kind, stage = request.GET.get("kind", ""), request.GET.get("stage", "")
    kind, stage = (kind if kind in Kind.values else ""), (stage if stage in Stage.values else "")
    now, over = clock.now(), request.GET.get("show") == "over"
    code = where.code if where else ""
    rows = public_bulletins(place=code, kind=kind, stage=stage, over=over, at=now)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    feeds = "place_" if where else ""
    said = choices(kind, stage) | {
        "page": page, "cards": [card_of(one, now) for one in page], "over": over, "where": where, "trouble": trouble,
        "typed": request.GET.get("place", ""), "now": now,
        "above": [one for one in ancestors(code) if one.code != code] if where else [],
        "feed": reverse(f"bulletins:{feeds}feed", args=[code] if where else []),
        "cap": reverse(f"bulletins:{feeds}cap_feed", args=[code] if where else []),
    }  # fmt: skip
    return render(request, "screens/bulletins/list.html", said)


@route(PUBLIC)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """What holds everywhere, narrowed by place, kind and stage."""
    typed = request.GET.get("place", "").strip()
    if not typed:
        return _list(request, None)
    try:
        found = PlaceField(required=False).clean(typed[:120])
    except ValidationError as error:  # what was typed is no place: said beside the field, the list stays
        return _list(request, None, " ".join(error.messages))
    query = request.GET.copy()
    query.pop("place")
    address = reverse("bulletins:place", args=[found.code])
    return redirect(f"{address}?{query.urlencode()}" if query else address)


@route(PUBLIC)
@require_safe
def place(request: HttpRequest, place: str) -> HttpResponse:
    """What holds in one place."""
    return _list(request, get_place(place))


def _bulletin(request: HttpRequest, code: str) -> Bulletin:
    try:
        return public_bulletin(code)
    except Refusal:
        throttle.hit("bulletin-miss", str(request.client_address), limit=MISSES, seconds=MISS_SECONDS)  # type: ignore[attr-defined]
        raise


def _address(request: HttpRequest, bulletin: Bulletin) -> str:
    return request.build_absolute_uri(reverse("bulletins:card", args=[bulletin.code]))


@route(PUBLIC)
@require_safe
def card(request: HttpRequest, code: str) -> HttpResponse:
    """The page a QR code leads to: what is true now, and every correction."""
    found = _bulletin(request, code)
    if code != found.code:
        return redirect("bulletins:card", found.code)
    shown = card_of(found, clock.now())
    said = {
        "card": shown, "one": found, "text": text_of(shown, _address(request, found)),
        "picture": reverse(f"bulletins:{pictures.route_kind()}", args=[found.code]),
        "only_chinese": only_chinese(found),
    }  # fmt: skip
    return render(request, "screens/bulletins/card.html", said)


@route(PUBLIC)
@require_safe
def picture(request: HttpRequest, code: str) -> HttpResponse:
    """The card as PNG; on a machine without a Chinese font the SVG instead."""
    found = _bulletin(request, code)
    drawn = picture_of(card_of(found, clock.now()), _address(request, found))
    return pictures.answer_picture(drawn, found.code, reverse("bulletins:drawing", args=[found.code]))


@route(PUBLIC)
@require_safe
def drawing(request: HttpRequest, code: str) -> HttpResponse:
    """The card as SVG."""
    found = _bulletin(request, code)
    return pictures.answer_drawing(picture_of(card_of(found, clock.now()), _address(request, found)))
