"""A verifier at work in a real browser: by keyboard, side by side, undo; without scripts; axe on every page of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe import DESK, PAIRWISE, PHONE, check, opened
from django.test import Client
from playwright.sync_api import Browser, Page

from builders import JIANGAN, WUCHANG, a_contact, a_need, an_account, sign_in
from tongzhou.chain.intake.models import Need
from tongzhou.chain.triage.models import Check, DuplicatePair, Lock
from tongzhou.chain.triage.services import note_duplicates, plan_quantities
from tongzhou.kernel import clock

pytestmark = pytest.mark.django_db(transaction=True)
PHONE_NUMBER = "19000000088"


@pytest.fixture
def cookies(live_desk: str) -> Callable[[str], list[dict[str, Any]]]:
    """The session of somebody with that role, as the browser keeps it."""

    def of(role: str = "verifier") -> list[dict[str, Any]]:
        client = sign_in(Client(), an_account(role, name="核实员一号"))
        return [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_desk}]

    return of


def world() -> tuple[Need, Need, Need]:
    """An old man's insulin, and a suit for one hospital that was asked for twice."""
    contact = a_contact(PHONE_NUMBER, name="求助人甲", address="某小区 3 栋")
    insulin = a_need(category="insulin", place=WUCHANG, contact=contact, quantity_asked=2, days_left=1, urgency_order=0)
    twice = [
        a_need(
            category="protective_suit", place=JIANGAN, for_whom="facility", requester=name, quantity_asked=asked,
            urgency_order=1,
        )
        for name, asked in (("武汉市第六医院（江汉大学附属医院）", 1_000_000), ("江汉大学附属医院", 500))
    ]  # fmt: skip
    plan_quantities([insulin, *twice])
    note_duplicates(need=twice[1], now=clock.now())
    return insulin, twice[0], twice[1]


def text(page: Page) -> str:
    return page.locator("body").inner_text()


def test_by_keyboard_then_side_by_side_then_undo(
    live_desk: str, browser: Browser, cookies: Callable[..., list[dict[str, Any]]]
) -> None:
    insulin, kept, gone = world()
    said: list[str] = []
    with opened(browser, live_desk + "/verify/", cookies=cookies("coordinator")) as page:
        page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
        assert PHONE_NUMBER not in page.content()
        page.keyboard.press("n")
        page.wait_for_url(f"**/verify/need/{insulin.pk}/")
        assert PHONE_NUMBER in text(page)
        assert re.search(r"还剩 (10:00|9:5\d)", page.locator("[data-left]").inner_text())
        page.get_by_label("备注").fill("药盒 3 号柜")  # a digit typed into a note is no outcome
        page.get_by_label("备注").press("Escape")
        page.keyboard.press("1")
        page.wait_for_url(f"**/verify/need/{kept.pk}/")
        check_one = Check.objects.get()
        assert (check_one.outcome, check_one.urgency, check_one.quantity_confirmed) == ("confirmed", 0, 2)
        assert PHONE_NUMBER not in page.content()
        page.keyboard.press("r")
        page.wait_for_url("**/verify/")
        page.get_by_role("link", name="可能重复").first.click()
        page.get_by_role("link", name="并排看").first.click()
        assert "单位名称相同" in text(page)
        page.locator('input[name="take_quantity"][value="gone"]').check()
        page.get_by_role("button", name="是同一件事，合并").click()
        page.wait_for_url("**/verify/duplicates/")
        kept.refresh_from_db()
        gone.refresh_from_db()
        assert (gone.state, kept.quantity_asked, kept.quantity_flag) == ("merged", 500, "")
        page.get_by_role("button", name="撤销", exact=True).click()
        page.wait_for_url("**/verify/duplicates/")
        kept.refresh_from_db()
        gone.refresh_from_db()
        assert (gone.state, kept.quantity_asked, kept.quantity_flag) == ("received", 1_000_000, "implausible")
    assert said == []


def test_keys_can_be_switched_off_and_stay_off(
    live_desk: str, browser: Browser, cookies: Callable[..., list[dict[str, Any]]]
) -> None:
    insulin, _kept, _gone = world()
    with opened(browser, live_desk + "/verify/", cookies=cookies()) as page:
        page.get_by_label("用键盘：N 取下一条").uncheck()
        page.keyboard.press("n")
        page.goto(live_desk + f"/verify/need/{insulin.pk}/")
        page.get_by_role("button", name="取这一条，看联系方式").click()
        page.keyboard.press("5")
        page.wait_for_timeout(300)
        assert not page.get_by_label("用键盘：1–6 记结果").is_checked()
    assert Check.objects.count() == 0


def test_without_scripts_on_a_phone(
    live_desk: str, browser: Browser, cookies: Callable[..., list[dict[str, Any]]]
) -> None:
    insulin, kept, _gone = world()
    with opened(browser, live_desk + "/verify/", size=PHONE, scripts=False, cookies=cookies()) as page:
        page.get_by_role("button", name="取下一条").click()
        assert re.search(r"在您手里，到 \d\d:\d\d:\d\d（北京时间）为止", text(page))
        assert re.search(r"还剩 (10 分 0|9 分 5\d) 秒", text(page))
        page.get_by_label("备注").fill("没有人接")
        page.get_by_role("button", name="再要 10 分钟").click()
        assert page.get_by_label("备注").input_value() == "没有人接"
        page.get_by_role("button", name="联系不上").click()
        assert page.url.endswith(f"/verify/need/{kept.pk}/")
        page.get_by_role("button", name="撤销", exact=True).click()
        assert page.url.endswith(f"/verify/need/{insulin.pk}/")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    insulin.refresh_from_db()
    assert insulin.state == "received"


def test_axe_finds_nothing(live_desk: str, browser: Browser, cookies: Callable[..., list[dict[str, Any]]]) -> None:
    insulin, _kept, _gone = world()
    pair, session = DuplicatePair.objects.get(), cookies("coordinator")
    for path in ("/verify/", f"/verify/duplicates/{pair.pk}/"):
        assert check(browser, live_desk + path, cookies=session) == ""
    for path in ("/verify/?kind=offer", "/verify/urgency/", "/verify/duplicates/", f"/verify/need/{insulin.pk}/"):
        assert check(browser, live_desk + path, cookies=session, windows=PAIRWISE[1::2]) == ""
    with opened(browser, live_desk + f"/verify/need/{insulin.pk}/", cookies=session) as page:
        page.get_by_role("button", name="取这一条，看联系方式").click()
        assert Lock.objects.count() == 1
    assert check(browser, live_desk + f"/verify/need/{insulin.pk}/", cookies=session) == ""


def test_controls_are_large_enough_to_hit(
    live_desk: str, browser: Browser, cookies: Callable[..., list[dict[str, Any]]]
) -> None:
    insulin, _kept, _gone = world()
    measure = """() => [...document.querySelectorAll(
      'main .button, main .chip, main select, main .tabs a, main textarea'
    )].filter((e) => e.getClientRects().length)
      .map((e) => [e.getBoundingClientRect().height, e.outerHTML.slice(0, 80)]).filter(([h]) => h < 43.9)"""
    for size in (PHONE, DESK):
        with opened(browser, live_desk + f"/verify/need/{insulin.pk}/", size=size, cookies=cookies()) as page:
            page.locator("main form button").first.click()
            assert page.evaluate(measure) == []
            page.goto(live_desk + "/verify/")
            assert page.evaluate(measure) == []
        Lock.objects.all().delete()
