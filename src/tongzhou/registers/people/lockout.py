"""What django-axes asks us: whose sign-in failed, and what the locked-out person reads."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

__all__ = ["locked_out", "name_tried"]


def name_tried(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The login name or address that was tried, so that spelling variants count together."""
    tried = (credentials or {}).get("username") or (credentials or {}).get("email") or request.POST.get("login", "")
    return str(tried).strip().lower()[:200]


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None) -> HttpResponse:
    """The page after too many failures: how long to wait and whom to ask."""
    wait: dt.timedelta = settings.AXES_COOLOFF_TIME
    answer = render(request, "people/locked.html", {"minutes": int(wait.total_seconds() // 60)}, status=429)
    answer["Retry-After"] = str(int(wait.total_seconds()))
    return answer
