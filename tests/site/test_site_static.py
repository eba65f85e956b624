"""Static files: an address that names the content, packed on the way, kept for ever by browsers, never by accident."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pytest
from django.templatetags.static import static
from django.test import Client, RequestFactory, override_settings

from tongzhou.site.static_files import Files

BASE = Path(__file__).parents[2] / "src" / "tongzhou" / "site" / "static" / "tongzhou" / "base.css"


def test_an_address_names_the_content() -> None:
    digest = hashlib.sha256(BASE.read_bytes()).hexdigest()[:10]
    assert static("tongzhou/base.css") == f"/static/tongzhou/base.css?v={digest}"
    assert static("tongzhou/no-such-file.css") == "/static/tongzhou/no-such-file.css"


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """The middleware as it starts in earnest, with its packed twins in an empty folder."""
    with override_settings(WHITENOISE_AUTOREFRESH=False, STATIC_ROOT=tmp_path / "static"):
        (tmp_path / "static").mkdir()
        yield Files(lambda request: None)


def body(response: object) -> bytes:
    """What was sent."""
    return b"".join(response.streaming_content)


def test_text_is_packed_for_those_who_can_unpack(files: Files) -> None:
    packed = files(RequestFactory().get("/static/tongzhou/base.css?v=x", HTTP_ACCEPT_ENCODING="gzip, br"))
    assert packed["Content-Encoding"] == "gzip"
    assert packed["Vary"] == "Accept-Encoding"
    assert gzip.decompress(body(packed)) == BASE.read_bytes()
    plain = files(RequestFactory().get("/static/tongzhou/base.css?v=x"))
    assert "Content-Encoding" not in plain
    assert body(plain) == BASE.read_bytes()


def test_only_an_address_with_its_digest_is_kept_for_ever(files: Files) -> None:
    assert "immutable" in files(RequestFactory().get("/static/tongzhou/base.css?v=x"))["Cache-Control"]
    assert "immutable" not in files(RequestFactory().get("/static/tongzhou/base.css"))["Cache-Control"]


def test_other_sites_may_not_read_them(files: Files) -> None:
    assert "Access-Control-Allow-Origin" not in files(RequestFactory().get("/static/tongzhou/base.css"))


@pytest.mark.parametrize("path", ["/", "/ui/", "/nope/"])
def test_pages_are_never_kept(client: Client, path: str) -> None:
    assert "no-store" in client.get(path + "?v=1")["Cache-Control"]


def test_a_missing_file_is_not_kept(client: Client) -> None:
    answer = client.get("/static/tongzhou/nope.css?v=1")
    assert answer.status_code == 404
    assert "immutable" not in answer.get("Cache-Control", "")


def test_the_folder_cannot_be_left(client: Client) -> None:
    for path in ("/static/../settings.py", "/static/%2e%2e/settings.py", "/static/tongzhou/..%2f..%2fsettings.py"):
        assert client.get(path).status_code == 404


def test_pages_are_packed_too(client: Client) -> None:
    answer = client.get("/ui/", headers={"accept-encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    assert b"<html" in gzip.decompress(answer.content)
    assert "no-store" in answer["Cache-Control"]
