"""Fetching one https page: off unless the desk's owner switches it on; never from a private network.

The host's addresses are looked up once and judged, the connection goes to the address that was judged, redirects are
not followed, and no more is read, unpacked or waited for than a page may take.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from tongzhou.desks.bulletins.services.cleaning import MOST_BYTES
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.notices.services.sending.gateway import NotSent, judged_address

__all__ = ["Fetched", "fetch_page"]

#: Seconds for one answer, and for the whole page.
PATIENCE, LONGEST = 8.0, 20.0
_TEXTS = frozenset({"", "application/xhtml+xml", "application/xml"})
_PACKED = frozenset({"gzip", "x-gzip", "deflate"})


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page's bytes, and the charset its server named ("" for none)."""

    raw: bytes
    charset: str


def fetch_page(address: str) -> Fetched:
    """The page. Raises ``Refusal``: ``fetch_off``, ``fetch_failed``, ``too_large``."""
    if not settings.TONGZHOU_FETCH_PAGES:
        raise Refusal("fetch_off")
    try:
        parts = urlsplit(address.strip())
        host, port = parts.hostname or "", parts.port or 443
    except ValueError:
        raise Refusal("fetch_failed", why="address") from None
    if parts.scheme != "https" or not host or parts.username or parts.password:
        raise Refusal("fetch_failed", why="https")
    try:
        # Private gateways are for messages of this desk; no page is read from them.
        judged = judged_address(host, port, private=())
        return _read(address.strip(), host, judged, parts.netloc)
    except NotSent:
        raise Refusal("fetch_failed", why=host) from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Refusal("fetch_failed", why=f"{host}: {type(error).__name__}") from error


class _Watch:
    """Cuts the connection off when its time is over, whatever it waits for: a server may drip its headers for ever."""

    def __init__(self, seconds: float) -> None:
        self.over = False
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> _Watch:
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._timer.cancel()

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Hears of the connection from the client (its ``trace`` extension)."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._socket = info["return_value"].get_extra_info("socket")
            if self.over:
                self._cut()

    def _cut(self) -> None:
        self.over = True
        if self._socket is not None:
            with contextlib.suppress(OSError):  # it may be closed already, which is what is wanted
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


def _read(address: str, host: str, judged: str, netloc: str) -> Fetched:
    pinned = httpx.URL(address).copy_with(host=judged)
    headers = {"host": netloc, "user-agent": "tongzhou", "accept-encoding": "identity"}
    with _Watch(LONGEST) as watch:
        more = {"sni_hostname": host, "trace": watch.trace}
        try:
            with (
                httpx.Client(timeout=PATIENCE, follow_redirects=False, trust_env=False) as client,
                client.stream("GET", pinned, headers=headers, extensions=more) as answer,
            ):
                _judge(answer, host)
                got = Fetched(_body(answer, host), answer.charset_encoding or "")
        except httpx.HTTPError:
            if not watch.over:
                raise
        if watch.over:  # a connection that was cut off may look like the end of the page
            raise Refusal("fetch_failed", why=f"{host}: timeout")
        return got


def _judge(answer: httpx.Response, host: str) -> None:
    """Refuses what is no page, before any of it is read."""
    if answer.status_code != 200:
        raise Refusal("fetch_failed", why=f"{host}: {answer.status_code}")
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _TEXTS and not kind.startswith("text/"):
        raise Refusal("fetch_failed", why=f"{host}: {kind}")
    packed = answer.headers.get("content-encoding", "identity").strip().lower()
    if packed not in _PACKED and packed != "identity":
        raise Refusal("fetch_failed", why=f"{host}: {packed}")


def _body(answer: httpx.Response, host: str) -> bytes:
    """What the server sends, unpacked no further than a page may be long: a small body may unpack to gigabytes."""
    packed = answer.headers.get("content-encoding", "identity").strip().lower() in _PACKED
    unpack = zlib.decompressobj(wbits=47) if packed else None
    parts, size = [], 0
    for chunk in answer.iter_raw():
        try:
            text = unpack.decompress(chunk, MOST_BYTES + 1 - size) if unpack is not None else chunk
        except zlib.error:
            raise Refusal("fetch_failed", why=f"{host}: gzip") from None
        size += len(text)
        if size > MOST_BYTES:
            raise Refusal("too_large", limit=f"{MOST_BYTES // 1024 // 1024} MB")
        parts.append(text)
    if unpack is not None and not unpack.eof:
        raise Refusal("fetch_failed", why=f"{host}: gzip")
    return b"".join(parts)
