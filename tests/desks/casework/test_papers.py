"""Screening by the written rules, safety plans, categories: sealed, read by two people, logged."""

from __future__ import annotations

import copy
import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.core.cache import cache

from builders_line import a_conversation, a_team
from tongzhou.desks.casework.models import ContactForm, Conversation, FormDefinition, Paper
from tongzhou.desks.casework.services import editions, forms, papers
from tongzhou.desks.hotline.models import Contact, ContactEvent
from tongzhou.flows import contact_papers
from tongzhou.kernel import clock
from tongzhou.kernel.access import SYSTEM
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.models import AuditEntry

pytestmark = pytest.mark.django_db
CALM = {"now": "no", "harm": "no", "wish": "no", "thoughts": "no", "recent": "no"}


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


@pytest.mark.parametrize(
    ("said", "level"),
    [
        ({}, "none"),
        ({"wish": "yes"}, "low"),
        ({"wish": "unknown"}, "low"),
        ({"thoughts": "yes", "method": "no", "intent": "no", "plan": "no"}, "low"),
        ({"thoughts": "yes", "method": "yes", "intent": "unknown", "plan": "no"}, "high"),
        ({"recent": "yes"}, "high"),
        ({"now": "unknown"}, "high"),
        ({"thoughts": "yes", "method": "yes", "intent": "yes", "plan": "no"}, "high"),
        ({"thoughts": "yes", "method": "no", "intent": "yes", "plan": "yes"}, "imminent"),
        ({"now": "yes"}, "imminent"),
        ({"harm": "yes"}, "imminent"),
    ],
)
def test_levels_as_the_protocol_states_them(said: dict[str, str], level: str) -> None:
    form = forms.current("screening")
    assert forms.level_of(form, form.checked(CALM | said)) == level


def test_every_question_that_is_asked_needs_an_answer_and_only_those() -> None:
    form = forms.current("screening")
    assert set(form.checked(CALM | {"plan": "yes"})) == set(CALM)  # no thoughts: the plan is not asked for
    with pytest.raises(Refusal) as refused:
        form.checked(CALM | {"thoughts": "yes", "method": "no"})
    assert (refused.value.code, refused.value.params["codes"]) == ("form_incomplete", "intent,plan")
    with pytest.raises(Refusal) as refused:
        form.checked(CALM | {"now": "<script>"})
    assert refused.value.code == "form_value"


def test_danger_to_life_brings_the_supervisor_at_once_and_the_event_says_nothing() -> None:
    team = a_team()
    _begun, contact, actor = a_conversation(team)
    level = contact_papers.screen_contact(actor=actor, contact=contact, answers=CALM | {"now": "yes"}, now=clock.now())
    contact = Contact.objects.get()
    assert level == "imminent"
    assert contact.escalated_at is not None
    assert contact.joined_id == team.supervisor.account_id
    events = ContactEvent.objects.filter(kind__in=("screened", "escalated")).values_list("kind", "detail")
    assert list(events) == [("screened", ""), ("escalated", "")]
    assert "imminent" not in str(list(AuditEntry.objects.values_list("changes", flat=True)))
    assert b"imminent" not in bytes(Paper.objects.get().sealed or b"")


def test_only_the_counsellor_writes_and_the_supervisor_reads_and_each_look_is_logged() -> None:
    team = a_team()
    _begun, contact, actor = a_conversation(team)
    said = {"signs": "金丝雀 我会一直走", "people": "姐姐"}
    contact_papers.keep_plan(actor=actor, contact=contact, answers=said, now=clock.now())
    for stranger in (team.actor(1), team.boss):
        with pytest.raises(Refusal):
            contact_papers.keep_plan(actor=stranger, contact=contact, answers=said, now=clock.now())
    with pytest.raises(Refusal) as refused:
        contact_papers.open_paper(actor=team.actor(1), contact_id=contact.pk, kind="plan")
    assert refused.value.code == "not_found"
    before = AuditEntry.objects.count()
    opened = contact_papers.open_paper(actor=team.boss, contact_id=contact.pk, kind="plan")
    assert opened is not None
    assert opened.answers == said
    assert AuditEntry.objects.count() == before + 1
    assert AuditEntry.objects.order_by("-id")[0].changes == {"looked": ["plan"]}


