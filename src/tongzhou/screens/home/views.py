"""The front page, privacy, about."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tongzhou.kernel.access import PUBLIC, route

__all__ = ["about", "front", "privacy"]


@route(PUBLIC)
@require_GET
def front(request: HttpRequest) -> HttpResponse:
    """Three doors: ask, help, look up a code."""
    return render(request, "screens/home/front.html")


@route(PUBLIC)
@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """What is asked, why, who sees it, when it goes."""
    return render(request, "screens/home/privacy.html")


@route(PUBLIC)
@require_GET
def about(request: HttpRequest) -> HttpResponse:
    """What the desk does and what it does not."""
    return render(request, "screens/home/about.html")
