"""Pages as PDF: whether this machine can make one, one at a time, and nothing fetched from anywhere."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext as _

from tongzhou.kernel import pictures
from tongzhou.kernel.errors import Refusal

__all__ = ["library", "one_at_a_time", "refuse", "why_not"]

#: Making one takes a second of one core: one at a time in a process, others wait so many seconds and are told.
WAIT_SECONDS = 10
_one_at_a_time = threading.BoundedSemaphore(1)


def library() -> Any:
    """WeasyPrint, None when it or what it needs (Pango) is not on this machine."""
    try:
        import weasyprint
    except (ImportError, OSError):
        return None
    logging.getLogger("weasyprint").setLevel(logging.ERROR)  # it tells each of its steps, and of rules for screens
    return weasyprint


def why_not() -> str:
    """Why this machine makes no PDF, and what to do; blank when it does."""
    if library() is None:
        return _(
            "这台机器缺少 Pango，做不了 PDF。请管理员安装（Debian：apt-get install libpango-1.0-0 libpangoft2-1.0-0）。"
        )
    if pictures.chinese_font() is None:
        return _("这台机器没有中文字体，PDF 里会是空格子。请管理员安装（Debian：apt-get install fonts-noto-cjk）。")
    return ""


def refuse(url: str, *_rest: Any, **_more: Any) -> Any:
    """A page that is printed needs nothing from outside, so nothing is fetched: no file, no network."""
    raise ValueError(f"a printed page fetches nothing, and was asked for {url[:80]}")


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Wait for one's turn. Raises ``Refusal("pdf_busy")`` when it does not come in time."""
    if not _one_at_a_time.acquire(timeout=WAIT_SECONDS):
        raise Refusal("pdf_busy")
    try:
        yield
    finally:
        _one_at_a_time.release()