def test_the_caller_sees_a_plan_only_once_it_was_given() -> None:
    _begun, contact, actor = a_conversation(a_team())
    conversation = Conversation.objects.get()
    contact_papers.keep_plan(actor=actor, contact=contact, answers={"signs": "一"}, now=clock.now())
    assert papers.given_plan(conversation) is None
    contact_papers.give_plan(actor=actor, contact=contact)
    contact_papers.keep_plan(actor=actor, contact=contact, answers={"signs": "二"}, now=clock.now())
    given = papers.given_plan(conversation)
    assert given is not None
    assert given.answers == {"signs": "一"}


def test_what_was_filled_in_stays_readable_with_its_edition() -> None:
    _begun, contact, actor = a_conversation(a_team())
    said = {"topic": "sleep", "group": "general", "stage": "outbreak", "outcome": "calmer"}
    contact_papers.keep_categories(actor=actor, contact=contact, answers=said, now=clock.now())
    old = forms.current("contact")
    fields = [dict(field) for field in old.fields]
    fields[0]["label"], fields[0]["options"] = "事由", [["work", "工作", "work"]]
    writer, other = (replace(SYSTEM, account_id=uuid.uuid4(), name="督导") for _ in range(2))
    line = contact.line_id
    new = editions.save_draft(actor=writer, name="contact", line_id=line, body={**old.body, "fields": fields})
    assert forms.current("contact", line).version == 1  # a draft holds nowhere
    with pytest.raises(Refusal, match="form_two"):
        editions.release(actor=writer, name="contact", line_id=line, now=clock.now())
    editions.release(actor=other, name="contact", line_id=line, now=clock.now())
    assert (new.version, forms.current("contact", line).version) == (1001, 1001)
    assert forms.current("contact", uuid.uuid4()).version == 1  # another line keeps what ships
    with pytest.raises(Refusal) as refused:
        contact_papers.keep_categories(actor=actor, contact=contact, answers=said, now=clock.now())
    assert refused.value.code == "form_value"
    kept = ContactForm.objects.get()
    assert (kept.topic, kept.form_version) == ("sleep", 1)
    assert forms.edition("contact", kept.form_version).fields[0]["label"] == "主要的事"
    assert sorted(FormDefinition.objects.values_list("name", "version")) == [("contact", 1), ("contact", 1001)]


def _change(name: str, **over: Any) -> dict[str, Any]:
    return {**copy.deepcopy(dict(forms.current(name).body)), **over}


@pytest.mark.parametrize(
    ("name", "over", "where"),
    [
        ("contact", {"fields": []}, "code"),
        ("contact", {"fields": [{"code": "x", "kind": "text", "label": "一", "label_en": "One", "required": True,
                                 "when": {"later": "yes"}}]}, "x"),
        ("plan", {"fields": [{"code": "A!", "kind": "text", "label": "一", "label_en": "1", "required": True}]}, "A!"),
        ("plan", {"fields": [{"code": "a", "kind": "text", "label": "一", "label_en": "", "required": True}]}, "a"),
        ("plan", {"fields": [{"code": "a", "kind": "choice", "label": "一", "label_en": "One", "required": True,
                              "options": [["x", "甲"]]}]}, "a"),
        ("contact", {"fields": [{"code": "topic", "kind": "choice", "label": "一", "label_en": "One", "required": True,
                                 "options": [["x", "甲", "A"]]}]}, "group"),
        ("screening", {"rules": []}, "rules"),
        ("screening", {"rules": [{"level": "imminent", "any": [{"nothing": "yes"}]}]}, "rules"),
        ("screening", {"rules": [{"level": "imminent", "any": [{"now": "perhaps"}]}]}, "rules"),
        ("screening", {"rules": [{"level": "low", "any": [{"now": "yes"}]}]}, "rules"),
        ("screening", {"steps": {"none": ["无", "None"]}}, "steps"),
    ],
)  # fmt: skip
def test_a_broken_edition_is_refused(name: str, over: dict[str, Any], where: str) -> None:
    writer = replace(SYSTEM, account_id=uuid.uuid4())
    with pytest.raises(Refusal) as refused:
        editions.save_draft(actor=writer, name=name, line_id=uuid.uuid4(), body=_change(name, **over))
    assert (refused.value.code, refused.value.params) == ("form_broken", {"where": where})
    assert not FormDefinition.objects.exists()


@pytest.mark.parametrize("name", editions.NAMES)
def test_every_form_that_ships_can_be_saved_as_it_is(name: str) -> None:
    writer = replace(SYSTEM, account_id=uuid.uuid4())
    row = editions.save_draft(actor=writer, name=name, line_id=uuid.uuid4(), body=_change(name))
    assert row.body["fields"] == list(forms.current(name).body["fields"])
