"""Bulletins and the directory of help: public, read only."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.urls import reverse
from ninja import Path, Query, Router
from pydantic import StringConstraints

from tongzhou.desks.bulletins.models import Bulletin, Service
from tongzhou.desks.bulletins.selectors.bulletins import public_bulletin, public_bulletins
from tongzhou.desks.bulletins.selectors.directory import public_service, search_directory
from tongzhou.desks.bulletins.types import CorrectionState
from tongzhou.kernel import clock
from tongzhou.kernel.access import PUBLIC, route
from tongzhou.screens.api.common import Cursor, page_of
from tongzhou.screens.api.schemas import READING, Page, PlaceCode
from tongzhou.screens.api.schemas_bulletins import BulletinOut, HelpServiceOut

router = Router(tags=["bulletins"])
directory = Router(tags=["directory"])


class BulletinFilter(Cursor):
    """Which bulletins. `place`: those that hold there, above or below.

    `over` false: only what holds now or is still to come; true: only what ended or expired.
    """

    place: PlaceCode | None = None
    kind: Literal["notice", "rumour", "help"] | None = None
    stage: Literal["outbreak", "containment", "recovery", "aftercare"] | None = None
    over: bool | None = None


class HelpFilter(Cursor):
    """Which services. `q` is looked for in names and descriptions."""

    q: Annotated[str, StringConstraints(max_length=100)] = ""
    place: PlaceCode | None = None
    group: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,20}$")] | None = None
    topic: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,20}$")] | None = None


def shown(row: Bulletin) -> dict[str, Any]:
    """A bulletin as it goes out."""
    made = [one for one in row.corrections.all() if one.state == CorrectionState.PUBLISHED]
    names = [
        name for name in BulletinOut.model_fields if name not in ("showing", "places", "corrections", "card", "cap")
    ]
    return {name: getattr(row, name) for name in names} | {
        "showing": row.showing(clock.now()).value, "places": [one.place_id for one in row.places.all()],
        "corrections": [
            {name: getattr(one, name) for name in ("number", "published_at", "reason", "reason_en", "changed")}
            for one in made
        ],
        "card": reverse("bulletins:card", args=[row.code]), "cap": reverse("bulletins:cap", args=[row.code]),
    }  # fmt: skip


def shown_service(row: Service) -> dict[str, Any]:
    """A service as it goes out."""
    names = ("id", "name", "name_en", "topic", "status", "description", "groups", "minimum_age", "maximum_age",
             "capacity", "source", "verified_at")  # fmt: skip
    return {name: getattr(row, name) for name in names} | {
        "agency": row.agency.name, "agency_en": row.agency.name_en, "phones": [one.number for one in row.phones.all()],
        "places": [one.place_id for one in row.areas.all() if one.place_id], "stale": row.stale(clock.now()),
    }  # fmt: skip


@router.get("", response={200: Page[BulletinOut], **READING}, operation_id="list_bulletins")
@route(PUBLIC)
def list_bulletins(request: HttpRequest, page: Annotated[BulletinFilter, Query()]) -> Any:
    """Published bulletins with their corrections, those that ended or expired too, the newest first."""
    rows = public_bulletins(
        place=page.place or "", kind=page.kind or "", stage=page.stage or "", over=page.over, at=clock.now()
    )
    return page_of(rows, page, shown)


@router.get("/{code}", response={200: BulletinOut, **READING}, operation_id="read_bulletin")
@route(PUBLIC)
def read_bulletin(request: HttpRequest, code: Annotated[str, Path(max_length=20)]) -> Any:
    """One of them by its code."""
    return shown(public_bulletin(code))


@directory.get("", response={200: Page[HelpServiceOut], **READING}, operation_id="list_directory")
@route(PUBLIC)
def list_directory(request: HttpRequest, page: Annotated[HelpFilter, Query()]) -> Any:
    """Verified services of the directory."""
    rows = search_directory(page.q, page.place or "", page.group or "", page.topic or "")
    return page_of(rows, page, shown_service)


@directory.get("/{uuid:id}", response={200: HelpServiceOut, **READING}, operation_id="read_directory")
@route(PUBLIC)
def read_directory(request: HttpRequest, id: uuid.UUID) -> Any:
    """One service."""
    return shown_service(public_service(id))
