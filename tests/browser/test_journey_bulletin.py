"""A bulletin by three people in three browsers: written, verified, published, scanned, corrected - the card says so."""

from __future__ import annotations

from typing import Any

import pytest
from axe import DESK, PHONE, faults, opened
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page

import builders

pytestmark = pytest.mark.django_db(transaction=True)


def cookies(live_desk: str, role: str, language: str) -> list[dict[str, Any]]:
    client = builders.sign_in(Client(), builders.an_account(role, area=builders.WUHAN))
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    return [
        {"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_desk},
        {"name": "lang", "value": language, "url": live_desk},
    ]


WORDS = {
    "zh-hans": {
        "write": "写一条信息", "save": "保存", "verify": "核实无误", "publish": "发布", "correct": "更正",
        "publish_correction": "发布这处更正", "card": "活卡片", "valid": "有效", "corrected": "有效，更正过",
        "said": "代买慢病药的药店", "old": "带医保卡即可。", "new": "带医保卡和处方。",
        "back": "退回", "rewrite": "改写", "yours": "请您改", "notices": "退回来了",
    },
    "en": {
        "write": "Write a bulletin", "save": "Save", "verify": "It is so", "publish": "Publish",
        "correct": "Correct",
        "publish_correction": "Publish this correction", "card": "Living card", "valid": "Valid",
        "corrected": "Valid, corrected", "said": "Pharmacies for chronic diseases", "old": "Bring the card.",
        "new": "Bring the card and the prescription.",
        "back": "Send back", "rewrite": "Rewrite", "yours": "yours to change", "notices": "was sent back",
    },
}  # fmt: skip


def write(page: Page, live_desk: str, said: dict[str, str]) -> None:
    page.goto(f"{live_desk}/bulletins/desk/")
    page.get_by_role("link", name=said["write"]).click()
    assert not faults(page, "form")
    page.locator("#id_title").fill(said["said"])
    page.locator("#id_title_en").fill(said["said"])
    page.locator("#id_body").fill(said["old"])
    page.locator("#id_body_en").fill(said["old"])
    page.locator("#id_source_name").fill("市医疗保障局")
    page.locator("#id_places").fill("武汉市")
    page.get_by_role("button", name=said["save"]).click()


def card(browser: Browser, address: str, language: str) -> tuple[str, str]:
    """What whoever scans the code sees: a phone without JavaScript; (the first words, the page)."""
    with opened(browser, address, size=PHONE, scripts=False, lang=language[:2]) as page:
        return page.get_by_role("heading", level=1).inner_text(), page.content()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_written_verified_published_and_corrected_in_sight_of_all(
    live_desk: str, browser: Browser, language: str
) -> None:
    builders.a_place(builders.WUHAN)
    said = WORDS[language]
    author, reviewer, publisher = (cookies(live_desk, role, language) for role in ("author", "reviewer", "publisher"))
    with opened(browser, f"{live_desk}/bulletins/", size=DESK, cookies=author) as page:
        write(page, live_desk, said)
        at = page.url
    with opened(browser, at, size=DESK, cookies=reviewer) as page:
        page.locator("#id_verify-words").fill("打电话问过发文单位")
        page.get_by_role("button", name=said["verify"]).click()
    with opened(browser, at, size=DESK, cookies=publisher) as page:
        page.get_by_role("button", name=said["publish"], exact=True).click()
        page.get_by_role("link", name=said["card"]).click()
        address = page.url
        assert not faults(page, "card")
    word, text = card(browser, address, language)
    assert word == said["valid"]
    assert said["old"] in text

    with opened(browser, at, size=DESK, cookies=author) as page:
        page.get_by_role("link", name=said["correct"], exact=True).click()
        page.locator("#id_reason").fill("漏写了要带处方")
        page.locator("#id_body").fill(said["new"])
        page.locator("#id_body_en").fill(said["new"])
        page.get_by_role("button", name=said["save"]).click()
    assert card(browser, address, language)[0] == said["valid"]
    with opened(browser, at, size=DESK, cookies=publisher) as page:
        page.get_by_role("button", name=said["publish_correction"]).click()
    word, text = card(browser, address, language)
    assert word == said["corrected"]
    assert f"<del>{said['old']}</del>" in text
    assert f"<ins>{said['new']}</ins>" in text
    assert "漏写了要带处方" in text


@pytest.mark.parametrize(("language", "size"), [("zh-hans", PHONE), ("en", DESK)])
def test_sent_back_answered_and_verified(
    live_desk: str, browser: Browser, language: str, size: tuple[int, int]
) -> None:
    builders.a_place(builders.WUHAN)
    said = WORDS[language]
    author, reviewer = (cookies(live_desk, role, language) for role in ("author", "reviewer"))
    with opened(browser, f"{live_desk}/bulletins/", size=DESK, cookies=author) as page:
        write(page, live_desk, said)
        at = page.url
    with opened(browser, at, size=size, cookies=reviewer) as page:
        page.locator("#id_back-words").fill("哪几家药店？请写明。")
        page.get_by_role("button", name=said["back"], exact=True).click()
        assert not faults(page, "the reviewer's desk")
    with opened(browser, f"{live_desk}/my/messages/", size=size, cookies=author) as page:
        assert said["notices"] in page.inner_text("main")
        page.goto(f"{live_desk}/bulletins/desk/")
        assert page.get_by_text(said["yours"]).is_visible()
        page.get_by_role("link", name=said["said"]).click()
        page.get_by_role("link", name=said["rewrite"]).click()
        assert "哪几家药店？请写明。" in page.inner_text("main")
        assert not faults(page, "the form with the remark")
        page.locator("#id_answer").fill("中山路和解放路两家。")
        page.get_by_role("button", name=said["save"]).click()
    with opened(browser, at, size=size, cookies=reviewer) as page:
        assert "中山路和解放路两家。" in page.inner_text("main")
        page.locator("#id_verify-words").fill("打电话问过两家药店")
        page.get_by_role("button", name=said["verify"]).click()
        assert not faults(page, "verified")
