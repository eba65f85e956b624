"""The round trip: the needs table goes out to Excel as filtered, and comes back to be looked at."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongzhou.chain.intake.models import Need
from tongzhou.chain.intake.policies import IMPORT_SHEETS
from tongzhou.chain.intake.services.roundtrip.back import table_back
from tongzhou.chain.intake.services.roundtrip.export import editable, table_out
from tongzhou.chain.intake.services.search import found
from tongzhou.chain.intake.services.sheets.files import LARGEST_BYTES, looked_over
from tongzhou.chain.intake.types import OPEN_NEEDS, Line, NeedState, Urgency
from tongzhou.kernel import clock
from tongzhou.kernel.access import area_range, route
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.words import in_english
from tongzhou.registers.catalogue.selectors import categories
from tongzhou.registers.places.forms import show_refusal
from tongzhou.registers.places.models import Place
from tongzhou.screens.imports.forms import RoundForm
from tongzhou.screens.imports.views import actor_of, add_input_error, not_too_long, response_of, scene
from tongzhou_engines.base.errors import InputError

__all__ = ["back", "out", "table"]

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ALL = "all"


def _narrowed(needs: QuerySet[Need], said: QueryDict) -> QuerySet[Need]:
    """The same filters, by the same names, as the list of needs has in its address."""
    states = [one for one in said.getlist("state") if one in NeedState.values]
    if ALL not in said.getlist("state"):
        needs = needs.filter(state__in=states or OPEN_NEEDS)
    urgencies = [int(one) for one in said.getlist("urgency") if one in {str(value) for value in Urgency.values}]
    if urgencies:
        needs = needs.filter(urgency_order__in=urgencies)
    place = said.get("place", "")
    if place.isascii() and place.isdigit() and len(place) <= 9 and place != "0":
        low, high = area_range(place)
        needs = needs.filter(place_id__gte=low, place_id__lt=high)
    named = [one for one in said.getlist("category") if one and "\x00" not in one]
    if named:
        needs = needs.filter(Q(category_id__in=named) | (Q(category=None) if "none" in named else Q(pk__in=[])))
    lines = [one for one in said.getlist("line") if one in Line.values]
    if lines:
        needs = needs.filter(line__in=lines)
    words = said.get("q", "").replace("\x00", " ").strip()[:100]
    if words:
        needs = found(needs, words)
    return needs.order_by("urgency_order", "created_at", "id")


@route(IMPORT_SHEETS)
@require_safe
def table(request: HttpRequest) -> HttpResponse:
    """What goes out, and where it comes back."""
    return render(request, "screens/imports/round.html", _page(request, RoundForm()))


def _page(request: HttpRequest, form: RoundForm) -> dict[str, Any]:
    current = scene(request)
    response, said = current.response, request.GET
    count = _narrowed(editable(actor_of(request), response), said).count() if response else 0
    code = said.get("place", "")
    place = Place.objects.filter(code=code).first() if code.isascii() and code.isdigit() else None
    return {
        "form": form,
        "response": response,
        "count": count,
        "said": said,
        "place": place,
        "query": said.urlencode(),
        "categories": categories(response.pk if response else None),
        "urgencies": Urgency.choices,
        "provinces": _places(response.area_id) if response else [],
        "words": said.get("q", "")[:100],
        "all_states": ALL in said.getlist("state"),
        "chosen": {name: said.getlist(name) for name in ("urgency", "category")},
    }


def _places(area: str) -> list[Place]:
    """The divisions just below the response's own."""
    return list(Place.objects.filter(Q(code=area) | Q(parent_id=area)).order_by("code"))


@route(IMPORT_SHEETS)
@require_http_methods(["POST"])
def out(request: HttpRequest) -> HttpResponse:
    """The workbook, logged."""
    response = response_of(request)
    said = QueryDict(str(request.POST.get("query", ""))[:2000])
    needs = _narrowed(editable(actor_of(request), response), said)
    try:
        content = table_out(actor=actor_of(request), response=response, needs=needs, said=said.urlencode())
    except Refusal as refusal:
        form = RoundForm()
        form.full_clean()
        show_refusal(form, refusal)
        return render(request, "screens/imports/round.html", _page(request, form), status=refusal.status)
    answer = HttpResponse(content, content_type=_XLSX)
    stamp = clock.beijing(clock.now()).strftime("%Y-%m-%d-%H%M")
    answer["Content-Disposition"] = f'attachment; filename="tongzhou-needs-{stamp}.xlsx"'
    return answer


@route(IMPORT_SHEETS)
@csrf_exempt  # checked by _back, once the length is known to be bearable
@require_POST
def back(request: HttpRequest) -> HttpResponse:
    """The edited workbook; it becomes a batch to be looked at."""
    not_too_long(request)
    return _back(request)


@csrf_protect
def _back(request: HttpRequest) -> HttpResponse:
    form = RoundForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        content = file.read(LARGEST_BYTES + 1)
        try:
            looked_over(file.name, content)
            batch = table_back(actor=actor_of(request), response=response_of(request), name=file.name, content=content)
        except InputError as error:
            add_input_error(form, "file", error)
        except Refusal as refusal:
            if refusal.status != 422:
                raise
            said = f"{refusal.what}: {refusal.todo}" if in_english() else f"{refusal.what}。{refusal.todo}"
            form.add_error("file", said)
        else:
            return redirect("imports:batch", batch.pk)
    return render(request, "screens/imports/round.html", _page(request, form), status=422)
