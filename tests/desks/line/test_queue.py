"""The line's queue: who is answered first, by whom, and that of two at once one gets the caller."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection

from builders_line import a_caller, a_conversation, a_team, sits
from tongzhou.desks.hotline.models import AgainCode, Contact, ContactEvent, Seat
from tongzhou.desks.hotline.selectors.queue import estimate_minutes, line_now
from tongzhou.desks.hotline.selectors.wellbeing import break_due
from tongzhou.flows import contact_end, contact_upkeep
from tongzhou.flows.contact_begin import begin_contact, contact_of_secret, take_up_again
from tongzhou.flows.contact_read import said_to_caller, waiting_words
from tongzhou.flows.contact_say import say_as_caller
from tongzhou.flows.contact_take import sit, take_contact, take_next
from tongzhou.kernel import clock
from tongzhou.kernel.errors import Refusal

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def _order(team: object) -> list[object]:
    return [one.id for one in line_now(team.line.pk, clock.now()).queue]  # type: ignore[attr-defined]


def test_the_order_is_lost_first_then_urgent_then_waiting_time_and_a_held_one_waits_ten_minutes_at_most() -> None:
    team, now = a_team(), clock.now()
    calm = a_caller(team, now=now - 5 * MINUTE).contact
    urgent = a_caller(team, now=now - 1 * MINUTE, urgent=True).contact
    old_held = a_caller(team, now=now - 11 * MINUTE).contact
    new_held = a_caller(team, now=now - 6 * MINUTE).contact
    lost = a_caller(team, now=now).contact
    Contact.objects.filter(pk__in=[old_held.pk, new_held.pk]).update(held=True)
    Contact.objects.filter(pk=lost.pk).update(front=True)
    assert _order(team) == [lost.pk, urgent.pk, old_held.pk, calm.pk, new_held.pk]


def test_the_caller_hears_the_truth_about_waiting() -> None:
    team, now = a_team(), clock.now()
    first, second = a_caller(team), a_caller(team, now=now + MINUTE)
    told = waiting_words(line_now(team.line.pk, now), second.contact, now)
    assert told == {"before": 1, "minutes": None, "seats": 0, "kept": False}
    for _ in range(6):
        answered = a_caller(team).contact
        Contact.objects.filter(pk=answered.pk).update(
            state="ended", answered_at=now - MINUTE, counsellor_id=team.counsellors[0].account_id
        )
    sits(team)
    line = line_now(team.line.pk, clock.now())
    # Six answered in the last hour: one each ten minutes; one is before, so the second in line: twenty minutes.
    assert estimate_minutes(line, 1) == 20
    assert waiting_words(line, first.contact, now)["before"] == 0


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_one_caller_one_gets_it() -> None:
    team = a_team()
    actors = [sits(team, 0), sits(team, 1)]
    for _round in range(10):
        contact = a_caller(team).contact
        found: list[str] = []
        gate = threading.Barrier(2)

        def grab(actor: object) -> None:
            gate.wait()  # noqa: B023
            try:
                take_contact(actor=actor, contact_id=contact.pk, now=clock.now())  # type: ignore[arg-type]  # noqa: B023
                found.append("mine")  # noqa: B023
            except Refusal as refusal:
                found.append(refusal.code)  # noqa: B023
            finally:
                connection.close()

        threads = [threading.Thread(target=grab, args=(actor,)) for actor in actors]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(found) == ["contact_taken", "mine"]
        assert ContactEvent.objects.filter(contact=contact, kind="answered").count() == 1
        assert Seat.objects.filter(contact=contact).count() == 1
        winner = Contact.objects.get(pk=contact.pk)
        mine = next(one for one in actors if one.account_id == winner.counsellor_id)
        contact_end.team_ends(actor=mine, contact=winner, now=clock.now())
        contact_end.finish(actor=mine, contact=winner, call_type="support", hard=False, then="open", now=clock.now())


def test_a_seat_needs_a_shift_and_a_valid_licence() -> None:
    team = a_team()
    person = team.counsellors[0]
    type(person).objects.filter(pk=person.pk).update(licence_until=dt.date(2020, 1, 1))
    with pytest.raises(Refusal) as refused:
        sit(actor=team.actor(), line_id=team.line.pk, state="open", now=clock.now())
    assert refused.value.code == "shift_licence"
    stranger = a_team().actor()
    with pytest.raises(Refusal) as refused:
        sit(actor=stranger, line_id=team.line.pk, state="open", now=clock.now())
    assert refused.value.code == "shift_none"


def test_the_counsellor_of_before_is_kept_for_five_minutes_then_anybody_answers() -> None:
    team = a_team()
    _begun, contact, first = a_conversation(team, 0)
    code = contact_end.code_to_come_back(contact=contact, now=clock.now())
    assert code not in AgainCode.objects.get().code_mac
    contact_end.team_ends(actor=first, contact=contact, now=clock.now())
    contact_end.finish(actor=first, contact=contact, call_type="support", hard=False, then="open", now=clock.now())
    now = clock.now()
    back = a_caller(team, again_code=code, now=now)
    assert back.code_known
    other = sits(team, 1)
    assert take_next(actor=other, line_id=team.line.pk, now=now) is None
    later = now + dt.timedelta(minutes=5, seconds=1)
    taken = take_next(actor=other, line_id=team.line.pk, now=later)
    assert taken is not None
    assert taken.pk == back.contact.pk
    assert not a_caller(team, again_code="123-456-7895").code_known


def test_somebody_who_speaks_the_dialect_is_first_but_nobody_waits_for_ever_for_it() -> None:
    team = a_team()
    type(team.counsellors[1]).objects.filter(pk=team.counsellors[1].pk).update(languages=["mandarin"])
    dialect = a_caller(team, language="wuhan")
    assert take_next(actor=sits(team, 1), line_id=team.line.pk, now=clock.now()) is None
    english = a_caller(team, language="english")  # nobody on shift speaks it: anybody may answer, better than silence
    found = take_next(actor=team.actor(1), line_id=team.line.pk, now=clock.now())
    assert found is not None
    assert found.pk == english.contact.pk
    mine = take_next(actor=sits(team, 0), line_id=team.line.pk, now=clock.now())
    assert mine is not None
    assert mine.pk == dialect.contact.pk


def test_a_counsellor_whose_browser_vanished_gives_the_caller_back_to_the_front_after_a_minute() -> None:
    team = a_team()
    begun, contact, _actor = a_conversation(team)
    say_as_caller(contact=contact, client_id="said-before-1", text="还在吗", now=clock.now())
    a_caller(team, urgent=True)
    heard = clock.now()
    Seat.objects.update(heard_at=heard)
    assert contact_upkeep.mend_line(heard + dt.timedelta(seconds=59)) == 0
    assert contact_upkeep.mend_line(heard + dt.timedelta(seconds=61)) == 1
    contact.refresh_from_db()
    assert (contact.state, contact.front, contact.counsellor_id) == ("waiting", True, None)
    assert _order(team)[0] == contact.pk
    assert Seat.objects.get().state == "off"
    assert [one.text for one in said_to_caller(contact)] == ["answered", "还在吗", "counsellor_lost"]
    assert contact_of_secret(begun.secret, clock.now()) == contact


def test_a_caller_who_vanished_is_paused_after_three_minutes_and_goes_on_within_a_day() -> None:
    team = a_team()
    begun, contact, actor = a_conversation(team)
    seen = clock.now()
    Contact.objects.update(caller_seen_at=seen)
    Seat.objects.update(heard_at=seen + dt.timedelta(minutes=3))
    assert contact_upkeep.mend_line(seen + dt.timedelta(minutes=3, seconds=-1)) == 0
    assert contact_upkeep.mend_line(seen + dt.timedelta(minutes=3, seconds=1)) == 1
    contact.refresh_from_db()
    assert (contact.state, contact.ended_by) == ("wrapping", "system")
    # The counsellor still writes: the caller is with them again at once.
    assert take_up_again(contact_id=contact.pk).state == "active"
    contact_end.caller_gone(contact=contact, now=clock.now())
    contact_end.finish(actor=actor, contact=contact, call_type="support", hard=False, then="open", now=clock.now())
    # They have finished: the caller waits, and the same counsellor sees that it is theirs.
    again = take_up_again(contact_id=contact.pk)
    assert (again.state, again.wanted_id) == ("waiting", actor.account_id)
    contact_end.caller_gone(contact=again, now=clock.now())
    ended = Contact.objects.get(pk=contact.pk).ended_at
    assert ended is not None
    assert contact_of_secret(begun.secret, ended + dt.timedelta(hours=23)) is not None
    assert contact_of_secret(begun.secret, ended + dt.timedelta(hours=25)) is None
    contact_upkeep.forget_line(ended + dt.timedelta(hours=25))
    assert Contact.objects.get(pk=contact.pk).caller_secret_hash == ""


def test_what_was_ended_on_purpose_is_not_taken_up_again() -> None:
    team = a_team()
    _begun, contact, _actor = a_conversation(team)
    contact_end.caller_leaves(contact=contact, now=clock.now())
    assert take_up_again(contact_id=contact.pk).state == "wrapping"


def test_many_from_one_address_wait_behind_the_others_and_only_a_flood_is_refused_for_a_while() -> None:
    team, now = a_team(), clock.now()
    held = [begin_contact(line=team.line, now=now, address="203.0.113.7").contact.held for _ in range(10)]
    assert held == [False] * 8 + [True] * 2
    for _ in range(70):
        begin_contact(line=team.line, now=now, address="203.0.113.7")
    with pytest.raises(Refusal) as refused:
        begin_contact(line=team.line, now=now, address="203.0.113.7")
    assert refused.value.code == "line_flooded"
    assert "12356" in refused.value.todo
    assert not begin_contact(line=team.line, now=now, address="203.0.113.8").contact.held
    assert "203.0.113" not in str(list(Contact.objects.values_list("address_mac", flat=True)))
    contact_upkeep.forget_line(now + dt.timedelta(days=1, minutes=1))
    assert set(Contact.objects.values_list("address_mac", flat=True)) == {""}


def test_a_break_is_due_after_a_hard_one_after_several_and_after_two_hours() -> None:
    team = a_team()
    _begun, contact, actor = a_conversation(team)
    contact_end.team_ends(actor=actor, contact=contact, now=clock.now())
    contact_end.finish(actor=actor, contact=contact, call_type="crisis", hard=True, then="open", now=clock.now())
    assert break_due(Seat.objects.get(), clock.now()) == "hard"
    sit(actor=actor, line_id=team.line.pk, state="break", now=clock.now())
    sit(actor=actor, line_id=team.line.pk, state="open", now=clock.now())
    assert break_due(Seat.objects.get(), clock.now()) == ""
    Seat.objects.update(since_break=5)
    assert break_due(Seat.objects.get(), clock.now()) == "many"
    Seat.objects.update(since_break=0)
    assert break_due(Seat.objects.get(), clock.now() + dt.timedelta(hours=2)) == "long"


def test_a_closed_line_takes_no_chat() -> None:
    team = a_team(hours={})
    with pytest.raises(Refusal) as refused:
        a_caller(team)
    assert refused.value.code == "line_closed"
    assert not Contact.objects.exists()
