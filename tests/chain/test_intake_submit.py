"""Writing a plea down: what becomes of every word, once however often it is sent."""

from __future__ import annotations

import json

import pytest

import builders
from tongzhou.chain.intake.models import Contact, Need, Submission
from tongzhou.chain.intake.services.amounts import Amount, in_base_units, plausibility, read_amount
from tongzhou.chain.intake.services.codes import hash_secret
from tongzhou.chain.intake.services.submit import masked
from tongzhou.chain.intake.types import NeedLine, SaidContact, SaidNeed
from tongzhou.flows.submit_need import submit_need
from tongzhou.kernel import clock, crypto
from tongzhou.kernel.access import ANONYMOUS
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.models import AuditEntry, OutboxMessage
from tongzhou.registers.catalogue import selectors as catalogue

pytestmark = pytest.mark.django_db

PHONE = "19000000007"


def said(**over):
    plain = {
        "for_whom": "self",
        "lines": (NeedLine("医用外科口罩", 20, "只"),),
        "contact": SaidContact(name="测试人", phone=PHONE, address="武汉市江岸区测试路1号2栋"),
        "place_text": "武汉市江岸区测试路1号2栋",
        "raw": {"item": "医用外科口罩", "phone": PHONE},
    }
    return SaidNeed(**(plain | over))


def send(key="k1", actor=ANONYMOUS, channel="form", **more):
    over = more.pop("said", None) or said()
    return submit_need(
        actor=actor, response=builders.a_response(), key=key, said=over, channel=channel, now=clock.now(), **more
    )


@pytest.fixture(autouse=True)
def world():
    builders.a_place("420102")
    builders.a_response()


def test_a_plea_becomes_a_need_with_code_place_category_and_sealed_contact():
    done = send()
    need = Need.objects.get()
    assert (need.category_id, need.quantity_asked, need.unit, need.place_id) == ("surgical_mask", 20, "只", "420102")
    assert need.code == done.code == Submission.objects.get().code
    assert (need.quantity_flag, need.state, need.urgency_order) == ("", "received", 2)
    contact = Contact.objects.get()
    assert crypto.unseal(contact, "phone") == PHONE
    assert contact.phone_index == crypto.phone_index(PHONE, f"response:{need.response_id}")
    assert contact.key_scope == f"response:{need.response_id}"
    # Consumables last five days; three times that long it stays on lists.
    assert (need.stale_at - need.created_at).days in (4, 5)
    assert (need.expires_at - need.created_at).days in (14, 15)


def test_only_the_hash_of_the_secret_is_kept_and_the_raw_form_is_sealed():
    done = send()
    submission = Submission.objects.get()
    assert submission.secret_hash == hash_secret(done.secret)
    assert json.loads(crypto.unseal(submission, "raw"))["phone"] == PHONE
    trail = json.dumps(list(AuditEntry.objects.values("changes")), ensure_ascii=False)
    assert done.secret not in trail
    assert PHONE not in trail
    assert PHONE not in json.dumps(list(OutboxMessage.objects.values("payload")))


def test_the_same_form_sent_twice_is_one_need_with_one_answer():
    first, second = send(), send()
    assert (first.code, first.secret, first.records) == (second.code, second.secret, second.records)
    assert (first.repeated, second.repeated) == (False, True)
    assert Need.objects.count() == Contact.objects.count() == 1


def test_a_key_used_for_other_content_is_refused_and_writes_nothing():
    send()
    with pytest.raises(Refusal) as refused:
        send(said=said(note="另一件事"))
    assert refused.value.code == "key_reused"
    assert Need.objects.count() == 1


def test_a_hospital_sends_several_lines_each_a_need_of_its_own():
    lines = (NeedLine("N95口罩", 500, "只"), NeedLine("防护服", 100, "件"), NeedLine("说不清的东西"))
    done = send(said=said(for_whom="facility", requester="测试医院", lines=lines))
    needs = [Need.objects.get(pk=one) for one in done.records]
    assert [need.category_id for need in needs] == ["n95_respirator", "protective_suit", None]
    assert len({need.code for need in needs}) == 3
    assert {need.requester for need in needs} == {"测试医院"}
    assert Submission.objects.count() == 1


