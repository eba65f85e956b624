"""Voice goes through a relay (TURN, RFC 8656), so that neither side learns the other's address.

The relay knows the desk by a shared secret only: every conversation gets a name and a password of its own for a few
minutes (the "REST" scheme of coturn's ``use-auth-secret``: the name is ``expiry:random``, the password its HMAC-SHA1).
What the browsers tell each other is looked through here: an address that is not the relay's is not passed on.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import re
import secrets
from typing import Any

from django.conf import settings

from tongzhou.kernel.errors import Refusal

__all__ = ["CREDENTIALS_FOR", "MICROPHONE", "credentials", "passed_on", "relay_servers", "voice_possible"]

#: How long a name and password open the relay; a connection that lasts longer keeps what it has.
CREDENTIALS_FOR = dt.timedelta(minutes=10)
#: ``Permissions-Policy`` for the pages of a conversation, and no other: the browser may ask for the microphone there.
MICROPHONE = "microphone=(self), camera=(), geolocation=(), interest-cohort=()"
#: What one browser may tell the other.
KINDS = frozenset({"ready", "offer", "answer", "candidate", "restart", "bye"})
_LONGEST_SDP, _LONGEST_CANDIDATE = 20_000, 500
_RELAYED = re.compile(r"(?:a=)?candidate:\S+ [12] (?:udp|tcp|UDP|TCP) \d+ \S+ \d+ typ relay(?: |$)")
_HOME = re.compile(r"raddr \S+ rport \d+")


def voice_possible() -> bool:
    """True when a relay is set up (``TONGZHOU_TURN_URLS`` and ``TONGZHOU_TURN_SECRET``)."""
    return bool(settings.TONGZHOU_TURN_URLS and settings.TONGZHOU_TURN_SECRET)


def credentials(secret: str, now: dt.datetime, nonce: str = "") -> tuple[str, str]:
    """A name and password for the relay that end at `now` + `CREDENTIALS_FOR`; nothing in them tells who talks."""
    until = int((now + CREDENTIALS_FOR).timestamp())
    name = f"{until}:{nonce or secrets.token_hex(6)}"
    code = hmac.new(secret.encode(), name.encode(), hashlib.sha1).digest()
    return name, base64.b64encode(code).decode()


def relay_servers(now: dt.datetime) -> list[dict[str, Any]]:
    """``iceServers`` for a browser; empty when there is no relay."""
    if not voice_possible():
        return []
    name, password = credentials(settings.TONGZHOU_TURN_SECRET, now)
    return [{"urls": list(settings.TONGZHOU_TURN_URLS), "username": name, "credential": password}]


def passed_on(payload: dict[str, Any]) -> dict[str, Any]:
    """What of a signal goes to the other side: known words only, and no address but the relay's.

    Raises ``bad_request`` for anything else.
    """
    kind, session = payload.get("kind"), payload.get("session", "")
    if kind not in KINDS or not isinstance(session, str) or len(session) > 40:
        raise Refusal("bad_request")
    told: dict[str, Any] = {"kind": kind, "session": session}
    if kind in ("offer", "answer"):
        told["sdp"] = _clean_sdp(payload.get("sdp"))
    elif kind == "candidate":
        told["candidate"] = _clean_candidate(payload.get("candidate"))
    return told


def _clean_sdp(sdp: Any) -> str:
    if not isinstance(sdp, str) or not sdp.startswith("v=0") or len(sdp) > _LONGEST_SDP:
        raise Refusal("bad_request")
    return "".join(f"{line}\r\n" for line in map(_clean_line, sdp.splitlines()) if line)


def _clean_line(line: str) -> str:
    """A line of a session description without an address of the sender's ("" leaves it out)."""
    if line.startswith("a=candidate:"):
        return _HOME.sub("raddr 0.0.0.0 rport 0", line) if _RELAYED.match(line) else ""
    if line.startswith("o="):
        return " ".join([*line.split(" ")[:3], "IN", "IP4", "127.0.0.1"])
    if line.startswith("c="):
        return "c=IN IP4 0.0.0.0"
    return "" if line.startswith(("a=rtcp:", "a=remote-candidates:")) else line


def _clean_candidate(candidate: Any) -> dict[str, Any]:
    if not isinstance(candidate, dict):
        raise Refusal("bad_request")
    text, media, number = (candidate.get(name) for name in ("candidate", "sdpMid", "sdpMLineIndex"))
    if not isinstance(text, str) or len(text) > _LONGEST_CANDIDATE or not _RELAYED.match(text):
        raise Refusal("bad_request")
    if not (media is None or (isinstance(media, str) and len(media) <= 20)):
        raise Refusal("bad_request")
    if not (number is None or (isinstance(number, int) and 0 <= number <= 8)):
        raise Refusal("bad_request")
    return {"candidate": _HOME.sub("raddr 0.0.0.0 rport 0", text), "sdpMid": media, "sdpMLineIndex": number}
