"""The catalogue as one response uses it."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from tongzhou.kernel import audit
from tongzhou.kernel.access import may, route
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.catalogue import selectors, services
from tongzhou.registers.catalogue.policies import CHANGE_CATEGORY
from tongzhou.registers.catalogue.types import Effective, Line
from tongzhou.registers.places.forms import show_refusal
from tongzhou.registers.responses.policies import LIST_RESPONSES
from tongzhou.registers.responses.selectors import get_response
from tongzhou.screens.setup.forms import CategoryForm
from tongzhou.screens.setup.scene import actor_of, chosen_response, expected_version

__all__ = ["catalogue", "category"]

_FIELDS = ("enabled", "name", "name_en", "spellings", "stale_days", "maximum", "note")
PAGE = 50


@route(LIST_RESPONSES)
@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """Every category with what the response changed in it."""
    known, response = chosen_response(request)
    line, text, only = (request.GET.get(name, "").strip() for name in ("line", "q", "only"))
    rows = selectors.categories(
        response.pk if response else None, line=line if line in Line.values else "", enabled_only=False
    )
    if text:
        rows = _found(rows, text)
    if only == "changed":
        rows = [row for row in rows if row.is_changed]
    said = {
        "responses": known,
        "response": response,
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "lines": Line.choices,
        "line": line,
        "q": text,
        "only": only,
        "total": len(rows),
        "may_change": may(actor_of(request), CHANGE_CATEGORY),
    }
    return render(request, "screens/setup/catalogue.html", said)


def _found(rows: list[Effective], text: str) -> list[Effective]:
    """Rows whose name holds the text; what people call it counts too."""
    meant = services.resolve(text)
    keys = {meant.key} if meant.key else set(meant.candidates)
    plain = text.casefold()
    named = [row for row in rows if plain in row.name.casefold() or plain in row.name_en.casefold() or plain == row.key]
    return named + [row for row in rows if row.key in keys and row not in named]


@route(CHANGE_CATEGORY)
@require_http_methods(["GET", "HEAD", "POST"])
def category(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """One category in one response, and changing it there."""
    actor = actor_of(request)
    response = get_response(actor, slug)
    row = selectors.category(key, response.pk)
    plain = selectors.category(key)
    change = selectors.change_of(key, response.pk)
    initial = {name: getattr(change, name) for name in _FIELDS} if change else {"enabled": True}
    form = CategoryForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_category(
                actor=actor, response_id=response.pk, key=key, expect=expected_version(request), **form.cleaned_data
            )
            return redirect(f"{reverse('setup:catalogue')}?response={response.slug}&q={row.key}")
        except Refusal as refusal:
            show_refusal(form, refusal)
    mine = services.may_change_category(actor, response.pk, key)
    said = {
        "response": response,
        "row": row,
        "plain": plain,
        "version": change.version if change else 0,
        "form": form if mine else None,
        "entries": audit.history(change)[:20] if change else [],
    }
    return render(request, "screens/setup/category.html", said, status=422 if form.errors else 200)
