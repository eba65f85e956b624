"""What is said on the line: in order, once, sealed, and read by nobody else."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from django.core.cache import cache
from django.db import connection

from builders_line import a_caller, a_conversation, a_team
from tongzhou.desks.casework.models import Conversation, Message, NoteVersion, Signal
from tongzhou.desks.casework.services import noting, talking
from tongzhou.desks.hotline.models import Contact, ContactEvent
from tongzhou.flows import contact_end, contact_note, contact_support
from tongzhou.flows.contact_read import open_contact, readable_contact, said_to_caller, said_to_team
from tongzhou.flows.contact_say import MOST_PER_MINUTE, say_as_caller, say_as_team, send_signal
from tongzhou.kernel import clock
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.models import AuditEntry

pytestmark = pytest.mark.django_db
CANARY = "金丝雀 canary-8f3a 我睡不着"


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


def test_the_same_message_twice_is_one_and_other_words_under_its_id_are_refused() -> None:
    contact = a_caller(a_team()).contact
    first = say_as_caller(contact=contact, client_id="client-id-1", text="你好", now=clock.now())
    assert say_as_caller(contact=contact, client_id="client-id-1", text="你好", now=clock.now()) == first == 1
    with pytest.raises(Refusal) as refused:
        say_as_caller(contact=contact, client_id="client-id-1", text="别的", now=clock.now())
    assert refused.value.code == "key_reused"
    assert say_as_caller(contact=contact, client_id="client-id-2", text="在吗", now=clock.now()) == 2
    assert [one.text for one in said_to_caller(contact)] == ["你好", "在吗"]


@pytest.mark.django_db(transaction=True)
def test_two_sides_at_once_get_numbers_without_a_gap() -> None:
    team = a_team()
    _begun, contact, actor = a_conversation(team)
    begun_at = Conversation.objects.get().last_seq

    def talk(side: str) -> None:
        for number in range(15):
            if side == "caller":
                say_as_caller(contact=contact, client_id=f"caller-{number:03}", text=str(number), now=clock.now())
            else:
                say_as_team(
                    actor=actor, contact=contact, client_id=f"team-{number:05}", text=str(number), now=clock.now()
                )
        connection.close()

    threads = [threading.Thread(target=talk, args=(side,)) for side in ("caller", "team")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    said = said_to_team(contact)
    assert [one.seq for one in said] == list(range(1, begun_at + 31))
    for side in ("caller", "counsellor"):
        assert [one.text for one in said if one.side == side] == [str(number) for number in range(15)]


def test_nothing_readable_stands_in_the_tables_and_a_message_opens_nowhere_else() -> None:
    team = a_team()
    _begun, contact, actor = a_conversation(team)
    say_as_caller(contact=contact, client_id="canary-0001", text=CANARY, now=clock.now())
    contact_note.keep_note(actor=actor, contact=contact, text=CANARY, base=0, now=clock.now())
    send_signal(contact_id=contact.pk, to="counsellor", payload={"sdp": CANARY}, now=clock.now())
    with connection.cursor() as cursor:
        for model in (Conversation, Message, NoteVersion, Signal, Contact, ContactEvent, AuditEntry):
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")
            stored = b"".join(_bytes(value) for row in cursor.fetchall() for value in row)
            assert b"canary-8f3a" not in stored
            assert "金丝雀".encode() not in stored
    other = a_caller(team).contact
    say_as_caller(contact=other, client_id="other-00001", text="x", now=clock.now())
    moved = Message.objects.get(client_id="canary-0001")
    Message.objects.filter(conversation_id=other.pk).update(sealed=moved.sealed)
    with pytest.raises(InvalidTag):
        said_to_team(other)


def _bytes(value: Any) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def test_hostile_text_is_kept_as_text_and_hidden_signs_are_left_out() -> None:
    contact = a_caller(a_team()).contact
    said = "<script>alert(1)</script>\u202e反\u200b\x00写\r\n第二行 👨‍👩‍👧"
    say_as_caller(contact=contact, client_id="hostile-001", text=said, now=clock.now())
    assert said_to_caller(contact)[0].text == "<script>alert(1)</script>反写\n第二行 👨‍👩‍👧"


@pytest.mark.parametrize(
    ("text", "code"), [("x" * 2001, "message_long"), ("好" * 100_000, "message_long"), (" \u200b\n", "message_empty")]
)
def test_what_is_too_long_or_empty_is_refused_and_nothing_is_numbered(text: str, code: str) -> None:
    contact = a_caller(a_team()).contact
    with pytest.raises(Refusal) as refused:
        say_as_caller(contact=contact, client_id="too-long-01", text=text, now=clock.now())
    assert refused.value.code == code
    assert Conversation.objects.get().last_seq == 0


def test_a_flood_of_messages_is_slowed_down() -> None:
    contact = a_caller(a_team()).contact
    refused = ""
    for number in range(MOST_PER_MINUTE * 2 + 1):  # a minute may turn over in between
        try:
            say_as_caller(contact=contact, client_id=f"flood-{number:05}", text="x", now=clock.now())
        except Refusal as refusal:
            refused = refusal.code
            break
    assert refused == "too_many"


def test_after_the_end_nothing_more_is_said_but_a_resent_message_is_answered() -> None:
    team = a_team()
    _begun, contact, actor = a_conversation(team)
    seq = say_as_caller(contact=contact, client_id="before-end1", text="好", now=clock.now())
    contact_end.team_ends(actor=actor, contact=contact, now=clock.now())
    assert say_as_caller(contact=contact, client_id="before-end1", text="好", now=clock.now()) == seq
    for say in (
        lambda: say_as_caller(contact=contact, client_id="after-end-1", text="x", now=clock.now()),
        lambda: say_as_team(actor=actor, contact=contact, client_id="after-end-2", text="x", now=clock.now()),
    ):
        with pytest.raises(Refusal) as refused:
            say()
        assert refused.value.code == "contact_over"


def test_what_is_said_quietly_stays_with_the_team() -> None:
    team = a_team()
    _begun, contact, actor = a_conversation(team)
    say_as_team(actor=actor, contact=contact, client_id="quietly-001", text="请看", now=clock.now(), quietly=True)
    assert [one.text for one in said_to_caller(contact)] == ["answered"]
    assert [one.text for one in said_to_team(contact)] == ["answered", "请看"]


def test_only_the_counsellor_the_supervisor_and_who_was_asked_read_it_and_each_look_is_logged() -> None:
    team, elsewhere = a_team(), a_team()
    _begun, contact, actor = a_conversation(team)
    for who in (team.actor(1), elsewhere.actor(), elsewhere.boss):
        with pytest.raises(Refusal) as refused:
            readable_contact(actor=who, contact_id=contact.pk)
        assert refused.value.code == "not_found"
    for who in (actor, team.boss):
        open_contact(actor=who, contact_id=contact.pk)
        looked = AuditEntry.objects.filter(actor_id=who.account_id, act="contact.read").last()
        assert looked is not None
        assert looked.changes == {"looked": ["messages", "notes"]}
    Contact.objects.filter(pk=contact.pk).update(supervisor_id=None)
    with pytest.raises(Refusal):
        readable_contact(actor=team.boss, contact_id=contact.pk)
    contact.refresh_from_db()
    contact_support.ask_support(actor=actor, contact=contact, now=clock.now())
    contact_support.join_contact(actor=team.boss, contact=contact, now=clock.now())
    assert readable_contact(actor=team.boss, contact_id=contact.pk) == contact
    with pytest.raises(Refusal):
        contact_support.join_contact(actor=elsewhere.boss, contact=contact, now=clock.now())
    contact.refresh_from_db()
    contact_support.end_support(actor=actor, contact=contact, now=clock.now())
    with pytest.raises(Refusal):
        readable_contact(actor=team.boss, contact_id=contact.pk)


def test_escalation_joins_the_supervisor_once_and_is_written() -> None:
    team = a_team()
    _begun, contact, actor = a_conversation(team)
    for _ in range(2):
        contact = contact_support.escalate_contact(actor=actor, contact=contact, now=clock.now())
    assert contact.joined_id == team.boss.account_id
    assert contact.hard
    assert ContactEvent.objects.filter(kind="escalated").count() == 1
    assert "escalated" not in [one.text for one in said_to_caller(contact)]


def test_notes_keep_versions_and_two_windows_do_not_overwrite_each_other() -> None:
    team = a_team()
    _begun, contact, actor = a_conversation(team)
    now = clock.now()
    one = contact_note.keep_note(actor=actor, contact=contact, text="甲", base=0, now=now)
    assert contact_note.keep_note(actor=actor, contact=contact, text="甲乙", base=one, now=now) == one == 1
    later = now + 3 * noting._ONE_SITTING
    assert contact_note.keep_note(actor=actor, contact=contact, text="甲乙丙", base=1, now=later) == 2
    with pytest.raises(Refusal) as refused:
        contact_note.keep_note(actor=actor, contact=contact, text="另一个窗口", base=1, now=later)
    assert refused.value.code == "note_stale"
    assert contact_note.read_note(actor=team.boss, contact=contact) == ("甲乙丙", 2)
    assert NoteVersion.objects.count() == 2
    for who in (team.boss, team.actor(1)):
        with pytest.raises(Refusal):
            contact_note.keep_note(actor=who, contact=contact, text="x", base=2, now=later)


def test_signals_go_to_the_other_side_in_order_and_are_forgotten() -> None:
    contact = a_caller(a_team()).contact
    now = clock.now()
    for number in (1, 2):
        assert send_signal(contact_id=contact.pk, to="counsellor", payload={"n": number}, now=now) == number
    heard = talking.signals_after({contact.pk: 0}, now=now)
    assert [(number, to, text) for _, number, to, text in heard] == [
        (1, "counsellor", '{"n":1}'), (2, "counsellor", '{"n":2}'),
    ]  # fmt: skip
    assert [number for _, number, _, _ in talking.signals_after({contact.pk: 1}, now=now)] == [2]
    assert talking.forget_signals(now=now + 2 * talking._SIGNAL_LIVES) == 2


def test_reading_many_conversations_takes_as_many_queries_as_one(django_assert_num_queries: Any) -> None:
    team = a_team()
    contacts = [a_caller(team).contact for _ in range(6)]
    for contact in contacts:
        say_as_caller(contact=contact, client_id="many-000001", text="x", now=clock.now())
    with django_assert_num_queries(3):
        talking.said_after({contacts[0].pk: 0})
    with django_assert_num_queries(3):
        assert len(talking.said_after({contact.pk: 0 for contact in contacts})) == 6
