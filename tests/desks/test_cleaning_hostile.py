"""Hostile pages: read within seconds, nothing is run, nothing breaks, and a person is told."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders_web_pages import ARTICLE, a_page
from tongzhou.desks.bulletins.services.cleaning import MOST_BYTES, PageTooLarge, clean_bytes, clean_text

#: Seconds on a busy machine; without the limits of the cleaner these take minutes.
PATIENCE = 30


def hostile() -> dict[str, bytes]:
    return {
        "deep": b"<div>" * 400_000 + "社工都在。".encode(), "unclosed": b"<p>" * 500_000, "brackets": b"<" * 2_000_000,
        "noise": random.Random(7).randbytes(300_000), "spam": "百家乐 1".encode() * 200_000,
        "signs": "，".encode() * 600_000, "styles": b"<style>" + b"a{" * 100_000 + b"</style><p>x</p>",
        "dots": b"www." * 400_000, "accents": "é»".encode() * 400_000,
        "attribute": b"<div style='" + b"left:-" * 99_999 + b"'>",
        "rare": "鍏".encode() * 300_000,
    }  # fmt: skip


@pytest.mark.parametrize("name", hostile())
def test_a_hostile_page_is_answered_in_time(name: str) -> None:
    begun = time.monotonic()
    page = clean_bytes(hostile()[name])
    assert time.monotonic() - begun < PATIENCE
    assert 0 <= page.score <= 100


def test_a_page_nested_too_deep_is_held() -> None:
    page = clean_bytes(b"<div>" * 3_000 + ARTICLE[0].encode() + b"</div>" * 3_000)
    assert page.held
    assert page.text == ARTICLE[0]


def test_twenty_megabytes_are_refused_before_they_are_read() -> None:
    with pytest.raises(PageTooLarge):
        clean_bytes(b"a" * 20_000_000)
    with pytest.raises(PageTooLarge):
        clean_text("社" * (MOST_BYTES // 3 + 1))


def test_null_bytes_do_not_hide_words() -> None:
    raw = a_page(*ARTICLE).encode().replace(b"<p>", b"\x00<p>\x00")
    assert clean_bytes(b"\x00" * 999 + raw).text.endswith(ARTICLE[-1])


def test_scripts_are_neither_run_nor_shown() -> None:
    page = clean_bytes(a_page(*ARTICLE, "<script>alert(1)</script><img src=x onerror=alert(2)>").encode())
    assert "alert" not in page.text


def test_a_page_that_leads_away_is_held_when_little_is_left() -> None:
    head = '<meta http-equiv="refresh" content="0; url=http://bad.example.vip/">'
    page = clean_bytes(f"<html><head>{head}</head><body><p>请稍候</p></body></html>".encode())
    assert {"moves_away", "nothing_left"} == {one.code for one in page.signals}
    assert page.held


def test_a_page_in_another_script_is_held() -> None:
    page = clean_bytes(a_page("スーパーコピー時計、ブランドコピー激安販売、全国送料無料でお届けします。" * 5).encode())
    assert "strange_script" in {one.code for one in page.signals}
    assert page.held


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_and_kept_as_json(raw: bytes) -> None:
    page = clean_bytes(raw)
    assert page.as_json()["pieces"] is not None
    assert "\x00" not in page.text


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="社工协会，。！？百家乐时时彩官网<p>/ ab.\n…—", max_size=80))
def test_cleaning_twice_changes_nothing_more(told: str) -> None:
    """What is clean stays: text that came out goes in again and loses nothing but a tag it then seems to have."""
    once = clean_text(told.replace("<", "")).text
    assert clean_text(once).text == once
