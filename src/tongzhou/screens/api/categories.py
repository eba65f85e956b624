"""Categories as a response sees them."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema
from pydantic import Field

from tongzhou.kernel.access import PUBLIC, route
from tongzhou.registers.catalogue import selectors
from tongzhou.registers.catalogue.types import Effective
from tongzhou.registers.responses import selectors as responses
from tongzhou.screens.api.common import actor_of
from tongzhou.screens.api.schemas import READING, CategoryKey, CategoryOut, Line, Page, Slug

router = Router(tags=["categories"])


class CategoryFilter(Schema):
    """Which categories; the whole list comes in one page."""

    response: Slug | None = Field(default=None, description="as this response changed them")
    line: Line | None = None


def shown(row: Effective) -> dict[str, Any]:
    """A category as it goes out."""
    return {
        "key": row.key, "name": row.name, "name_en": row.name_en, "kind": row.kind, "line": row.line, "unit": row.unit,
        "minimum_lot": row.minimum_lot, "stale_days": row.stale_days,
    }  # fmt: skip


def _response_id(request: HttpRequest, slug: str | None) -> uuid.UUID | None:
    return responses.get_response(actor_of(request), slug).pk if slug else None


@router.get("", response={200: Page[CategoryOut], **READING}, operation_id="list_categories")
@route(PUBLIC)
def list_categories(request: HttpRequest, wanted: Annotated[CategoryFilter, Query()]) -> Any:
    """Categories in the order of the catalogue."""
    rows = selectors.categories(_response_id(request, wanted.response), line=wanted.line or "")
    return {"items": [shown(row) for row in rows], "next": None}


@router.get("/{key}", response={200: CategoryOut, **READING}, operation_id="read_category")
@route(PUBLIC)
def read_category(
    request: HttpRequest, key: Annotated[CategoryKey, Path()], response: Annotated[Slug | None, Query()] = None
) -> Any:
    """One category."""
    return shown(selectors.category(key, _response_id(request, response)))
