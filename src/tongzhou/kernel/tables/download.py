"""A view of a table as the answer to a request: its file, with who took it and how much in the trail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse

from tongzhou.kernel import audit, clock
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.tables.asked import Asked
from tongzhou.kernel.tables.files import MOST_XLSX_ROWS, csv_chunks, row_count, xlsx_file

__all__ = ["download"]

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(
    request: HttpRequest, *, actor: Actor, act: str, of: Model | None, rows: QuerySet[Any], asked: Asked
) -> HttpResponseBase:
    """Exactly what the list shows, as CSV or (``as=xlsx``) XLSX. The trail keeps who, which view and how many rows."""
    wanted = "xlsx" if request.POST.get("as") == "xlsx" else "csv"
    count = row_count(rows, asked)
    if wanted == "xlsx" and count > MOST_XLSX_ROWS:
        raise Refusal("export_too_long", rows=f"{count:,}", most=f"{MOST_XLSX_ROWS:,}")
    said = {"as": wanted, "rows": count, "view": asked.query, "columns": list(asked.columns)}
    with transaction.atomic():
        audit.record(actor=actor, act=act, obj=of, changes={"export": said})
    name = f"tongzhou-{asked.table.name}-{clock.beijing(clock.now()):%Y%m%d-%H%M}.{wanted}"
    if wanted == "xlsx":
        return FileResponse(xlsx_file(rows, asked), as_attachment=True, filename=name, content_type=_XLSX)
    return _streamed(request, csv_chunks(rows, asked), name)


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
