"""The small world of the builders holds together on a real database."""

from __future__ import annotations

import pytest

import builders
from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.intake.services.search import matches, tokens
from tongzhou.kernel import crypto

pytestmark = pytest.mark.django_db


def test_a_need_stands_in_a_real_place_with_a_sealed_contact():
    need = builders.a_need(contact=builders.a_contact("19000000001", name="测试人"))
    assert (need.place.full_name, need.response.slug, need.item, need.unit) == (
        "湖北省武汉市",
        "hubei-2020",
        "医用外科口罩",
        "只",
    )
    assert crypto.unseal(need.contact, "phone") == "19000000001"
    assert b"19000000001" not in bytes(need.contact.phone)


def test_everything_of_the_small_world_can_be_built():
    builders.an_account("coordinator", area="42", response=builders.a_response())
    builders.an_organisation(name="测试基金会", kind="foundation")
    builders.a_lead()
    assert builders.an_offer().quantity == 5000
    assert builders.an_actor("liaison", "all", "42").signed_in


def test_two_character_words_are_found_and_others_are_not():
    mask, food = builders.a_need(), builders.a_need(category="rice", place="4209")
    assert list(Need.objects.filter(matches("口罩"))) == [mask]
    assert list(Need.objects.filter(matches("孝感 大米"))) == [food]
    assert list(Need.objects.filter(matches(mask.code[:4]))) == [mask]
    assert not Need.objects.filter(matches("口大"))
    assert builders.an_offer() in Offer.objects.filter(matches(""))
    assert tokens("N95口罩，口罩") == ["n95", "口罩"]
