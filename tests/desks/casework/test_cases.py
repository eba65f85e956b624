"""Cases, referrals, keeping and erasing: with consent, in the right hands, and gone when it is time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.cache import cache

from builders_line import a_conversation, a_team
from tongzhou.chain.intake.models import Need
from tongzhou.desks.casework.models import Case, ContactForm, Conversation, Message, NoteVersion, Paper, Referral
from tongzhou.desks.casework.services import keeping
from tongzhou.desks.hotline.models import Contact
from tongzhou.flows import contact_end, contact_note, contact_papers, forget_cases, keep_case, refer_contact
from tongzhou.flows.contact_read import said_to_caller
from tongzhou.flows.contact_say import say_as_caller
from tongzhou.kernel import clock, erasures
from tongzhou.kernel.errors import Refusal

pytestmark = pytest.mark.django_db
SAID = {"called": "河边的人", "reason": "需要有人陪一段"}
PASSED = {"item": "口罩", "quantity": "20", "place": "武汉市武昌区", "name": "河边的人", "phone": "19000000021"}


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


def _code(call: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as refused:
        call()
    return refused.value.code


def test_a_case_needs_consent_and_the_code_finds_it_again() -> None:
    team = a_team()
    _begun, contact, actor = a_conversation(team)
    now = clock.now()
    no = lambda: keep_case.open_case(actor=actor, contact=contact, consent=False, answers=SAID, now=now)  # noqa: E731
    assert _code(no) == "case_consent"
    case, code = keep_case.open_case(actor=actor, contact=contact, consent=True, answers=SAID, now=now)
    assert case.keep_until == (now + dt.timedelta(days=365)).date()
    _other, second, third = a_conversation(team, 1)
    attach = lambda who, text: keep_case.attach_by_code(actor=who, contact=second, code=text, now=now)  # noqa: E731
    assert _code(lambda: attach(third, code)) == "case_unknown"  # somebody else's case: the supervisor hands it over
    keep_case.assign_case(actor=team.boss, pk=case.pk, account_id=third.account_id)  # type: ignore[arg-type]
    assert attach(third, code).pk == case.pk
    assert _code(lambda: keep_case.read_case(actor=actor, pk=case.pk)) == "not_found"  # no longer theirs


def test_stages_with_a_reason_and_no_way_back_from_closed() -> None:
    team = a_team()
    _begun, contact, actor = a_conversation(team)
    now = clock.now()
    case, _secret = keep_case.open_case(actor=actor, contact=contact, consent=True, answers=SAID, now=now)
    move = lambda stage, why="理由": keep_case.move_case(actor=actor, pk=case.pk, stage=stage, reason=why, now=now)  # noqa: E731
    assert _code(lambda: move("paused", "  ")) == "message_empty"
    move("paused")
    move("open")
    keep_case.write_entry(actor=actor, pk=case.pk, kind="note", text="金丝雀", now=now)
    move("closed")
    assert _code(lambda: move("open")) == "case_stage"
    write = lambda: keep_case.write_entry(actor=actor, pk=case.pk, kind="note", text="x", now=now)  # noqa: E731
    assert _code(write) == "case_closed"
    _case, papers = keep_case.read_case(actor=team.boss, pk=case.pk)
    assert [one.answers.get("text") for one in papers] == [None, "理由", "理由", "金丝雀", "理由"]


def test_a_need_gets_only_what_the_caller_chose() -> None:
    _begun, contact, actor = a_conversation(a_team())
    now = clock.now()
    contact_note.keep_note(actor=actor, contact=contact, text="金丝雀笔记", base=0, now=now)
    chosen = frozenset({"item", "place", "phone"})
    send = lambda consent: refer_contact.refer_to_need(  # noqa: E731
        actor=actor, contact=contact, given=PASSED, chosen=chosen, consent=consent, key="referral-key-1", now=now
    )
    refer_contact.show_first(actor=actor, contact=contact, given=PASSED, chosen=chosen, now=now)
    told = said_to_caller(contact)[-1].text
    assert "口罩" in told
    assert "河边的人" not in told
    assert _code(lambda: send(False)) == "referral_consent"
    row, code = send(True)
    again, same = send(True)
    assert (again.pk, same) == (row.pk, code)
    need = Need.objects.get()
    assert need.item == "口罩"
    shown = refer_contact.referrals_of(actor=actor, contact=contact)[0]
    assert (shown.target, shown.passed) == (code, {name: PASSED[name] for name in ("item", "place", "phone")})
    refer_contact.move_referral(actor=actor, contact=contact, ref=row.pk, state="done")
    again_move = lambda: refer_contact.move_referral(actor=actor, contact=contact, ref=row.pk, state="offered")  # noqa: E731
    assert _code(again_move) == "referral_state"


def _full() -> tuple[Contact, str]:
    begun, contact, actor = a_conversation(a_team())
    now = clock.now()
    say_as_caller(contact=contact, client_id="client-id-1", text="金丝雀", now=now)
    contact_note.keep_note(actor=actor, contact=contact, text="金丝雀笔记", base=0, now=now)
    contact_papers.keep_plan(actor=actor, contact=contact, answers={"signs": "一"}, now=now)
    refer_contact.refer_to_place(actor=actor, contact=contact, name="金丝雀机构")
    contact_end.team_ends(actor=actor, contact=contact, now=now)
    return Contact.objects.get(pk=contact.pk), begun.secret


def _gone() -> bool:
    left = [model.objects.filter(sealed__isnull=False).exists() for model in (Message, NoteVersion, Paper)]
    return not any(left) and Conversation.objects.get().record_key is None and Referral.objects.get().target is None


def test_after_ninety_days_it_is_gone_and_not_a_day_before() -> None:
    contact, _secret = _full()
    assert contact.ended_at is not None
    forget_cases.forget_due(contact.ended_at + dt.timedelta(days=90))
    assert Conversation.objects.get().record_key is not None
    forget_cases.forget_due(contact.ended_at + dt.timedelta(days=90, seconds=1))
    assert _gone()
    assert Contact.objects.get().state == "wrapping"  # that it took place stays


def test_a_line_may_keep_less_and_a_case_has_its_own_day() -> None:
    contact, _secret = _full()
    keeping.set_rule(line_id=contact.line_id, contact=7, case=30)
    assert _code(lambda: keeping.set_rule(line_id=contact.line_id, contact=0, case=30)) == "keeping_days"
    forget_cases.forget_due(contact.ended_at + dt.timedelta(days=8))  # type: ignore[operator]
    assert _gone()


def test_a_case_ends_on_its_day() -> None:
    _begun, contact, actor = a_conversation(a_team())
    case, _secret = keep_case.open_case(actor=actor, contact=contact, consent=True, answers=SAID, now=clock.now())
    at = dt.datetime.combine(case.keep_until, dt.time(12), tzinfo=dt.UTC)
    forget_cases.forget_due(at)
    assert Case.objects.get().record_key is not None
    forget_cases.forget_due(at + dt.timedelta(days=1))
    assert Case.objects.get().record_key is None
    assert Case.objects.get().profile.code_mac == ""
    assert not Paper.objects.filter(case=case, sealed__isnull=False).exists()


def test_the_caller_erases_by_secret_or_later_by_code_and_it_stays_erased() -> None:
    contact, _secret = _full()
    code = forget_cases.erase_secret(contact=contact)
    before = Conversation.objects.get()
    later = lambda text: forget_cases.erase_by_code(code=text, cases_too=False, address="10.0.0.1")  # noqa: E731
    assert _code(lambda: later("0000000000")) == "erase_unknown"
    later(code)
    assert _gone()
    assert _code(lambda: later(code)) == "erase_unknown"
    # an older database comes back: the key is in it again, until the list outside destroys it again
    Conversation.objects.filter(pk=before.pk).update(record_key=before.record_key, erase_mac=before.erase_mac)
    assert erasures.destroy_again() >= 1
    assert Conversation.objects.get().record_key is None


def test_what_still_goes_on_is_not_erased() -> None:
    _begun, contact, _actor = a_conversation(a_team())
    assert _code(lambda: forget_cases.erase_own(contact=contact)) == "erase_open"


def test_no_to_statistics_takes_the_categories_out_and_training_is_never_assumed() -> None:
    _begun, contact, actor = a_conversation(a_team())
    conversation, now = Conversation.objects.get(), clock.now()
    assert keeping.agreed(conversation) == {"care": True, "statistics": True, "training": False}
    said = {"topic": "sleep", "group": "general", "stage": "outbreak", "outcome": "calmer"}
    contact_papers.keep_categories(actor=actor, contact=contact, answers=said, now=now)
    forget_cases.consent_by_caller(contact=contact, purpose="statistics", given=False, now=now)
    assert not ContactForm.objects.exists()
    contact_papers.keep_categories(actor=actor, contact=contact, answers=said, now=now)
    assert not ContactForm.objects.exists()
