"""The directory for everybody: search, one entry, the whole as HSDS and as a sheet."""

from __future__ import annotations

import csv
import io
import json
import uuid

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tongzhou.desks.bulletins.selectors.directory import crisis_numbers, public_service, search_directory
from tongzhou.desks.bulletins.services.hsds import page_json
from tongzhou.desks.bulletins.types import Group, Topic
from tongzhou.kernel import clock
from tongzhou.kernel.access import PUBLIC, route
from tongzhou.kernel.tables.values import harmless
from tongzhou.registers.places.forms import PlaceField
from tongzhou.screens.directory.shown import entry_of

__all__ = ["hsds", "one", "search", "sheet"]

PAGE = 20


@route(PUBLIC)
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Search by words, place, group and kind of help; the crisis numbers stand first."""
    text, typed = request.GET.get("q", "").replace("\x00", "")[:100], request.GET.get("place", "").strip()[:120]
    group, topic = request.GET.get("group", ""), request.GET.get("topic", "")
    group, topic = (group if group in Group.values else ""), (topic if topic in Topic.values else "")
    where, trouble = None, ""
    try:
        where = PlaceField(required=False).clean(typed)
    except ValidationError as error:
        trouble = " ".join(error.messages)
    code, now = (where.code if where else ""), clock.now()
    page = Paginator(search_directory(text, code, group, topic), PAGE).get_page(request.GET.get("page"))
    narrowed = bool(text or code or group or topic)
    said = {
        "page": page, "entries": [entry_of(one, now) for one in page], "text": text, "group": group, "topic": topic,
        "typed": where.full_label if where else typed, "trouble": trouble, "groups": Group.choices,
        "topics": Topic.choices, "now": now, "where": where, "narrowed": narrowed,
        "crisis": [entry_of(one, now) for one in crisis_numbers(code)],
    }  # fmt: skip
    return render(request, "screens/directory/search.html", said)


@route(PUBLIC)
@require_safe
def one(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One entry."""
    found = public_service(pk)
    return render(request, "screens/directory/one.html", {"entry": entry_of(found, clock.now()), "one": found})


@route(PUBLIC)
@require_safe
def hsds(request: HttpRequest) -> HttpResponse:
    """Every public entry as HSDS 3."""
    text = json.dumps(page_json(search_directory()), ensure_ascii=False, indent=1, sort_keys=True)
    answer = HttpResponse(text, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="directory-hsds.json"'
    return answer


@route(PUBLIC)
@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """Every public entry as a sheet (CSV with a byte order mark, so that it opens as Chinese everywhere)."""
    out, now = io.StringIO(), clock.now()
    table = csv.writer(out)
    table.writerow(
        ("id", "agency", "service", "service_en", "topic", "phones", "hours", "area", "address", "groups", "ages",
         "url", "description", "source", "verified_at")
    )  # fmt: skip
    for row in search_directory():
        told = entry_of(row, now)
        cells = (
            str(row.pk), row.agency.name, row.name, row.name_en, row.topic, "; ".join(told.phones),
            "; ".join(told.hours), told.area, "; ".join(told.where), ",".join(row.groups), told.ages, row.url,
            row.description, row.source, f"{clock.beijing(row.verified_at):%Y-%m-%d}" if row.verified_at else "",
        )  # fmt: skip
        table.writerow([harmless(one) for one in cells])
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="directory.csv"'
    return answer
