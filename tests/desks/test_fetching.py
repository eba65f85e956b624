"""Pages are really fetched, from servers of this machine: what they try, and what is refused."""

from __future__ import annotations

import gzip
import socket
import time
import tracemalloc
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from builders import WUHAN, a_place, an_actor
from builders_page_server import NAME, a_certificate, serving
from tongzhou.desks.bulletins.services import fetching
from tongzhou.desks.bulletins.services.cleaning import MOST_BYTES
from tongzhou.desks.bulletins.services.fetching import fetch_page
from tongzhou.desks.bulletins.services.pages import fetch_and_bring
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.notices.services.sending import gateway

#: One address of this machine stands for the open internet, another for the network inside.
OPEN, INSIDE = "127.0.0.2", "127.0.0.3"
pytestmark = pytest.mark.allow_hosts(["127.0.0.1", OPEN, INSIDE])
PAGE = (
    "<html><head><title>停水通知</title></head><body><p>明天上午九点停水两小时，请各家各户提前存水。</p></body></html>"
)
TEXT = "明天上午九点停水两小时，请各家各户提前存水。"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_certificate(tmp_path_factory.mktemp("certificate"))


class Resolver:
    """Answers for names: a list of addresses for each look-up, the last one for all later ones."""

    def __init__(self) -> None:
        self.answers: list[list[str]] = [[OPEN]]
        self.asked: list[str] = []
        self._real = socket.getaddrinfo

    def __call__(self, host: Any, port: Any, *more: Any, **named: Any) -> Any:
        if not str(host).endswith(".example"):
            return self._real(host, port, *more, **named)
        found = self.answers[min(len(self.asked), len(self.answers) - 1)]
        self.asked.append(str(host))
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]


@pytest.fixture
def resolver(certificate: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Resolver]:
    settings.TONGZHOU_FETCH_PAGES = True
    found = Resolver()
    monkeypatch.setattr(socket, "getaddrinfo", found)
    monkeypatch.setattr(gateway, "is_public", lambda address: address == OPEN)
    monkeypatch.setattr("certifi.where", lambda: str(certificate))
    return found


def says(
    body: bytes, kind: str = "text/html; charset=utf-8", **headers: str
) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(to: BaseHTTPRequestHandler) -> None:
        to.send_response(200)
        if kind:
            to.send_header("Content-Type", kind)
        for name, value in headers.items():
            to.send_header(name.replace("_", "-"), value)
        to.send_header("Content-Length", str(len(body)))
        to.end_headers()
        to.wfile.write(body)

    return answer


def refused(address: str, code: str = "fetch_failed") -> str:
    with pytest.raises(Refusal) as caught:
        fetch_page(address)
    assert caught.value.code == code
    return caught.value.what


def test_a_page_is_fetched_as_it_is(resolver: Resolver, certificate: Path) -> None:
    with serving(certificate, says(PAGE.encode())) as server:
        got = fetch_page(server.address)
    assert (got.raw, got.charset, server.paths) == (PAGE.encode(), "utf-8", ["/page"])


def test_a_redirect_into_the_network_is_not_followed(resolver: Resolver, certificate: Path) -> None:
    with serving(certificate, says(b"secret"), INSIDE) as inside:

        def away(to: BaseHTTPRequestHandler) -> None:
            to.send_response(302)
            to.send_header("Location", inside.address.replace(NAME, INSIDE))
            to.send_header("Content-Length", "0")
            to.end_headers()

        with serving(certificate, away) as server:
            assert "302" in refused(server.address)
    assert inside.paths == []


def test_a_name_that_moves_inside_after_it_was_judged_is_met_where_it_was_judged(
    resolver: Resolver, certificate: Path
) -> None:
    resolver.answers = [[OPEN], [INSIDE]]
    with serving(certificate, says(PAGE.encode())) as server, serving(certificate, says(b"secret"), INSIDE) as inside:
        assert fetch_page(server.address).raw == PAGE.encode()
    assert (resolver.asked, inside.paths) == ([NAME], [])


@pytest.mark.parametrize("found", [[INSIDE], [OPEN, INSIDE]])
def test_a_name_with_an_address_inside_is_refused_before_anything_is_met(
    resolver: Resolver, certificate: Path, found: list[str]
) -> None:
    resolver.answers = [found]
    with serving(certificate, says(b"secret"), INSIDE) as inside, serving(certificate, says(b"x")) as server:
        refused(inside.address)
    assert (inside.paths, server.paths) == ([], [])


def test_a_gateway_inside_that_the_owner_allowed_for_messages_is_not_read_as_a_page(
    resolver: Resolver, certificate: Path, settings: Any
) -> None:
    settings.TONGZHOU_PRIVATE_GATEWAYS = (NAME,)
    resolver.answers = [[INSIDE]]
    with serving(certificate, says(b"secret"), INSIDE) as inside:
        refused(inside.address)
    assert inside.paths == []


def test_another_names_certificate_is_not_believed(resolver: Resolver, certificate: Path) -> None:
    with serving(certificate, says(PAGE.encode())) as server:
        refused(server.address.replace(NAME, "other.example"))
    assert server.paths == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True), ("2606:2800:220:1::1", True), ("127.0.0.1", False), ("10.1.2.3", False),
        ("100.64.0.1", False), ("169.254.169.254", False), ("0.0.0.0", False), ("224.0.0.1", False),
        ("255.255.255.255", False), ("::1", False), ("fe80::1%eth0", False), ("fd00::1", False), ("ff02::1", False),
        ("::ffff:10.0.0.8", False), ("::7f00:1", False), ("64:ff9b::7f00:1", False), ("64:ff9b::a9fe:a9fe", False),
        ("2002:7f00:1::", False), ("2002:a00:8::1", False),
    ],
)  # fmt: skip
def test_which_addresses_are_of_the_open_internet(address: str, public: bool) -> None:
    assert gateway.is_public(address) is public


