"""The end of a shift: what is open is handed on with a sealed note, taken by one, and nothing lies unseen."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from builders import sign_in
from builders_line import Team, a_conversation, a_team
from tongzhou.desks.casework.models import Conversation, HandedMatter
from tongzhou.desks.casework.services import handing
from tongzhou.desks.casework.services.keeping import erase_conversation
from tongzhou.desks.hotline.models import Contact, LineCallback, Seat
from tongzhou.desks.professionals.models import Professional, Shift
from tongzhou.flows import contact_end, contact_support
from tongzhou.flows.contact_callback import ask_line_callback
from tongzhou.kernel import clock
from tongzhou.kernel.models import AuditEntry
from tongzhou.registers.notices.models import Notice

pytestmark = pytest.mark.django_db
PAGE = "/calls/handover/"


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


@pytest.fixture
def team() -> Team:
    return a_team()


def _as(person: Professional) -> Client:
    assert person.account is not None
    return sign_in(Client(), person.account)


def _text(answer: Any) -> str:
    return str(answer.content.decode())


def _give(client: Client, contact: Contact | LineCallback, to: object, note: str = "", kind: str = "contact") -> Any:
    said = {"kind": kind, "item": str(contact.pk), "to": str(to), "note": note}
    return client.post(f"{PAGE}give/", said)


def _take(client: Client, contact: Contact | LineCallback, kind: str = "contact") -> Any:
    return client.post(f"{PAGE}take/", {"kind": kind, "item": str(contact.pk)})


def _wrapping(team: Team) -> tuple[Client, Contact, Client]:
    """(the counsellor's browser, a contact that is over and not written up, the colleague's browser)."""
    _begun, contact, actor = a_conversation(team)
    contact_end.team_ends(actor=actor, contact=contact, now=clock.now())
    contact.refresh_from_db()
    return _as(team.counsellors[0]), contact, _as(team.counsellors[1])


def _gone_home(person: Professional) -> None:
    Shift.objects.filter(professional=person).update(ends_at=clock.now() - dt.timedelta(minutes=1))


def test_a_contact_goes_to_a_colleague_with_a_sealed_note(team: Team) -> None:
    client, contact, other = _wrapping(team)
    colleague = team.counsellors[1]
    page = _text(client.get(PAGE))
    assert "没有写完的来访" in page
    assert colleague.alias in page
    assert team.counsellors[0].alias not in page.partition("<select")[2]
    assert "交给您" not in _text(other.get("/calls/"))
    note = "他女儿今晚十点到，等她到了再收尾"
    assert _give(client, contact, colleague.account_id, note).status_code == 302
    row = HandedMatter.objects.get()
    assert note.encode() not in bytes(row.note or b"")
    assert (row.from_name, row.to_name, row.taken_at) == (team.counsellors[0].alias, colleague.alias, None)
    assert Notice.objects.get(account=colleague.account).facts["what"] == "handed"
    assert "有 1 件事交给了您" in _text(other.get("/calls/"))
    shown = _text(other.get(PAGE))
    assert note in shown
    assert f"{team.counsellors[0].alias} 在" in shown
    assert AuditEntry.objects.filter(object_id=str(row.pk), changes={"looked": ["note"]}).count() == 1
    assert other.get(f"/calls/{contact.pk}/").status_code == 404  # the conversation only once it is taken
    assert _take(other, contact)["Location"] == f"/calls/{contact.pk}/"
    contact.refresh_from_db()
    assert (contact.counsellor_id, contact.supervisor_id) == (colleague.account_id, team.supervisor.account_id)
    assert Seat.objects.get(account_id=team.counsellors[0].account_id).contact is None
    assert note in _text(other.get(f"/calls/{contact.pk}/"))
    assert client.get(f"/calls/{contact.pk}/").status_code == 404  # the one before reads it no longer
    assert "可以放心下班" in _text(client.get(PAGE))
    done = other.post(f"/calls/{contact.pk}/done/", {"call_type": "support", "then": "open"})
    assert done.status_code == 302
    contact.refresh_from_db()
    assert contact.state == "ended"


def test_a_conversation_that_goes_on_is_kept_for_the_colleague_and_closes_when_answered(team: Team) -> None:
    _begun, contact, _actor = a_conversation(team)
    client, other = _as(team.counsellors[0]), _as(team.counsellors[1])
    colleague = team.counsellors[1]
    _give(client, contact, colleague.account_id, "还在谈，先听他说")
    contact.refresh_from_db()
    assert (contact.state, contact.front, contact.wanted_id) == ("waiting", True, colleague.account_id)
    assert contact.wanted_until is not None
    assert contact.wanted_until > clock.now()
    assert "还没有接" in _text(client.get(PAGE))  # whoever handed it sees that nobody has it yet
    other.post("/calls/seat/", {"state": "open"})
    other.post("/calls/next/")
    contact.refresh_from_db()
    assert (contact.state, contact.counsellor_id) == ("active", colleague.account_id)
    assert HandedMatter.objects.get().taken_by == colleague.account_id
    assert "先听他说" in _text(other.get(f"/calls/{contact.pk}/"))


def test_a_promised_callback_goes_with_its_number(team: Team) -> None:
    _client, contact, other = _wrapping(team)
    row, _new = ask_line_callback(
        line=team.line, phone="19000000031", words="", language="mandarin", address="", now=clock.now(), contact=contact
    )
    client = _as(team.counsellors[0])
    assert "答应过的回电" in _text(client.get(PAGE))
    assert _give(client, row, team.counsellors[1].account_id, kind="callback").status_code == 302
    assert "19000000031" not in _text(other.get(PAGE))
    taken = _take(other, row, "callback")
    assert taken["Location"] == f"/calls/callbacks/{row.pk}/"
    assert "19000000031" in _text(other.get(taken["Location"]))


def test_an_escalation_is_handed_or_said_to_be_settled(team: Team) -> None:
    _begun, contact, actor = a_conversation(team)
    now = clock.now()
    contact_support.escalate_contact(actor=actor, contact=contact, now=now)
    contact_end.team_ends(actor=actor, contact=contact, now=now)
    client = _as(team.counsellors[0])
    settle = {"kind": "escalation", "item": str(contact.pk), "do": "settle"}
    assert client.post(f"{PAGE}give/", settle).status_code == 422  # it is not even written up
    contact_end.finish(
        actor=actor, contact=Contact.objects.get(pk=contact.pk), call_type="crisis", hard=True, then="open", now=now
    )
    assert "升级过的来访" in _text(client.get(PAGE))
    assert client.post(f"{PAGE}give/", settle).status_code == 302
    assert "升级过的来访" not in _text(client.get(PAGE))
    assert HandedMatter.objects.get().settled_at is not None


def test_the_supervisor_sees_what_lies_in_nobodys_hands_and_finds_hands(team: Team) -> None:
    client, contact, other = _wrapping(team)
    boss = _as(team.supervisor)
    assert "每件事都有人管" in _text(boss.get(PAGE))
    assert "没有人接手的" not in _text(other.get(PAGE))
    _gone_home(team.counsellors[0])
    assert "有 1 件事没有人接手" in _text(boss.get("/calls/board/"))
    assert _take(other, contact).status_code == 404  # it was not handed to them
    assert _give(boss, contact, team.counsellors[1].account_id, "请写完").status_code == 302
    assert "每件事都有人管" in _text(boss.get(PAGE))
    HandedMatter.objects.update(handed_at=clock.now() - dt.timedelta(minutes=31))
    assert "有 1 件事没有人接手" in _text(boss.get("/calls/board/"))  # handed, and not taken
    _take(other, contact)
    assert "没有人接手。" not in _text(boss.get("/calls/board/"))
    assert client.get(PAGE).status_code == 200


def test_what_is_handed_to_the_supervisors_is_theirs_alone(team: Team) -> None:
    client, contact, other = _wrapping(team)
    _give(client, contact, "supervisors", "要向警方了解情况")
    boss = _as(team.supervisor)
    assert "要向警方了解情况" in _text(boss.get(PAGE))
    assert "要向警方了解情况" not in _text(other.get(PAGE))
    stranger = _as(a_team().supervisor)  # of another line, in the same city
    assert "要向警方了解情况" not in _text(stranger.get(f"{PAGE}?line={team.line.pk}"))
    assert _take(stranger, contact).status_code == 404
    assert _take(boss, contact).status_code == 302
    assert _take(boss, contact).status_code == 302  # twice is once: it is theirs
    assert HandedMatter.objects.get().taken_by == team.supervisor.account_id


def test_of_two_who_take_it_one_gets_it_and_hands_must_be_chosen(team: Team) -> None:
    client, contact, other = _wrapping(team)
    for to in ("", "somebody", team.counsellors[0].account_id):
        refused = _give(client, contact, to, "写过的还在")
        assert refused.status_code == 422
        assert "写过的还在" in _text(refused)
    assert _give(client, contact, team.counsellors[1].account_id, "长" * 1001).status_code == 422
    _give(client, contact, team.counsellors[1].account_id)
    row = HandedMatter.objects.get()
    _take(_as(team.supervisor), contact)
    assert _take(other, contact).status_code == 404
    with pytest.raises(Exception, match="matter_taken"):
        handing.take(actor=team.actor(1), act="contact.take", row=row, now=clock.now())  # type: ignore[arg-type]


def test_leaving_with_open_things_leads_to_the_handover(team: Team) -> None:
    client, contact, _other = _wrapping(team)
    Seat.objects.filter(account_id=team.counsellors[0].account_id).update(contact=None, state="open")
    left = client.post("/calls/seat/", {"state": "off"})
    assert left["Location"] == PAGE
    assert "您手里还有 1 件事" in _text(client.get(PAGE))
    assert f'value="{contact.pk}"' in _text(client.get(PAGE))


def test_erasing_the_conversation_erases_the_note(team: Team) -> None:
    client, contact, _other = _wrapping(team)
    _give(client, contact, "supervisors", "只此一处的话")
    erase_conversation(conversation=Conversation.objects.get(pk=contact.pk), reason="test")
    row = HandedMatter.objects.get()
    assert (row.note, row.record_key, handing.note_of(row)) == (None, None, "")


def test_a_note_about_a_callback_is_forgotten_after_a_month(team: Team) -> None:
    _client, contact, _other = _wrapping(team)
    row, _new = ask_line_callback(
        line=team.line, phone="19000000032", words="", language="mandarin", address="", now=clock.now(), contact=contact
    )
    _give(_as(team.counsellors[0]), row, "supervisors", "晚上打", kind="callback")
    now = clock.now()
    assert handing.forget_old(now + dt.timedelta(days=29)) == 0
    assert handing.forget_old(now + dt.timedelta(days=31)) == 1
    assert handing.note_of(HandedMatter.objects.get()) == ""
