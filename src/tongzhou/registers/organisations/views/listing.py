"""The list of organisations, and the same list as a file."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from tongzhou.kernel import audit, clock
from tongzhou.kernel.access import may, require, route
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.tables import csv_chunks, read, row_count, sheet, xlsx_file
from tongzhou.registers.organisations import selectors
from tongzhou.registers.organisations.policies import ADD_ORGANISATION, EXPORT_ORGANISATIONS, LIST_ORGANISATIONS
from tongzhou.registers.organisations.tables import organisations_table
from tongzhou.registers.organisations.views.common import actor_of

__all__ = ["export", "listing"]


@route(LIST_ORGANISATIONS)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Organisations in use, with facets, search, columns of choice, a permalink."""
    actor = actor_of(request)
    asked = read(organisations_table(request.GET.get("place", "")), request.GET)
    context = {
        "sheet": sheet(_rows(request), asked),
        "does": request.GET.get("does", ""),
        "done": selectors.categories_done(),
        "path": reverse("organisations:list"),
        "may_add": may(actor, ADD_ORGANISATION),
        "exports": may(actor, EXPORT_ORGANISATIONS),
    }
    return render(request, "organisations/list.html", context)


def _rows(request: HttpRequest) -> QuerySet[Any]:
    """The organisations of the address before its facets: all, or those registered to do one thing."""
    does = request.GET.get("does", "")
    return selectors.organisations(actor_of(request), category=does if does.isidentifier() and len(does) <= 64 else "")


@route(EXPORT_ORGANISATIONS)
@require_POST
def export(request: HttpRequest) -> HttpResponseBase:
    """Exactly what is seen as CSV or XLSX; who exported what and how much stands in the trail."""
    actor = actor_of(request)
    require(actor, EXPORT_ORGANISATIONS)
    asked = read(organisations_table(request.GET.get("place", "")), request.GET)
    rows = _rows(request)
    kind = request.POST.get("as", "csv")
    if kind not in ("csv", "xlsx"):
        raise Refusal("bad_request")
    said = {"query": asked.query, "rows": row_count(rows, asked), "as": kind}
    audit.record(actor=actor, act=EXPORT_ORGANISATIONS, changes=said)
    name = f"organisations-{clock.beijing(clock.now()):%Y%m%d-%H%M}.{kind}"
    if kind == "xlsx":
        return FileResponse(xlsx_file(rows, asked), as_attachment=True, filename=name)
    response = StreamingHttpResponse(csv_chunks(rows, asked), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