def test_a_person_is_never_named_in_public_columns():
    send(said=said(requester="不该出现"))
    assert Need.objects.get().requester == ""


@pytest.mark.parametrize(
    ("quantity", "for_whom", "flag"),
    # Surgical masks: at most 210000 for an institution, a hundredth of it for a household.
    [(2100, "self", ""), (2101, "self", "household"), (2101, "facility", ""), (210001, "facility", "implausible")],
)
def test_implausible_quantities_are_flagged_never_refused(quantity, for_whom, flag):
    send(said=said(for_whom=for_whom, lines=(NeedLine("医用外科口罩", quantity, "只"),)))
    assert Need.objects.get().quantity_flag == flag


def test_a_phone_number_in_the_name_of_a_thing_does_not_reach_a_public_column():
    send(said=said(lines=(NeedLine(f"口罩，电话{PHONE}"),), note=f"打 {PHONE}"))
    need = Need.objects.get()
    assert PHONE not in need.item + need.note + need.search


def test_an_unknown_place_stays_in_the_area_of_the_response_and_is_marked():
    send(said=said(place_text="不知道的地方"))
    need = Need.objects.get()
    assert (need.place_id, need.place_certain) == ("42", False)


def test_many_from_one_address_are_held_and_far_too_many_refused(monkeypatch):
    for at in range(6):
        assert send(key=f"a{at}", address="192.0.2.1").held == ("phone" if at >= 5 else "")
    assert send(key="a7", address="192.0.2.1", said=said(contact=SaidContact(phone="19000000008"))).held == "address"
    monkeypatch.setattr("tongzhou.flows.submit_need.HARD_LIMIT", 7)
    with pytest.raises(Refusal) as refused:
        send(key="a8", address="192.0.2.1")
    assert refused.value.code == "too_many"
    assert send(key="a7", address="192.0.2.1", said=said(contact=SaidContact(phone="19000000008"))).repeated


def test_fast_entry_needs_the_line_and_the_area():
    coordinator = builders.an_actor("coordinator", "supplies", "4201")
    assert send(actor=coordinator, channel="entry").code
    for actor in (ANONYMOUS, builders.an_actor("coordinator", "supplies", "4209"), builders.an_actor("liaison")):
        with pytest.raises(Refusal) as refused:
            send(key="other", actor=actor, channel="entry")
        assert refused.value.code == "not_found"


def test_a_closed_response_takes_nothing():
    response = builders.a_response()
    type(response).objects.update(state="closed", ended_on="2020-06-01")
    with pytest.raises(Refusal) as refused:
        send()
    assert refused.value.code == "response_closed"


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("", Amount(None)),
        ("20", Amount(20)),
        ("2 盒", Amount(2, "盒")),
        ("三百只", Amount(300, "只")),
        ("１，０００个", Amount(1000, "个")),
        ("1.2万件", Amount(12000, "件")),
        ("约5千克", Amount(5, "千克")),
        ("5千只", Amount(5000, "只")),
        ("很多", Amount(None, unread=True)),
        ("2.5公斤", Amount(None, "公斤", unread=True)),
        ("-3", Amount(None, unread=True)),
    ],
)
def test_written_amounts(written, amount):
    assert read_amount(written) == amount


def test_units_are_converted_only_when_the_catalogue_knows_how():
    mask = catalogue.category("surgical_mask")
    assert in_base_units(3, "个", mask) == (3, "只", "")
    assert in_base_units(3, "车", mask) == (3, "车", "unit")
    assert in_base_units(None, "", mask) == (None, "只", "")
    assert in_base_units(3, "袋", None) == (3, "袋", "")
    assert plausibility(None, mask, "self") == ""


@pytest.mark.parametrize("written", ["19000000007", "190 0000 0007", "027-1234567", "４２０１１１１９９００１０１"])
def test_long_numbers_are_masked(written):
    assert masked(f"前{written}后") == "前…后"


def test_short_numbers_stay():
    assert masked("N95 口罩 200 只 GB19083-2010") == "N95 口罩 200 只 GB19083-2010"
