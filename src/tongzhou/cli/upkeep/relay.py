"""Does the relay of voice answer, and does it accept what the desk hands out? A TURN allocation, made and given back.

STUN messages as RFC 8489 (5, 14.5 MESSAGE-INTEGRITY, 9.2 long-term credentials), Allocate and Refresh as RFC 8656.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
import secrets
import socket
import struct
from collections.abc import Iterator

from tongzhou.cli.upkeep.finding import Finding, find, fine

__all__ = ["examine_relay", "try_relay"]

_COOKIE = 0x2112A442
_ALLOCATE, _ALLOCATED, _REFUSED, _REFRESH = 0x0003, 0x0103, 0x0113, 0x0004
_USERNAME, _INTEGRITY, _ERROR, _LIFETIME, _REALM, _NONCE, _TRANSPORT = (
    0x0006, 0x0008, 0x0009, 0x000D, 0x0014, 0x0015, 0x0019,
)  # fmt: skip
_URL = re.compile(r"turn:(\[[^]]+\]|[^:?]+)(?::(\d+))?(?:\?transport=(udp|tcp))?$")
#: Seconds an answer is waited for.
PATIENCE = 3.0


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("!HH", kind, len(value)) + value + b"\0" * (-len(value) % 4)


def _message(kind: int, attributes: bytes, key: bytes = b"") -> bytes:
    """A STUN message; with `key` it ends in MESSAGE-INTEGRITY, whose length the header counts already."""
    number = secrets.token_bytes(12)
    more = 24 if key else 0
    said = struct.pack("!HHI", kind, len(attributes) + more, _COOKIE) + number + attributes
    return said + (_attribute(_INTEGRITY, hmac.new(key, said, hashlib.sha1).digest()) if key else b"")


def _read(answer: bytes) -> tuple[int, dict[int, bytes]]:
    kind, length, cookie = struct.unpack("!HHI", answer[:8])
    if cookie != _COOKIE or len(answer) < 20 + length:
        raise ValueError("not a STUN message")
    found, at = {}, 20
    while at + 4 <= 20 + length:
        name, size = struct.unpack("!HH", answer[at : at + 4])
        found[name] = answer[at + 4 : at + 4 + size]
        at += 4 + size + (-size % 4)
    return kind, found


def _ask(host: str, port: int, transport: str, said: bytes, link: socket.socket | None = None) -> socket.socket:
    if link is None:
        kind = socket.SOCK_STREAM if transport == "tcp" else socket.SOCK_DGRAM
        family, *_rest, address = socket.getaddrinfo(host, port, type=kind)[0]
        link = socket.socket(family, kind)
        link.settimeout(PATIENCE)
        link.connect(address)
    link.sendall(said)
    return link


def try_relay(url: str, name: str, password: str) -> str:
    """Ask the relay at `url` for an allocation and give it back: "" when it works, else what went wrong (a code).

    ``address``: not an address we can ask; ``silent``: nobody answers; ``refused``: it does not accept the password
    (the secrets differ, or the clocks do); ``strange``: what answers is no relay.
    """
    match = _URL.match(url)
    if match is None:
        return "address"
    host, port, transport = match[1].strip("[]"), int(match[2] or 3478), match[3] or "udp"
    link = None
    try:
        wanted = _attribute(_TRANSPORT, b"\x11\0\0\0")
        link = _ask(host, port, transport, _message(_ALLOCATE, wanted))
        kind, told = _read(link.recv(2048))
        if kind != _REFUSED or _REALM not in told or _NONCE not in told:
            return "strange"
        realm = told[_REALM]
        key = hashlib.md5(name.encode() + b":" + realm + b":" + password.encode(), usedforsecurity=False).digest()
        known = _attribute(_USERNAME, name.encode()) + _attribute(_REALM, realm) + _attribute(_NONCE, told[_NONCE])
        _ask(host, port, transport, _message(_ALLOCATE, wanted + known, key), link)
        kind, told = _read(link.recv(2048))
        if kind != _ALLOCATED:
            return "refused" if kind == _REFUSED else "strange"
        _ask(host, port, transport, _message(_REFRESH, _attribute(_LIFETIME, b"\0\0\0\0") + known, key), link)
        return ""
    except (OSError, ValueError, struct.error) as error:
        return "silent" if isinstance(error, OSError) else "strange"
    finally:
        if link is not None:
            link.close()


_WRONG = {
    "silent": (
        ("没有应答", "nobody answers"),
        ("看中转服务（coturn）在不在运行，防火墙有没有放行这个端口", "see whether coturn runs and the port is open"),
    ),
    "refused": (
        ("不认台面给的口令", "it does not accept the desk's passwords"),
        (
            "TONGZHOU_TURN_SECRET 要与 turnserver.conf 的 static-auth-secret 一样，两台机器的时钟要准",
            "make TONGZHOU_TURN_SECRET the static-auth-secret of turnserver.conf, and set both clocks right",
        ),
    ),
    "strange": (
        ("应答的不是中转服务", "what answers is no relay"),
        ("核对地址和端口", "check address and port"),
    ),
}


def examine_relay() -> Iterator[Finding]:
    """One finding about voice: off, working, or what is wrong with an address. ``turns:`` is left to a browser."""
    from django.conf import settings

    from tongzhou.desks.hotline.services.relay import credentials, voice_possible

    if not voice_possible():
        yield fine("voice", "没有设语音中转，热线只用文字", "no relay of voice is set up: the line is by text")
        return
    name, password = credentials(settings.TONGZHOU_TURN_SECRET, dt.datetime.now(dt.UTC))
    for url in settings.TONGZHOU_TURN_URLS:
        told = try_relay(url, name, password)
        if told == "address":
            continue
        if told:
            wrong, todo = _WRONG[told]
            yield find(
                "bad", "voice", (f"语音中转 {url}：{wrong[0]}", f"the relay of voice {url}: {wrong[1]}"),
                ("来访者点了语音也接不通", "callers who choose voice are not connected"), todo,
            )  # fmt: skip
        else:
            yield fine("voice", f"语音中转 {url} 能用", f"the relay of voice {url} works")
