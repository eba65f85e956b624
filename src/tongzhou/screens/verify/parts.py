"""What the pages of verification share."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.intake.selectors.said import amount_words
from tongzhou.chain.intake.selectors.scene import Scene, scene_of
from tongzhou.chain.triage.selectors.queue import Filters
from tongzhou.kernel.access import ANONYMOUS, Actor
from tongzhou.registers.catalogue.selectors import category
from tongzhou.registers.catalogue.types import Effective, Line

__all__ = ["actor_of", "amount", "category_of", "filters_of", "page_of", "safe_next", "said", "scene_for"]


def actor_of(request: HttpRequest) -> Actor:
    """Who makes the request."""
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    return actor


def said(request: HttpRequest, name: str) -> str:
    """A query or form value, the form first."""
    return str(request.POST.get(name, request.GET.get(name, ""))).strip()


def scene_for(request: HttpRequest) -> Scene:
    """The response the page is about."""
    return scene_of(actor_of(request), said(request, "response"))


def filters_of(request: HttpRequest, scene: Scene) -> Filters:
    """The filters of the address; what does not exist is left out."""
    area, line = said(request, "area"), said(request, "line")
    return Filters(
        response=scene.response.pk if scene.response else None,
        line=line if line in Line.values else "",
        area=area if area.isascii() and area.isdigit() and len(area) in (2, 4, 6, 9) else "",
        category=said(request, "category")[:64],
    )


def page_of(request: HttpRequest) -> int:
    """Which page of a list, from 1."""
    text = said(request, "page")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 5 else 1


def safe_next(request: HttpRequest, fallback: str) -> str:
    """Where to go afterwards, only inside this site."""
    goal = said(request, "next")
    fits = url_has_allowed_host_and_scheme(goal, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return goal if goal and fits else fallback


def category_of(record: Need | Offer) -> Effective | None:
    """The category of a record as its response sees it."""
    return category(record.category_id, record.response_id) if record.category_id else None


def amount(record: Need | Offer) -> str:
    """How much, with the unit in the reader's language; "" when nobody said."""
    return amount_words(record, record.quantity_asked if isinstance(record, Need) else record.quantity)
