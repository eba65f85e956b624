"""The list of assignments and its file."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from tongzhou.chain.dispatch.policies import LIST_ASSIGNMENTS
from tongzhou.kernel.access import route
from tongzhou.kernel.tables import download, sheet
from tongzhou.screens.assignments.tables import view_of

__all__ = ["export", "listing"]


@route(LIST_ASSIGNMENTS)
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """What lies in the reader's line and area; for an officer what the own organisation gives or gets."""
    scene, asked, rows = view_of(request)
    shown = {"scene": scene, "sheet": sheet(rows, asked), "path": reverse("assignments:list")}
    return render(request, "screens/assignments/list.html", shown)


@route(LIST_ASSIGNMENTS)
@require_POST
def export(request: HttpRequest) -> HttpResponseBase:
    """Exactly what the list shows, as CSV or XLSX; logged."""
    scene, asked, rows = view_of(request)
    return download(
        request, actor=scene.actor, act="assignment.export", of=scene.response, rows=rows, asked=asked
    )  # fmt: skip
