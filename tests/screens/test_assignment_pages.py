"""Assignments for everybody who is not a volunteer: the list, the page, what can be pressed, what went wrong."""

import datetime as dt
import html
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from builders import (
    HUBEI,
    JIANGAN,
    WUHAN,
    XIAOGAN,
    a_contact,
    an_account,
    an_actor,
    an_organisation,
    sign_in,
    words_of,
)
from builders_dispatch import (
    a_key,
    a_team,
    a_verified_need,
    a_verified_offer,
    a_volunteer,
    an_assignment,
    balances_of,
)
from builders_planning import in_standing
from tongzhou.chain.delivery.models import CashAdvance, IncidentReport, Receipt
from tongzhou.chain.delivery.services import photos
from tongzhou.chain.delivery.services.codes import receipt_code
from tongzhou.chain.dispatch.models import Assignment, Movement
from tongzhou.flows.claim_task import claim, unclaim
from tongzhou.kernel import clock, ids
from tongzhou.kernel.models import AuditEntry
from tongzhou.registers.organisations.models import Requirement, Verification

pytestmark = pytest.mark.django_db

PHONE, ADDRESS, WHO = "19000000031", "测试路 9 号 3 单元", "测试收货人"


@pytest.fixture
def now() -> dt.datetime:
    return clock.now()


@pytest.fixture
def coordinator(client: Client) -> Client:
    return sign_in(client, an_account("coordinator", area=HUBEI))


@pytest.fixture
def sides(now: dt.datetime) -> Any:
    """A hospital that asks, a foundation that gives, an officer of each, the assignment between them."""

    class Sides:
        hospital, foundation = an_organisation(), in_standing(an_organisation("测试基金会", kind="foundation"))
        receiver = sign_in(Client(), an_account("officer", organisation=hospital, name="医院经办"))
        giver = sign_in(Client(), an_account("officer", organisation=foundation, name="基金会经办"))
        contact = a_contact(PHONE, name=WHO, address=ADDRESS)
        need = a_verified_need(organisation=hospital, for_whom="facility", requester="测试医院", contact=contact)
        offer = a_verified_offer(organisation=foundation)
        one = an_assignment(need=need, offer=offer, now=now)

    return Sides


def codes(page: Any) -> list[str]:
    return [row.key for row in page.context["sheet"].rows]


def press(client: Client, one: Assignment, act: str, **typed: Any) -> Any:
    """Send the form of an act as the page does, with the version of now."""
    one.refresh_from_db()
    said = {"key": ids.new_id(), "version": one.version} | typed
    return client.post(f"/assignments/{one.code}/{act}/", said)


def text_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def test_the_list_is_the_readers_part_and_what_is_over_is_asked_for(coordinator: Client, now: dt.datetime) -> None:
    here = an_assignment(now=now)
    over = an_assignment(now=now)
    Assignment.objects.filter(pk=over.pk).update(state="declined")
    assert codes(coordinator.get("/assignments/")) == [here.code]
    assert codes(coordinator.get("/assignments/?state=declined")) == [over.code]
    away = sign_in(Client(), an_account("coordinator", area=XIAOGAN))
    assert codes(away.get("/assignments/?state=all")) == []


def test_an_officer_lists_what_the_own_organisation_gives_or_gets(sides: Any, now: dt.datetime) -> None:
    an_assignment(now=now)
    assert codes(sides.giver.get("/assignments/")) == codes(sides.receiver.get("/assignments/")) == [sides.one.code]
    stranger = sign_in(Client(), an_account("officer", organisation=an_organisation()))
    assert codes(stranger.get("/assignments/")) == []
    assert stranger.get(f"/assignments/{sides.one.code}/").status_code == 404


def test_facets_narrow_by_lateness_place_and_either_side(coordinator: Client, sides: Any, now: dt.datetime) -> None:
    waits, sent = an_assignment(now=now - dt.timedelta(minutes=95)), an_assignment(now=now)
    Assignment.objects.filter(pk=sent.pk).update(state="in_transit", sent_at=now - dt.timedelta(hours=25))
    far = an_assignment(need=a_verified_need(place=JIANGAN), now=now)
    Assignment.objects.filter(pk=far.pk).update(state="delivered", delivered_at=now - dt.timedelta(hours=23))
    assert codes(coordinator.get("/assignments/?waits=answer")) == [waits.code]
    assert codes(coordinator.get("/assignments/?waits=arrival")) == [sent.code]
    assert codes(coordinator.get("/assignments/?waits=word")) == []
    assert codes(coordinator.get(f"/assignments/?place={JIANGAN}")) == [far.code]
    for side, organisation in (("receiver", sides.hospital), ("giver", sides.foundation)):
        page = coordinator.get(f"/assignments/?{side}={organisation.pk}")
        assert codes(page) == [sides.one.code]
        shown = next(one for one in page.context["sheet"].facets if one.key == side)
        assert [(one.label, one.count) for one in shown.picks] == [(organisation.name, "1")]
    for number in (sides.one.code, sides.need.code, ids.format_code(sides.offer.code)):
        assert codes(coordinator.get("/assignments/", {"q": number})) == [sides.one.code]


