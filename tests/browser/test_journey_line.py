"""Two people talk over two browsers: the server dies in the middle, a network is cut, and nothing is lost."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

import line_load
from desks import a_desk, answers, wait_until
from faults.test_line_killed import kill_whole

CANARY = "canary-5d1e-昨晚没睡"


@pytest.fixture(params=["zh-hans", "en"])
def windows(browser: Browser, request: Any) -> Iterator[tuple[BrowserContext, BrowserContext, str]]:
    """A phone for the caller, a desktop for the counsellor, and the language of both."""
    phone = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark")
    desktop = browser.new_context(viewport={"width": 1280, "height": 900})
    yield phone, desktop, request.param
    phone.close()
    desktop.close()


def _numbers(page: Page) -> list[int]:
    numbers = "[...document.querySelectorAll('.say-one[data-seq]')].map(one => +one.dataset.seq)"
    found: list[int] = page.evaluate(numbers)
    return found


def _texts(page: Page) -> list[str]:
    said = ".say-one[data-seq]:not(.say-one--system) .say-one__text"
    found: list[str] = page.evaluate(f"[...document.querySelectorAll('{said}')].map(one => one.textContent)")
    return found


def _write(page: Page, text: str) -> None:
    # What the server drew is there before the script is: until then Enter only begins a new line.
    page.wait_for_load_state("load")
    page.locator(".say textarea").fill(text)
    page.locator(".say textarea").press("Enter")


def test_a_conversation_over_a_killed_server_and_a_cut_network(
    windows: tuple[BrowserContext, BrowserContext, str], tmp_path: Path
) -> None:
    phone, desktop, language = windows
    with a_desk(tmp_path) as desk:
        team = json.loads(desk.python(line_load.TEAM, "1"))
        with desk.served(tmp_path / "first.log") as (address, process):
            for window in (phone, desktop):
                window.add_cookies([{"name": "lang", "value": language, "url": address}])
            desktop.add_cookies([{"name": "sessionid", "value": team["sessions"][0], "url": address}])
            caller, counsellor = phone.new_page(), desktop.new_page()
            counsellor.goto(f"{address}/calls/")
            counsellor.locator("button[name=state][value=open]").click()
            caller.goto(f"{address}/talk/")
            assert caller.locator("a[href='tel:12356']").count() == 1
            caller.locator("form.form button.button--big").first.click()
            expect(caller.locator("#queue")).to_be_visible()
            _write(caller, "等的时候写的")
            # The queue changes by itself; N takes the next one.
            expect(counsellor.locator("#queue-part tbody tr")).to_have_count(1, timeout=15_000)
            counsellor.keyboard.press("n")
            expect(counsellor.locator(".say-one__text", has_text="等的时候写的")).to_be_visible(timeout=15_000)
            _write(counsellor, "我在听")
            expect(caller.locator(".say-one__text", has_text="我在听")).to_be_visible(timeout=15_000)
            counsellor.locator("#note-text").fill(CANARY)
            _write(caller, CANARY)
            expect(counsellor.locator(".say-one__text", has_text=CANARY)).to_be_visible(timeout=15_000)
            saved = {"zh-hans": "已保存", "en": "Saved"}[language]
            expect(counsellor.locator(".note__state")).to_have_text(saved, timeout=15_000)

            kill_whole(process)
            _write(caller, "死机时来访者写的")
            _write(counsellor, "死机时援助员写的一")
            _write(counsellor, "死机时援助员写的二")
            expect(caller.locator(".say-one--pending")).to_have_count(1)
            second = desk.start("serve", "--port", address.rsplit(":", 1)[1], log=tmp_path / "second.log")
            try:
                wait_until(lambda: answers(f"{address}/talk/"))
                expect(caller.locator(".say-one__text", has_text="援助员写的二")).to_be_visible(timeout=30_000)
                expect(counsellor.locator(".say-one__text", has_text="死机时来访者写的")).to_be_visible(timeout=30_000)
                _cut_for_ten_seconds(phone, caller, counsellor)
                _ends_and_is_written_up(caller, counsellor)
                wait_until(lambda: process.poll() is not None)
            finally:
                second.terminate()
                second.wait(60)
        _nothing_readable(desk.data, tmp_path)


def _cut_for_ten_seconds(phone: BrowserContext, caller: Page, counsellor: Page) -> None:
    phone.set_offline(True)
    begun = time.monotonic()
    _write(caller, "断网时写的一")
    _write(caller, "断网时写的二")
    _write(counsellor, "断网时援助员写的")
    caller.wait_for_timeout(max(0, 10 - (time.monotonic() - begun)) * 1000)
    expect(caller.locator(".say-one--pending")).to_have_count(2)
    phone.set_offline(False)
    expect(counsellor.locator(".say-one__text", has_text="断网时写的二")).to_be_visible(timeout=30_000)
    expect(caller.locator(".say-one__text", has_text="断网时援助员写的")).to_be_visible(timeout=30_000)
    expect(caller.locator(".say-one--pending")).to_have_count(0)
    # What both sides have: the same words in the same order, numbered without a gap.
    assert _numbers(caller) == list(range(1, len(_numbers(caller)) + 1))
    assert _numbers(counsellor) == _numbers(caller)
    assert _texts(caller) == _texts(counsellor)
    assert len(_texts(caller)) == len(set(_texts(caller))) == 9


def _ends_and_is_written_up(caller: Page, counsellor: Page) -> None:
    counsellor.keyboard.press("Alt+e")
    expect(counsellor.locator("#escalated")).to_be_visible(timeout=15_000)
    counsellor.locator("#end button").click()
    expect(counsellor.locator("input[name=call_type][value=crisis]")).to_be_checked(timeout=15_000)
    expect(caller.locator("a[href='/talk/']")).to_be_visible(timeout=15_000)
    expect(counsellor.locator("#note-text")).to_have_value(CANARY)
    counsellor.locator("button[name=then][value=open]").click()
    expect(counsellor.locator(".prompt")).to_be_visible(timeout=15_000)


def _nothing_readable(data: Path, logs: Path) -> None:
    """Nothing of what was said or noted stands in a file: database, WAL, logs, temporary files."""
    files = [path for folder in (data, logs) for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 3
    for path in files:
        assert b"canary-5d1e" not in path.read_bytes(), path
