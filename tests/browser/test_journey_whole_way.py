"""One whole way: a hospital asks, people verify, plan, approve, carry, fall short, and the gap is seen and closed.

Everybody works in Chromium on the live desk, as they would; each step asserts what a person sees and what the database
says. ``TONGZHOU_PICTURES=folder`` keeps a picture of each step.
"""

from __future__ import annotations

import io
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from axe import DESK, PHONE, opened
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser, Error, Page

import builders
import builders_dispatch as dispatch
from builders_planning import in_standing
from tongzhou.chain.delivery.models import Receipt
from tongzhou.chain.delivery.services.codes import receipt_code
from tongzhou.chain.dispatch.models import Assignment, Movement
from tongzhou.chain.dispatch.selectors.balances import of_needs
from tongzhou.chain.dispatch.types import Balance
from tongzhou.chain.intake.models import Need
from tongzhou.chain.planning.models import Pin, Plan, PlanLine, PlanNeed
from tongzhou.chain.planning.services import running
from tongzhou.chain.triage.models import Check
from tongzhou.kernel import clock
from tongzhou.registers.people.models import Account

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER, STREET, DISTRICT = "19000000042", "江汉区测试街 8 号药库", "420103"
HOSPITAL, COMPANY, FOUNDATION, TEAM = "武汉市测试医院", "江汉测试商贸公司", "武汉测试基金会", "江汉送货队"
#: Flushed within this of the network's return.
RETURN_MS = 15_000


def own_sheet() -> bytes:
    """The hospital's own sheet: 1000 masks and 200 pairs of gloves."""
    rows = (
        ("物资名称", "数量", "单位", "联系人", "联系电话", "地址"),
        ("医用外科口罩", 1000, "只", "刘主任", NUMBER, STREET),
        ("一次性手套", 200, "双", "刘主任", NUMBER, STREET),
    )
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet("需求")
        for at, row in enumerate(rows):
            page.write_row(at, 0, row)
    return out.getvalue()