def test_queries_do_not_grow_with_rows(coordinator: Client, now: dt.datetime) -> None:
    def count(path: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert coordinator.get(path).status_code == 200
        return len(seen)

    an_assignment(now=now)
    path = f"/assignments/?state=proposed&place={WUHAN}"
    few = count(path)
    for _number in range(5):
        an_assignment(now=now)
    assert count(path) == few <= 30


def test_the_file_has_what_the_list_shows_and_is_logged(coordinator: Client, sides: Any) -> None:
    said = b"".join(coordinator.post("/assignments/export/?col=giver&col=received").streaming_content).decode()  # type: ignore[attr-defined]
    assert sides.foundation.name in said
    assert PHONE not in said
    assert WHO not in said
    entry = AuditEntry.objects.get(act="assignment.export")
    assert entry.changes["export"]["rows"] == 1


def test_from_the_answer_to_the_receipt_each_side_presses_its_own(sides: Any) -> None:
    one = sides.one
    assert press(sides.receiver, one, "accept").status_code == 404
    assert press(sides.giver, one, "accept").status_code == 302
    assert press(sides.giver, one, "sent", quantity="60", rest_back="on").status_code == 302
    assert balances_of(one) == {"in_transit": 60}
    assert press(sides.giver, one, "delivered").status_code == 302
    assert press(sides.giver, one, "confirm", received="60").status_code == 404
    page = press(sides.receiver, one, "confirm", received="50", refused="10")
    assert page.status_code == 422
    assert 'value="50"' in text_of(page)
    assert press(sides.receiver, one, "confirm", received="50", refused="10", difference="damaged").status_code == 302
    asked = sides.giver.get(f"/assignments/{one.code}/return/").context["form"]
    assert (asked["quantity"].value(), asked["usable"].value()) == (10, None)  # broken, they said: nothing is guessed
    assert press(sides.giver, one, "return", quantity="10").status_code == 422
    assert press(sides.giver, one, "return", quantity="10", usable="11").status_code == 422
    assert press(sides.giver, one, "return", quantity="10", usable="6").status_code == 302
    page = text_of(sides.giver.get(f"/assignments/{one.code}/"))
    assert "6 只还能用，可以再派；4 只不能用，不会再派" in page
    assert page.count("退回时已不能用") == 1
    assert balances_of(one) == {"received": 50, "returned": 6, "missing": 4}
    one.refresh_from_db()
    assert one.state == "confirmed"
    shown = words_of(sides.receiver.get(f"/assignments/{one.code}/").content.decode())
    assert {"50", "60", "10"} <= shown


def test_a_double_click_has_one_effect(sides: Any) -> None:
    key = ids.new_id()
    for _time in range(2):
        assert press(sides.giver, sides.one, "accept", key=key).status_code == 302
    assert Movement.objects.filter(assignment=sides.one, source="planned").count() == 1
    coordinator = sign_in(Client(), an_account("coordinator", area=HUBEI))
    key = ids.new_id()
    for _time in range(2):
        assert press(coordinator, sides.one, "withdraw", key=key, reason="不需要了").status_code == 302
    assert balances_of(sides.one) == {}


def test_somebody_was_faster_is_said_kindly(sides: Any) -> None:
    press(sides.giver, sides.one, "accept")
    page = press(sides.giver, sides.one, "accept")
    assert page.status_code == 409
    assert "已经有人接下了，谢谢您" in text_of(page)
    assert "notice--good" in text_of(page)


def test_an_old_page_gives_back_what_was_typed(sides: Any) -> None:
    coordinator = sign_in(Client(), an_account("coordinator", area=HUBEI))
    seen = sides.one.version
    press(sides.giver, sides.one, "accept")
    page = press(coordinator, sides.one, "withdraw", version=seen, reason="写了很久的原因")
    assert page.status_code == 409
    assert "写了很久的原因" in text_of(page)
    sides.one.refresh_from_db()
    assert f'name="version" value="{sides.one.version}"' in text_of(page)
    assert sides.one.state == "accepted"


def test_declining_says_why_and_a_coordinator_answers_by_telephone(sides: Any) -> None:
    coordinator = sign_in(Client(), an_account("coordinator", area=HUBEI))
    assert press(coordinator, sides.one, "decline", note="仓库空了").status_code == 422
    assert press(coordinator, sides.one, "decline", reason="no_stock", note="仓库空了").status_code == 302
    sides.one.refresh_from_db()
    assert (sides.one.state, sides.one.decline_reason) == ("declined", "no_stock")
    assert Movement.objects.get(assignment=sides.one, target="outside").via == "phone"
    page = text_of(coordinator.get(f"/assignments/{sides.one.code}/"))
    assert "已经没有了；仓库空了" in page
    assert "记一笔垫付" not in page  # nobody has taken it on


def test_who_wrote_down_anothers_yes_is_not_asked_to_send(coordinator: Client, sides: Any) -> None:
    press(coordinator, sides.one, "accept")
    page = text_of(coordinator.get(f"/assignments/{sides.one.code}/"))
    assert "对方已接下。请对方尽快送出" in page
    assert "谢谢" not in page
    assert "记一笔垫付" in page
    assert "纸条上的二维码" not in page


def test_a_volunteers_reason_is_shown_in_words(coordinator: Client, now: dt.datetime) -> None:
    team = a_team()
    one = an_assignment(offer=a_verified_offer(team=team), now=now)
    _account, volunteer = a_volunteer(team, now=now)
    claim(actor=volunteer, assignment=one, key=a_key(), now=now)
    unclaim(actor=volunteer, assignment=one, reason="no_transport", key=a_key(), now=now)
    page = text_of(coordinator.get(f"/assignments/{one.code}/"))
    assert "no_transport" not in page
    assert page.count("送不了") == 2  # in the history, and why it waits again


def test_photos_of_a_delivery_are_listed_and_opened_one_by_one(coordinator: Client, sides: Any) -> None:
    press(sides.giver, sides.one, "accept")
    actor = an_actor("coordinator", area=HUBEI)
    rows = [
        photos.add(actor=actor, assignment=sides.one, content=b"JPG", content_type="image/jpeg", key=a_key())
        for _photo in range(2)
    ]
    page = text_of(coordinator.get(f"/assignments/{sides.one.code}/"))
    assert "看第 2 张照片" in page
    assert not AuditEntry.objects.filter(act="delivery.see_photo").exists()
    address = f"/assignments/{sides.one.code}/photos/{rows[0].pk}/"
    assert address in page
    shown = coordinator.get(address)
    assert (shown["Content-Type"], shown.content) == ("image/jpeg", b"JPG")
    assert AuditEntry.objects.get(act="delivery.see_photo").object_id == str(rows[0].pk)
    away = sign_in(Client(), an_account("coordinator", area=XIAOGAN))
    assert away.get(address).status_code == 404
    other = an_assignment(now=clock.now())
    assert coordinator.get(f"/assignments/{other.code}/photos/{rows[0].pk}/").status_code == 404


def test_the_contact_opens_by_a_button_and_is_logged(sides: Any) -> None:
    address = f"/assignments/{sides.one.code}/contact/"
    assert sides.giver.post(address).status_code == 409  # not accepted yet
    press(sides.giver, sides.one, "accept")
    closed = text_of(sides.giver.get(f"/assignments/{sides.one.code}/"))
    assert PHONE not in closed
    assert not AuditEntry.objects.filter(act="assignment.contact").exists()
    opened = text_of(sides.giver.post(address))
    assert PHONE in opened
    assert ADDRESS in opened
    assert AuditEntry.objects.get(act="assignment.contact").changes == {"looked": ["address", "name", "phone"]}
    assert sides.receiver.post(address).status_code == 404


def test_a_receipt_is_corrected_and_the_first_one_stays(sides: Any) -> None:
    press(sides.giver, sides.one, "accept")
    press(sides.receiver, sides.one, "confirm", received="100")
    first = Receipt.objects.get()
    assert sides.giver.get(f"/assignments/{sides.one.code}/correct/{first.pk}/").status_code == 404
    typed = {"received": "90", "missing": "10", "difference": "short", "note": "又点了一遍"}
    assert press(sides.receiver, sides.one, f"correct/{first.pk}", **typed).status_code == 302
    assert balances_of(sides.one) == {"received": 90, "missing": 10}
    again = press(sides.receiver, sides.one, f"correct/{first.pk}", **typed)
    assert again.status_code == 409
    assert "又点了一遍" in text_of(again)
    second = Receipt.objects.get(corrects=first)
    page = f"/assignments/{sides.one.code}/"
    assert f"/correct/{second.pk}/" in text_of(sides.receiver.get(page))
    typed = {"received": "0", "refused": "100", "difference": "not_needed", "note": "都没要"}
    press(sides.receiver, sides.one, f"correct/{second.pk}", **typed)
    third = Receipt.objects.get(corrects=second)
    assert f"/correct/{third.pk}/" in text_of(sides.receiver.get(page))
    asked = sides.giver.get(f"{page}return/").context["form"]
    assert asked["usable"].value() == 100  # nothing was wrong with it
    press(sides.giver, sides.one, "return", quantity="100", usable="100")
    assert "/correct/" not in text_of(sides.receiver.get(page))  # all of it is back: nothing is left to correct


def test_money_laid_out_is_settled_by_somebody_else(sides: Any) -> None:
    press(sides.giver, sides.one, "accept")
    assert press(sides.giver, sides.one, "cash", amount="12.505", paid_by="giver").status_code == 422
    assert press(sides.giver, sides.one, "cash", amount="12.50", paid_by="giver", note="运费").status_code == 302
    advance = CashAdvance.objects.get()
    assert advance.amount_fen == 1250
    assert press(sides.giver, sides.one, f"settle/{advance.pk}", spent="12").status_code == 404
    coordinator = sign_in(Client(), an_account("coordinator", area=HUBEI))
    assert press(coordinator, sides.one, f"settle/{advance.pk}", spent="13").status_code == 422
    assert press(coordinator, sides.one, f"settle/{advance.pk}", spent="12").status_code == 302
    advance.refresh_from_db()
    assert (advance.spent_fen, advance.settled_at is not None) == (1200, True)


def test_money_is_typed_in_yuan(now: dt.datetime) -> None:
    foundation = in_standing(an_organisation("测试基金会", kind="foundation"))
    paper = Requirement.objects.create(
        code="public_fundraising",
        kind="foundation",
        name="公开募捐资格",
        applies_from=dt.date(2020, 1, 1),
        mandatory=False,
    )
    Verification.objects.create(organisation=foundation, requirement=paper, state="accepted", evidence="看过原件")
    need = a_verified_need(100_000, category="funds")
    gift = a_verified_offer(100_000, category="funds", organisation=foundation)
    one = an_assignment(40_000, need=need, offer=gift, now=now)
    coordinator = sign_in(Client(), an_account("coordinator", area=HUBEI))
    press(coordinator, one, "accept")
    assert "400.00" in text_of(coordinator.get(f"/assignments/{one.code}/confirm/"))
    assert press(coordinator, one, "confirm", received="399.5", missing="0.50", difference="short").status_code == 302
    assert balances_of(one) == {"received": 39_950, "missing": 50}


def test_persons_are_named_only_to_those_who_look_after_them(sides: Any) -> None:
    press(sides.giver, sides.one, "accept")
    address = f"/assignments/{sides.one.code}/"
    assert "基金会经办" not in text_of(sides.receiver.get(address)).partition("<main")[2]
    assert "基金会经办" in text_of(sides.giver.get(address)).partition("<main")[2]


def test_the_receivers_code_confirms_without_an_account(client: Client, sides: Any) -> None:
    press(sides.giver, sides.one, "accept")
    address, code = f"/a/{sides.one.code}/", receipt_code(sides.one)
    page = text_of(client.get(address))
    for secret in (PHONE, ADDRESS, WHO, "测试医院", sides.hospital.name):
        assert secret not in page
    assert code not in words_of(page)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    answer = client.post(address, {"code": wrong, "received": "80", "key": a_key()})
    assert answer.status_code == 403
    assert "收货码不对" in text_of(answer)
    assert 'value="80"' in text_of(answer)
    assert balances_of(sides.one) == {"accepted": 100}
    spaced = f"{code[:3]} {code[3:]}"
    key = ids.new_id()
    for _time in range(2):
        said = {"code": spaced, "received": "80", "missing": "20", "difference": "short", "key": key}
        assert client.post(address, said).status_code == 302
    assert balances_of(sides.one) == {"received": 80, "missing": 20}
    assert Receipt.objects.get().how == "code"


def test_guessing_the_code_is_stopped(client: Client, sides: Any) -> None:
    press(sides.giver, sides.one, "accept")
    code = receipt_code(sides.one)
    wrong = [f"{(int(code) + step) % 10**6:06d}" for step in range(1, 12)]
    answers = [client.post(f"/a/{sides.one.code}/", {"code": one, "received": "1"}).status_code for one in wrong]
    assert answers == [403] * 10 + [429]
    assert client.post(f"/a/{sides.one.code}/", {"code": code, "received": "100"}).status_code == 429


def test_a_scanned_address_brings_the_code_along(client: Client, sides: Any) -> None:
    press(sides.giver, sides.one, "accept")
    code = receipt_code(sides.one)
    address = f"/a/{sides.one.code}/?c={code}"
    assert f'value="{code}"' in text_of(client.get(address))
    assert client.post(address, {"code": code, "received": "100", "key": a_key()}).status_code == 302
    assert Receipt.objects.get().how == "qr"


def test_what_went_wrong_is_sealed_until_somebody_opens_it(sides: Any) -> None:
    press(sides.giver, sides.one, "accept")
    address = f"/incidents/report/{sides.one.code}/"
    key = ids.new_id()
    assert sides.giver.post(address, {"kind": "unsafe"}).status_code == 422
    for _time in range(2):
        assert sides.giver.post(address, {"kind": "unsafe", "text": "门口有狗", "key": key}).status_code == 302
    report = IncidentReport.objects.get()
    verifier = sign_in(Client(), an_account("verifier", area=WUHAN))
    liaison = sign_in(Client(), an_account("liaison", area=WUHAN))
    sides.one.team = a_team(name="测试基金会")  # named as the organisation is: said once
    sides.one.save(update_fields=["team"])
    page = f"/incidents/{report.pk}/"
    assert text_of(verifier.get(page)).count("测试基金会") == 1
    for reader in (verifier, liaison):
        assert ids.format_code(sides.one.code) in text_of(reader.get("/incidents/"))
        assert "门口有狗" not in text_of(reader.get(page))
    assert liaison.post(f"{page}text/").status_code == 404
    assert sides.giver.get(page).status_code == 404
    assert "门口有狗" in text_of(verifier.post(f"{page}text/"))
    assert AuditEntry.objects.get(act="incident.read").changes == {"looked": ["text"]}
    assert verifier.post(f"{page}handle/", {"outcome": ""}).status_code == 422
    key = ids.new_id()
    for _time in range(2):
        assert verifier.post(f"{page}handle/", {"outcome": "已联系物业", "key": key}).status_code == 302
    late = verifier.post(f"{page}handle/", {"outcome": "我也处理了", "key": a_key()})
    assert late.status_code == 409
    assert "已联系物业" in text_of(late)
    assert "已联系物业" in text_of(verifier.get(page))


def test_the_queue_of_incidents_shows_open_ones_the_oldest_first(coordinator: Client, now: dt.datetime) -> None:
    one = an_assignment(now=now)
    for hours, kind, state in ((1, "money", "open"), (3, "conduct", "open"), (9, "unsafe", "handled")):
        IncidentReport.objects.create(
            assignment=one, response=one.response, line=one.line, place=one.place, kind=kind, state=state, key=a_key(),
            created_at=now - dt.timedelta(hours=hours), handled_at=now if state == "handled" else None,
        )  # fmt: skip
    page = coordinator.get("/incidents/")
    assert [line["report"].kind for line in page.context["lines"]] == ["conduct", "money"]
    assert [line["report"].kind for line in coordinator.get("/incidents/?tab=handled").context["lines"]] == ["unsafe"]


def test_the_teams_task_is_shown_with_its_team(coordinator: Client, now: dt.datetime) -> None:
    team = a_team(name="第七车队")
    one = an_assignment(offer=a_verified_offer(team=team), now=now)
    page = text_of(coordinator.get(f"/assignments/{ids.format_code(one.code)}/", follow=True))
    assert "第七车队" in page


def test_a_volunteer_has_other_pages(now: dt.datetime) -> None:
    volunteer = sign_in(Client(), an_account("volunteer", area=WUHAN))
    assert volunteer.get("/assignments/").status_code == 404
    assert volunteer.get(f"/assignments/{an_assignment(now=now).code}/").status_code == 404
