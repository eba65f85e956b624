"""Guides in force, for programs that show them elsewhere, open to all, and read and agreed to. No drafts."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema
from pydantic import Field, StringConstraints

from tongzhou.desks.guidance import selectors, services
from tongzhou.desks.guidance.models import GuideVersion
from tongzhou.desks.guidance.policies import ACKNOWLEDGE
from tongzhou.kernel import clock
from tongzhou.kernel.access import PUBLIC, route
from tongzhou.screens.api.common import actor_of
from tongzhou.screens.api.schemas import READING, REFUSALS, Page, _In

router = Router(tags=["guides"])

GuideSlug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,42}$")]
GroupName = Literal["older", "disabled", "children", "hardship", "patients", "bereaved", "health", "volunteers"]


class GuideStepOut(Schema):
    """One step. `key` stays the same in every version that has the step."""

    key: str
    text: str
    text_en: str
    caution: bool


class GuideSourceOut(Schema):
    """A public source; `date` is a year, a month or a day."""

    title: str
    publisher: str
    url: str
    date: str


class GuideOut(Schema):
    """A guide in the version that is in force, or that was withdrawn last. Empty `stages` and `roles` mean all."""

    slug: str
    kind: str
    group: str
    stages: list[str]
    roles: list[str]
    category: str | None
    number: int
    state: Literal["published", "withdrawn"]
    title: str
    title_en: str
    summary: str
    summary_en: str
    is_example: bool = Field(description="an example to be reviewed by professionals")
    what_changed: str
    what_changed_en: str
    why: str
    why_en: str
    valid_from: dt.date
    review_by: dt.date | None
    withdrawn_reason: str
    digest: str = Field(description="SHA-256 over everything this version says")


class GuideWholeOut(GuideOut):
    """The same with its steps and sources."""

    steps: list[GuideStepOut]
    sources: list[GuideSourceOut]


class AcknowledgeIn(_In):
    """Which version was read."""

    number: Annotated[int, Field(ge=1, le=31_999, strict=True)]


class AcknowledgedOut(Schema):
    """When the account of this token acknowledged the version, the first time if it did so twice."""

    slug: str
    number: int
    at: dt.datetime


class GuideFilter(Schema):
    """Which guides; the whole list comes in one page."""

    group: GroupName | None = None


def _shown(edition: GuideVersion) -> dict[str, Any]:
    guide = edition.guide
    names = (
        "number", "state", "title", "title_en", "summary", "summary_en", "is_example", "what_changed",
        "what_changed_en", "why", "why_en", "valid_from", "review_by", "withdrawn_reason", "digest",
    )  # fmt: skip
    return {
        "slug": guide.slug, "kind": guide.kind, "group": guide.group, "stages": guide.stages, "roles": guide.roles,
        "category": guide.category_id, **{name: getattr(edition, name) for name in names},
    }  # fmt: skip


@router.get("", response={200: Page[GuideOut], **READING}, operation_id="list_guides")
@route(PUBLIC)
def list_guides(request: HttpRequest, wanted: Annotated[GuideFilter, Query()]) -> Any:
    """Guides in force, those for all first."""
    rows = selectors.published()
    rows = rows.filter(guide__group=wanted.group) if wanted.group else rows
    return {"items": [_shown(row) for row in rows], "next": None}


@router.get("/{slug}", response={200: GuideWholeOut, **READING}, operation_id="read_guide")
@route(PUBLIC)
def read_guide(request: HttpRequest, slug: Annotated[GuideSlug, Path()]) -> Any:
    """One guide with its steps and sources; a withdrawn one says so, with the reason."""
    edition = selectors.shown_version(slug)
    said = selectors.text_of(edition)
    steps = [{"key": one.key, "text": one.text, "text_en": one.text_en, "caution": one.caution} for one in said.steps]
    sources = [
        {"title": one.title, "publisher": one.publisher, "url": one.url, "date": one.date} for one in said.sources
    ]
    return _shown(edition) | {"steps": steps, "sources": sources}


@router.post("/{slug}/acknowledge", response={200: AcknowledgedOut, **REFUSALS}, operation_id="acknowledge_guide")
@route(ACKNOWLEDGE)
def acknowledge_guide(request: HttpRequest, slug: Annotated[GuideSlug, Path()], body: AcknowledgeIn) -> Any:
    """Say that the account of this token has read a version; 409 when it is not in force. Saying so twice is once."""
    actor, edition = actor_of(request), selectors.shown_version(slug)
    if edition.number != body.number:
        edition = selectors.one_version(actor, slug, body.number)
    done = services.acknowledge(actor=actor, edition=edition, now=clock.now())
    return {"slug": slug, "number": edition.number, "at": done.at}
