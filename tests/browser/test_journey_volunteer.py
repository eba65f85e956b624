"""A volunteer on a weak phone: joins by a link, claims, loses the network, delivers, the browser dies; all is kept."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe import PHONE, check, faults, opened
from django.conf import settings
from django.test import Client
from PIL import Image
from playwright.sync_api import Browser, Error, Page, expect

import builders
import builders_dispatch as dispatch
from tongzhou.chain.delivery.models import DeliveryPhoto, IncidentReport, Receipt
from tongzhou.chain.delivery.services.codes import receipt_code
from tongzhou.chain.delivery.services.photos import open_photo
from tongzhou.chain.dispatch.models import Assignment, Movement, Reserve
from tongzhou.chain.dispatch.types import AssignmentState
from tongzhou.flows import claim_task, join_team
from tongzhou.flows.withdraw_assignment import withdraw
from tongzhou.kernel import clock
from tongzhou.kernel.access import SYSTEM, Actor
from tongzhou.registers.people.models import Account, Team

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER, STREET, WORDS = "19000000042", "测试街 8 号 3 单元", "江岸 小李 送药 最快"
#: Flushed within this of the network's return.
RETURN_MS = 60_000
PHOTOS_KEPT = "TaskQueue.all('photos').then((rows) => rows.length)"
#: Background sync would send at any moment, also while the pages are offline: these tests judge what pages do.
NO_SYNC = "Object.defineProperty(ServiceWorkerRegistration.prototype, 'sync', {value: undefined})"


class Scene:
    """A team of Wuhan, its entrance, and a task of 200 masks for a household of Jiangan."""

    def __init__(self) -> None:
        now = clock.now()
        self.team = dispatch.a_team(name="江岸送药队", area=builders.WUHAN)
        self.entrance = join_team.open_entrance(
            actor=SYSTEM, team=self.team, most=5, valid_until=now + dt.timedelta(days=7), now=now
        )
        self.one = a_task(self.team)

    def state(self) -> str:
        return str(Assignment.objects.get(pk=self.one.pk).state)


def a_task(team: Team) -> Assignment:
    contact = builders.a_contact(NUMBER, name="陈女士", address=STREET)
    need = dispatch.a_verified_need(200, place=builders.JIANGAN, contact=contact)
    return dispatch.an_assignment(200, need=need, offer=dispatch.a_verified_offer(team=team), now=clock.now())


@pytest.fixture
def scene(live_desk: str) -> Scene:
    return Scene()


def volunteer(team: Team) -> tuple[Account, Actor]:
    return dispatch.a_volunteer(team, now=clock.now(), area=builders.WUHAN)


@contextmanager
def phone(browser: Browser, chromium: str, folder: Path) -> Iterator[Page]:
    """A phone that keeps what it has when its browser is killed: the same folder is the same phone."""
    context = browser.browser_type.launch_persistent_context(
        folder, executable_path=chromium, viewport={"width": PHONE[0], "height": PHONE[1]}, locale="zh-CN",
        args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic"], reduced_motion="reduce",
    )  # fmt: skip
    context.add_init_script(NO_SYNC)
    page = context.pages[0] if context.pages else context.new_page()
    try:
        yield page
    finally:
        context.close()


def kill(page: Page) -> None:
    """The browser dies at once, as when a phone's battery is empty: nothing is closed, nothing is said to pages."""
    with pytest.raises(Error):
        page.context.new_cdp_session(page).send("Browser.crash")


