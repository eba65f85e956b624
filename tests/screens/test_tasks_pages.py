"""A volunteer's pages over HTTP: what is shown to whom, one task from claim to receipt, the outbox, slips of paper."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

import builders
import builders_dispatch as dispatch
from tongzhou.chain.delivery.models import CashAdvance, DeliveryPhoto, IncidentReport, Receipt
from tongzhou.chain.delivery.services import photos
from tongzhou.chain.delivery.services.codes import receipt_code
from tongzhou.chain.dispatch.models import Assignment, Movement, Reserve, VolunteerProfile
from tongzhou.chain.dispatch.types import AssignmentState
from tongzhou.kernel import clock
from tongzhou.kernel.access import SYSTEM
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.models import AuditEntry
from tongzhou.registers.people.models import Account, Team

pytestmark = pytest.mark.django_db
PHONE, STREET = "19000000042", "测试街 8 号 3 单元"
JSON = {"headers": {"accept": "application/json"}}


class Scene:
    """A team in Wuhan with one volunteer signed in, and a task of it for a household of Jiangan."""

    def __init__(self) -> None:
        self.team = dispatch.a_team(name="江岸送药队", area=builders.WUHAN)
        self.account, self.client = self.volunteer()
        self.one = self.a_task()

    def volunteer(self, team: Team | None = None) -> tuple[Account, Client]:
        account, _actor = dispatch.a_volunteer(team or self.team, now=clock.now(), area=builders.WUHAN)
        return account, builders.sign_in(Client(), account, second_factor=False)

    def a_task(self, quantity: int = 200, **over: Any) -> Assignment:
        contact = builders.a_contact(PHONE, name="陈女士", address=STREET)
        said = {"place": builders.JIANGAN, "contact": contact} | over
        need = dispatch.a_verified_need(quantity, **said)
        offer = dispatch.a_verified_offer(team=self.team, giver="")
        return dispatch.an_assignment(quantity, need=need, offer=offer, now=clock.now())

    def post(self, act: str, fields: dict[str, Any] | None = None, client: Client | None = None, **more: Any) -> Any:
        words = {"key": str(uuid.uuid4())} | (fields or {})
        return (client or self.client).post(f"/tasks/{self.one.code}/{act}/", words, **more)

    def claim(self) -> None:
        assert self.post("claim").status_code == 302

    @property
    def state(self) -> str:
        return Assignment.objects.get(pk=self.one.pk).state


@pytest.fixture
def scene() -> Scene:
    return Scene()


def text(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def test_before_it_is_taken_a_household_is_a_district_and_a_category(scene: Scene) -> None:
    Assignment.objects.filter(pk=scene.one.pk).update(place=builders.a_place("420102002"))
    for page in (text(scene.client, "/tasks/"), text(scene.client, f"/tasks/{scene.one.code}/")):
        assert "江岸区" in page
        assert "医用外科口罩" in page
        for hidden in (PHONE, STREET, "陈女士", builders.a_place("420102002").name):
            assert hidden not in page


def test_from_claim_to_receipt_with_the_code(scene: Scene) -> None:
    page = f"/tasks/{scene.one.code}/"
    scene.claim()
    assert PHONE not in text(scene.client, page)
    opened = scene.post("contact").content.decode()
    assert PHONE in opened
    assert STREET in opened
    assert AuditEntry.objects.filter(act="assignment.contact", actor_id=scene.account.pk).count() == 1
    assert scene.post("sent").status_code == 302
    said = {"received": 180, "refused": 0, "difference": "short", "code": receipt_code(scene.one)}
    assert scene.post("done", said).status_code == 302
    receipt = Receipt.objects.get()
    assert (receipt.received, receipt.refused, receipt.missing, receipt.how) == (180, 0, 20, "code")
    assert scene.state == AssignmentState.CONFIRMED
    assert {"180", "20"} <= builders.words_of(text(scene.client, page))
    assert scene.post("contact").status_code == 409  # withdrawn with the end of the task


def test_a_wrong_code_keeps_what_was_typed_and_that_it_was_brought(scene: Scene) -> None:
    scene.claim()
    wrong = str((int(receipt_code(scene.one)) + 1) % 10**6).zfill(6)
    answer = scene.post("done", {"received": 190, "difference": "damaged", "code": wrong, "note": "一箱湿了"})
    assert answer.status_code in (403, 409, 422)
    page = answer.content.decode()
    assert 'value="190"' in page
    assert "一箱湿了" in page
    assert not Receipt.objects.exists()
    assert scene.state == AssignmentState.DELIVERED


def test_without_a_code_the_difference_goes_to_the_coordinator(scene: Scene) -> None:
    scene.claim()
    assert scene.post("done", {"received": 150, "refused": 30, "difference": "wrong"}).status_code == 302
    assert scene.state == AssignmentState.DELIVERED
    assert not Receipt.objects.exists()
    assert IncidentReport.objects.get().kind == "not_arrived"


@pytest.mark.parametrize(
    "said", [{"received": 180}, {"received": 201}, {"received": 150, "refused": 60, "difference": "wrong"}, {}]
)
def test_amounts_that_do_not_add_up_are_asked_about(scene: Scene, said: dict[str, Any]) -> None:
    scene.claim()
    assert scene.post("done", said).status_code == 422
    assert scene.state == AssignmentState.ACCEPTED


def test_the_second_stands_in_reserve_and_is_told_so(scene: Scene) -> None:
    _other, client = scene.volunteer()
    scene.claim()
    answer = scene.post("claim", client=client, follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain == [(f"/tasks/{scene.one.code}/", 302)]  # it was recorded
    assert "已经有人先接下了，给您记了候补。您排在候补第 1 位" in page
    assert ">排候补<" not in page
    assert Reserve.objects.get().account_id == _other.pk
    assert "您排第 1 位" in text(client, "/my/")
    page = text(client, f"/tasks/{scene.one.code}/")
    assert PHONE not in page
    assert scene.post("contact", client=client).status_code == 404
    assert scene.post("unclaim", {"reason": "no_time"}).status_code == 302
    assert scene.state == AssignmentState.PROPOSED


def test_other_teams_tasks_are_as_if_they_did_not_exist(scene: Scene) -> None:
    other = dispatch.a_team(name="孝感队", area=builders.XIAOGAN)
    _account, client = scene.volunteer(other)
    assert "今天这里 0 个任务" in text(client, "/tasks/")
    text(client, f"/tasks/{scene.one.code}/", 404)
    for act in ("claim", "unclaim", "sent", "done", "contact", "incident", "cash", "photo"):
        assert scene.post(act, client=client).status_code == 404, act
    assert client.get(f"/tasks/{scene.one.code}/slip/").status_code == 404
    # A member of the team whose own area does not hold the place sees nothing either.
    away, _actor = dispatch.a_volunteer(scene.team, now=clock.now(), area=builders.XIAOGAN)
    text(builders.sign_in(Client(), away, second_factor=False), f"/tasks/{scene.one.code}/", 404)


def test_without_a_fresh_declaration_nothing_is_taken(scene: Scene) -> None:
    VolunteerProfile.objects.update(healthy_at=clock.now() - dt.timedelta(days=14, seconds=1))
    assert "要先申报健康" in text(scene.client, f"/tasks/{scene.one.code}/")
    assert scene.post("claim").status_code == 409
    assert scene.state == AssignmentState.PROPOSED
    assert scene.client.post("/my/health/", {"healthy": "on", "kit": "on"}).status_code == 302
    scene.claim()


def test_an_empty_list_says_what_the_team_did(scene: Scene) -> None:
    scene.claim()
    scene.post("done", {"received": 200, "code": receipt_code(scene.one)})
    page = text(scene.client, "/tasks/")
    assert "今天这里 0 个任务" in page
    assert "您的团队这一周完成了 1 个。" in page
    mine = text(scene.client, "/my/")
    assert "1 个，从接下到送到合计约 0 小时" in mine


def test_filters_narrow_and_count(scene: Scene) -> None:
    scene.a_task(place=builders.WUCHANG)
    scene.a_task(place=builders.WUCHANG, urgency=0)
    page = text(scene.client, "/tasks/")
    assert "武昌区 (2)" in page
    assert "江岸区 (1)" in page
    assert page.count("先打 120") == 1
    narrowed = text(scene.client, f"/tasks/?place={builders.JIANGAN}")
    assert narrowed.count("看看，接下") == 1


def test_life_critical_tasks_stand_first_and_the_next_one_is_the_one_that_runs_out(scene: Scene) -> None:
    first = scene.a_task(urgency=0)
    page = text(scene.client, "/tasks/")
    assert page.index(first.code) < page.index(scene.one.code)
    scene.claim()
    assert page != text(scene.client, "/my/")
    assert f"/tasks/{scene.one.code}/" in text(scene.client, "/my/")


def test_photos_are_made_anew_sealed_and_opened_one_by_one(scene: Scene) -> None:
    scene.claim()
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "white").save(out, "JPEG", comment=b"31.23,121.47")
    file = SimpleUploadedFile("a.jpg", out.getvalue(), "image/jpeg")
    assert scene.post("photo", {"photo": file}).status_code == 302
    row = DeliveryPhoto.objects.get()
    assert b"JFIF" not in bytes(row.content)
    answer = scene.client.get(f"/tasks/{scene.one.code}/photos/{row.pk}/")
    assert answer["Content-Type"] == "image/jpeg"
    assert b"31.23" not in answer.content
    assert AuditEntry.objects.filter(act="delivery.see_photo").count() == 1
    _other, client = scene.volunteer()
    assert client.get(f"/tasks/{scene.one.code}/photos/{row.pk}/").status_code == 404
    bad = SimpleUploadedFile("a.jpg", b"not a photo", "image/jpeg")
    assert scene.post("photo", {"photo": bad}).status_code == 400
    scene.post("done", {"received": 200, "code": receipt_code(scene.one)})
    assert scene.client.get(f"/tasks/{scene.one.code}/photos/{row.pk}/").status_code == 404


def a_photo() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "white").save(out, "JPEG")
    return SimpleUploadedFile("photo.jpg", out.getvalue(), "image/jpeg")


def test_a_photo_that_waited_on_a_phone_is_taken_once_and_answered_in_words(scene: Scene) -> None:
    def send(key: str, client: Any = None, photo: Any = None) -> tuple[int, dict[str, str]]:
        answer = (client or scene.client).post(
            f"/tasks/{scene.one.code}/photo/",
            {"key": str(uuid.uuid5(uuid.NAMESPACE_URL, key)), "photo": photo or a_photo()},
            headers={"Accept": "application/json"},
        )
        return answer.status_code, answer.json()

    assert send("before-claim")[1]["state"] == "conflict"  # not in this hand yet
    scene.claim()
    assert send("first")[1]["state"] == "done"
    _other, client = scene.volunteer()
    assert send("theirs", client)[1]["state"] == "conflict"
    bad = SimpleUploadedFile("a.jpg", b"not a photo", "image/jpeg")
    assert (send("bad", photo=bad)[1]["state"], send("bad2", photo=bad)[1]["code"]) == ("refused", "photo_bad")
    scene.post("done", {"received": 200, "code": receipt_code(scene.one)})
    assert send("first") == (200, {"state": "done", "text": "照片收到了，加密保存。", "todo": "", "code": ""})
    assert send("late")[1]["state"] == "conflict"
    assert DeliveryPhoto.objects.count() == 1


def test_the_page_of_a_task_has_one_next_action_and_trouble_is_folded(scene: Scene) -> None:
    """Before leaving: the contact, then "I am off"; the rest is folded, and opens by itself when it has an error."""
    scene.claim()
    page = text(scene.client, f"/tasks/{scene.one.code}/").split('id="contact-box"')[1]
    order = ["显示地址和电话", "我出发了", "已经送到了", "出了问题，告诉协调员", "到哪一步", "传照片"]
    assert [page.index(word) for word in order] == sorted(page.index(word) for word in order)
    assert '<details class="trouble" id="incident">' in page
    assert '<details class="more" id="done">' in page
    wrong = scene.post("incident", {"kind": "other", "text": ""})
    assert '<details class="trouble" id="incident" open>' in wrong.content.decode()
    wrong = scene.post("done", {"received": 500})
    assert '<details class="more" id="done" open>' in wrong.content.decode()
    scene.post("sent", {})
    assert '<section class="stack stack--close" id="done">' in text(scene.client, f"/tasks/{scene.one.code}/")


def test_photos_are_destroyed_ninety_days_after_the_end(scene: Scene) -> None:
    scene.claim()
    photos.add(actor=SYSTEM, assignment=scene.one, content=b"JPG", content_type="image/jpeg", key="k")
    late = clock.now() + dt.timedelta(days=91)
    assert photos.forget_due(late) == 0  # the task is not over
    scene.post("done", {"received": 200, "code": receipt_code(scene.one)})
    assert photos.forget_due(late - dt.timedelta(days=2)) == 0
    assert photos.forget_due(late) == 1
    assert DeliveryPhoto.objects.get().content is None
    with pytest.raises(Refusal, match="shredded"):
        photos.open_photo(DeliveryPhoto.objects.get())


def test_money_laid_out_is_kept_in_fen(scene: Scene) -> None:
    scene.claim()
    assert scene.post("cash", {"yuan": "12.30", "paid_by": "self", "note": "药费"}).status_code == 302
    advance = CashAdvance.objects.get()
    assert (advance.amount_fen, advance.paid_by) == (1230, "self")
    assert "12.30 元 · 志愿者垫的" in text(scene.client, f"/tasks/{scene.one.code}/")
    scene.client.cookies["lang"] = "en"
    assert "laid out by the volunteer" in text(scene.client, f"/tasks/{scene.one.code}/")
    CashAdvance.objects.update(paid_by="我垫的")  # as it was written once: in words
    assert " · 我垫的 · " in text(scene.client, f"/tasks/{scene.one.code}/")


@pytest.mark.parametrize("yuan", ["", "0", "0.001", "-3", "1.005", "x", "1e9"])
def test_a_sum_that_is_none_is_told_in_a_sentence(scene: Scene, yuan: str) -> None:
    scene.claim()
    answer = scene.post("cash", {"yuan": yuan, "paid_by": "self"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert ("一笔最多 50,000 元" if yuan == "1e9" else "请写大于 0 的金额，最多两位小数。") in page
    assert "确保" not in page
    for path in ("/language/", "/theme/"):  # the page came from a form: its switches lead to the task
        assert f'name="next" value="/tasks/{scene.one.code}/"' in page.split(f'action="{path}"')[1]


def test_each_form_of_a_task_has_fields_of_its_own(scene: Scene) -> None:
    scene.claim()
    pages = [text(scene.client, f"/tasks/{scene.one.code}/")]
    for act, wrong in (("cash", {}), ("done", {"received": 999}), ("incident", {}), ("unclaim", {}), ("photo", {})):
        pages.append(scene.post(act, wrong).content.decode())
    for page in pages:
        ids = re.findall(r' id="([^"]+)"', page)
        assert len(ids) == len(set(ids)), sorted(one for one in ids if ids.count(one) > 1)
        assert set(re.findall(r'<label for="([^"]+)"', page)) <= set(ids)
        assert {"done_note", "cash_note", "unclaim_reason", "incident_kind"} <= set(ids)


def test_no_reason_is_chosen_before_somebody_chooses(scene: Scene) -> None:
    scene.claim()
    page = text(scene.client, f"/tasks/{scene.one.code}/")
    for field in ("unclaim_reason", "incident_kind"):
        first = re.search(rf'<select[^>]*id="{field}"[^>]*>\s*<option value="([^"]*)"[^>]*>([^<]*)', page)
        assert first is not None
        assert first.groups() == ("", "请选一个")
    unclaimed = scene.post("unclaim", {"reason": ""})
    assert unclaimed.status_code == 422
    assert "请选一个原因" in unclaimed.content.decode()
    assert "请选是哪一类" in scene.post("incident", {"text": "电话不通"}).content.decode()
    assert batch(scene.client, item(scene, "unclaim"))[0]["text"] == "请选一个原因"
    assert scene.state == AssignmentState.ACCEPTED
    assert not IncidentReport.objects.exists()


def test_the_form_of_money_sent_again_with_another_sum_says_so_and_can_be_sent_as_a_new_one(scene: Scene) -> None:
    scene.claim()
    said = {"yuan": "12.30", "paid_by": "self", "key": str(uuid.uuid4())}
    for _again in range(2):
        assert scene.post("cash", said).status_code == 302
    answer = scene.post("cash", said | {"yuan": "45.60"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "还要记这一笔" in page
    key = re.search(r'/cash/".*?name="key" value="([^"]+)"', page, re.DOTALL)
    assert key is not None
    assert scene.post("cash", said | {"yuan": "45.60", "key": key[1]}).status_code == 302
    assert sorted(CashAdvance.objects.values_list("amount_fen", flat=True)) == [1230, 4560]


def batch(client: Client, *items: dict[str, Any]) -> list[dict[str, str]]:
    answer = client.post("/tasks/outbox/", json.dumps({"items": items}), content_type="application/json", **JSON)
    assert answer.status_code == 200, answer.content
    answers: list[dict[str, str]] = answer.json()["answers"]
    assert [said["key"] for said in answers] == [item["key"] for item in items]
    return answers


def item(scene: Scene, act: str, key: str = "", **fields: Any) -> dict[str, Any]:
    return {"key": key or str(uuid.uuid4()), "act": act, "code": scene.one.code, "fields": fields, "late": True}


def test_what_a_phone_kept_is_taken_in_order_and_once(scene: Scene) -> None:
    done = {"received": "180", "refused": "0", "difference": "short", "code": receipt_code(scene.one)}
    items = [item(scene, "claim"), item(scene, "sent"), item(scene, "done", **done)]
    first = batch(scene.client, *items)
    assert [said["state"] for said in first] == ["done"] * 3
    before = Movement.objects.count()
    assert batch(scene.client, *items) == first  # the answer was lost on the way: the phone sends all again
    assert batch(scene.client, *reversed(items)) == list(reversed(first))
    assert Receipt.objects.count() == 1
    assert Movement.objects.count() == before
    assert set(Movement.objects.exclude(by_id=None).values_list("via", flat=True)) >= {"offline"}
    assert scene.state == AssignmentState.CONFIRMED


def test_each_item_is_judged_by_itself_and_conflicts_say_what_to_do(scene: Scene) -> None:
    _other, client = scene.volunteer()
    scene.claim()
    wrong = item(scene, "done", received="999")
    answers = batch(
        client, item(scene, "claim"), item(scene, "sent"), item(scene, "fly"), {"key": "x"},
        item(scene, "claim") | {"code": "1234567890"},
    )  # fmt: skip
    assert [said["state"] for said in answers] == ["reserve", "conflict", "refused", "refused", "refused"]
    assert "候补第 1 位" in answers[0]["todo"]
    assert all(said["text"] and said["todo"] for said in answers)
    assert batch(scene.client, wrong)[0]["state"] == "refused"
    right = wrong | {"fields": {"received": "200", "code": receipt_code(scene.one)}}
    assert batch(scene.client, right)[0]["state"] == "done"  # corrected under the same key: it had no effect before
    changed = right | {"fields": {"received": "100", "code": receipt_code(scene.one)}}
    assert batch(scene.client, changed)[0]["code"] == "key_reused"


def test_what_comes_after_an_act_that_failed_with_us_waits_with_it(scene: Scene, monkeypatch: Any) -> None:
    def broken(*words: Any, **more: Any) -> Any:
        raise RuntimeError("ours")

    other = scene.a_task()
    assert scene.client.post(f"/tasks/{other.code}/claim/", {"key": str(uuid.uuid4())}).status_code == 302
    monkeypatch.setattr("tongzhou.flows.claim_task.claim", broken)
    items = [item(scene, "claim"), item(scene, "sent"), item(scene, "incident", kind="other", text="x")]
    items.append(item(scene, "incident", kind="other", text="电话不通") | {"code": other.code})
    assert [said["state"] for said in batch(scene.client, *items)] == ["again", "again", "again", "done"]
    monkeypatch.undo()
    assert [said["state"] for said in batch(scene.client, *items)] == ["done"] * 4


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"items": 1}', '{"items": [1]}', json.dumps({"items": [{}] * 31})])
def test_a_batch_that_is_none_is_refused_whole(scene: Scene, body: str) -> None:
    answer = scene.client.post("/tasks/outbox/", body, content_type="application/json", **JSON)
    assert answer.status_code == 400
    assert answer.json()["code"] == "bad_request"


def test_a_phone_asks_for_a_token_and_learns_what_still_stands(scene: Scene) -> None:
    over = scene.a_task()
    Assignment.objects.filter(pk=over.pk).update(state=AssignmentState.WITHDRAWN)
    scene.claim()
    said = scene.client.get("/tasks/token/", **JSON).json()
    assert (said["mine"], said["live"]) == ([scene.one.code], [scene.one.code])
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = scene.client.cookies
    sent = {"data": json.dumps({"items": []}), "content_type": "application/json"}
    assert strict.post("/tasks/outbox/", **sent, **JSON).status_code == 403
    fresh = strict.get("/tasks/token/", **JSON).json()["token"]
    with_token = {"headers": {"accept": "application/json", "x-csrftoken": fresh}}
    assert strict.post("/tasks/outbox/", **sent, **with_token).status_code == 200
    assert Client().get("/tasks/token/", **JSON).status_code == 401


def test_the_worker_is_for_these_pages_and_holds_nothing_of_anybody(scene: Scene) -> None:
    answer = scene.client.get("/tasks/worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Service-Worker-Allowed"] == "/"
    assert answer.content == Client().get("/tasks/worker.js").content
    offline = text(scene.client, "/tasks/offline/")
    assert scene.account.name not in offline


def test_a_slip_is_printed_and_its_result_typed_in(scene: Scene) -> None:
    coordinator = builders.an_account("coordinator", line="supplies", area=builders.WUHAN)
    desk = builders.sign_in(Client(), coordinator)
    slip = text(desk, f"/tasks/{scene.one.code}/slip/")
    assert PHONE not in slip
    assert "data:image/svg+xml" in slip
    assert scene.one.code in text(desk, "/tasks/slips/")
    assert "只列前" not in text(desk, "/tasks/slips/")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("tongzhou.screens.tasks.views_slips.SHOWN", 1)
        scene.a_task()
        assert "这里只列前 1 张" in text(desk, "/tasks/slips/")
    page = text(desk, f"/tasks/slips/?code={scene.one.code[:3]}-{scene.one.code[3:6]}-{scene.one.code[6:]}")
    assert "医用外科口罩 200 只" in page
    said = {"code": scene.one.code, "name": "3 号门老王", "received": 195, "refused": 0, "key": str(uuid.uuid4())}
    wrong = desk.post("/tasks/slips/", said)
    assert wrong.status_code == 422  # five are missing and nobody says why
    assert wrong.content.decode().count('class="summary"') == 1
    assert "您手里有" not in page
    assert "这一单有 200 只" in page
    for _twice in range(2):
        answer = desk.post("/tasks/slips/", said | {"difference": "short"})
    assert answer.status_code in (200, 302)
    receipt = Receipt.objects.get()
    assert (receipt.received, receipt.missing, receipt.how) == (195, 5, "slip")
    away = builders.sign_in(Client(), builders.an_account("coordinator", line="supplies", area=builders.XIAOGAN))
    assert scene.one.code not in text(away, "/tasks/slips/")
    assert away.get(f"/tasks/{scene.one.code}/slip/").status_code == 404


def test_lists_do_not_ask_the_database_for_every_row(scene: Scene, django_assert_max_num_queries: Any) -> None:
    for _more in range(4):
        scene.a_task()
    for path, most in (("/tasks/", 22), ("/my/", 22)):
        with django_assert_max_num_queries(most):
            text(scene.client, path)
