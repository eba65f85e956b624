"""The pages of the site in a real browser: axe, phone and desk, both languages, light and dark, no scripts."""

from __future__ import annotations

import pytest
from axe import DESK, EVERY, PHONE, check, faults, opened
from playwright.sync_api import Browser

pytestmark = pytest.mark.django_db(transaction=True)


def test_axe_finds_nothing_on_the_components(live_desk: str, browser: Browser) -> None:
    assert check(browser, live_desk + "/ui/", windows=EVERY) == ""


def test_axe_finds_nothing_on_the_pages(live_desk: str, browser: Browser) -> None:
    assert [check(browser, live_desk + path) for path in ("/", "/privacy/", "/about/", "/no-such-page/")] == [""] * 4


def test_axe_would_find_something(live_desk: str, browser: Browser) -> None:
    with opened(browser, live_desk + "/") as page:
        page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=x><input>')")
        said = faults(page)
    assert "image-alt" in said
    assert "label" in said


def test_controls_are_large_enough_to_hit(live_desk: str, browser: Browser) -> None:
    measure = """() => [...document.querySelectorAll(
      '.button, .chip, .choice, input:not([type=hidden],[type=checkbox],[type=radio]), select, textarea, ' +
      '.top a, .foot a, .pages a, .tabs a'
    )].filter((e) => e.getClientRects().length)
      .map((e) => [e.getBoundingClientRect().height, e.outerHTML.slice(0, 80)]).filter(([h]) => h < 43.9)"""
    for path in ("/", "/ui/"):
        for size in (PHONE, DESK):
            with opened(browser, live_desk + path, size=size) as page:
                assert page.evaluate(measure) == []


def test_nothing_is_refused_by_the_policy(live_desk: str, browser: Browser) -> None:
    said: list[str] = []
    with opened(browser, live_desk + "/about/") as page:
        page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
        for path in ("/", "/ui/"):
            page.goto(live_desk + path)
            page.wait_for_load_state("networkidle")
    assert said == []


def test_language_and_theme_switch_without_scripts(live_desk: str, browser: Browser) -> None:
    with opened(browser, live_desk + "/privacy/", size=PHONE, scripts=False) as page:
        assert page.get_by_role("heading", level=1).inner_text() == "您的信息，我们这样保管"
        page.get_by_role("button", name="English").click()
        assert page.url == live_desk + "/privacy/"
        assert page.get_by_role("heading", level=1).inner_text() == "How we look after what you tell us"
        ground = "getComputedStyle(document.body).backgroundColor"
        light = page.evaluate(ground)
        page.get_by_role("button", name="Switch to dark").click()
        dark = page.evaluate(ground)
        assert page.url == live_desk + "/privacy/"
        page.get_by_role("button", name="Switch to light").click()
        assert page.evaluate(ground) == light != dark


def test_keyboard_reaches_the_content_first(live_desk: str, browser: Browser) -> None:
    with opened(browser, live_desk + "/") as page:
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getAttribute('href')") == "/help/"


def test_a_dialog_opens_and_closes(live_desk: str, browser: Browser) -> None:
    with opened(browser, live_desk + "/ui/") as page:
        page.get_by_role("button", name="打开对话框").click()
        dialog = page.get_by_role("dialog")
        assert dialog.is_visible()
        assert faults(page) == ""
        dialog.get_by_role("button", name="不撤回").click()
        assert not dialog.is_visible()


def test_the_summary_of_errors_has_the_focus(live_desk: str, browser: Browser) -> None:
    with opened(browser, live_desk + "/ui/") as page:
        assert "summary" in page.evaluate("document.activeElement.className")


def test_the_page_prints_without_its_tools(live_desk: str, browser: Browser) -> None:
    with opened(browser, live_desk + "/ui/") as page:
        page.emulate_media(media="print")
        assert not page.locator(".top__tools").is_visible()
        assert not page.locator(".facets").is_visible()
        assert page.locator(".table").first.is_visible()
