"""A daughter asks for medicine on a phone with JavaScript off, and sees later that somebody called."""

from __future__ import annotations

import gzip
import io
import re

import pytest
from axe import DESK, PHONE, check, faults, opened
from PIL import Image
from playwright.sync_api import Browser, Page

import builders
from tongzhou.chain.intake.models import Need
from tongzhou.chain.intake.selectors.submissions import public_needs
from tongzhou.chain.intake.services import callbacks
from tongzhou.chain.triage.types import Verdict
from tongzhou.flows.verify_need import take_need, verify_need
from tongzhou.kernel import clock
from tongzhou.kernel.access import ANONYMOUS

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = "19000000071"


@pytest.fixture
def desk(live_desk: str) -> str:
    builders.a_response()
    builders.a_place("420102")
    return live_desk


def a_box() -> dict[str, object]:
    """A photo of a box of medicine, as a phone would give it."""
    out = io.BytesIO()
    Image.new("RGB", (1200, 900), "white").save(out, "JPEG")
    return {"name": "box.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def write(page: Page, desk: str) -> None:
    """Fill the form in, forgetting the phone at first: nothing written may be lost, the photo neither."""
    page.get_by_role("link", name="求助", exact=False).first.click()
    page.get_by_role("link", name="药快断了").click()
    page.get_by_label("药名").fill("测试缓释片 30mg")
    page.get_by_label("药盒的照片").set_input_files(a_box())  # type: ignore[arg-type]
    page.get_by_label("手里的药还能吃几天").fill("2")
    page.get_by_label("有处方或病历").check()
    page.get_by_label("要多少").fill("3 盒")
    page.get_by_label("在哪里").fill("武汉市江岸区测试路 8 号")
    page.get_by_role("button", name="提交求助", exact=True).last.click()
    assert "有几处要改一下" in page.inner_text("main")
    assert "照片已经替您留着" in page.inner_text("main")
    assert page.get_by_label("药名").input_value() == "测试缓释片 30mg"
    page.get_by_label("电话或微信号").fill(NUMBER)
    page.get_by_role("button", name="提交求助", exact=True).last.click()


def test_a_daughter_asks_for_medicine_and_sees_that_somebody_called(desk: str, browser: Browser) -> None:
    with opened(browser, desk + "/", size=PHONE, scripts=False) as page:
        write(page, desk)
        assert page.get_by_role("heading", level=1).inner_text() == "已经收到"
        need = Need.objects.get()
        assert need.submission.attachments.count() == 1
        page.locator(".ticket a").first.click()
        own = page.url
        assert re.fullmatch(rf"{desk}/r/{need.code}/[\w-]{{22}}/", own)
        assert "还没有打过" in page.inner_text("main")
        assert NUMBER not in page.content()

        verifier = builders.an_actor("verifier", "all", "42")
        take_need(actor=verifier, need=need, now=clock.now())
        need.refresh_from_db()
        verify_need(
            actor=verifier, need=need, verdict=Verdict("confirmed", quantity=3, urgency=1), expect=need.version,
            now=clock.now(),
        )  # fmt: skip
        assert public_needs(need.response_id, clock.now()).count() == 1

        page.goto(own)
        words = page.inner_text("main")
        assert "属实" in words
        assert "已经核实，正在找能帮上的人" in words
        page.get_by_role("button", name="社区解决了").click()
        assert "已解决" in page.inner_text("main")
        assert public_needs(need.response_id, clock.now()).count() == 0
        page.get_by_role("button", name="弄错了，恢复").click()
        assert "已核实" in page.inner_text("main")

        page.goto(desk + "/r/")
        page.get_by_label("编号").fill(f"{need.code[:3]} {need.code[3:6]} {need.code[6:]}")
        page.get_by_role("button", name="查", exact=True).click()
        assert page.url == f"{desk}/r/{need.code}/"
        seen = page.content()
        assert "属实" in seen
        for hidden in (NUMBER, "测试路", "测试缓释片", own.rstrip("/").rsplit("/", 1)[1]):
            assert hidden not in seen


def test_enter_sends_the_form_and_presses_no_other_button(desk: str, browser: Browser) -> None:
    with opened(browser, desk + "/help/", size=PHONE) as page:
        page.get_by_label("在哪里").fill("武汉市江岸区")
        page.get_by_label("电话或微信号").fill(NUMBER)
        page.get_by_label("缺什么").fill("大米")
        page.get_by_label("缺什么").press("Enter")
        page.wait_for_url("**/sent/")
    assert Need.objects.get().category_id == "rice"


def test_axe_finds_nothing_on_the_pages_of_asking_and_giving(desk: str, browser: Browser) -> None:
    need = builders.a_need(secret="S" * 22)
    offer = builders.an_offer(secret="S" * 22, state="withdrawn")
    own, given = f"/r/{need.submission.code}/{'S' * 22}/", f"/r/{offer.submission.code}/{'S' * 22}/"
    asking = ["/help/", "/help/other/", "/help/medicine/", "/help/facility/", "/help/call/", "/help/call/done/"]
    giving = ["/give/", "/give/service/", "/give/money/", given]
    looking = ["/r/", f"/r/{need.submission.code}/", own, own + "sent/"]
    windows = (("zh", PHONE, "light"), ("en", DESK, "dark"))
    said = [check(browser, desk + path, windows=windows) for path in (*asking, *giving, *looking)]
    assert [one for one in said if one] == []


def test_axe_finds_nothing_on_a_form_with_errors(desk: str, browser: Browser) -> None:
    for path in ("/help/", "/help/facility/", "/help/medicine/", "/give/", "/help/call/"):
        for lang, size, theme in (("zh", PHONE, "light"), ("en", DESK, "dark")):
            with opened(browser, desk + path, size=size, lang=lang, theme=theme) as page:
                page.locator("main form button.button--big").click()
                page.wait_for_selector(".summary")
                assert faults(page, path) == ""


def test_axe_finds_nothing_on_entry_and_callbacks(desk: str, browser: Browser) -> None:
    from django.test import Client

    response = builders.a_response()
    client = builders.sign_in(Client(), builders.an_account("coordinator", area="42", response=response))
    builders.a_need(place="420102", category="rice")
    request, _new = callbacks.ask(
        actor=ANONYMOUS, response_id=response.pk, phone=NUMBER, now=clock.now(), place="420102", reason="父亲断药"
    )
    client.post(f"/callbacks/{request.pk}/take/")
    cookie = [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": desk}]
    for path in ("/entry/", "/entry/phone/", "/callbacks/", f"/callbacks/{request.pk}/"):
        for lang, size, theme in (("zh", PHONE, "light"), ("en", DESK, "dark"), ("zh", DESK, "light")):
            with opened(browser, desk + path, size=size, lang=lang, theme=theme, cookies=cookie) as page:
                assert page.locator("h1").count() == 1
                assert faults(page, path) == ""


def test_likely_duplicates_appear_while_typing(desk: str, browser: Browser) -> None:
    from django.test import Client

    response = builders.a_response()
    client = builders.sign_in(Client(), builders.an_account("coordinator", area="42", response=response))
    builders.a_need(place="420102", category="rice", contact=builders.a_contact(NUMBER))
    cookie = [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": desk}]
    with opened(browser, desk + "/entry/", cookies=cookie) as page:
        page.get_by_label("在哪里").fill("武汉市江岸区")
        page.get_by_label("缺什么").press_sequentially("大米")
        page.get_by_label("电话").press_sequentially(NUMBER)
        page.wait_for_selector("#similar .item")
        assert "大米" in page.inner_text("#similar")
        assert NUMBER not in page.inner_html("#similar")
        page.get_by_label("数量和单位").fill("10 千克")
        page.get_by_label("数量和单位").press("Enter")
        page.wait_for_selector("table.table tbody tr")
        assert page.get_by_label("在哪里").input_value() == "武汉市江岸区"
        assert page.evaluate("document.activeElement.name") == "item"


@pytest.mark.parametrize("path", ["/help/", "/help/medicine/", "/help/facility/", "/r/"])
def test_asking_on_a_phone_weighs_less_than_40_kib_with_everything(desk: str, browser: Browser, path: str) -> None:
    loaded: dict[str, int] = {}
    with opened(browser, desk + "/no-such-page/", size=PHONE) as page:
        page.on("response", lambda answer: loaded.update({answer.url: len(gzip.compress(answer.body()))}))
        page.goto(desk + path)
        page.wait_for_load_state("networkidle")
    assert loaded
    assert sum(loaded.values()) < 40 * 1024, loaded
