"""A book as PDF: A5, one page a guide where it fits, with its own style sheet; nothing is fetched from anywhere."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from tongzhou.kernel import papers
from tongzhou.kernel.errors import Refusal
from tongzhou.screens.guidance.book import Book

__all__ = ["LARGEST", "pdf_of"]

#: Bytes of a book; ten guides are a tenth of this.
LARGEST = 8 * 1024 * 1024
#: Books kept in a process: many take the same one along in the same minute, and each drawing takes a second of a core.
KEPT = 4


def pdf_of(book: Book) -> bytes:
    """The book. Raises ``Refusal``: ``pdf_busy``, ``pdf_too_large``. `papers.why_not` was asked before."""
    page = render_to_string("screens/guidance/paper.html", {"book": book})
    sheets = (Path(str(finders.find(f"guidance/{name}.css"))).read_text(encoding="utf-8") for name in ("page", "book"))
    made = _drawn(page, "\n".join(sheets))
    if len(made) > LARGEST:
        raise Refusal("pdf_too_large")
    return made


@lru_cache(maxsize=KEPT)
def _drawn(page: str, style: str) -> bytes:
    """The same page in the same style is the same book, whoever asks."""
    library = papers.library()
    with papers.one_at_a_time():
        css = library.CSS(string=style, url_fetcher=papers.refuse)
        made: bytes = library.HTML(string=page, url_fetcher=papers.refuse).write_pdf(stylesheets=[css])
    return made
