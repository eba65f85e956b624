"""Offline copies: one guide, or all that are in force, as PDF and as EPUB. Open to all, as the guides are."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from tongzhou.desks.guidance import selectors
from tongzhou.desks.guidance.models import GuideVersion
from tongzhou.desks.guidance.types import GuideState
from tongzhou.kernel import clock, papers, throttle
from tongzhou.kernel.access import PUBLIC, route
from tongzhou.kernel.errors import Refusal
from tongzhou.screens.guidance.book import Book, book_of
from tongzhou.screens.guidance.epub import epub_of
from tongzhou.screens.guidance.pdf import pdf_of

__all__ = ["epub", "handbook_epub", "handbook_pdf", "pdf"]

#: Books one network address may have made in ten minutes; a ward may share one.
MOST, SECONDS = 60, 600


def _in_force(slug: str) -> list[GuideVersion]:
    """The version in force: nobody takes a withdrawn one along."""
    edition = selectors.shown_version(slug)
    if edition.state != GuideState.PUBLISHED:
        raise Refusal("not_found")
    return [edition]


def _whole() -> list[GuideVersion]:
    rows = list(selectors.published().prefetch_related("steps", "citations"))
    if not rows:
        raise Refusal("not_found")
    return rows


def _counted(request: HttpRequest) -> None:
    throttle.hit("guide-book", str(request.client_address), limit=MOST, seconds=SECONDS)  # type: ignore[attr-defined]


def _name(book: Book, slug: str) -> str:
    number = f"-v{book.chapters[0].edition.number}" if not book.is_whole else f"-{clock.beijing(book.as_of):%Y%m%d}"
    return f"tongzhou-{slug}{number}-{book.language[:2]}"


def _pdf(request: HttpRequest, rows: list[GuideVersion], slug: str, path: str) -> HttpResponse:
    if why := papers.why_not():
        return render(request, "screens/guidance/no_pdf.html", {"why": why, "back": path}, status=503)
    _counted(request)
    book = book_of(rows, clock.now(), path)
    answer = HttpResponse(pdf_of(book), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{_name(book, slug)}.pdf"'
    return answer


def _epub(request: HttpRequest, rows: list[GuideVersion], slug: str, path: str) -> HttpResponse:
    _counted(request)
    book = book_of(rows, clock.now(), path)
    answer = HttpResponse(epub_of(book), content_type="application/epub+zip")
    answer["Content-Disposition"] = f'attachment; filename="{_name(book, slug)}.epub"'
    return answer


@route(PUBLIC)
@require_safe
def pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """One guide as PDF."""
    return _pdf(request, _in_force(slug), slug, reverse("guidance:guide", args=[slug]))


@route(PUBLIC)
@require_safe
def epub(request: HttpRequest, slug: str) -> HttpResponse:
    """One guide as EPUB."""
    return _epub(request, _in_force(slug), slug, reverse("guidance:guide", args=[slug]))


@route(PUBLIC)
@require_safe
def handbook_pdf(request: HttpRequest) -> HttpResponse:
    """Every guide in force as one PDF."""
    return _pdf(request, _whole(), "handbook", reverse("guidance:list"))


@route(PUBLIC)
@require_safe
def handbook_epub(request: HttpRequest) -> HttpResponse:
    """Every guide in force as one EPUB."""
    return _epub(request, _whole(), "handbook", reverse("guidance:list"))
