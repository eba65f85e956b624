"""Who does what where, what one organisation does, and the file of it."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tongzhou.chain.evaluation.policies import EXPORT_3W, LIST_GAPS
from tongzhou.chain.evaluation.selectors.figures import figures
from tongzhou.chain.evaluation.selectors.gaps import gap_rows
from tongzhou.chain.evaluation.selectors.naming import names_of
from tongzhou.kernel import audit, clock
from tongzhou.kernel.access import may, route
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.cover.policies import LIST_COVER, WRITE_COVER
from tongzhou.registers.organisations.selectors import get_organisation
from tongzhou.screens.gaps import export
from tongzhou.screens.gaps.requests import View, actor_of, view_of
from tongzhou.screens.gaps.selectors import page_of

__all__ = ["export_csv", "export_xlsx", "gaps", "who"]

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Gaps shown beside what an organisation does.
_BESIDE = 20


@route(LIST_GAPS)
@require_GET
def gaps(request: HttpRequest) -> HttpResponse:
    """Places beside kinds of help, who is active, what is lacking and why, what is double."""
    scene, view = view_of(request)
    said: dict[str, Any] = {"scene": scene, "view": view}
    if view is not None:
        actor = actor_of(request)
        said |= {
            "page": page_of(actor, view, clock.now()),
            "may_export": may(actor, EXPORT_3W),
            "may_cover": may(actor, LIST_COVER),
            "may_write": may(actor, WRITE_COVER),
            "query": view.address(),
        }
    return render(request, "screens/gaps/gaps.html", said)


@route(LIST_GAPS)
@require_GET
def who(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What one organisation does where, and what is lacking near it."""
    actor = actor_of(request)
    organisation = get_organisation(actor, pk)
    scene, view = view_of(request)
    said: dict[str, Any] = {"scene": scene, "view": view, "organisation": organisation}
    if view is not None:
        found = figures(actor, view.response, now=clock.now())
        own = [one for one in found.doings if one.who.key == pk]
        cities = {one.place[:4] for one in own}
        does = {one.category for one in own}
        near = [one for one in gap_rows(found, ()) if one.category in does and one.place[:4] in cities][:_BESIDE]
        names = names_of(view.response.pk, {one.place for one in own} | {one.place for one in near})
        said |= {
            "as_of": found.as_of,
            "rows": [_doing(names, one) for one in own],
            "near": [
                {"place": names.full(one.place), "category": names.category(one.category),
                 "gap": names.amount(one.category, one.amounts.gap),
                 "href": view.address(place=one.place, category=one.category)}
                for one in near
            ],
        }  # fmt: skip
    return render(request, "screens/gaps/who.html", said)


def _doing(names: Any, one: Any) -> dict[str, Any]:
    def figure(value: int | None) -> str:
        return f"{value:,}" if value else ""

    return {
        "place": names.full(one.place), "category": names.category(one.category),
        "unit": names.categories[one.category].unit_label if one.category in names.categories else "",
        "planned": figure(one.planned), "accepted": figure(one.accepted), "in_transit": figure(one.in_transit),
        "received": figure(one.received), "covered": figure(one.covered), "all": one.covered is None,
    }  # fmt: skip


def _exported(request: HttpRequest) -> tuple[View, list[list[Any]]]:
    """The rows of the file; the trail keeps who took how many of which response."""
    actor = actor_of(request)
    _scene, view = view_of(request)
    if view is None:
        raise Refusal("not_found")
    found = figures(actor, view.response, now=clock.now(), category=view.category, act=EXPORT_3W)
    names = names_of(view.response.pk, {one.place for one in found.doings})
    rows = export.table(found, names, area=view.place.code, kind="" if view.category else view.kind)
    said = {"as": request.path.rpartition(".")[2], "rows": len(rows) - 2, "view": view.address()}
    with transaction.atomic():
        audit.record(actor=actor, act=EXPORT_3W, obj=view.response, changes={"export": said})
    return view, rows


def _file(content: bytes, kind: str, ending: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    name = f"tongzhou-3w-{clock.beijing(clock.now()):%Y%m%d-%H%M}.{ending}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@route(EXPORT_3W)
@require_GET
def export_csv(request: HttpRequest) -> HttpResponse:
    """Who does what where as CSV with HXL hashtags in the second row."""
    _view, rows = _exported(request)
    return _file(export.as_csv(rows), "text/csv; charset=utf-8", "csv")


@route(EXPORT_3W)
@require_GET
def export_xlsx(request: HttpRequest) -> HttpResponse:
    """The same as a workbook."""
    _view, rows = _exported(request)
    return _file(export.as_xlsx(rows), _XLSX, "xlsx")
