"""The sheet as PDF: the same template with its own style sheet, nothing fetched from anywhere."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from tongzhou.kernel import papers
from tongzhou.kernel.errors import Refusal
from tongzhou.screens.situation.selectors import Sheet

__all__ = ["LARGEST", "pdf_of", "why_not"]

why_not = papers.why_not

#: Bytes of a sheet; one page of text and a drawing is a tenth of this.
LARGEST = 3 * 1024 * 1024
#: Sizes the sheet is set in until it fits one page, in points; the last one stays, whatever it takes.
SIZES = (9.0, 8.2, 7.4, 6.6)
#: Sheets kept in a process: a command and its liaisons take the same one in the same minute.
KEPT = 4


def pdf_of(sheet: Sheet) -> bytes:
    """The sheet as PDF. Raises ``Refusal``: ``pdf_busy``, ``pdf_too_large``. `why_not` was asked before."""
    page = render_to_string("screens/situation/paper.html", {"sheet": sheet})
    made = _drawn(page, Path(str(finders.find("situation/sheet.css"))).read_text(encoding="utf-8"))
    if len(made) > LARGEST:
        raise Refusal("pdf_too_large")
    return made


@lru_cache(maxsize=KEPT)
def _drawn(page: str, style: str) -> bytes:
    """The same page in the same style is the same sheet, whoever asks; it says of which minute it is."""
    library = papers.library()
    with papers.one_at_a_time():
        for size in SIZES:
            css = library.CSS(string=f"{style}\n.sheet {{ font-size: {size}pt; }}", url_fetcher=papers.refuse)
            document = library.HTML(string=page, url_fetcher=papers.refuse).render(stylesheets=[css])
            if len(document.pages) == 1:
                break
        made: bytes = document.write_pdf()
    return made
