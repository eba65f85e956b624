"""What every template may use."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from tongzhou.kernel.access import ANONYMOUS

__all__ = ["page"]


def page(request: HttpRequest) -> dict[str, Any]:
    """`actor`, `demo`, `theme` (light, dark or ""), and the undo offered on this page."""
    session = getattr(request, "session", None)
    return {
        "actor": getattr(request, "actor", ANONYMOUS),
        "demo": settings.TONGZHOU_DEMO,
        "theme": request.COOKIES.get("theme", "") if request.COOKIES.get("theme") in ("light", "dark") else "",
        "undo": session.get("undo") if session is not None and session.session_key else None,
    }
