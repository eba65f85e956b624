"""Static files for weak networks: packed once when the process starts, and kept by browsers until they change.

Every address carries a digest of the content (``base.css?v=1a2b3c4d5e``), so a browser never asks again for what it
has, and never shows an old style with a new page. Nothing has to be collected before the desk starts.
"""

from __future__ import annotations

import gzip
import hashlib
import os
from functools import lru_cache
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

__all__ = ["Files", "Storage"]

#: What is worth packing; pictures and fonts are packed already.
_TEXT = {".css", ".js", ".mjs", ".json", ".svg", ".html", ".txt", ".map", ".webmanifest"}
_FOREVER = "public, max-age=31536000, immutable"


def _digest(name: str) -> str:
    """Ten hexadecimal digits of a file's content; blank when there is no such file."""
    found = finders.find(name)
    if not isinstance(found, str) or not os.path.isfile(found):
        return ""
    return hashlib.sha256(Path(found).read_bytes()).hexdigest()[:10]


_digest_once = lru_cache(maxsize=4096)(_digest)


class Storage(StaticFilesStorage):
    """Addresses with a digest; a missing file gets a plain address (and a 404), never a broken page."""

    def url(self, name: str | None) -> str:
        """The address of a static file."""
        plain: str = super().url(name)
        digest = (_digest if settings.DEBUG else _digest_once)(name or "")
        return f"{plain}?v={digest}" if digest else plain


class Files(WhiteNoiseMiddleware):  # type: ignore[misc]
    """WhiteNoise that packs by itself, and lets browsers keep what is asked for with its digest."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """A static file, or whatever comes after."""
        response: HttpResponse = super().__call__(request)
        if "v" in request.GET and response.status_code in (200, 304) and request.path.startswith(settings.STATIC_URL):
            response["Cache-Control"] = _FOREVER
        return response

    def get_static_file(self, path: str, url: str, stat_cache: Any = None) -> StaticFile:
        """One file with its packed twin, where packing makes it smaller. Other sites may not read it."""
        headers = Headers([])
        self.add_mime_headers(headers, path, url)
        self.add_cache_headers(headers, path, url)
        packed = None if self.autorefresh or Path(path).suffix not in _TEXT else _packed(Path(path))
        return StaticFile(path, headers.items(), encodings={"gzip": str(packed)} if packed else {})


def _packed(path: Path) -> Path | None:
    """The packed twin in the data folder, named by content, so that several processes may make it at once."""
    content = path.read_bytes()
    twin = Path(settings.STATIC_ROOT).with_name("static-packed") / f"{hashlib.sha256(content).hexdigest()[:32]}.gz"
    if not twin.exists():
        small = gzip.compress(content, 9, mtime=0)
        if len(small) > 0.95 * len(content):
            return None
        twin.parent.mkdir(parents=True, exist_ok=True)
        own = twin.with_suffix(f".{os.getpid()}")
        own.write_bytes(small)
        own.replace(twin)
    return twin
