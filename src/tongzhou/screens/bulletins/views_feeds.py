"""Feeds of bulletins: Atom for readers, CAP 1.2 for programs that warn."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongzhou.desks.bulletins.models import Bulletin
from tongzhou.desks.bulletins.selectors.bulletins import (
    cap_messages,
    cap_of,
    newest_cap,
    public_bulletin,
    public_bulletins,
)
from tongzhou.desks.bulletins.services.atom import Entry, atom_xml
from tongzhou.desks.bulletins.services.sending import site_name
from tongzhou.kernel import clock
from tongzhou.kernel.access import PUBLIC, route
from tongzhou.kernel.words import in_english
from tongzhou.registers.places.selectors import get_place
from tongzhou.screens.bulletins.selectors import card_of, text_of

__all__ = ["cap", "cap_feed", "cap_sent", "feed"]

MOST = 50


def _tag(*parts: str) -> str:
    """An id that stays the same wherever the feed is read (RFC 4151)."""
    return f"tag:{site_name()},2020:" + ":".join(filter(None, parts))


def _updated(one: Bulletin) -> dt.datetime:
    """When it was last changed in public: corrections and its end move it, its expiry does not."""
    moments = [one.published_at, one.ended_at, *(made.published_at for made in one.corrections.all())]
    told: list[dt.datetime] = [moment for moment in moments if moment is not None]
    return max(told)


def _answer(request: HttpRequest, name: str, title: str, place: str, entries: list[Entry], page: str) -> HttpResponse:
    text = atom_xml(
        _tag(name, place), title, request.build_absolute_uri(request.path), request.build_absolute_uri(page), entries,
        "en" if in_english() else "zh-CN",
    )  # fmt: skip
    return HttpResponse(text, content_type="application/atom+xml; charset=utf-8")


def _page(place: str) -> str:
    return reverse("bulletins:place", args=[place]) if place else reverse("bulletins:list")


@route(PUBLIC)
@require_safe
def feed(request: HttpRequest, place: str = "") -> HttpResponse:
    """Bulletins as Atom, of everywhere or of one place."""
    where = get_place(place).full_label if place else ""
    now, entries = clock.now(), []
    for one in public_bulletins(place=place)[:MOST]:
        address = request.build_absolute_uri(reverse("bulletins:card", args=[one.code]))
        card = card_of(one, now)
        entries.append(
            Entry(
                id=_tag("bulletin", one.code),
                title=f"【{card.word}】{one.title_local}",
                updated=_updated(one),
                published=one.published_at or now,
                author=one.source_name,
                text=text_of(card, address),
                link=address,
                category=one.kind,
            )
        )
    title = " ".join(filter(None, (_("权威信息"), where)))
    return _answer(request, "bulletins", title, place, entries, _page(place))


@route(PUBLIC)
@require_safe
def cap_feed(request: HttpRequest, place: str = "") -> HttpResponse:
    """The CAP messages that count now, each an entry that leads to its XML."""
    where = get_place(place).full_label if place else ""
    entries = []
    for one in cap_messages(at=clock.now(), place=place)[:MOST]:
        path = reverse("bulletins:cap_sent", args=[one.bulletin.code, one.number])
        title = f"{one.kind}: {one.bulletin.title_local}"
        entries.append(
            Entry(
                id=_tag("cap", one.identifier),
                title=title,
                updated=one.sent_at,
                published=one.sent_at,
                author=one.bulletin.source_name,
                text=title,
                link=request.build_absolute_uri(path),
                category=one.kind,
                link_type="application/cap+xml",
            )
        )
    return _answer(request, "cap", " ".join(filter(None, ("CAP 1.2", where))), place, entries, _page(place))


def _xml(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="application/cap+xml; charset=utf-8")


@route(PUBLIC)
@require_safe
def cap(request: HttpRequest, code: str) -> HttpResponse:
    """The newest CAP message of a bulletin."""
    return _xml(newest_cap(public_bulletin(code)).xml)


@route(PUBLIC)
@require_safe
def cap_sent(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One CAP message of a bulletin, as it was sent."""
    return _xml(cap_of(public_bulletin(code), number).xml)
