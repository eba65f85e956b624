"""Divisions: searching, walking the tree, other names, sites below the street."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from tongzhou.kernel.access import SIGNED_IN, route
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.places import selectors, services
from tongzhou.registers.places.forms import NameForm, SiteForm, show_refusal
from tongzhou.registers.places.models import Place
from tongzhou.registers.places.policies import ADD_NAME, ADD_SITE, allows_in
from tongzhou.registers.places.types import NATION, Level
from tongzhou.screens.setup.scene import actor_of

__all__ = ["add_place_name", "add_site", "place", "places"]

#: Sites listed on the page of a division.
SHOWN = 200


@route(SIGNED_IN)
@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """Search divisions, sites and names; without a search the provinces."""
    text = request.GET.get("q", "").strip()[:100]
    said = {
        "q": text,
        "found": services.find_places(text, limit=30) if text else [],
        "provinces": selectors.provinces(),
    }
    return render(request, "screens/setup/places.html", said)


@route(SIGNED_IN)
@require_safe
def place(request: HttpRequest, code: str) -> HttpResponse:
    """One division."""
    return _page(request, selectors.get_place(code))


def _page(
    request: HttpRequest, row: Place, *, site_form: SiteForm | None = None, name_form: NameForm | None = None
) -> HttpResponse:
    actor = actor_of(request)
    # A site needs a district at least: 小区 of a whole province says nothing.
    may_site = row.level in (Level.DISTRICT, Level.STREET) and allows_in(actor, ADD_SITE, row.code)
    sites = list(selectors.sites_in(row.code)[: SHOWN + 1]) if row.code != NATION else []
    said = {
        "row": row,
        "path": [one for one in selectors.ancestors(row.code) if one.code != row.code],
        "children": selectors.children(row.code),
        "sites": sites[:SHOWN],
        "more": len(sites) > SHOWN,
        "names": selectors.names_of(place=row.code),
        "may_name": allows_in(actor, ADD_NAME, row.code),
        "name_form": name_form or NameForm(prefix="name"),
        "site_form": (site_form or SiteForm(place=row, prefix="site")) if may_site else None,
    }
    bad = any(form is not None and form.errors for form in (site_form, name_form))
    return render(request, "screens/setup/place.html", said, status=422 if bad else 200)


@route(ADD_NAME)
@require_POST
def add_place_name(request: HttpRequest, code: str) -> HttpResponse:
    """Give a division one more name."""
    row = selectors.get_place(code)
    form = NameForm(request.POST, prefix="name")
    if form.is_valid():
        try:
            services.add_name(actor=actor_of(request), place=row, **form.cleaned_data)
            return redirect("setup:place", code)
        except Refusal as refusal:
            show_refusal(form, refusal)
    return _page(request, row, name_form=form)


@route(ADD_SITE)
@require_POST
def add_site(request: HttpRequest, code: str) -> HttpResponse:
    """Add a compound, committee, campus or other site."""
    row = selectors.get_place(code)
    form = SiteForm(request.POST, place=row, prefix="site")
    if form.is_valid():
        try:
            made = services.add_site(actor=actor_of(request), place=row, **form.cleaned_data)
            return redirect("setup:site", made.pk)
        except Refusal as refusal:
            show_refusal(form, refusal)
    return _page(request, row, site_form=form)
