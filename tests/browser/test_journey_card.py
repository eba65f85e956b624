"""A card is scanned before and after the need is met; and the desk is worked from the keyboard."""

from __future__ import annotations

import io
from typing import Any

import pytest
import zxingcpp
from axe import DESK, PHONE, opened
from django.conf import settings
from django.test import Client
from PIL import Image
from playwright.sync_api import Browser, Page

import builders
from tongzhou.kernel import clock
from tongzhou.kernel.pictures import chinese_font

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cookies(live_desk: str) -> list[dict[str, Any]]:
    """Signed in as a coordinator of Hubei."""
    client = builders.sign_in(Client(), builders.an_account("coordinator", area=builders.HUBEI))
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    return [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_desk}]


def scan(picture: bytes) -> str:
    """What a phone's camera reads in the picture."""
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    return str(found.text)


def word(browser: Browser, address: str) -> str:
    """What whoever scanned the code sees first: a phone without JavaScript."""
    with opened(browser, address, size=PHONE, scripts=False) as page:
        return page.get_by_role("heading", level=1).inner_text()


def solve(page: Page) -> None:
    page.get_by_role("link", name="解决、撤回或重新打开").click()
    page.get_by_label("已解决").check()
    page.get_by_label("原因", exact=False).fill("医院说收到了")
    page.get_by_role("button", name="确定").click()


def test_a_card_is_scanned_before_and_after_the_need_is_met(
    live_desk: str, browser: Browser, cookies: list[dict[str, Any]]
) -> None:
    need = builders.a_need(
        for_whom="facility",
        requester="武汉市第九测试医院",
        state="verified",
        verified_at=clock.now(),
        quantity_asked=777,
    )
    with opened(browser, f"{live_desk}/needs/{need.code}/", size=DESK, cookies=cookies) as page:
        page.get_by_role("link", name="活卡片").click()
        text = page.locator("#card-text").input_value()
        assert text.startswith("【仍需要】医用外科口罩 777 只")
        source = page.locator(".living__picture").get_attribute("src")
        picture = page.request.get(f"{live_desk}{source}").body()
        if chinese_font() is None:  # then the card is a drawing: scan what the browser makes of it
            page.goto(f"{live_desk}{source}")
            picture = page.screenshot()
        address = scan(picture)
        assert address == f"{live_desk}/c/{need.code}/"
        assert address in text
        assert word(browser, address) == "仍需要"

        page.goto(f"{live_desk}/needs/{need.code}/")
        solve(page)
        assert word(browser, address) == "已解决"
        with opened(browser, address, size=PHONE) as phone:
            assert "777" not in builders.words_of(phone.content())
            assert "不要再转发" in phone.inner_text("main")

        page.locator(".undo").get_by_role("button", name="撤销").click()
        assert "已撤销" in page.inner_text("main")
        assert word(browser, address) == "仍需要"


def test_the_desk_is_worked_from_the_keyboard(live_desk: str, browser: Browser, cookies: list[dict[str, Any]]) -> None:
    first, _second = builders.a_need(urgency=0), builders.a_need(urgency=1)
    with opened(browser, f"{live_desk}/desk/", size=DESK, cookies=cookies) as page:
        page.keyboard.press("?")
        assert page.locator("#shortcuts").is_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("g")
        page.keyboard.press("n")
        page.wait_for_url("**/needs/")
        page.keyboard.press("j")
        page.keyboard.press("x")
        assert page.locator(".on-row input[type=checkbox]").is_checked()
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.id") == "table-words"
        page.keyboard.type("jn?")
        assert page.locator("#table-words").input_value() == "jn?"
        page.locator("h1").click()
        page.keyboard.press("j")
        page.keyboard.press("k")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/needs/{first.code}/")
