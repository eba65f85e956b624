"""One site below the street: correcting it, its names, taking it out of use."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from tongzhou.kernel import audit
from tongzhou.kernel.access import SIGNED_IN, route
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.places import selectors, services
from tongzhou.registers.places.forms import NameForm, SiteForm, show_refusal
from tongzhou.registers.places.models import PlaceName, Site
from tongzhou.registers.places.policies import ADD_NAME, CHANGE_SITE, allows_in
from tongzhou.screens.setup.forms import ReasonForm
from tongzhou.screens.setup.scene import actor_of, expected_version

__all__ = ["add_site_name", "site", "withdraw_name", "withdraw_site"]

_FIELDS = ("name", "name_en", "address", "parent")


@route(SIGNED_IN)
@require_http_methods(["GET", "HEAD", "POST"])
def site(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One site; whoever may change it gets the form."""
    row = selectors.get_site(pk)
    initial = {name: getattr(row, name) for name in _FIELDS}
    form = SiteForm(request.POST or None, place=row.place, site=row, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_site(
                actor=actor_of(request), site=row, expect=expected_version(request), **form.cleaned_data
            )
            return redirect("setup:site", pk)
        except Refusal as refusal:
            show_refusal(form, refusal)
    return _page(request, row, form=form)


def _page(request: HttpRequest, row: Site, **forms: Any) -> HttpResponse:
    may_change = allows_in(actor_of(request), CHANGE_SITE, row.place_id)
    initial = {name: getattr(row, name) for name in _FIELDS}
    said = {
        "row": row,
        "path": selectors.ancestors(row.place_id),
        "parts": row.parts.filter(withdrawn_at=None),
        "names": [one for one in selectors.names_of(site=row.pk) if one.name != row.name],
        "may_change": may_change,
        "form": SiteForm(place=row.place, site=row, initial=initial),
        "name_form": NameForm(prefix="name"),
        "reason_form": ReasonForm(prefix="withdraw"),
        "entries": audit.history(row)[:20],
    } | forms
    bad = any(form.errors for form in forms.values())
    return render(request, "screens/setup/site.html", said, status=422 if bad else 200)


@route(ADD_NAME)
@require_POST
def add_site_name(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Give a site one more name."""
    row = selectors.get_site(pk)
    form = NameForm(request.POST, prefix="name")
    if form.is_valid():
        try:
            services.add_name(actor=actor_of(request), site=row, **form.cleaned_data)
            return redirect("setup:site", pk)
        except Refusal as refusal:
            show_refusal(form, refusal)
    return _page(request, row, name_form=form)


@route(CHANGE_SITE)
@require_POST
def withdraw_site(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a site out of use."""
    row = selectors.get_site(pk)
    form = ReasonForm(request.POST, prefix="withdraw")
    if form.is_valid():
        try:
            services.withdraw_site(actor=actor_of(request), site=row, reason=form.cleaned_data["reason"])
            return redirect("setup:place", row.place_id)
        except Refusal as refusal:
            show_refusal(form, refusal)
    return _page(request, row, reason_form=form)


@route(ADD_NAME)
@require_POST
def withdraw_name(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a name out of use."""
    name = PlaceName.objects.filter(pk=pk, withdrawn_at=None).select_related("site", "place").first()
    if name is None:
        raise Refusal("not_found")
    services.withdraw_name(actor=actor_of(request), name=name)
    if name.site_id is not None:
        return redirect("setup:site", name.site_id)
    return redirect("setup:place", name.place_id)
