"""Divisions: public reference data."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import Field, StringConstraints

from tongzhou.kernel.access import PUBLIC, route
from tongzhou.registers.places import selectors
from tongzhou.registers.places.models import Place
from tongzhou.screens.api.common import Cursor, page_of
from tongzhou.screens.api.schemas import READING, Page, PlaceCode, PlaceOut

router = Router(tags=["places"])


class PlaceFilter(Cursor):
    """Which divisions."""

    under: PlaceCode | None = Field(default=None, description="this division and all below it")
    level: Annotated[str, StringConstraints(pattern="^(nation|province|city|district|street)$")] | None = None


def shown(row: Place) -> dict[str, Any]:
    """A division as it goes out."""
    return {
        "code": row.code, "level": row.level, "name": row.name, "name_en": row.name_en, "full_name": row.full_name,
        "parent": row.parent_id,
    }  # fmt: skip


@router.get("", response={200: Page[PlaceOut], **READING}, operation_id="list_places")
@route(PUBLIC)
def list_places(request: HttpRequest, page: Annotated[PlaceFilter, Query()]) -> Any:
    """Divisions in descending order of code."""
    rows = Place.objects.filter(selectors.under("code", page.under or ""))
    return page_of(rows.filter(level=page.level) if page.level else rows, page, shown, by="code")


@router.get("/{code}", response={200: PlaceOut, **READING}, operation_id="read_place")
@route(PUBLIC)
def read_place(request: HttpRequest, code: Annotated[PlaceCode, Path()]) -> Any:
    """One division."""
    return shown(selectors.get_place(code))