def join(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("怎么称呼您").fill("江岸小李")
    page.get_by_label("登录名").fill("xiaoli")
    page.get_by_label("密码", exact=True).fill(WORDS)
    page.get_by_label("再写一遍密码").fill(WORDS)
    page.get_by_label("满 18 岁", exact=True).check()
    page.get_by_label("我今天不发热").check()
    page.get_by_label("我有口罩").check()
    page.get_by_role("button", name="加入", exact=True).click()
    assert "请先看" in page.inner_text(".summary")  # the agreement was not ticked: nothing else is asked again
    assert page.get_by_label("怎么称呼您").input_value() == "江岸小李"
    page.get_by_label("密码", exact=True).fill(WORDS)
    page.get_by_label("再写一遍密码").fill(WORDS)
    page.get_by_label("我看过下面的约定").check()
    page.get_by_role("button", name="加入", exact=True).click()
    page.wait_for_url("**/my/?welcome=1")
    assert "xiaoli" in page.inner_text("main")


def claim(page: Page) -> None:
    page.get_by_role("link", name="1 个任务等人接").click()
    page.get_by_role("link", name="看看，接下").click()
    assert NUMBER not in page.content()
    page.get_by_role("button", name="我来，接下").click()
    page.get_by_role("button", name="显示地址和电话").click()
    page.locator("#contact-kept a").wait_for()
    assert page.locator("#contact-kept a").get_attribute("href") == f"tel:{NUMBER}"
    assert STREET in page.inner_text("#contact-kept")


def test_a_delivery_short_by_twenty_survives_no_network_and_a_killed_browser(
    scene: Scene, live_desk: str, browser: Browser, chromium: str, tmp_path: Path
) -> None:
    own = f"{live_desk}/tasks/{scene.one.code}/"
    with phone(browser, chromium, tmp_path) as page:
        join(page, f"{live_desk}/join/{scene.entrance.secret}/")
    with phone(browser, chromium, tmp_path) as page:  # Chromium writes its cookies down when it is closed, or in 30 s
        page.goto(f"{live_desk}/my/")
        claim(page)
        assert scene.state() == AssignmentState.ACCEPTED
        page.reload()  # now the service worker has it
        page.context.set_offline(True)
        page.reload()
        assert page.locator("#contact-kept a").get_attribute("href") == f"tel:{NUMBER}"  # still there at the door
        page.get_by_text("已经送到了", exact=True).click()
        page.get_by_label("对方收下多少").fill("180")
        assert page.inner_text("#done [data-short]") == "少 20"
        page.get_by_label("少了或没收，为什么").select_option("short")
        page.get_by_label("收货码（6 位）").fill(receipt_code(scene.one))
        page.get_by_role("button", name="送到了，记下").click()
        page.locator("#outbox-list li").wait_for()
        assert "还没有传，已存在手机里" in page.inner_text("#outbox")
        assert page.locator("#contact-kept").is_hidden()  # done with: the contact goes at once
        kill(page)
    assert scene.state() == AssignmentState.ACCEPTED
    with phone(browser, chromium, tmp_path) as page:
        page.context.set_offline(True)
        page.goto(own)
        page.locator("#outbox-list li").wait_for()
        assert "还没有传，已存在手机里" in page.inner_text("#outbox")
        assert not Receipt.objects.exists()
        page.context.set_offline(False)
        page.get_by_text("传好了").wait_for(timeout=RETURN_MS)
        page.reload()
        assert "对方已确认" in page.inner_text("main")
        assert page.evaluate("TaskQueue.all('kept')") == []
    receipt = Receipt.objects.get()
    assert (receipt.received, receipt.missing, receipt.difference) == (180, 20, "short")
    moved = Movement.objects.filter(assignment=scene.one).values_list("target", "quantity")
    assert sorted(moved) == [
        ("accepted", 200),
        ("in_transit", 200),
        ("missing", 20),
        ("planned", 200),
        ("received", 180),
    ]


@contextmanager
def window(browser: Browser, live_desk: str, path: str, account: Account) -> Iterator[Page]:
    """A phone of somebody signed in, that sends from its pages only."""
    with opened(browser, f"{live_desk}/tasks/offline/", size=PHONE, cookies=cookie(live_desk, account)) as page:
        page.context.add_init_script(NO_SYNC)
        page.goto(live_desk + path)
        yield page


def cookie(live_desk: str, account: Account) -> list[dict[str, object]]:
    client = builders.sign_in(Client(), account, second_factor=False)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    return [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_desk}]


def test_a_second_phone_is_told_that_somebody_was_faster(scene: Scene, live_desk: str, browser: Browser) -> None:
    mine, _actor = volunteer(scene.team)
    _other, faster = volunteer(scene.team)
    with window(browser, live_desk, f"/tasks/{scene.one.code}/", mine) as page:
        page.context.set_offline(True)
        page.get_by_role("button", name="我来，接下").click()
        page.locator("#outbox-list li").wait_for()
        page.get_by_role("button", name="我来，接下").click()  # an impatient thumb: still one
        claim_task.claim(actor=faster, assignment=scene.one, key="faster", now=clock.now())
        page.context.set_offline(False)
        page.locator("main > .notice", has_text="您排在候补第 1 位").wait_for(timeout=RETURN_MS)  # the page follows
        expect(page.locator("#outbox-list")).to_contain_text("已经有人先接下了，给您记了候补")
        expect(page.locator("#outbox-list")).to_contain_text("您排在候补第 1 位")
        expect(page.locator("#outbox-list")).not_to_contain_text("没有记上")
        assert page.locator("#outbox-list li").count() == 1
        assert page.locator("form[data-act=claim]").count() == 0
        assert faults(page, "conflict") == ""
        page.reload()
        page.locator("#outbox-list", has_text="已经有人先接下了").wait_for()  # until somebody has read it
        page.get_by_role("button", name="知道了，收起").click()
        page.locator("#outbox").wait_for(state="hidden")
    assert Reserve.objects.get().account_id == mine.pk


