"""Offering help on a real client."""

from __future__ import annotations

import html

import pytest
from django.test import Client

import builders
from tongzhou.chain.intake.models import Offer
from tongzhou.kernel import crypto

pytestmark = pytest.mark.django_db

GOOD = {
    "key": "0197c000-0000-7000-8000-0000000000a1",
    "item": "医用外科口罩",
    "amount": "20箱",
    "standard": "YY 0469-2011",
    "goods_expire_on": "2099-12-31",
    "address": "武汉市江岸区",
    "available_until": "2099-02-01",
    "may_go": "孝感、月球",
    "earmark": "给一线护士",
    "giver": "武汉测试商贸公司",
    "name": "测试人",
    "phone": "19000000041",
    "can_deliver": "on",
}


@pytest.fixture(autouse=True)
def world():
    builders.a_place("420102")
    builders.a_place("4209")
    builders.a_response()


def text_of(answer) -> str:
    return html.unescape(answer.content.decode())


def test_an_offer_of_goods_says_what_where_until_when_and_for_whom():
    client = Client()
    answer = client.post("/give/", GOOD)
    assert answer.status_code == 302
    offer = Offer.objects.get()
    assert (offer.category_id, offer.standard, offer.place_id, offer.may_go) == (
        "surgical_mask", "YY 0469-2011", "420102", ["4209"],
    )  # fmt: skip
    assert (str(offer.goods_expire_on), str(offer.available_until), offer.can_deliver) == (
        "2099-12-31",
        "2099-02-01",
        True,
    )
    assert "给一线护士" in offer.earmark
    assert "月球" in offer.earmark
    assert crypto.unseal(offer.contact, "phone") == "19000000041"
    page = text_of(client.get(answer.url))
    assert "不要寄" in page
    assert "19000000041" not in page
    assert client.post("/give/", GOOD).url == answer.url
    assert Offer.objects.count() == 1


def test_a_remote_service_is_known_by_its_category():
    words = GOOD | {"item": "心理咨询", "amount": "10小时", "note": "二级心理咨询师"}
    assert Client().post("/give/service/", words).status_code == 302
    offer = Offer.objects.get()
    assert (offer.remote, offer.line) == (True, "services")
    assert crypto.unseal(offer.contact, "private_note") == "二级心理咨询师"


def test_money_is_information_only_and_counted_in_fen():
    client = Client()
    assert "不收钱" in text_of(client.get("/give/money/"))
    assert client.post("/give/money/", GOOD | {"yuan": "2000"}).status_code == 302
    offer = Offer.objects.get()
    assert (offer.category_id, offer.quantity, offer.unit, offer.line) == ("funds", 200_000, "分", "funds")


@pytest.mark.parametrize(
    ("field", "value"), [("goods_expire_on", "2020-01-01"), ("available_until", "2020-01-01"), ("phone", "x")]
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(field, value):
    answer = Client().post("/give/", GOOD | {field: value})
    assert answer.status_code == 422
    assert "给一线护士" in text_of(answer)
    assert Offer.objects.count() == 0


@pytest.mark.parametrize("path", ["/give/", "/give/service/", "/give/money/"])
def test_a_form_without_a_token_comes_back_filled_in(path):
    answer = Client(enforce_csrf_checks=True).post(path, GOOD)
    assert answer.status_code == 403
    assert "武汉测试商贸公司" in text_of(answer)


def test_back_changed_and_sent_again_is_asked_about():
    client = Client()
    client.post("/give/", GOOD)
    answer = client.post("/give/", GOOD | {"earmark": "改了"})
    assert answer.status_code == 409
    assert "改了" in text_of(answer)


def test_an_offer_may_lie_outside_the_area_of_the_response():
    builders.a_place("440106")
    Client().post("/give/", GOOD | {"address": "广东省广州市天河区"})
    assert Offer.objects.get().place_id == "440106"
