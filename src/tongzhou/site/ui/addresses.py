"""Where a switch leads back to: an address of this site that a browser can open by itself (by GET)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

__all__ = ["START", "before", "here", "takes_get"]

START = "/"


def takes_get(path: str) -> bool:
    """True when there is a page at `path` and it answers GET."""
    try:
        view: Any = resolve(path).func
    except Resolver404:
        return False
    while view is not None:
        methods = _methods(view)
        if methods and "GET" not in methods:
            return False
        view = getattr(view, "__wrapped__", None)
    return True


def _methods(view: Any) -> Iterable[str]:
    """What `require_http_methods` lets through to a view it wraps; empty when it does not. It keeps it nowhere else."""
    code, cells = getattr(view, "__code__", None), getattr(view, "__closure__", None) or ()
    kept = dict(zip(code.co_freevars, cells, strict=True)) if code is not None else {}
    cell = kept.get("request_method_list")
    return cell.cell_contents if cell is not None else ()


def before(request: HttpRequest) -> str:
    """The path of the page of this site the request came from, "" when none is known or it cannot be opened."""
    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        return ""
    path = urlsplit(came_from).path
    return path if path.startswith("/") and path != request.path and takes_get(path) else ""


def here(request: HttpRequest) -> str:
    """The address of the page being shown; for the answer to something sent, the page it was sent from.

    When that one is not known or was an answer, too, it is the nearest address above this one that opens.
    """
    if request.method in ("GET", "HEAD") or takes_get(request.path):
        return request.get_full_path()
    return before(request) or _above(request.path)


def _above(path: str) -> str:
    while path != START:
        path = path.rstrip("/").rpartition("/")[0] + "/"
        if takes_get(path):
            return path
    return START
