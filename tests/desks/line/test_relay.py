"""What may open the relay, and what one browser may tell the other: no address but the relay's."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tongzhou.desks.hotline.services.relay import credentials, passed_on
from tongzhou.kernel.errors import Refusal

RELAYED = "candidate:1 1 udp 41885439 203.0.113.10 49201 typ relay raddr 192.0.2.77 rport 50000 generation 0"
HOST = "candidate:2 1 udp 2122260223 192.0.2.77 50000 typ host generation 0"
REFLEXIVE = "candidate:3 1 udp 1686052607 198.51.100.4 50000 typ srflx raddr 192.0.2.77 rport 50000"
SDP = "\r\n".join([
    "v=0", "o=- 461 2 IN IP4 192.0.2.77", "s=-", "t=0 0", "m=audio 9 UDP/TLS/RTP/SAVPF 111", "c=IN IP4 192.0.2.77",
    "a=rtcp:50001 IN IP4 192.0.2.77", f"a={RELAYED}", f"a={HOST}", f"a={REFLEXIVE}", "a=ice-ufrag:abcd",
    "a=rtpmap:111 opus/48000/2", "",
])  # fmt: skip


def test_credentials_are_those_the_relay_works_out_itself() -> None:
    """Worked out with ``openssl dgst -sha1 -hmac s3cret-of-the-relay -binary | base64``."""
    now = dt.datetime(2020, 2, 6, 4, 0, tzinfo=dt.UTC)
    assert credentials("s3cret-of-the-relay", now, "abc") == ("1580962200:abc", "QJ9EWz2nVsnkJ3HNjMv1XQA+fCQ=")


def test_every_conversation_has_its_own() -> None:
    now = dt.datetime(2020, 2, 6, tzinfo=dt.UTC)
    assert credentials("s3cret-of-the-relay", now) != credentials("s3cret-of-the-relay", now)


def test_addresses_of_a_description_are_taken_out() -> None:
    told = passed_on({"kind": "offer", "session": "s", "sdp": SDP, "more": "192.0.2.77"})
    assert "192.0.2.77" not in str(told)
    assert "198.51.100.4" not in str(told)
    lines = told["sdp"].splitlines()
    assert "a=ice-ufrag:abcd" in lines
    assert "a=rtpmap:111 opus/48000/2" in lines
    assert [line for line in lines if "candidate" in line] == [
        f"a={RELAYED}".replace("192.0.2.77 rport 50000", "0.0.0.0 rport 0")
    ]
    assert told["sdp"].endswith("\r\n")


def test_a_relayed_candidate_passes_without_its_origin() -> None:
    told = passed_on({"kind": "candidate", "session": "s", "candidate": {"candidate": RELAYED, "sdpMid": "0"}})
    assert told["candidate"]["candidate"] == RELAYED.replace("192.0.2.77 rport 50000", "0.0.0.0 rport 0")


@pytest.mark.parametrize(
    "payload",
    [
        {"kind": "candidate", "session": "s", "candidate": {"candidate": HOST, "sdpMid": "0"}},
        {"kind": "candidate", "session": "s", "candidate": {"candidate": REFLEXIVE, "sdpMid": "0"}},
        {"kind": "candidate", "session": "s", "candidate": {"candidate": HOST + " typ relay ", "sdpMid": "0"}},
        {"kind": "candidate", "session": "s", "candidate": {"candidate": RELAYED, "sdpMid": "0" * 30}},
        {"kind": "candidate", "session": "s", "candidate": RELAYED},
        {"kind": "offer", "session": "s", "sdp": "hello"},
        {"kind": "offer", "session": "s", "sdp": "v=0" + "\r\na=x:" + "y" * 20_000},
        {"kind": "offer", "session": ["s"], "sdp": SDP},
        {"kind": "message", "session": "s", "text": "192.0.2.77"},
        {},
    ],
)
def test_anything_else_is_refused(payload: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as refused:
        passed_on(payload)
    assert refused.value.code == "bad_request"
