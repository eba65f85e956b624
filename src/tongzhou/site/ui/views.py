"""Language and theme switches that work without scripts, and the page that shows every component in every state."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST
from django.views.i18n import set_language

from tongzhou.kernel.access import PUBLIC, route
from tongzhou.site.ui.samples import samples

__all__ = ["components", "language", "theme"]

YEAR_SECONDS = 365 * 86400


@route(PUBLIC)
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language in a cookie and go back to the page it was chosen on."""
    response: HttpResponse = set_language(request)
    return response


@route(PUBLIC)
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep light or dark in a cookie (anything else: the device decides again) and go back."""
    goal = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(goal, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        goal = "/"
    response = HttpResponseRedirect(goal)
    chosen = request.POST.get("theme", "")
    if chosen in ("light", "dark"):
        response.set_cookie(
            "theme", chosen, max_age=YEAR_SECONDS, samesite="Lax", secure=request.is_secure(), httponly=True
        )
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response


@route(PUBLIC)
@require_GET
def components(request: HttpRequest) -> HttpResponse:
    """Every component in every state: the target for looks and accessibility."""
    return render(request, "ui/components.html", samples())
