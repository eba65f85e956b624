"""Lists and their export."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from tongzhou.kernel import audit, clock
from tongzhou.kernel.access import may, route
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.tables import csv_chunks, row_count, sheet, xlsx_file
from tongzhou.kernel.tables.files import MOST_XLSX_ROWS
from tongzhou.screens.records.kinds import LEADS, NEEDS, OFFERS, Kind
from tongzhou.screens.records.requests import view_of

__all__ = ["export", "listing"]

View = Callable[..., HttpResponseBase]
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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
        wanted = "xlsx" if request.POST.get("as") == "xlsx" else "csv"
        count = row_count(rows, asked)
        if wanted == "xlsx" and count > MOST_XLSX_ROWS:
            raise Refusal("export_too_long", rows=f"{count:,}", most=f"{MOST_XLSX_ROWS:,}")
        said = {"as": wanted, "rows": count, "view": asked.query, "columns": list(asked.columns)}
        with transaction.atomic():
            audit.record(actor=scene.actor, act=f"{kind.name}.export", obj=scene.response, changes={"export": said})
        name = f"tongzhou-{asked.table.name}-{clock.beijing(clock.now()):%Y%m%d-%H%M}.{wanted}"
        if wanted == "xlsx":
            return FileResponse(xlsx_file(rows, asked), as_attachment=True, filename=name, content_type=_XLSX)
        return _streamed(request, csv_chunks(rows, asked), name)

    return view


def _streamed(request: HttpRequest, chunks: Iterator[bytes], name: str) -> StreamingHttpResponse:
    """Pieces as they are made. Under ASGI each is made in the request's own thread, so nothing piles up in memory."""

    async def one_by_one() -> Any:
        following = sync_to_async(lambda: next(chunks, None))
        while (chunk := await following()) is not None:
            yield chunk

    content = one_by_one() if isinstance(request, ASGIRequest) else chunks
    answer = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