def picture(page: Page, name: str) -> None:
    """Keep a picture of the page, when somebody asked for pictures."""
    folder = os.environ.get("TONGZHOU_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


class World:
    """The people, what is offered, and the windows through which everybody works."""

    def __init__(self, address: str, browser: Browser) -> None:
        self.address, self.browser = address, browser
        here = builders.a_place(DISTRICT)
        builders.a_response()
        self.hospital = builders.an_organisation(HOSPITAL, place=here)
        self.foundation = in_standing(builders.an_organisation(FOUNDATION, kind="foundation"))
        company = in_standing(builders.an_organisation(COMPANY, kind="company", place=here))
        self.team = dispatch.a_team(name=TEAM, area=builders.WUHAN)
        self.clerk = builders.an_account("officer", organisation=self.hospital, name="医院文员")
        self.verifier = builders.an_account("verifier", area=builders.WUHAN, name="核实员")
        self.coordinator = builders.an_account("coordinator", area=builders.HUBEI, name="协调员")
        self.liaison = builders.an_account("liaison", area=builders.HUBEI, name="联络员")
        self.officer = builders.an_account("officer", organisation=self.foundation, name="基金会经办人")
        self.volunteer, _actor = dispatch.a_volunteer(
            self.team, now=clock.now(), area=builders.WUHAN, name="志愿者小李"
        )
        masks: dict[str, Any] = {"category": "surgical_mask"}
        self.near = dispatch.a_verified_offer(1000, giver=COMPANY, organisation=company, place=here, **masks)
        self.far = dispatch.a_verified_offer(900, giver=FOUNDATION, organisation=self.foundation, **masks)
        self.gloves = dispatch.a_verified_offer(
            200, giver=TEAM, team=self.team, category="glove_unspecified", place=here
        )

    def cookie(self, account: Account) -> dict[str, Any]:
        client = builders.sign_in(Client(), account)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        return {"name": settings.SESSION_COOKIE_NAME, "value": value, "url": self.address}

    @contextmanager
    def at(self, account: Account | None, path: str, **more: Any) -> Iterator[Page]:
        """A window of somebody (None: anybody at all) at that address."""
        cookies = [self.cookie(account)] if account else None
        with opened(self.browser, self.address + path, cookies=cookies, **more) as page:
            yield page


def kill(page: Page) -> None:
    """The browser dies at once, as when a phone's battery is empty: nothing is closed, nothing is said to pages."""
    with pytest.raises(Error):
        page.context.new_cdp_session(page).send("Browser.crash")


@contextmanager
def phone(world: World, chromium: str, folder: Path) -> Iterator[Page]:
    """The volunteer's phone: the same folder is the same phone, whatever happened to its browser."""
    context = world.browser.browser_type.launch_persistent_context(
        folder, executable_path=chromium, viewport={"width": PHONE[0], "height": PHONE[1]}, locale="zh-CN",
        args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic"], reduced_motion="reduce",
    )  # fmt: skip
    page = context.pages[0] if context.pages else context.new_page()
    try:
        yield page
    finally:
        context.close()


def main(page: Page) -> str:
    return page.inner_text("main")


def the_need(item: str) -> Need:
    return Need.objects.get(item=item)


def test_the_whole_way(live_desk: str, browser: Browser, chromium: str, tmp_path: Path, monkeypatch: Any) -> None:
    world = World(live_desk, browser)
    monkeypatch.setattr(running, "_enqueue", lambda plan_id: None)  # the worker is this test: it is seen to work
    the_hospital_brings_its_sheet(world)
    a_verifier_verifies_with_one_key_each(world)
    a_coordinator_plans(world)
    one_line_is_forbidden_and_planned_again(world)
    another_person_approves(world)
    an_officer_accepts(world)
    a_volunteer_delivers_without_a_network(world, chromium, tmp_path)
    everybody_sees_the_gap(world)
    a_second_delivery_closes_it(world)


def the_hospital_brings_its_sheet(world: World) -> None:
    with world.at(world.clerk, "/desk/") as page:
        picture(page, "01-clerk-desk")
        page.get_by_role("link", name="导入").first.click()
        sheet = {"name": "缺的东西.xlsx", "mimeType": "application/octet-stream", "buffer": own_sheet()}
        page.get_by_label("表格文件").set_input_files(sheet)  # type: ignore[arg-type]
        page.get_by_role("button", name="读这张表").click()
        page.get_by_role("button", name="收下").wait_for()
        picture(page, "02-import-preview")
        page.get_by_role("button", name="收下").click()
        page.get_by_text("已收下：新增 2 条").wait_for()
        picture(page, "03-import-accepted")
    for item, asked in (("医用外科口罩", 1000), ("一次性手套", 200)):
        need = the_need(item)
        assert (need.state, need.quantity_asked, need.organisation) == ("received", asked, world.hospital)
        assert need.place_id == DISTRICT


def a_verifier_verifies_with_one_key_each(world: World) -> None:
    with world.at(world.verifier, "/verify/") as page:
        picture(page, "04-verify-queue")
        assert NUMBER not in page.content()
        page.keyboard.press("n")
        page.wait_for_url("**/verify/need/**")
        picture(page, "05-verify-one")
        assert NUMBER in page.content()
        first = page.url
        page.keyboard.press("1")
        page.wait_for_url(lambda url: url != first)
        second = page.url
        page.keyboard.press("1")
        page.wait_for_url(lambda url: url != second)
        picture(page, "06-verify-done")
    assert Check.objects.count() == 2
    for item, asked in (("医用外科口罩", 1000), ("一次性手套", 200)):
        need = the_need(item)
        assert (need.state, need.quantity_confirmed, need.quantity_planned) == ("verified", asked, asked)


def a_coordinator_plans(world: World) -> None:
    with world.at(world.coordinator, "/desk/") as page:
        picture(page, "07-coordinator-desk")
        page.get_by_role("link", name="规划").first.click()
        picture(page, "08-plan-new")
        page.get_by_role("button", name="开始规划").click()
        watch(page)
        picture(page, "10-plan-1")
        text = main(page)
        assert "2 项需求里，2 项得到帮助，其中 2 项全部满足" in text
        assert COMPANY in text
    plan = Plan.objects.get()
    assert (plan.number, plan.state) == (1, "ready")
    assert lines_of(plan) == {("医用外科口罩", world.near.pk, 1000), ("一次性手套", world.gloves.pk, 200)}
    assert not Assignment.objects.exists()


def watch(page: Page, made: str = "ready") -> None:
    """The page of a plan that waits; it is made meanwhile, and the page sees it end by itself."""
    page.get_by_text("排着队，马上开始").wait_for()
    picture(page, "09-plan-waits")
    assert running.run_plan(Plan.objects.get(state="queued").pk) == made
    page.get_by_role("link", name="怎么算的").wait_for()


def lines_of(plan: Plan) -> set[tuple[str, Any, int]]:
    return set(PlanLine.objects.filter(plan=plan).values_list("need__item", "offer_id", "quantity"))


def one_line_is_forbidden_and_planned_again(world: World) -> None:
    with world.at(world.coordinator, "/plans/1/") as page:
        page.get_by_role("row").filter(has_text=COMPANY).get_by_role("link", name="禁止").click()
        page.get_by_label("原因").fill("对方仓库封了，车进不去")
        picture(page, "11-forbid")
        page.get_by_role("button", name="记下并重新规划").click()
        watch(page)
        picture(page, "13-plan-2")
        assert "因为人工的固定和禁止，重要的医用外科口罩派出 900 只，不这样是 1,000 只。" in main(page)
        assert page.get_by_role("row").filter(has_text=FOUNDATION).count() == 1
        assert page.get_by_role("row").filter(has_text=COMPANY).count() == 0
    pin = Pin.objects.get()
    assert (pin.offer, pin.quantity, pin.reason) == (world.near, 0, "对方仓库封了，车进不去")
    assert lines_of(Plan.objects.get(number=2)) == {
        ("医用外科口罩", world.far.pk, 900), ("一次性手套", world.gloves.pk, 200),
    }  # fmt: skip


def another_person_approves(world: World) -> None:
    with world.at(world.coordinator, "/plans/2/") as page:
        assert page.get_by_role("link", name="去批准").count() == 0
        assert "这份计划是您做的，要由另一个人批准。" in main(page)
        page.goto(f"{world.address}/plans/2/approve/")
        assert page.get_by_role("button", name="批准").count() == 0
        picture(page, "14-own-plan")
    with world.at(world.liaison, "/desk/") as page:
        picture(page, "15-liaison-desk")
        page.get_by_role("link", name="计划等待批准").click()
        page.get_by_role("link", name="计划 2").click()
        page.get_by_role("link", name="看过，去批准").click()
        picture(page, "16-approve")
        page.get_by_role("button", name="批准", exact=True).click()
        page.wait_for_url("**/plans/2/result/")
        picture(page, "17-approved")
    assert set(Assignment.objects.values_list("offer_id", "quantity", "state")) == {
        (world.far.pk, 900, "proposed"), (world.gloves.pk, 200, "proposed"),
    }  # fmt: skip


def an_officer_accepts(world: World) -> None:
    with world.at(world.officer, "/assignments/") as page:
        picture(page, "18-officer-list")
        page.get_by_role("link", name="医用外科口罩").first.click()
        picture(page, "19-officer-one")
        assert STREET not in page.content()
        page.get_by_role("button", name="接下").click()
        page.get_by_text("已接下，谢谢。请尽快送出。").wait_for()
        picture(page, "20-officer-accepted")
    assert Assignment.objects.get(offer=world.far).state == "accepted"
    with world.at(None, f"/c/{the_need('医用外科口罩').code}/") as page:
        picture(page, "21-card-masks")
        assert "仍需要" in main(page)
        assert "还缺 100 只（共 1,000 只）" in main(page)


def a_volunteer_delivers_without_a_network(world: World, chromium: str, folder: Path) -> None:
    one = Assignment.objects.get(offer=world.gloves)
    card = f"/c/{one.need.code}/"
    with world.at(None, card) as page:
        assert "仍需要" in main(page)
    with phone(world, chromium, folder) as page:  # Chromium writes its cookies down when it is closed
        page.context.add_cookies([world.cookie(world.volunteer) | {"expires": time.time() + 86400}])
        page.goto(f"{world.address}/my/")
    with phone(world, chromium, folder) as page:
        page.goto(f"{world.address}/my/")
        picture(page, "22-my")
        page.get_by_role("link", name="1 个任务等人接").click()
        picture(page, "23-tasks")
        page.get_by_role("link", name="看看，接下").click()
        picture(page, "24-task")
        assert NUMBER not in page.content()
        assert STREET not in page.content()
        page.get_by_role("button", name="我来，接下").click()
        page.get_by_role("button", name="显示地址和电话").click()
        page.locator("#contact-kept a").wait_for()
        assert STREET in page.inner_text("#contact-kept")
        picture(page, "25-claimed")
        with world.at(None, card) as other:
            assert "已有人接" in main(other)
            picture(other, "26-card-coming")
        page.reload()  # now the service worker has it
        page.context.set_offline(True)
        page.get_by_text("已经送到了", exact=True).click()
        page.get_by_label("对方收下多少").fill("180")
        page.get_by_label("少了或没收，为什么").select_option("short")
        page.get_by_label("收货码（6 位）").fill(receipt_code(one))
        page.get_by_role("button", name="送到了，记下").click()
        page.locator("#outbox-list li").wait_for()
        picture(page, "27-offline")
        kill(page)
    assert not Receipt.objects.exists()
    with phone(world, chromium, folder) as page:
        page.goto(f"{world.address}/tasks/{one.code}/")
        page.get_by_text("传好了").wait_for(timeout=RETURN_MS)
        page.reload()
        assert "对方已确认" in main(page)
        picture(page, "28-delivered")
        assert page.evaluate("TaskQueue.all('kept')") == []
    receipt = Receipt.objects.get()
    assert (receipt.received, receipt.missing, receipt.difference) == (180, 20, "short")
    moved = Movement.objects.filter(assignment=one).values_list("target", "quantity")
    assert sorted(moved) == [
        ("accepted", 200), ("in_transit", 200), ("missing", 20), ("planned", 200), ("received", 180),
    ]  # fmt: skip


def everybody_sees_the_gap(world: World) -> None:
    need = the_need("一次性手套")
    assert need.state == "verified"
    assert of_needs([need.pk])[need.pk][Balance.RECEIVED] == 180
    with world.at(None, "/needed/") as page:  # no plan has said yet that nobody has the rest
        assert "正在核对的 1 项" in main(page)
        assert "已够" not in main(page)
        picture(page, "29-needed-pending")
    with world.at(world.coordinator, "/plans/2/") as page:
        page.get_by_role("button", name="按现在的情况重新规划").click()
        watch(page, "empty")
        assert "2 项需求现在一条也派不出去" in main(page)
        picture(page, "30-plan-3")
    gaps = dict(PlanNeed.objects.filter(plan__number=3).values_list("need__item", "reason"))
    assert gaps == {"医用外科口罩": "forbidden", "一次性手套": "no_offer"}
    said = {
        "zh": ("20 双", "还缺 20 双（共 200 双）", "仍需要"),
        "en": ("20 pairs", "20 pairs still lacking (of 200 pairs)", "Still needed"),
    }
    for lang, size in (("zh", DESK), ("en", PHONE)):
        amount, lacking, word = said[lang]
        cache.clear()
        with world.at(None, "/needed/", lang=lang, size=size) as page:
            picture(page, f"31-needed-{lang}")
            assert amount in page.locator("section", has=page.locator("#h-needed")).inner_text()
        with world.at(None, f"/c/{need.code}/", lang=lang, size=size) as page:
            picture(page, f"32-card-{lang}")
            assert page.inner_text("h1") == word
            assert lacking in main(page)
        with world.at(world.liaison, "/situation/", lang=lang, size=size) as page:
            picture(page, f"33-situation-{lang}")
            assert page.get_by_role("row").filter(has_text=amount).count() == 1
            assert page.locator(".sheet__asks li").count() == 1  # what our own people forbade is asked of nobody
    with world.at(world.coordinator, "/gaps/") as page:
        picture(page, "34-gaps")
        assert page.get_by_role("row").filter(has_text="20 双").count() == 1
        assert "被人工禁止" in main(page)


def a_second_delivery_closes_it(world: World) -> None:
    rest = dispatch.a_verified_offer(20, giver=TEAM, team=world.team, category="glove_unspecified", place=DISTRICT)
    with world.at(world.coordinator, "/plans/3/") as page:
        page.get_by_role("button", name="按现在的情况重新规划").click()
        watch(page)
        picture(page, "40-plan-4")
    with world.at(world.liaison, "/plans/4/approve/") as page:
        page.get_by_role("button", name="批准", exact=True).click()
        page.wait_for_url("**/plans/4/result/")
        picture(page, "41-approved-4")
    one = Assignment.objects.get(offer=rest)
    assert (one.quantity, one.state) == (20, "proposed")
    with world.at(world.volunteer, f"/tasks/{one.code}/", size=PHONE) as page:
        page.get_by_role("button", name="我来，接下").click()
        page.get_by_role("button", name="我出发了").click()
        page.get_by_role("button", name="我出发了").wait_for(state="hidden")
        picture(page, "42-second-sent")
    with world.at(world.clerk, "/assignments/") as page:
        picture(page, "43-clerk-list")
        page.get_by_role("link", name="手套").click()
        page.get_by_role("button", name="20 双都收到了").click()
        page.get_by_text("记下了收到的数量。").wait_for()
        picture(page, "44-clerk-confirmed")
    need = the_need("一次性手套")
    assert (need.state, need.solved_by) == ("solved", "helped")
    assert of_needs([need.pk])[need.pk][Balance.RECEIVED] == 200
    for lang, size, word, thing in (("zh", PHONE, "已解决", "手套"), ("en", DESK, "Solved", "gloves")):
        cache.clear()
        with world.at(None, f"/c/{need.code}/", lang=lang, size=size) as page:
            picture(page, f"45-card-solved-{lang}")
            assert page.inner_text("h1") == word
        with world.at(None, "/needed/", lang=lang, size=size) as page:
            picture(page, f"46-needed-{lang}")
            assert thing not in page.locator("section", has=page.locator("#h-needed")).inner_text()
            assert "正在核对" not in main(page)
