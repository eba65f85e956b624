"""What was destroyed is listed outside the database before it is committed, and destroyed again when it comes back."""

from __future__ import annotations

from pathlib import Path

import pytest

import builders
from tongzhou.chain.intake.models import Contact
from tongzhou.chain.intake.services.forgetting import forget_one
from tongzhou.kernel import audit, crypto, erasures
from tongzhou.kernel.access import SYSTEM
from tongzhou.kernel.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A list of this test's own."""
    path = tmp_path / "erased.list"
    monkeypatch.setattr(erasures, "list_file", lambda: path)
    return path


def opened(contact: Contact) -> str:
    return crypto.unseal(Contact.objects.get(pk=contact.pk), "phone")


def test_the_list_names_the_row_and_nothing_about_the_person(listed):
    contact = builders.a_contact("19000000071", address="测试路")
    submission = builders.a_submission(contact=contact)
    assert forget_one(contact)
    lines = listed.read_text().splitlines()
    assert sorted(line.rsplit(" ", 1)[0] for line in lines) == [
        f"intake_contact {contact.pk}", f"intake_submission {submission.pk}",
    ]  # fmt: skip
    assert listed.stat().st_mode & 0o077 == 0
    assert list(erasures.readable()) == []


def test_death_between_the_list_and_the_commit_loses_no_erasure(listed, monkeypatch):
    contact = builders.a_contact("19000000072")

    def dies(**_more) -> None:
        raise RuntimeError("died")

    monkeypatch.setattr(audit, "record", dies)
    with pytest.raises(RuntimeError, match="died"):
        erasures.destroy(contact, Contact.objects.all(), actor=SYSTEM, act="test")
    assert opened(contact) == "19000000072"
    assert [pks for _model, pks in erasures.readable()] == [[contact.pk]]
    assert erasures.destroy_again() == 1
    row = Contact.objects.get(pk=contact.pk)
    assert (row.record_key, row.phone, row.phone_index) == (None, None, "")
    assert AuditEntry.objects.filter(act=erasures.AGAIN, object_id=str(contact.pk)).count() == 1
    assert erasures.destroy_again() == 0


def test_without_a_list_that_can_be_written_nothing_is_destroyed(listed):
    contact = builders.a_contact("19000000073")
    listed.mkdir()  # no file can stand there
    with pytest.raises(OSError, match=r"erased\.list"):
        erasures.destroy(contact, Contact.objects.all(), actor=SYSTEM, act="test")
    assert opened(contact) == "19000000073"


def test_who_changed_it_a_moment_ago_keeps_it_and_it_is_not_listed(listed):
    contact = builders.a_contact("19000000071")
    Contact.objects.filter(pk=contact.pk).update(version=contact.version + 1)
    assert not forget_one(contact)
    assert not listed.exists()
    assert opened(contact) == "19000000071"


def test_lists_are_joined_and_never_shrink_and_a_torn_line_spoils_no_other(listed, tmp_path):
    first, second = (("intake_contact", str(builders.a_contact().pk)) for _ in range(2))
    listed.write_text(f"{' '.join(first)} 2020-05-01\nintake_contact 0190")  # power went in the middle of a line
    assert erasures.merge({first: "2020-06-01", second: "2020-06-02"}, listed) == 1
    assert erasures.read(listed) == ({first: "2020-05-01", second: "2020-06-02"}, 1)
    assert erasures.merge({}, listed) == 0
    assert erasures.read(tmp_path / "none") == ({}, 0)


def test_what_only_the_database_knows_is_gathered(listed):
    contact = builders.a_contact()
    Contact.objects.filter(pk=contact.pk).update(record_key=None)
    kept = builders.a_contact()
    assert erasures.gather() == 1
    ids = {row for _table, row in erasures.read(listed)[0]}
    assert str(contact.pk) in ids
    assert str(kept.pk) not in ids
