"""What others cover: the list, writing it down, ending it, taking it back."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongzhou.flows.reading import organisation_named
from tongzhou.kernel import audit, clock
from tongzhou.kernel.access import allows, may, route
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.catalogue import selectors as catalogue
from tongzhou.registers.cover import selectors, services
from tongzhou.registers.cover.models import Cover
from tongzhou.registers.cover.policies import LIST_COVER, WRITE_COVER, target_of
from tongzhou.registers.organisations.models import Organisation
from tongzhou.registers.places.forms import show_refusal
from tongzhou.screens.gaps.forms import CoverForm, EndForm, WithdrawForm
from tongzhou.screens.gaps.requests import actor_of, view_of

__all__ = ["add", "end", "listing", "one", "withdraw"]

_PAGE = 50


@route(LIST_COVER)
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Cover of the own area and line, what counts now first."""
    scene, view = view_of(request)
    actor, today = actor_of(request), clock.beijing(clock.now()).date()
    said: dict[str, Any] = {"scene": scene, "view": view, "today": today, "may_write": may(actor, WRITE_COVER)}
    if view is not None:
        rows = selectors.covers(actor, view.response.pk)
        over = request.GET.get("show") == "over"
        counted = selectors.counts_on(today)
        rows = rows.exclude(counted) if over else rows.filter(counted)
        pages = Paginator(rows.order_by("place_id", "category__position", "id"), _PAGE)
        said |= {"page": pages.get_page(request.GET.get("page")), "over": over}
    return render(request, "screens/gaps/covers.html", said)


@route(WRITE_COVER)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Write down what somebody covers."""
    scene, view = view_of(request)
    if view is None:
        raise Refusal("no_response")
    said = request.POST or None
    initial = {"place": view.place.full_label if view.place.pk != view.response.area_id else ""}
    if view.category and (
        known := next((one for one in catalogue.categories(view.response.pk) if one.key == view.category), None)
    ):
        initial["category"] = known.label
    form = CoverForm(said, initial=initial, response=view.response.pk)
    if request.method == "POST" and form.is_valid():
        got = dict(form.cleaned_data)
        got.pop("whole")
        named = organisation_named(got["by_name"])
        try:
            services.add_cover(
                actor=actor_of(request), response=view.response, now=clock.now(),
                organisation=Organisation.objects.get(pk=named) if named else None, **got,
            )  # fmt: skip
        except Refusal as refusal:
            if refusal.code == "not_found":
                form.add_error("place", _("这个地方或这类东西不在您的条线和地区里，请交给负责的人"))
            else:
                show_refusal(form, refusal)
        else:
            messages.success(request, _("记下了。下一次计划会扣掉它。"))
            return redirect(f"/gaps/cover/?response={view.response.slug}")
    shown = {"scene": scene, "view": view, "form": form, "categories": catalogue.categories(view.response.pk)}
    return render(request, "screens/gaps/add_cover.html", shown, status=422 if form.errors else 200)


def _page(request: HttpRequest, row: Cover, status: int = 200, **more: Any) -> HttpResponse:
    actor, now = actor_of(request), clock.now()
    over = row.withdrawn_at is not None or (row.ends_on is not None and row.ends_on < clock.beijing(now).date())
    said = {
        "row": row,
        "over": over,
        "may_write": not over and allows(actor, WRITE_COVER, **target_of(row)),
        "end_form": EndForm(prefix="end", initial={"ends_on": clock.beijing(now).date()}),
        "withdraw_form": WithdrawForm(prefix="withdraw"),
        "entries": audit.history(row)[:30],
    }
    return render(request, "screens/gaps/cover.html", said | more, status=status)


@route(LIST_COVER)
@require_GET
def one(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One of them with its history."""
    return _page(request, selectors.get_cover(actor_of(request), pk))


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


@route(WRITE_COVER)
@require_POST
def end(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Say its last day."""
    row = _writable(request, pk)
    form = EndForm(request.POST, prefix="end")
    if form.is_valid():
        try:
            services.end_cover(
                actor=actor_of(request), cover=row, now=clock.now(), expect=_version(request), **form.cleaned_data
            )
            messages.success(request, _("记下了。"))
            return redirect("gaps:cover", pk)
        except Refusal as refusal:
            show_refusal(form, refusal)
    return _page(request, row, 422, end_form=form)


@route(WRITE_COVER)
@require_POST
def withdraw(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take it back."""
    row = _writable(request, pk)
    form = WithdrawForm(request.POST, prefix="withdraw")
    if form.is_valid():
        try:
            services.withdraw_cover(
                actor=actor_of(request), cover=row, now=clock.now(), expect=_version(request), **form.cleaned_data
            )
            messages.success(request, _("撤回了。"))
            return redirect("gaps:cover", pk)
        except Refusal as refusal:
            show_refusal(form, refusal)
    return _page(request, row, 422, withdraw_form=form)


def _writable(request: HttpRequest, pk: uuid.UUID) -> Cover:
    actor = actor_of(request)
    row = selectors.get_cover(actor, pk)
    if not allows(actor, WRITE_COVER, **target_of(row)):
        raise Refusal("not_found")
    return row
