"""The sheet as PDF: the same template with its own style sheet, nothing fetched from anywhere."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from tongzhou.kernel import pictures
from tongzhou.kernel.errors import Refusal
from tongzhou.screens.situation.selectors import Sheet

__all__ = ["LARGEST", "pdf_of", "why_not"]

#: Bytes of a sheet; one page of text and a drawing is a tenth of this.
LARGEST = 3 * 1024 * 1024
#: Making one takes a second of one core: one at a time in a process, others wait so many seconds and are told.
WAIT_SECONDS = 10
#: Sizes the sheet is set in until it fits one page, in points; the last one stays, whatever it takes.
SIZES = (9.0, 8.2, 7.4, 6.6)
_one_at_a_time = threading.BoundedSemaphore(1)


def _weasyprint() -> Any:
    """The library, None when it or what it needs (Pango) is not on this machine."""
    try:
        import weasyprint
    except (ImportError, OSError):
        return None
    logging.getLogger("weasyprint").setLevel(logging.ERROR)  # it tells each of its steps, and of rules for screens
    return weasyprint


def why_not() -> str:
    """Why this machine makes no PDF, and what to do; blank when it does."""
    if _weasyprint() is None:
        return _(
            "这台机器缺少 Pango，做不了 PDF。请管理员安装（Debian：apt-get install libpango-1.0-0 libpangoft2-1.0-0）。"
        )
    if pictures.chinese_font() is None:
        return _("这台机器没有中文字体，PDF 里会是空格子。请管理员安装（Debian：apt-get install fonts-noto-cjk）。")
    return ""


def _refuse(url: str, *_rest: Any, **_more: Any) -> Any:
    """The sheet needs nothing from outside, so nothing is fetched: no file, no network."""
    raise ValueError(f"the sheet fetches nothing, and was asked for {url[:80]}")


def pdf_of(sheet: Sheet) -> bytes:
    """The sheet as PDF. Raises ``Refusal``: ``pdf_busy``, ``pdf_too_large``. `why_not` was asked before."""
    library = _weasyprint()
    page = render_to_string("screens/situation/paper.html", {"sheet": sheet})
    style = Path(str(finders.find("situation/sheet.css"))).read_text(encoding="utf-8")
    if not _one_at_a_time.acquire(timeout=WAIT_SECONDS):
        raise Refusal("pdf_busy")
    try:
        for size in SIZES:
            css = library.CSS(string=f"{style}\n.sheet {{ font-size: {size}pt; }}", url_fetcher=_refuse)
            document = library.HTML(string=page, url_fetcher=_refuse).render(stylesheets=[css])
            if len(document.pages) == 1:
                break
        made: bytes = document.write_pdf()
    finally:
        _one_at_a_time.release()
    if len(made) > LARGEST:
        raise Refusal("pdf_too_large")
    return made
