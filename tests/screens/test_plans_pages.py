"""Plans: one sentence first, a reason on every line, a second person; nothing beyond the reader's area."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import builders as b
from builders import HUBEI, JIANGAN, WUHAN, XIAOGAN, words_of
from builders_plan_pages import a_line, a_pin, a_plan, a_small_plan
from builders_planning import a_standing, a_team, an_open_need, an_open_offer
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.planning.models import (
    Pin,
    Plan,
    PlanLine,
    PlanNeed,
    PlanOffer,
    PlanSnapshot,
    PrincipleChoice,
    PrinciplePreview,
)
from tongzhou.chain.planning.models import StandingApproval as Standing
from tongzhou.chain.planning.services.previewing import run_preview
from tongzhou.kernel.models import AuditEntry
from tongzhou.registers.people.models import Account
from tongzhou.screens.plans import views_decide, views_steer

pytestmark = pytest.mark.django_db


def signed_in(role: str = "coordinator", area: str = HUBEI, **grant: Any) -> Client:
    return b.sign_in(Client(), b.an_account(role, area=area, **grant))


@pytest.fixture
def coordinator() -> Client:
    return signed_in()


def rows(page: Any) -> list[Any]:
    return [row.record for row in page.context["sheet"].rows]


def text_of(page: Any) -> str:
    return str(page.content.decode())


# From the first press to what came of it, on the real services.


def test_the_whole_way(django_capture_on_commit_callbacks: Any) -> None:
    """Two needs of 200 and 100 and one offer of 250: planned, one line struck, the other becomes an assignment."""
    first, second = an_open_need(200), an_open_need(100, urgency=2)
    an_open_offer(250)
    maker, other = signed_in(), signed_in("liaison")
    with django_capture_on_commit_callbacks(execute=True):
        started = maker.post("/plans/new/", {"area": "湖北省", "category": "", "line": ""})
    plan = Plan.objects.get()
    assert started["Location"] == f"/plans/{plan.number}/"
    page = maker.get(f"/plans/{plan.number}/")
    assert "2 项需求里，2 项得到帮助，其中 1 项全部满足；0% 的数量是估计的。" in text_of(page)
    assert [one.need for one in rows(page)] == [first, second]
    assert "要由另一个人批准" in text_of(page)
    assert "去批准" not in text_of(page)
    assert "去批准" in text_of(other.get(f"/plans/{plan.number}/"))
    look = other.get(f"/plans/{plan.number}/approve/")
    assert "1 个提供方会收到 2 条派单，帮到 2 项需求" in text_of(look)
    struck = PlanLine.objects.get(need=second)
    said = {"do": "approve", "version": look.context["plan"].version, "strike": struck.pk}
    done = other.post(f"/plans/{plan.number}/approve/", said)
    assert done["Location"] == f"/plans/{plan.number}/result/"
    assert list(Assignment.objects.values_list("need", "quantity")) == [(first.pk, 200)]
    result = other.get(done["Location"])
    assert {key: result.context["counts"][key] for key in ("sent", "struck", "stale")} == {
        "sent": 1, "struck": 1, "stale": 0,
    }  # fmt: skip


def test_the_maker_cannot_approve_even_by_hand(coordinator: Client) -> None:
    mine = Account.objects.get(pk=coordinator.session["_auth_user_id"])
    plan = a_small_plan(made_by=mine.pk)
    page = coordinator.get(f"/plans/{plan.number}/approve/")
    assert "要由另一个人批准" in text_of(page)
    assert 'name="do"' not in text_of(page)
    answer = coordinator.post(f"/plans/{plan.number}/approve/", {"do": "approve", "version": plan.version})
    assert (answer.status_code, answer.context["refusal"].code) == (409, "plan_own")
    assert set(plan.lines.values_list("state", flat=True)) == {"proposed"}


def test_what_somebody_else_changed_meanwhile_is_said_and_the_ticks_stay(coordinator: Client) -> None:
    plan = a_small_plan()
    line = plan.lines.get(quantity=200)
    said = {"do": "approve", "version": plan.version + 1, "strike": line.pk}
    answer = coordinator.post(f"/plans/{plan.number}/approve/", said)
    assert (answer.status_code, answer.context["refusal"].code) == (409, "version_stale")
    assert answer.context["ticked"] == {str(line.pk)}
    assert set(plan.lines.values_list("state", flat=True)) == {"proposed"}


def test_ticks_are_kept_while_pages_are_turned(coordinator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views_decide, "_TABLE", replace(views_decide._TABLE, page_size=2))
    plan = a_plan()
    lines = [a_line(plan, urgency=urgency) for urgency in (3, 0, 1)]
    first = coordinator.get(f"/plans/{plan.number}/approve/")
    assert [row.record for row in first.context["rows"]] == [lines[1], lines[2]]
    said = {"go": first.context["older"], "strike": lines[1].pk}
    second = coordinator.post(f"/plans/{plan.number}/approve/", said)
    assert [row.record for row in second.context["rows"]] == [lines[0]]
    assert second.context["elsewhere"] == [lines[1].pk]
    said = {"go": second.context["newer"], "strike": [lines[0].pk, lines[1].pk]}
    back = coordinator.post(f"/plans/{plan.number}/approve/", said)
    assert (back.context["elsewhere"], back.context["struck"]) == ([lines[0].pk], 2)
    assert f'value="{lines[1].pk}" form="approval" checked' in text_of(back)
    assert set(plan.lines.values_list("state", flat=True)) == {"proposed"}


def test_lines_outside_the_own_right_are_left_for_others() -> None:
    plan = a_plan()
    mine, _theirs, _more = a_line(plan), a_line(plan, place=XIAOGAN), a_line(plan, place=XIAOGAN)
    page = signed_in(area=WUHAN).get(f"/plans/{plan.number}/approve/")
    assert [row.record for row in page.context["rows"]] == [mine]
    assert [(one.where, one.line, one.count) for one in page.context["others"]] == [("湖北省孝感市", "物资", 2)]
    assert "留给湖北省孝感市物资线的协调员或联络员" in text_of(page)


def test_a_plan_is_rejected_with_a_reason_that_its_page_shows(coordinator: Client) -> None:
    plan = a_small_plan()
    assert coordinator.post(f"/plans/{plan.number}/reject/", {"version": plan.version}).status_code == 422
    said = {"version": plan.version, "reason": "武昌的数字还没有核实"}
    coordinator.post(f"/plans/{plan.number}/reject/", said)
    plan.refresh_from_db()
    assert (plan.state, plan.closed_reason) == ("rejected", "武昌的数字还没有核实")
    assert "武昌的数字还没有核实" in text_of(coordinator.get(f"/plans/{plan.number}/"))


# What a plan says.


def test_the_sentence_and_the_figures_stand_first(coordinator: Client) -> None:
    """Three needs, two helped, one in full; one of three quantities estimated, one as asked; one helped by made-up."""
    page = coordinator.get(f"/plans/{a_small_plan().number}/")
    assert page.context["sentence"] == "3 项需求里，2 项得到帮助，其中 1 项全部满足；33% 的数量是估计的。"
    assert [(one.value, one.lack) for one in page.context["figures"]] == [
        ("2", False), ("1", False), ("2", True), ("1", False),
    ]  # fmt: skip
    assert page.context["details"] == [
        "另有 1 项按求助人自己说的数量算，还没有人核实。",
        "其中 1 行用的是合成（编造）的供给；不算这些，1 项得到帮助。",
    ]
    assert {"120", "110"} <= words_of(text_of(page))  # one line is life-critical


def test_every_line_says_why_how_far_and_whether_its_number_was_confirmed(coordinator: Client) -> None:
    plan = a_plan()
    a_line(plan, quantity=1500, was=900, change="changed", basis="minimum", reach=3)
    page = text_of(coordinator.get(f"/plans/{plan.number}/"))
    for said in ("1,500 只", "估计：按最小包装 · 原来 900 只", "同省", "紧急，没有更近的供给能来。", "数量有变"):
        assert said in page
    english = b.sign_in(Client(headers={"accept-language": "en"}), b.an_account("analyst", language="en"))
    page = text_of(english.get(f"/plans/{plan.number}/"))
    for said in ("1,500 pieces", "estimate: at the minimum lot · was 900", "same province", "Urgent; no lawful offer"):
        assert said in page


def test_every_line_says_what_was_asked_beside_what_is_planned_on(coordinator: Client) -> None:
    plan = a_plan()
    told, silent = (a_line(plan, quantity=300, basis=basis) for basis in ("capped", "minimum"))
    for line, asked in ((told, 1_000_000), (silent, None)):
        PlanNeed.objects.create(
            plan=plan, need=line.need, place=line.place, category=line.category, urgency=1, asked=asked, planned=20_000,
            served=300, basis=line.basis, reason="shared_fairly",
        )  # fmt: skip
    for path in (f"/plans/{plan.number}/", f"/plans/{plan.number}/approve/"):
        page = text_of(coordinator.get(path))
        assert "报 1,000,000 只，计划量 20,000 只" in page
        assert "没有报数量，计划量 20,000 只" in page
    answer = coordinator.post(f"/plans/{plan.number}/export/?col=quantity&col=asked&col=planned", {"as": "csv"})
    assert "300,1000000,20000" in b"".join(answer).decode("utf-8-sig")


def test_a_pin_names_who_gets_less_to_those_who_may_see_them(coordinator: Client) -> None:
    loser = an_open_need(300, for_whom="facility", requester="某某医院")
    said = {"needs": 2, "most": [{"need": loser.code, "with": 100, "without": 300}]}
    plan = a_plan(figures={"needs": 3, "pins": 1, "pins_less": said})
    PlanNeed.objects.create(
        plan=plan, need=loser, place=loser.place, category=loser.category, urgency=1, asked=300, planned=300,
        served=100, basis="asked", reason="shared_fairly",
    )  # fmt: skip
    page = text_of(coordinator.get(f"/plans/{plan.number}/"))
    assert "因为人工的固定和禁止，2 项需求少得。" in page
    assert "某某医院" in page
    assert "100 只，不这样是 300 只" in page
    elsewhere = b.sign_in(Client(), b.an_account("coordinator", area=XIAOGAN))
    page = text_of(elsewhere.get(f"/plans/{plan.number}/"))
    assert "2 项需求少得。" in page
    assert "某某医院" not in page


def test_whoever_sees_a_part_is_told_how_much_there_is(coordinator: Client) -> None:
    plan = a_plan(figures={"needs": 9, "lines": 2, "held": 54})
    a_line(plan)
    a_line(plan, place=XIAOGAN)
    part = b.sign_in(Client(), b.an_account("coordinator", area=XIAOGAN))
    assert "上面的数字是整份计划的（2 行）" in text_of(part.get(f"/plans/{plan.number}/"))
    assert "这张表整份有 54 行" in text_of(part.get(f"/plans/{plan.number}/holds/"))
    for path in ("gaps/", "holds/", "left/"):
        assert "上面的数字是整份计划的" in text_of(part.get(f"/plans/{plan.number}/{path}"))
        assert "上面的数字是整份计划的" not in text_of(coordinator.get(f"/plans/{plan.number}/{path}"))
        assert "一行是" in text_of(coordinator.get(f"/plans/{plan.number}/{path}"))
    assert "上面的数字是整份计划的" not in text_of(coordinator.get(f"/plans/{plan.number}/"))


def test_the_life_critical_stand_first_and_facets_narrow(coordinator: Client) -> None:
    plan = a_plan()
    calm, life = a_line(plan, urgency=3, change="kept", was=100), a_line(plan, urgency=0, place=JIANGAN)
    other = a_line(plan, place=XIAOGAN, need=an_open_need(place=XIAOGAN, category="protective_suit"))
    path = f"/plans/{plan.number}/"
    assert rows(coordinator.get(path)) == [life, other, calm]
    assert rows(coordinator.get(f"{path}?change=kept")) == [calm]
    assert rows(coordinator.get(f"{path}?urgency=0")) == [life]
    assert rows(coordinator.get(f"{path}?place={JIANGAN}")) == [life]
    assert rows(coordinator.get(f"{path}?category=protective_suit")) == [other]
    assert rows(coordinator.get(f"{path}?q=防护")) == [other]
    assert rows(coordinator.get(f"{path}?q=护目")) == []


def test_gaps_holds_and_what_was_left_out_have_their_reasons(coordinator: Client) -> None:
    plan = a_small_plan()
    gaps = coordinator.get(f"/plans/{plan.number}/gaps/")
    assert [(one.reason, one.gap) for one in rows(gaps)] == [("shared_fairly", 30), ("no_offer", 10)]
    for said in ("不够分，各处按同一比例", "各处得到 62%", "没有人承诺过", "30 只", "估计：按最小包装"):
        assert said in text_of(gaps)
    assert [one.gap for one in rows(coordinator.get(f"/plans/{plan.number}/gaps/?reason=no_offer"))] == [10]
    holds = coordinator.get(f"/plans/{plan.number}/holds/")
    assert [one.held for one in rows(holds)] == [4800]
    assert "先不要发：现在没有人需要" in text_of(holds)
    left = coordinator.get(f"/plans/{plan.number}/left/")
    assert "没有核实过的医疗器械经营许可" in text_of(left)


def test_nothing_of_another_area_or_line_is_shown() -> None:
    plan = a_small_plan()
    wuhan, funds = signed_in(area=WUHAN), signed_in(area=WUHAN, line="funds")
    assert {one.place_id for one in rows(wuhan.get(f"/plans/{plan.number}/"))} == {WUHAN, JIANGAN}
    assert {one.place_id for one in rows(wuhan.get(f"/plans/{plan.number}/gaps/"))} == {JIANGAN}
    for path in ("", "gaps/", "holds/", "left/"):
        assert rows(funds.get(f"/plans/{plan.number}/{path}")) == []
    PlanSnapshot.objects.create(plan=plan, content=b"PK", sha256="0" * 64, size=2)
    assert wuhan.post(f"/plans/{plan.number}/directory/").status_code == 404
    assert "下载" not in text_of(wuhan.get(f"/plans/{plan.number}/proof/")).partition("<form")[0]


def test_the_files_are_handed_out_whole_and_logged(coordinator: Client) -> None:
    plan = a_small_plan()
    PlanSnapshot.objects.create(plan=plan, content=b"PK-files", sha256="ab" * 32, size=8)
    page = coordinator.get(f"/plans/{plan.number}/proof/")
    assert f"./tongzhou check tongzhou-plan-{plan.number}" in text_of(page)
    assert "ab" * 32 in text_of(page)
    assert "先急，再匀，再近" in text_of(page)
    answer = coordinator.post(f"/plans/{plan.number}/directory/")
    assert (answer.content, answer["Content-Type"]) == (b"PK-files", "application/zip")
    assert AuditEntry.objects.get(act="plan.export").object_id == str(plan.pk)


def test_an_export_holds_exactly_what_is_seen(coordinator: Client) -> None:
    plan = a_small_plan()
    answer = coordinator.post(f"/plans/{plan.number}/export/?urgency=0", {"as": "csv"})
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    table = list(csv.DictReader(io.StringIO(content)))
    assert [(row["派多少"], row["给谁"], row["为什么"]) for row in table] == [
        ("50", "个人", "紧急，没有更近的供给能来。")
    ]
    assert AuditEntry.objects.get(act="plan.export").changes["export"]["rows"] == 1


# Waiting, lists, empty pages.


def test_a_running_plan_shows_how_far_it_is_with_and_without_scripts(coordinator: Client) -> None:
    plan = a_plan(state="running", progress=40, step="solving", ready_at=None)
    page = text_of(coordinator.get(f"/plans/{plan.number}/"))
    assert 'hx-trigger="every 2s"' in page
    assert '<noscript><meta http-equiv="refresh"' in page
    assert 'value="40"' in page
    assert "按原则逐级计算" in page
    part = coordinator.get(f"/plans/{plan.number}/progress/")
    assert "HX-Refresh" not in part.headers
    coordinator.post(f"/plans/{plan.number}/cancel/")
    plan.refresh_from_db()
    assert plan.cancel_asked
    Plan.objects.filter(pk=plan.pk).update(state="cancelled")
    assert coordinator.get(f"/plans/{plan.number}/progress/")["HX-Refresh"] == "true"
    assert "取消了" in text_of(coordinator.get(f"/plans/{plan.number}/"))


def test_a_plan_that_failed_says_why_and_what_next(coordinator: Client) -> None:
    told = {
        "zh": "没有可以计划的需求",
        "en": "nothing to plan",
        "todo_zh": "请先核实需求",
        "todo_en": "verify needs first",
    }
    plan = a_plan(state="failed", failure=told, ready_at=None)
    page = text_of(coordinator.get(f"/plans/{plan.number}/"))
    assert "没有可以计划的需求" in page
    assert "请先核实需求" in page
    assert coordinator.get(f"/plans/{plan.number}/left/").status_code == 200


def test_the_list_says_the_truth_when_it_is_empty_and_what_to_do_next(coordinator: Client) -> None:
    b.a_response()
    assert "/verify/" in text_of(coordinator.get("/plans/")).partition('class="empty"')[2]
    assert "/verify/" in text_of(coordinator.get("/plans/new/")).partition('class="empty"')[2]
    an_open_need()
    page = coordinator.get("/plans/")
    assert page.context["ready"]["needs"] == 1
    assert "/plans/new/" in text_of(page).partition('class="empty"')[2]


def test_the_list_turns_its_pages_by_number(coordinator: Client) -> None:
    for _number in range(32):
        a_plan()
    first = coordinator.get("/plans/")
    assert [row["plan"].number for row in first.context["plans"]] == list(range(32, 2, -1))
    assert [row["plan"].number for row in coordinator.get("/plans/?before=3").context["plans"]] == [2, 1]
    assert [row["plan"].number for row in coordinator.get("/plans/?before=x&state=odd").context["plans"]][:1] == [32]
    assert coordinator.get("/plans/99/").status_code == 404
    assert coordinator.get(f"/plans/{10**20}/").status_code == 404


def test_a_coordinator_of_one_city_plans_that_city_unless_told_otherwise() -> None:
    an_open_need()
    b.a_place(XIAOGAN)
    wuhan = signed_in(area=WUHAN, line="supplies")
    form = wuhan.get("/plans/new/").context["form"]
    assert (form.initial["area"].code, form.initial["line"]) == (WUHAN, "supplies")
    wuhan.post("/plans/new/", {"area": "武汉市", "line": "supplies", "category": "surgical_mask"})
    plan = Plan.objects.get()
    assert (plan.area_id, plan.line, plan.category_id) == (WUHAN, "supplies", "surgical_mask")
    outside = wuhan.post("/plans/new/", {"area": "孝感市", "line": "supplies"})
    assert (outside.status_code, list(outside.context["form"].errors)) == (422, ["area"])
    assert Plan.objects.count() == 1
    again = wuhan.post("/plans/new/", {"area": "武汉市", "line": "supplies", "category": "surgical_mask"})
    assert again.status_code == 422  # the same plan is still queued
    assert "正在计算" in text_of(again)


# Steering.


def test_a_pair_is_forbidden_from_its_line_and_the_pin_taken_back(coordinator: Client) -> None:
    plan = a_plan()
    line = a_line(plan)
    page = coordinator.get(f"/plans/{plan.number}/")
    pair = f"/plans/pins/new/?need={line.need.code}&offer={line.offer.code}&quantity=100&plan={plan.number}"
    for how in ("fix", "forbid"):
        address = f"{pair}&how={how}"
        assert address.replace("&", "&amp;") in text_of(page)
        assert coordinator.get(address).context["form"].initial == {
            "need": line.need.code, "offer": line.offer.code, "quantity": "100", "how": how,
        }  # fmt: skip
    said = {"need": line.need.code, "offer": line.offer.code, "how": "forbid", "quantity": "", "reason": "仓库已关"}
    assert coordinator.post("/plans/pins/new/", said)["Location"] == "/plans/pins/"
    pin = Pin.objects.get()
    assert (pin.need, pin.offer, pin.quantity, pin.reason) == (line.need, line.offer, 0, "仓库已关")
    assert "仓库已关" in text_of(coordinator.get("/plans/pins/"))
    coordinator.post(f"/plans/pins/{pin.pk}/withdraw/")
    pin.refresh_from_db()
    assert pin.withdrawn_at is not None
    assert "仓库已关" not in text_of(coordinator.get("/plans/pins/"))


def test_what_cannot_be_pinned_is_refused_and_nothing_typed_is_lost(coordinator: Client) -> None:
    need, offer = an_open_need(200), an_open_offer(50)
    said = {"need": need.code, "offer": offer.code, "how": "fix", "quantity": "80", "reason": "约好了专车"}
    answer = coordinator.post("/plans/pins/new/", said)
    assert answer.status_code == 422
    assert "供给一共 50" in text_of(answer)
    assert "约好了专车" in text_of(answer)
    for wrong in ({"need": "1234567890"}, {"quantity": ""}, {"quantity": "很多"}, {"reason": ""}, {"how": "x"}):
        assert coordinator.post("/plans/pins/new/", said | wrong).status_code == 422
    assert not Pin.objects.exists()


def test_pins_of_another_area_are_neither_shown_nor_touched() -> None:
    pin = a_pin(reason="孝感仓库已关", need=an_open_need(place=XIAOGAN))
    wuhan = signed_in(area=WUHAN)
    assert "孝感仓库已关" not in text_of(wuhan.get("/plans/pins/"))
    assert wuhan.post(f"/plans/pins/{pin.pk}/withdraw/").status_code == 404
    said = {"need": pin.need.code, "offer": pin.offer.code, "how": "forbid", "reason": "试试"}
    assert wuhan.post("/plans/pins/new/", said).status_code == 422


def test_another_order_shows_who_gains_and_who_loses_before_it_is_saved(
    coordinator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """100 masks in Wuhan, 100 wanted in Wuhan and in Xiaogan: shared equally 50 and 50, home first 100 and 0."""
    an_open_offer(100)
    an_open_need(100)
    an_open_need(100, place=XIAOGAN)
    address, wanted = "/plans/principles/goods/", "urgency,locality,fairness"
    assert coordinator.get(address, {"order": wanted}).context["job"] is None  # looking at an address begins nothing
    asked = coordinator.post(address, {"order": wanted, "do": "look"})
    page = coordinator.get(asked["Location"])
    assert page.context["preview"] is None
    assert "排着队" in text_of(page)
    assert coordinator.post(address, {"order": wanted, "do": "look"}).status_code == 302
    job = PrinciplePreview.objects.get()  # asked twice, worked out once
    assert run_preview(job.pk) == "done"
    page = coordinator.get(asked["Location"])
    assert page.context["job"].percent == 100
    sides = page.context["preview"]["sides"]
    assert [
        (count, [(one["place"], one["now"], one["then"]) for one in listed]) for _title, count, listed in sides
    ] == [
        (1, [("湖北省武汉市", "50 只", "100 只")]),
        (1, [("湖北省孝感市", "50 只", "0 只")]),
    ]
    assert "没有写出来的地方一样多" in text_of(page)
    with monkeypatch.context() as few:
        few.setattr(views_steer, "_SHOWN", 0)
        assert "另有 1 处多得、1 处少得没有列出" in text_of(coordinator.get(asked["Location"]))
    assert not PrincipleChoice.objects.exists()
    refused = coordinator.post(address, {"order": wanted})
    assert refused.status_code == 422  # it must say why
    assert refused.context["preview"]["sides"]  # and what was looked at still stands there
    coordinator.post(address, {"order": wanted, "reason": "运输中断，先保本市"})
    assert PrincipleChoice.objects.get().order == ["urgency", "locality", "fairness"]
    page = text_of(coordinator.get("/plans/principles/"))
    assert "运输中断，先保本市" in page
    # An order holds for the whole response, so a city's coordinator does not choose it.
    assert signed_in(area=WUHAN).get(address).status_code == 404
    assert coordinator.get("/plans/principles/nothing/").status_code == 404


def test_an_approval_in_advance_is_given_and_taken_back(coordinator: Client) -> None:
    b.a_response()
    b.a_place(WUHAN)
    assert "还没有可以批准的团队" in text_of(coordinator.get("/plans/standing/"))
    team = a_team("武昌车队")
    said = {
        "team": team.pk, "category": "surgical_mask", "area": "武汉市", "most": "50", "valid_until": "2099-12-31",
        "reason": "每天送药",
    }  # fmt: skip
    for wrong in ({"team": "x"}, {"most": "0"}, {"valid_until": "2020-01-01"}, {"reason": ""}, {"area": "无此地"}):
        assert coordinator.post("/plans/standing/", said | wrong).status_code == 422
    coordinator.post("/plans/standing/", said)
    one = Standing.objects.get()
    assert (one.team, one.category_id, one.area_id, one.most, one.reason) == (
        team, "surgical_mask", WUHAN, 50, "每天送药",
    )  # fmt: skip
    assert "武昌车队" in text_of(coordinator.get("/plans/standing/"))
    coordinator.post(f"/plans/standing/{one.pk}/withdraw/")
    one.refresh_from_db()
    assert one.withdrawn_at is not None


def test_queries_do_not_grow_with_rows(coordinator: Client) -> None:
    """Five or fifty rows, the same number of queries on every page."""
    plan = a_plan(figures={"needs": 1})

    def fill(number: int) -> None:
        for _one in range(number):
            line = a_line(plan, need=an_open_need(organisation=b.an_organisation(), for_whom="facility"))
            more: dict[str, Any] = {"plan": plan, "place": line.place, "category": line.category}
            PlanNeed.objects.create(
                need=line.need, urgency=1, planned=200, served=100, basis="asked", reason="no_offer", **more
            )
            PlanOffer.objects.create(offer=line.offer, free=200, given=100, held=100, reason="not_needed", **more)
            plan.left_out.create(offer=line.offer, need=line.need, rule="window", text_zh="x", text_en="x")
            a_plan(state="cancelled")
            a_pin()
            a_standing()

    def count(path: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert coordinator.get(path).status_code == 200
        return len(seen)

    own = [f"/plans/{plan.number}/{tail}" for tail in ("", "?change=new", "gaps/", "holds/", "left/", "approve/")]
    paths = [*own, "/plans/?before=4000", "/plans/pins/", "/plans/standing/"]
    fill(5)
    few = [count(path) for path in paths]
    fill(45)
    assert [count(path) for path in paths] == few
