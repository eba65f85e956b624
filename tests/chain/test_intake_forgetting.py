"""Ninety days after a matter is closed, nobody can read who it was about: not in the table, not in the trail."""

from __future__ import annotations

import datetime as dt

import pytest

import builders
from tongzhou.chain.intake.models import Contact, Need, Submission
from tongzhou.chain.intake.services import callbacks, photos
from tongzhou.chain.intake.services.forgetting import FORGOTTEN, forget_due, set_dates
from tongzhou.chain.intake.types import Photo
from tongzhou.flows import change_submission
from tongzhou.kernel import changes, clock, crypto
from tongzhou.kernel.access import ANONYMOUS, SYSTEM
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.models import AuditEntry

pytestmark = pytest.mark.django_db


def later(days: int) -> dt.datetime:
    return clock.now() + dt.timedelta(days=days)


def closed(**over) -> Need:
    need = builders.a_need(contact=builders.a_contact("19000000081", address="测试路"), secret="s" * 22, **over)
    changes.apply(need, actor=SYSTEM, act="test", state="withdrawn")
    return need


def test_a_closed_contact_is_destroyed_after_ninety_days_and_not_before():
    need = closed()
    submission = need.submission
    crypto.seal(submission, raw="原话")
    submission.save()
    row = photos.attach(submission, need.contact, Photo(b"jpeg"))
    row.save()
    assert forget_due(later(89)) == 0
    assert forget_due(later(92)) == 1
    contact = Contact.objects.get(pk=need.contact_id)
    assert (contact.phone_index, contact.address_index, contact.phone) == ("", "", None)
    assert Submission.objects.get(pk=submission.pk).raw is None
    row.refresh_from_db()
    assert row.content is None
    with pytest.raises(Refusal):
        crypto.unseal_bytes(contact, "phone", b"x" * 40)
    assert AuditEntry.objects.filter(act=FORGOTTEN).count() == 2
    assert forget_due(later(93)) == 0


def test_what_is_open_is_kept_and_what_is_opened_again_is_no_longer_dated():
    still_open, need = builders.a_need(), closed()
    set_dates()
    need.contact.refresh_from_db()
    assert need.contact.keep_until is not None
    changes.apply(need, actor=SYSTEM, act="test", state="received")
    assert forget_due(later(200)) == 0
    need.contact.refresh_from_db()
    assert need.contact.keep_until is None
    assert Contact.objects.get(pk=still_open.contact_id).record_key is not None


def test_a_merged_need_keeps_its_contact_while_the_other_one_is_open():
    survivor = builders.a_need()
    merged = builders.a_need(state="merged", merged_into=survivor)
    assert forget_due(later(200)) == 0
    changes.apply(survivor, actor=SYSTEM, act="test", state="solved")
    assert forget_due(later(200)) == 2
    assert Contact.objects.get(pk=merged.contact_id).record_key is None


def test_the_secret_link_still_shows_what_became_of_it_but_adds_nothing():
    need = closed()
    forget_due(later(200))
    submission = Submission.objects.get(pk=need.submission_id)
    with pytest.raises(Refusal) as refused:
        change_submission.add_to(actor=ANONYMOUS, submission=submission, key="k", text="还在吗", now=clock.now())
    assert refused.value.code == "shredded"


def test_finished_callbacks_are_destroyed_too():
    builders.a_place("4201")
    request, _new = callbacks.ask(
        actor=ANONYMOUS, response_id=builders.a_response().pk, phone="19000000082", now=clock.now(), place="4201"
    )
    actor = builders.an_actor("verifier")
    assert forget_due(later(200)) == 0
    callbacks.take(actor=actor, request=request, now=clock.now())
    callbacks.finish(actor=actor, request=request, now=clock.now(), state="reached")
    assert forget_due(later(92)) == 1
    request.refresh_from_db()
    assert (request.phone, request.phone_index) == (None, "")
