"""Fast entry, telephone mode and the callback queue on a real client."""

from __future__ import annotations

import html

import pytest
from django.test import Client

import builders
from tongzhou.chain.intake.models import CallbackRequest, Need
from tongzhou.chain.intake.services import callbacks
from tongzhou.kernel import clock, crypto
from tongzhou.kernel.access import ANONYMOUS
from tongzhou.kernel.models import AuditEntry

pytestmark = pytest.mark.django_db

PHONE = "19000000051"
LINE = {"key": "0197c000-0000-7000-8000-0000000000b1", "place": "武汉市江岸区", "item": "N95口罩", "amount": "300 只"}


def text_of(answer) -> str:
    return html.unescape(answer.content.decode())


@pytest.fixture
def clerk():
    builders.a_place("420102")
    builders.a_place("4209")
    account = builders.an_account("coordinator", line="supplies", area="4201", response=builders.a_response())
    return builders.sign_in(Client(), account)


def test_a_line_is_saved_and_place_and_organisation_stay(clerk):
    hospital = builders.an_organisation("武汉测试医院")
    answer = clerk.post("/entry/", LINE | {"requester": "武汉测试医院", "phone": PHONE, "name": "测试人"})
    assert answer.status_code == 302
    need = Need.objects.get()
    assert (need.organisation, need.requester, need.channel, need.for_whom) == (
        hospital,
        "武汉测试医院",
        "entry",
        "facility",
    )
    page = text_of(clerk.get("/entry/"))
    assert 'value="武汉市江岸区"' in page
    assert 'value="武汉测试医院"' in page
    assert builders.code_shown(need.code) in page
    assert PHONE not in page


def test_outside_line_or_area_it_is_said_at_the_field_and_nothing_is_lost(clerk):
    for wrong in (LINE | {"place": "湖北省孝感市"}, LINE | {"item": "心理咨询"}):
        answer = clerk.post("/entry/", wrong)
        assert answer.status_code == 422
        assert wrong["item"] in text_of(answer)
    assert Need.objects.count() == 0


def test_enter_twice_is_one_need(clerk):
    assert [clerk.post("/entry/", LINE).status_code for _ in range(2)] == [302, 302]
    assert Need.objects.count() == 1


def test_likely_duplicates_are_shown_while_typing_without_a_contact(clerk):
    builders.a_need(
        category="n95_respirator", place="420102", contact=builders.a_contact(PHONE), requester="", quantity_asked=300
    )
    answer = clerk.post("/entry/similar/", LINE | {"phone": PHONE}, headers={"HX-Request": "true"})
    page = text_of(answer)
    assert answer.status_code == 200
    assert "N95" in page
    assert PHONE not in page
    assert clerk.get("/entry/similar/").status_code == 405


def test_on_the_telephone_consent_and_a_number_are_needed(clerk):
    assert clerk.post("/entry/phone/", LINE).status_code == 422
    told = LINE | {"phone": PHONE, "consent": "on", "note": "独居老人", "vulnerability": ["older", "alone"]}
    assert clerk.post("/entry/phone/", told).status_code == 302
    need = Need.objects.get()
    assert (need.channel, need.vulnerability, need.note) == ("phone", ["older", "alone"], "")
    assert crypto.unseal(need.contact, "private_note") == "独居老人"
    assert need.submission.consent is True


@pytest.mark.parametrize("path", ["/entry/", "/entry/phone/", "/callbacks/"])
def test_others_do_not_see_these_pages(path):
    builders.a_response()
    assert Client().get(path).status_code == 302
    for role in ("liaison", "admin", "volunteer", "analyst"):
        client = builders.sign_in(Client(), builders.an_account(role, response=builders.a_response()))
        assert client.get(path).status_code == 404


def waiting(phone=PHONE, place="4201") -> CallbackRequest:
    return callbacks.ask(
        actor=ANONYMOUS,
        response_id=builders.a_response().pk,
        phone=phone,
        now=clock.now(),
        place=place,
        place_text="武汉",
    )[0]


def test_a_callback_is_taken_called_and_written_down_in_one_go(clerk):
    request = waiting()
    listed = text_of(clerk.get("/callbacks/"))
    assert "武汉市" in listed
    assert PHONE not in listed
    taken = clerk.post("/callbacks/next/")
    assert taken.url == f"/callbacks/{request.pk}/"
    page = text_of(clerk.get(taken.url))
    assert PHONE in page
    done = clerk.post(taken.url, LINE | {"phone": PHONE, "consent": "on"})
    assert done.status_code == 302
    request.refresh_from_db()
    assert (request.state, request.submission) == ("reached", Need.objects.get().submission)
    assert clerk.get(taken.url).status_code == 404


def test_what_somebody_else_has_in_hand_stays_closed(clerk):
    request = waiting()
    other = builders.sign_in(Client(), builders.an_account("verifier", response=builders.a_response()))
    other.post(f"/callbacks/{request.pk}/take/")
    assert clerk.get(f"/callbacks/{request.pk}/").status_code == 409
    assert clerk.post(f"/callbacks/{request.pk}/take/").status_code == 409
    assert clerk.post(f"/callbacks/{request.pk}/outcome/", {"how": "reached"}).status_code == 409
    assert clerk.post("/callbacks/next/").url == "/callbacks/"


@pytest.mark.parametrize(
    ("how", "state"), [("missed", "waiting"), ("reached", "reached"), ("wrong", "wrong"), ("back", "waiting")]
)
def test_the_outcomes_of_a_call(clerk, how, state):
    request = waiting()
    clerk.post(f"/callbacks/{request.pk}/take/")
    assert clerk.post(f"/callbacks/{request.pk}/outcome/", {"how": how, "words": "说明"}).status_code == 302
    request.refresh_from_db()
    assert request.state == state
    assert request.held_until is None


def test_the_queue_asks_the_database_the_same_number_of_questions(clerk, django_assert_max_num_queries):
    for at in range(12):
        waiting(phone=f"190000000{at:02d}")
    clerk.get("/callbacks/")
    with django_assert_max_num_queries(16):
        clerk.get("/callbacks/")


def test_the_raw_form_is_read_only_with_the_record_in_hand_and_that_is_recorded(clerk):
    story = "原话：奶粉没有了"
    Client().post("/help/", {"item": "婴儿奶粉", "address": "武汉市江岸区测试路", "phone": PHONE, "note": story})
    need = Need.objects.get()
    assert clerk.get(f"/raw/{need.pk}/").status_code == 409
    clerk.post(f"/verify/need/{need.pk}/take/")
    page = text_of(clerk.get(f"/raw/{need.pk}/"))
    assert story in page
    assert PHONE in page
    assert AuditEntry.objects.filter(act="need.raw", changes__looked=["raw"]).count() == 1
    outsider = builders.sign_in(Client(), builders.an_account("verifier", area="4209", response=builders.a_response()))
    assert outsider.get(f"/raw/{need.pk}/").status_code == 404