def test_a_page_that_says_it_is_too_long_is_not_read(resolver: Resolver, certificate: Path) -> None:
    def answer(to: BaseHTTPRequestHandler) -> None:
        to.send_response(200)
        to.send_header("Content-Type", "text/html")
        to.end_headers()
        while True:  # without a length, for ever
            server.sent += to.wfile.write(b"x" * 65_536)

    with serving(certificate, answer) as server:
        refused(server.address, "too_large")
    assert MOST_BYTES < server.sent < 4 * MOST_BYTES


def test_a_body_that_unpacks_to_far_more_than_a_page_is_refused_in_little_memory(
    resolver: Resolver, certificate: Path
) -> None:
    bomb = gzip.compress(b"\x00" * (64 * 1024 * 1024), 6)
    assert len(bomb) < 100_000
    with serving(certificate, says(bomb, Content_Encoding="gzip")) as server:
        tracemalloc.start()
        try:
            refused(server.address, "too_large")
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < 4 * MOST_BYTES


def test_a_packed_page_is_unpacked_and_one_cut_short_is_refused(resolver: Resolver, certificate: Path) -> None:
    packed = gzip.compress(PAGE.encode())
    with serving(certificate, says(packed, Content_Encoding="gzip")) as server:
        assert fetch_page(server.address).raw == PAGE.encode()
    with serving(certificate, says(packed[:-12], Content_Encoding="gzip")) as server:
        assert "gzip" in refused(server.address)
    with serving(certificate, says(b"no gzip at all", Content_Encoding="gzip")) as server:
        assert "gzip" in refused(server.address)
    with serving(certificate, says(packed, Content_Encoding="br")) as server:
        assert "br" in refused(server.address)


def _drips(part: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    """Headers and body a byte at a time from `part` on, for ever."""

    def answer(to: BaseHTTPRequestHandler) -> None:
        to.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + part)
        while True:
            to.wfile.write(b"x")
            time.sleep(0.05)

    return answer


@pytest.mark.parametrize("part", [b"X-Long: ", b"\r\n<p>"], ids=["headers", "body"])
def test_a_server_that_drips_is_cut_off(
    resolver: Resolver, certificate: Path, monkeypatch: pytest.MonkeyPatch, part: bytes
) -> None:
    monkeypatch.setattr(fetching, "LONGEST", 0.6)
    begun = time.monotonic()
    with serving(certificate, _drips(part)) as server:
        assert "timeout" in refused(server.address)
    assert time.monotonic() - begun < 5


def test_a_server_that_says_nothing_is_not_waited_for(
    resolver: Resolver, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "PATIENCE", 0.4)
    begun = time.monotonic()
    with serving(certificate, lambda to: time.sleep(3)) as server:
        refused(server.address)
    assert time.monotonic() - begun < 2.5


@pytest.mark.parametrize("kind", ["application/pdf", "image/png", "application/octet-stream"])
def test_what_is_no_page_is_not_read(resolver: Resolver, certificate: Path, kind: str) -> None:
    with serving(certificate, says(b"%PDF-1.7", kind)) as server:
        assert kind in refused(server.address)


@pytest.mark.parametrize(
    ("raw", "kind", "encoding"),
    [
        (PAGE.encode("gb18030"), "text/html; charset=GB2312", "gb18030"),  # by the header
        (PAGE.encode("gb18030"), "text/html", "gb18030"),  # by nothing
        (PAGE.replace("<title>", '<meta charset="gbk"><title>').encode("gbk"), "text/html; charset=utf-8", "gb18030"),
        (b"\xff\xfe" + PAGE.encode("utf-16-le"), "text/html; charset=gbk", "utf-16"),  # by its mark
        (b"\xef\xbb\xbf" + PAGE.encode(), "text/html; charset=iso-8859-1", "utf-8"),
        (PAGE.encode(), "", "utf-8"),
    ],
)
@pytest.mark.django_db
def test_the_bytes_the_header_and_the_page_say_what_a_page_is_written_in(
    resolver: Resolver, certificate: Path, raw: bytes, kind: str, encoding: str
) -> None:
    a_place(WUHAN)
    with serving(certificate, says(raw, kind)) as server:
        page = fetch_and_bring(actor=an_actor("author", area=WUHAN), address=server.address)
    assert (bytes(page.raw), page.address) == (raw, server.address)
    assert page.cleaned["encoding"] == encoding
    assert [piece["text"] for piece in page.cleaned["pieces"] if piece["block"] >= 0] == [TEXT]


@pytest.mark.django_db
def test_letters_with_accents_are_read_as_the_header_says(resolver: Resolver, certificate: Path) -> None:
    told = "The café near the clinic stays open; the crèche and the école maternelle reopen on Monday morning at nine."
    with serving(certificate, says(f"<p>{told}</p>".encode("latin-1"), "text/html; charset=ISO-8859-1")) as server:
        page = fetch_and_bring(actor=an_actor("author", area=WUHAN), address=server.address)
    assert page.cleaned["pieces"][0]["text"] == told
