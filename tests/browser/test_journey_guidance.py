"""A guide from its author through a reviewer and a publisher to a phone; a new version changes a step and reminds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from axe import DESK, PHONE, faults, opened
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page

import builders
from tongzhou.desks.guidance.models import Acknowledgement, GuideVersion
from tongzhou.registers.people.models import Account

pytestmark = pytest.mark.django_db(transaction=True)

#: What is pressed and read, in the reader's language.
WORDS = {
    "zh-hans": {
        "title": "标题",
        "slug": "网址里的名字",
        "all": "给所有人",
        "next": "下一步：写步骤",
        "step": "第 {n} 步",
        "step_en": "第 {n} 步（英文）",
        "source": "来源 1：题目",
        "by": "来源 1：谁发布",
        "until": "到什么时候再看一遍",
        "save": "存草稿",
        "submit": "送审",
        "approve": "审过了，可以发布",
        "publish": "发布",
        "read": "我读过了，照这样做",
        "noted": "您读过第 1 版",
        "revise": "写新的一版",
        "changed": "这一版改了什么",
        "why": "为什么改",
        "told": "有 1 人读过改动前的步骤",
        "notice": "出了第 2 版：有 1 步变了",
        "mark": "改过",
        "first": "先问药还剩几天。",
        "second": "先问药还剩几天，不足七天记成紧急。",
    },
    "en": {
        "title": "Title",
        "slug": "Name in the address",
        "all": "for all",
        "next": "Next: write the steps",
        "step": "Step {n}",
        "step_en": "Step {n} (English)",
        "source": "Source 1: title",
        "by": "Source 1: publisher",
        "until": "Look at it again by",
        "save": "Save the draft",
        "submit": "Hand to review",
        "approve": "Reviewed: it may be published",
        "publish": "Publish",
        "read": "I have read it and will work by it",
        "noted": "you have read version 1",
        "revise": "Write a new version",
        "changed": "What this version changes",
        "why": "Why it changed",
        "told": "1 person had read the steps that changed",
        "notice": "has a version 2: 1 step changed",
        "mark": "changed",
        "first": "Ask how many days of medicine are left.",
        "second": "Ask how many days of medicine are left; under seven is urgent.",
    },
}


@contextmanager
def window(
    browser: Browser, desk: str, path: str, account: Account, lang: str, size: tuple[int, int]
) -> Iterator[Page]:
    """A window of somebody signed in, with a second factor, in one language."""
    client = builders.sign_in(Client(), account)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookies: list[dict[str, object]] = [
        {"name": settings.SESSION_COOKIE_NAME, "value": value, "url": desk},
        {"name": "lang", "value": lang, "url": desk},
    ]
    with opened(browser, desk + path, size=size, cookies=cookies) as page:
        yield page


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_written_reviewed_published_confirmed_on_a_phone_and_reminded(
    live_desk: str, browser: Browser, lang: str
) -> None:
    words = WORDS[lang]
    author, reviewer, publisher, volunteer = (
        builders.an_account(role) for role in ("author", "reviewer", "publisher", "volunteer")
    )
    with window(browser, live_desk, "/guidance/new/", author, lang, DESK) as page:
        page.get_by_label(words["title"], exact=True).fill("先问药")
        page.get_by_label(words["slug"]).fill("medicine-first")
        page.get_by_label(words["all"], exact=True).check()
        press(page, words["next"])
        for n, (zh, en) in enumerate(
            (("先问药还剩几天。", WORDS["en"]["first"]), ("约好再打。", "Agree on a call.")), 1
        ):
            page.get_by_label(words["step"].format(n=n), exact=True).fill(zh)
            page.get_by_label(words["step_en"].format(n=n)).fill(en)
        page.get_by_label(words["source"]).fill("测试用的来源")
        page.get_by_label(words["by"]).fill("测试出版者")
        page.get_by_label(words["until"]).fill("2030-06-30")
        press(page, words["save"])
        press(page, words["submit"])
    review(browser, live_desk, lang, reviewer, publisher)
    with window(browser, live_desk, "/guidance/medicine-first/", volunteer, lang, PHONE) as page:
        assert words["first"] in page.inner_text(".guide-steps")
        assert faults(page, "guide on a phone") == ""
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
        press(page, words["read"])
        assert words["noted"] in page.inner_text("main")
    assert Acknowledgement.objects.get().account_id == volunteer.pk
    with window(browser, live_desk, "/guidance/medicine-first/", author, lang, DESK) as page:
        press(page, words["revise"])
        page.get_by_label(words["step"].format(n=1), exact=True).fill(WORDS["zh-hans"]["second"])
        page.get_by_label(words["step_en"].format(n=1)).fill(WORDS["en"]["second"])
        page.get_by_label(words["changed"]).fill("写明七天")
        page.get_by_label(words["why"], exact=True).fill("一线问到")
        page.get_by_label(words["until"]).fill("2030-06-30")
        press(page, words["save"])
        press(page, words["submit"])
    assert words["told"] in review(browser, live_desk, lang, reviewer, publisher)
    with window(browser, live_desk, "/my/messages/", volunteer, lang, PHONE) as page:
        assert words["notice"] in page.inner_text("main")
        page.goto(f"{live_desk}/guidance/medicine-first/")
        assert words["second"] in page.inner_text(".guide-steps")
        assert page.inner_text(".guide-steps > li:first-child .tag--mark") == words["mark"]
        press(page, words["read"])
    assert Acknowledgement.objects.filter(account=volunteer).count() == 2
    assert sorted(GuideVersion.objects.values_list("number", "state")) == [(1, "replaced"), (2, "published")]


def review(browser: Browser, desk: str, lang: str, reviewer: Account, publisher: Account) -> str:
    """A reviewer passes the draft, a publisher puts it in force; what the publisher is told."""
    words = WORDS[lang]
    with window(browser, desk, "/guidance/medicine-first/draft/", reviewer, lang, DESK) as page:
        press(page, words["approve"])
    with window(browser, desk, "/guidance/medicine-first/draft/", publisher, lang, DESK) as page:
        press(page, words["publish"])
        return page.inner_text("main")
