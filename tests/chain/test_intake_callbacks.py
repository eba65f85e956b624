"""People who asked to be called: in one person's hands, tried again, never doubled, never read in passing."""

from __future__ import annotations

import datetime as dt

import pytest

import builders
from tongzhou.chain.intake.models import CallbackRequest
from tongzhou.chain.intake.selectors.submissions import callbacks
from tongzhou.chain.intake.services import callbacks as service
from tongzhou.kernel.access import ANONYMOUS
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.models import AuditEntry

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2020, 2, 6, 4, 0, tzinfo=dt.UTC)  # 12:00 in Beijing
PHONE = "19000000011"


def asked(**more) -> CallbackRequest:
    plain = {"phone": PHONE, "reason": "父亲断药", "place": "4201", "now": NOON}
    builders.a_place("4201")
    return service.ask(actor=ANONYMOUS, response_id=builders.a_response().pk, **(plain | more))[0]


def test_a_number_that_waits_already_is_not_queued_twice():
    first, again = asked(), asked(phone="+86 190 0000 0011")
    assert first.pk == again.pk
    assert CallbackRequest.objects.count() == 1


def test_one_person_holds_it_for_ten_minutes_and_the_look_is_logged():
    request = asked()
    one, two = builders.an_actor("verifier", "all", "42"), builders.an_actor("coordinator")
    opened = service.take(actor=one, request=request, now=NOON)
    assert (opened.phone, opened.reason) == (PHONE, "父亲断药")
    assert PHONE not in repr(opened)
    assert AuditEntry.objects.filter(act="callback.take", changes__looked__isnull=False).count() == 1
    with pytest.raises(Refusal) as refused:
        service.take(actor=two, request=request, now=NOON + dt.timedelta(minutes=9))
    assert refused.value.code == "callback_held"
    assert service.take(actor=two, request=request, now=NOON + dt.timedelta(minutes=10)).phone == PHONE
    with pytest.raises(Refusal):
        service.finish(actor=one, request=request, now=NOON + dt.timedelta(minutes=11), state="reached")


def test_it_is_seen_only_in_its_area_and_by_those_who_call():
    asked()
    assert callbacks(builders.an_actor("verifier", "supplies", "4201")).count() == 1
    assert callbacks(builders.an_actor("coordinator", "services", "42")).count() == 1
    for actor in (
        ANONYMOUS,
        builders.an_actor("verifier", "all", "4209"),
        builders.an_actor("liaison"),
        builders.an_actor("admin"),
        builders.an_actor("verifier", second_factor=False),
    ):
        assert callbacks(actor).count() == 0


def test_one_without_a_place_is_everybodys():
    asked(place=None)
    assert callbacks(builders.an_actor("verifier", "supplies", "4209")).count() == 1


def test_nobody_answering_five_times_ends_it():
    request, actor, now = asked(), builders.an_actor("verifier"), NOON
    for attempt in range(1, 6):
        service.take(actor=actor, request=request, now=now)
        request = service.missed(actor=actor, request=request, now=now)
        assert request.attempts == attempt
        assert request.next_at > now
        now += dt.timedelta(days=1)
    assert request.state == "given_up"
    assert callbacks(actor).count() == 0
    with pytest.raises(Refusal) as refused:
        service.missed(actor=actor, request=request, now=now)
    assert refused.value.code == "callback_over"


def test_a_call_that_was_made_leaves_the_queue_with_what_was_said():
    request, actor = asked(), builders.an_actor("verifier")
    service.take(actor=actor, request=request, now=NOON)
    done = service.finish(actor=actor, request=request, now=NOON, state="reached", outcome=f"已登记，电话{PHONE}")
    assert (done.state, done.outcome) == ("reached", "已登记，电话…")
    assert asked().pk != request.pk  # the same number may ask again


@pytest.mark.parametrize(
    ("wanted", "hour"),
    # It is noon: any time is now, the morning is tomorrow at 8, the afternoon has begun, the evening starts at 18.
    [("any", 12), ("morning", 32), ("afternoon", 12), ("evening", 18)],
)
def test_the_wanted_time_of_the_day(wanted, hour):
    midnight = NOON - dt.timedelta(hours=12)
    assert service.wanted_from(wanted, NOON) == midnight + dt.timedelta(hours=hour)
