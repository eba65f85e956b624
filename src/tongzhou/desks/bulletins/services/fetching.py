"""Fetching one https page: off unless the desk's owner switches it on; never from a private network.

The host's addresses are looked up once and judged, the connection goes to the address that was judged, redirects are
not followed, and no more is read than a page may have.
"""

from __future__ import annotations

import time
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from tongzhou.desks.bulletins.services.cleaning import MOST_BYTES
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.notices.services.sending.gateway import NotSent, judged_address

__all__ = ["fetch_page"]

#: Seconds for one answer, and for the whole page.
PATIENCE, LONGEST = 8.0, 20.0


def fetch_page(address: str) -> bytes:
    """The page's bytes. Raises ``Refusal``: ``fetch_off``, ``fetch_failed``, ``too_large``."""
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
        judged = judged_address(host, port)
        return _read(address.strip(), host, judged, parts.netloc)
    except NotSent:
        raise Refusal("fetch_failed", why=host) from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Refusal("fetch_failed", why=f"{host}: {type(error).__name__}") from error


def _read(address: str, host: str, judged: str, netloc: str) -> bytes:
    pinned = httpx.URL(address).copy_with(host=judged)
    headers = {"host": netloc, "user-agent": "tongzhou", "accept-encoding": "identity"}
    begun, parts, size = time.monotonic(), [], 0
    with (
        httpx.Client(timeout=PATIENCE, follow_redirects=False, trust_env=False) as client,
        client.stream("GET", pinned, headers=headers, extensions={"sni_hostname": host}) as answer,
    ):
        if answer.status_code != 200:
            raise Refusal("fetch_failed", why=f"{host}: {answer.status_code}")
        for chunk in answer.iter_bytes():
            size += len(chunk)
            if size > MOST_BYTES:
                raise Refusal("too_large", limit=f"{MOST_BYTES // 1024 // 1024} MB")
            if time.monotonic() - begun > LONGEST:
                raise Refusal("fetch_failed", why=f"{host}: timeout")
            parts.append(chunk)
    return b"".join(parts)
