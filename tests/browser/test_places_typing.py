"""Places while one types, by keys alone; and the same form without JavaScript."""

from __future__ import annotations

import pytest
from axe import DESK, PHONE, faults, opened
from playwright.sync_api import Browser, expect

import builders

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(live_desk: str) -> str:
    builders.a_response()
    for code in ("420102", "420103", "420106", "4209"):
        builders.a_place(code)
    return live_desk


@pytest.mark.parametrize(("lang", "size", "theme"), [("zh", PHONE, "light"), ("en", DESK, "dark")])
def test_a_place_is_chosen_by_keys_and_the_rest_is_kept(
    desk: str, browser: Browser, lang: str, size: tuple[int, int], theme: str
) -> None:
    with opened(browser, desk + "/help/", size=size, lang=lang, theme=theme) as page:
        field = page.locator("#id_address")
        field.press_sequentially("武汉江")
        options = page.get_by_role("option")
        expect(options).to_have_count(2)
        assert field.get_attribute("aria-expanded") == "true"
        assert faults(page, "the open list") == ""
        field.press("ArrowDown")
        field.press("ArrowDown")
        assert page.locator(f"#{field.get_attribute('aria-activedescendant')}").get_attribute("aria-selected") == "true"
        field.press("ArrowUp")
        field.press("Enter")
        assert field.input_value() == "湖北省武汉市江岸区"
        expect(options).to_have_count(0)
        assert page.url.endswith("/help/"), "Enter chose the place and sent nothing"
        field.press_sequentially("测试路 1 号")
        field.press("Escape")
        assert field.input_value() == "湖北省武汉市江岸区测试路 1 号"
        field.fill("孝感")
        options.first.click()
        assert field.input_value() == "湖北省孝感市"


def test_without_scripts_it_is_a_plain_field(desk: str, browser: Browser) -> None:
    with opened(browser, desk + "/give/", scripts=False) as page:
        page.get_by_label("东西在哪里").fill("武汉江岸")
        assert page.locator("[role=combobox], .places").count() == 0
