"""A signed request to a gateway or webhook, to an address that was looked up once and judged.

The body is signed with HMAC-SHA256 over ``id.timestamp.body`` (the Standard Webhooks form), so that the receiver can
tell it is ours, that nothing was changed and that it is not an old one played again; the id lets it drop repeats.
The host's addresses are looked up once, private and local ones are refused, and the connection goes to the address that
was judged (no second look-up that could answer otherwise). Redirects are not followed.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
import socket
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from tongzhou.registers.notices.services.addresses import is_public

__all__ = ["NotSent", "is_public", "judged_address", "post_signed", "signature", "signed_headers"]

#: Seconds a gateway may take.
PATIENCE = 8.0
#: Bytes of an answer that are read; nothing in it matters but its status.
MOST = 65_536


class NotSent(Exception):
    """It did not get through; the text may be shown to an administrator and holds no secret.

    `since`: the moment from which nothing has got through by this way, when it is known.
    """

    def __init__(self, why: str, since: dt.datetime | None = None) -> None:
        super().__init__(why)
        self.since = since


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """``v1,`` and the base64 of HMAC-SHA256 over ``id.timestamp.body`` under the shared secret."""
    said = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret.encode(), said, hashlib.sha256).digest()).decode()


def signed_headers(secret: str, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers a receiver checks."""
    return {
        "content-type": "application/json; charset=utf-8",
        "user-agent": "tongzhou",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secret, message_id, timestamp, body),
    }


def judged_address(host: str, port: int, private: Collection[str] | None = None) -> str:
    """One address of `host` that may be spoken to. Raises NotSent.

    `private`: hosts that may be in a private network; None for those the owner named.
    """
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:  # the second: a name that no name server could know
        raise NotSent(f"{host}: {getattr(error, 'strerror', None) or 'name not found'}") from error
    allowed = host in (settings.TONGZHOU_PRIVATE_GATEWAYS if private is None else private)
    for one in sorted(found):
        # A name with one private address among public ones is refused whole: which one is met would be chance.
        if not allowed and not is_public(one):
            raise NotSent(f"{host} is in a private network; name it in TONGZHOU_PRIVATE_GATEWAYS if it may be used")
    return sorted(found)[0]


def post_signed(
    address: str, secret: str, message_id: str, timestamp: int, content: Mapping[str, Any], *,
    private: Collection[str] | None = None,
) -> None:  # fmt: skip
    """Send `content` as JSON. Raises NotSent unless the answer is a 2xx. `private`: see `judged_address`."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        pinned = httpx.URL(address)
    except (ValueError, httpx.InvalidURL) as error:
        raise NotSent("the address cannot be used") from error
    if parts.scheme != "https" and host not in (settings.TONGZHOU_PRIVATE_GATEWAYS if private is None else private):
        raise NotSent("only https gateways are spoken to")
    pinned = pinned.copy_with(host=judged_address(host, port, private))
    body = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    headers = signed_headers(secret, message_id, timestamp, body) | {"host": parts.netloc.rpartition("@")[2]}
    try:
        with (
            httpx.Client(timeout=PATIENCE, follow_redirects=False, trust_env=False) as client,
            client.stream("POST", pinned, content=body, headers=headers, extensions={"sni_hostname": host}) as answer,
        ):
            size = 0
            for chunk in answer.iter_raw():
                size += len(chunk)
                if size > MOST:
                    break
            status = answer.status_code
    except httpx.HTTPError as error:
        raise NotSent(f"{host}: {type(error).__name__}") from error
    if not 200 <= status < 300:
        raise NotSent(f"{host} answered {status}")