def test_what_was_refused_is_corrected_and_sent_at_once(scene: Scene, live_desk: str, browser: Browser) -> None:
    mine, actor = volunteer(scene.team)
    claim_task.claim(actor=actor, assignment=scene.one, key="k", now=clock.now())
    with window(browser, live_desk, f"/tasks/{scene.one.code}/", mine) as page:
        page.get_by_text("已经送到了", exact=True).click()
        page.get_by_label("对方收下多少").fill("180")
        page.get_by_role("button", name="送到了，记下").click()
        page.locator("#outbox-list", has_text="少了或没收，请选一个原因").wait_for()
        page.get_by_label("少了或没收，为什么").select_option("short")
        page.get_by_label("收货码（6 位）").fill(receipt_code(scene.one))
        page.get_by_role("button", name="送到了，记下").click()
        page.get_by_text("对方已确认").first.wait_for(
            timeout=6_000
        )  # a press is held back for 8 s while one is on its way
    assert Receipt.objects.get().received == 180


def test_a_delivery_whose_task_was_taken_back_goes_to_the_coordinator_in_its_own_words(
    scene: Scene, live_desk: str, browser: Browser
) -> None:
    mine, actor = volunteer(scene.team)
    claim_task.claim(actor=actor, assignment=scene.one, key="k", now=clock.now())
    desk = builders.an_actor("coordinator", area=builders.HUBEI)
    with window(browser, live_desk, f"/tasks/{scene.one.code}/", mine) as page:
        page.context.set_offline(True)
        page.get_by_text("已经送到了", exact=True).click()
        page.get_by_label("对方收下多少").fill("200")
        page.get_by_role("button", name="送到了，记下").click()
        page.locator("#outbox-list li").wait_for()
        withdraw(actor=desk, assignment=scene.one, reason="对方已经不需要了", now=clock.now())
        page.context.set_offline(False)
        page.get_by_text("没有记上").wait_for(timeout=RETURN_MS)
        page.get_by_role("button", name="交给协调员处理").click()
        page.get_by_text("传好了").wait_for(timeout=RETURN_MS)
    assert IncidentReport.objects.count() == 1
    assert not Receipt.objects.exists()


def test_a_photo_taken_without_a_network_waits_small_and_goes_before_the_receipt(
    scene: Scene, live_desk: str, browser: Browser, tmp_path: Path
) -> None:
    """A photo of 3000 x 2000 with a place in it, in airplane mode, then "delivered" with the code: both arrive.

    The photo first (afterwards the task would be over), at most 1600 px wide, without the place; no byte stays.
    """
    mine, actor = volunteer(scene.team)
    claim_task.claim(actor=actor, assignment=scene.one, key="k", now=clock.now())
    picture = tmp_path / "carton.jpg"
    noise = Image.effect_noise((3000, 2000), 60).convert("RGB")
    exif = Image.Exif()
    exif[0x010E] = "30.59,114.30"
    noise.save(picture, "JPEG", quality=95, exif=exif)
    assert b"30.59,114.30" in picture.read_bytes()
    with window(browser, live_desk, f"/tasks/{scene.one.code}/", mine) as page:
        page.context.set_offline(True)
        page.locator("summary", has_text="照片").click()
        page.locator("input[type=file]").set_input_files(picture)
        page.get_by_role("button", name="传照片").click()
        page.get_by_text("照片已存在手机里").wait_for()
        page.locator("#outbox-list li").wait_for()
        page.get_by_text("已经送到了", exact=True).click()
        page.get_by_label("收货码（6 位）").fill(receipt_code(scene.one))
        page.get_by_role("button", name="送到了，记下").click()
        page.locator("#outbox-list li").nth(1).wait_for()
        assert "还没有传，已存在手机里" in page.inner_text("#outbox")
        assert page.evaluate(PHOTOS_KEPT) == 1
        assert not DeliveryPhoto.objects.exists()
        page.context.set_offline(False)
        page.get_by_text("对方已确认").first.wait_for(timeout=RETURN_MS)
        assert page.evaluate(PHOTOS_KEPT) == 0
    row = DeliveryPhoto.objects.get()
    content = open_photo(row)
    with Image.open(io.BytesIO(content)) as seen:
        assert max(seen.size) <= 1600
    assert b"30.59" not in content
    assert Receipt.objects.get().received == 200


