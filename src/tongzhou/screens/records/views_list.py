"""Lists and their export."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from tongzhou.kernel.access import may, route
from tongzhou.kernel.tables import download, sheet
from tongzhou.screens.records.kinds import LEADS, NEEDS, OFFERS, Kind
from tongzhou.screens.records.requests import view_of

__all__ = ["export", "listing"]

View = Callable[..., HttpResponseBase]


def listing(kind: Kind) -> View:
    """The list page of a kind."""

    @route(kind.list_act)
    @require_GET
    def view(request: HttpRequest) -> HttpResponse:
        scene, asked, rows = view_of(request, kind)
        return render(
            request,
            "screens/records/list.html",
            {
                "kind": kind,
                "tabs": [one for one in (NEEDS, OFFERS, LEADS) if may(scene.actor, one.list_act)],
                "scene": scene,
                "sheet": sheet(rows, asked),
                "may_change": may(scene.actor, kind.change_act),
            },
        )

    return view


def export(kind: Kind) -> View:
    """Exactly what the list shows, as CSV or XLSX. The trail keeps who, which view and how many rows."""

    @route(kind.list_act)
    @require_POST
    def view(request: HttpRequest) -> HttpResponseBase:
        scene, asked, rows = view_of(request, kind)
        act = f"{kind.name}.export"
        return download(request, actor=scene.actor, act=act, of=scene.response, rows=rows, asked=asked)

    return view
