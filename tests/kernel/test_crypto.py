"""Sealed fields: known answers, bound to their row and field, gone when shredded."""

import base64
import hashlib
import hmac

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connection

from tongzhou.chain.intake.models import Contact
from tongzhou.kernel import crypto, ids
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.models import DataKey

pytestmark = pytest.mark.django_db


def sealed_contact(scope: str = "response:a", **texts: str) -> Contact:
    contact = Contact(response_id=ids.new_id())
    crypto.prepare(contact, scope)
    crypto.seal(contact, **texts)
    return contact


def test_what_was_sealed_opens_again_and_nothing_of_it_stands_in_the_row():
    contact = sealed_contact(phone="19000000000", address="某某小区 1 栋")
    assert crypto.unseal(contact, "phone") == "19000000000"
    assert crypto.unseal(contact, "address") == "某某小区 1 栋"
    assert crypto.unseal(contact, "wechat") == ""
    assert b"19000000000" not in bytes(contact.phone)


def test_the_chain_of_keys_is_the_one_that_is_documented():
    """Opened by hand: master key > data key > row key > field, with the associated data written out."""
    contact = sealed_contact("response:a", phone="19000000000")
    row = DataKey.objects.get(scope="response:a")
    master = settings.TONGZHOU_MASTER_KEYS[row.master_version]
    wrapped = bytes(row.wrapped)
    data_key = AESGCM(master).decrypt(wrapped[:12], wrapped[12:], b"datakey|response:a|1")
    wrapped = bytes(contact.record_key)
    row_key = AESGCM(data_key).decrypt(wrapped[:12], wrapped[12:], f"intake_contact|{contact.pk}|response:a|1".encode())
    sealed = bytes(contact.phone)
    said = AESGCM(row_key).decrypt(sealed[:12], sealed[12:], f"intake_contact|phone|{contact.pk}|response:a|1".encode())
    assert said == b"19000000000"


def test_aes_gcm_answers_as_nist_says():
    """NIST GCM test vectors (McGrew and Viega), case 14: 256-bit zero key and block."""
    answer = AESGCM(bytes(32)).encrypt(bytes(12), bytes(16), None)
    assert answer.hex() == "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"


def test_a_ciphertext_moved_to_another_field_row_or_scope_does_not_open():
    contact, other = sealed_contact(phone="19000000000"), sealed_contact(phone="19000000001")
    contact.wechat = contact.phone
    with pytest.raises(RuntimeError, match="does not open"):
        crypto.unseal(contact, "wechat")
    other.phone = contact.phone
    with pytest.raises(RuntimeError, match="does not open"):
        crypto.unseal(other, "phone")
    foreign = sealed_contact("response:b", phone="19000000002")
    foreign.record_key = contact.record_key
    with pytest.raises(RuntimeError, match="does not open"):
        crypto.unseal(foreign, "phone")


def test_one_changed_bit_is_noticed():
    contact = sealed_contact(phone="19000000000")
    for at in range(len(contact.phone)):
        broken = bytearray(contact.phone)
        broken[at] ^= 1
        with pytest.raises(InvalidTag):
            crypto.unseal_bytes(contact, "phone", bytes(broken))


def test_a_shredded_row_says_so_and_cannot_come_back():
    contact = sealed_contact(phone="19000000000")
    kept = bytes(contact.phone)
    contact.record_key = None
    contact.phone = kept
    with pytest.raises(Refusal) as refused:
        crypto.unseal(contact, "phone")
    assert refused.value.code == "shredded"


def test_a_new_master_key_rewraps_the_data_keys_and_touches_no_row(settings):
    contact = sealed_contact(phone="19000000000")
    settings.TONGZHOU_MASTER_KEYS = {**settings.TONGZHOU_MASTER_KEYS, 2: b"2" * 32}
    assert crypto.rewrap() == DataKey.objects.count()
    assert crypto.rewrap() == 0
    settings.TONGZHOU_MASTER_KEYS = {2: b"2" * 32}
    assert crypto.unseal(contact, "phone") == "19000000000"


@pytest.mark.parametrize(
    "written",
    [
        "19000000000",
        "190 0000 0000",
        "+86 190-0000-0000",
        "0086 19000000000",
        "１９０００００００００",
        "(190)00000000",
    ],
)
def test_one_number_has_one_index_however_it_is_written(written: str):
    assert crypto.phone_index(written, "response:a") == crypto.phone_index("19000000000", "response:a")


def test_an_index_is_keyed_and_differs_by_scope():
    here, there = crypto.phone_index("19000000000", "response:a"), crypto.phone_index("19000000000", "response:b")
    assert here != there
    assert crypto.phone_index("", "response:a") == ""
    plain = [hashlib.sha256(b"19000000000").digest(), hmac.new(b"", b"19000000000", "sha256").digest()]
    assert here not in [base64.urlsafe_b64encode(one[:18]).decode() for one in plain]


def test_no_key_stands_in_the_database_in_the_clear():
    sealed_contact(phone="19000000000")
    with connection.cursor() as cursor:
        cursor.execute("SELECT wrapped FROM kernel_datakey")
        wrapped = bytes(cursor.fetchone()[0])
    assert not any(key in wrapped for key in settings.TONGZHOU_MASTER_KEYS.values())
    assert len(wrapped) == 12 + 32 + 16  # nonce, key, tag
