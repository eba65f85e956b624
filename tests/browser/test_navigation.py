"""The navigation at 1280 and at 390 px, in both languages: nothing is cut off, everything can be reached."""

from __future__ import annotations

import pytest
from axe import PHONE, faults, opened
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser

import builders

pytestmark = pytest.mark.django_db(transaction=True)
DESKTOP = (1280, 900)
#: Whether the row of the navigation is wider than its room.
CUT = "(() => { const row = document.querySelector('.top__nav > ul'); return row.scrollWidth - row.clientWidth; })()"


def signed_in(live_desk: str) -> list[dict[str, object]]:
    account = builders.an_account("coordinator", area=builders.HUBEI)
    value = builders.sign_in(Client(), account).cookies[settings.SESSION_COOKIE_NAME].value
    return [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_desk}]


@pytest.mark.parametrize(("language", "more"), [("zh", "更多"), ("en", "More")])
def test_the_row_is_not_cut_off_and_more_opens_and_closes(
    live_desk: str, browser: Browser, language: str, more: str
) -> None:
    mine = signed_in(live_desk)
    with opened(browser, f"{live_desk}/desk/", size=DESKTOP, lang=language, cookies=mine) as page:
        assert page.evaluate(CUT) <= 0
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        menu = page.locator(".top__more > summary")
        assert menu.inner_text() == more
        menu.focus()
        page.keyboard.press("Enter")
        page.locator(".top__more a[href='/imports/']").wait_for()
        assert faults(page, "more") == ""
        page.keyboard.press("Escape")
        page.locator(".top__more a[href='/imports/']").wait_for(state="hidden")
        menu.click()
        page.locator("h1").click()
        page.locator(".top__more a[href='/imports/']").wait_for(state="hidden")


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_the_whole_tile_of_a_figure_is_its_link(live_desk: str, browser: Browser, size: tuple[int, int]) -> None:
    builders.a_need()
    with opened(browser, f"{live_desk}/desk/", size=size, cookies=signed_in(live_desk)) as page:
        tile = page.locator(".waiting > div").first
        box = tile.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
        link = tile.locator("a")
        link.focus()
        ring = "(link) => getComputedStyle(link, '::after').outlineStyle"
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        assert link.evaluate(ring) == "solid"
        assert faults(page, "tile in focus") == ""
        page.mouse.click(box["x"] + box["width"] - 6, box["y"] + box["height"] - 6)
        page.wait_for_url("**/verify/**")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_on_a_phone_more_opens_below_the_row(live_desk: str, browser: Browser, language: str) -> None:
    with opened(browser, f"{live_desk}/gaps/", size=PHONE, lang=language, cookies=signed_in(live_desk)) as page:
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        page.locator(".top__more > summary").click()
        for path in ("/entry/", "/imports/", "/my/messages/"):
            box = page.locator(f".top__more a[href='{path}']").bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= PHONE[0]
            assert box["height"] >= 44
        assert faults(page, "more on a phone") == ""