def test_a_photo_that_cannot_be_taken_can_be_saved_and_a_week_old_one_goes(
    scene: Scene, live_desk: str, browser: Browser, tmp_path: Path
) -> None:
    mine, actor = volunteer(scene.team)
    claim_task.claim(actor=actor, assignment=scene.one, key="k", now=clock.now())
    picture = tmp_path / "carton.jpg"
    Image.new("RGB", (300, 200), "white").save(picture, "JPEG")
    desk = builders.an_actor("coordinator", area=builders.HUBEI)
    with window(browser, live_desk, f"/tasks/{scene.one.code}/", mine) as page:
        page.context.set_offline(True)
        page.locator("summary", has_text="照片").click()
        for _time in range(2):
            page.locator("input[type=file]").set_input_files(picture)
            page.get_by_role("button", name="传照片").click()
            page.get_by_text("照片已存在手机里").wait_for()
            expect(page.locator("form[data-photo] input[type=file]")).to_have_value("")
        page.locator("#outbox-list li").nth(1).wait_for()
        page.evaluate(
            "TaskQueue.all('queue').then(([row]) => TaskQueue.put('queue', {...row, order: Date.now() - 8 * 86400000}))"
        )
        withdraw(actor=desk, assignment=scene.one, reason="对方已经不需要了", now=clock.now())
        page.context.set_offline(False)
        page.get_by_role("link", name="把照片存到手机").wait_for(timeout=RETURN_MS)
        assert "照片等了 7 天没有传成，已从这台手机删掉。" in page.inner_text("#outbox")
        assert "照片没有收" in page.inner_text("#outbox")
        assert page.get_by_role("link", name="把照片存到手机").count() == 1
        assert page.evaluate(PHOTOS_KEPT) == 1
    assert not DeliveryPhoto.objects.exists()


def test_signing_out_leaves_no_contact_on_the_phone(scene: Scene, live_desk: str, browser: Browser) -> None:
    mine, actor = volunteer(scene.team)
    claim_task.claim(actor=actor, assignment=scene.one, key="k", now=clock.now())
    with window(browser, live_desk, f"/tasks/{scene.one.code}/", mine) as page:
        page.get_by_role("button", name="显示地址和电话").click()
        page.locator("#contact-kept a").wait_for()
        page.evaluate("navigator.serviceWorker.ready")
        page.reload()
        kept = "caches.open(TaskQueue.PAGES).then((c) => c.keys()).then((k) => k.length)"
        assert page.evaluate(kept) == 1
        assert len(page.evaluate("TaskQueue.all('kept')")) == 1
        page.get_by_role("button", name="退出").click()
        page.wait_for_url(f"{live_desk}/")
        page.wait_for_function("caches.has('tongzhou-tasks-pages').then((there) => !there)")
        page.goto(f"{live_desk}/tasks/offline/")
        assert page.evaluate("TaskQueue.all('kept')") == []


def test_without_worker_or_database_the_page_itself_keeps_what_was_done(
    scene: Scene, live_desk: str, browser: Browser
) -> None:
    mine, _actor = volunteer(scene.team)
    own = f"{live_desk}/tasks/{scene.one.code}/"
    with opened(browser, f"{live_desk}/my/", size=PHONE, cookies=cookie(live_desk, mine)) as page:
        page.add_init_script(
            "Object.defineProperty(navigator, 'serviceWorker', {value: undefined});"
            "Object.defineProperty(self, 'indexedDB', {value: {open() { throw new Error('none'); }}});"
        )
        page.goto(own)
        page.context.set_offline(True)
        page.get_by_role("button", name="我来，接下").click()
        page.locator("#outbox-list li").wait_for()
        assert "接下" in page.locator("#outbox-text").input_value()  # to be pasted into a chat
        page.context.set_offline(False)
        page.get_by_role("button", name="我出发了").wait_for(timeout=RETURN_MS)
    assert scene.state() == AssignmentState.ACCEPTED


def test_axe_finds_nothing_on_a_volunteers_pages(scene: Scene, live_desk: str, browser: Browser) -> None:
    mine, actor = volunteer(scene.team)
    claim_task.claim(actor=actor, assignment=scene.one, key="k", now=clock.now())
    other = a_task(scene.team)
    desk = builders.an_account("coordinator", area=builders.HUBEI)
    staff = [{"name": settings.SESSION_COOKIE_NAME, "url": live_desk,
              "value": builders.sign_in(Client(), desk).cookies[settings.SESSION_COOKIE_NAME].value}]  # fmt: skip
    theirs = ["/my/", "/tasks/", f"/tasks/{scene.one.code}/", f"/tasks/{other.code}/", "/my/health/", "/tasks/offline/"]
    entrance = f"/teams/{scene.team.pk}/entrance/"
    desks = [
        "/teams/",
        entrance,
        entrance + "poster/",
        f"/tasks/slips/?code={other.code}",
        f"/tasks/{other.code}/slip/",
    ]
    said = [check(browser, live_desk + path, cookie(live_desk, mine)) for path in theirs]
    said += [check(browser, live_desk + path, staff) for path in desks]
    said += [check(browser, f"{live_desk}/join/{scene.entrance.secret}/")]
    assert [one for one in said if one] == []
