"""Values as files and pages write them: Beijing time, yes and no in words, nothing a spreadsheet would run."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.utils.translation import gettext as _

from tongzhou.kernel import clock

__all__ = ["as_text", "harmless"]

_RUNS_AS_FORMULA = re.compile(r"\A['\s]*[=+\-@＝＋－＠\t\r]")


def as_text(value: Any) -> str:
    """A value in words: blank for None, ``2020-02-06 14:30`` for a moment (Beijing time)."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, dt.datetime):
        return f"{clock.beijing(value):%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def harmless(text: str) -> str:
    """`text` so that no spreadsheet program runs it: an apostrophe before what would begin a formula."""
    text = text.replace("\x00", "")
    return f"'{text}" if _RUNS_AS_FORMULA.match(text) else text
