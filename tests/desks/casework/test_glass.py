"""The glass: two people, one hour, every look logged, a third looks it over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction

from builders_line import a_conversation, a_team
from builders_professionals import a_professional
from tongzhou.desks.casework.models import GlassAccess
from tongzhou.desks.hotline.models import Contact
from tongzhou.flows import break_glass, contact_support
from tongzhou.flows.contact_say import say_as_caller
from tongzhou.kernel import clock
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.models import AuditEntry
from tongzhou.registers.people.actors import actor_for

pytestmark = pytest.mark.django_db
REASON = "来访者说马上要做，断线了，需要知道在哪里"


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


def _code(call: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as refused:
        call()
    return refused.value.code


def _world() -> tuple[tuple[Contact, Actor], list[Actor]]:
    """A contact of the first counsellor; (it, [second counsellor, own supervisor, two other supervisors])."""
    team = a_team()
    others = [actor_for(a_professional(team.line, supervisor=True).account, second_factor=True) for _ in range(2)]
    _begun, contact, actor = a_conversation(team)
    say_as_caller(contact=contact, client_id="client-id-1", text="金丝雀在桥上", now=clock.now())
    return (contact, actor), [team.actor(1), team.boss, *others]


def test_only_after_an_escalation_and_never_alone() -> None:
    (contact, actor), (asker, _boss, second, _third) = _world()
    now = clock.now()
    ask = lambda: break_glass.ask_glass(actor=asker, contact_id=contact.pk, reason=REASON, now=now)  # noqa: E731
    assert _code(ask) == "glass_risk"
    contact_support.escalate_contact(actor=actor, contact=contact, now=now)
    short = lambda: break_glass.ask_glass(actor=asker, contact_id=contact.pk, reason="急", now=now)  # noqa: E731
    assert _code(short) == "glass_reason"
    row = ask()
    assert _code(lambda: break_glass.look_through(actor=asker, pk=row.pk, now=now)) == "not_found"
    assert _code(lambda: break_glass.decide_glass(actor=asker, pk=row.pk, grant=True, now=now)) == "not_found"
    own = break_glass.ask_glass(actor=second, contact_id=contact.pk, reason=REASON, now=now)
    assert _code(lambda: break_glass.decide_glass(actor=second, pk=own.pk, grant=True, now=now)) == "glass_two"
    with pytest.raises(IntegrityError), transaction.atomic():  # the database holds it too
        GlassAccess.objects.filter(pk=own.pk).update(granted_by=second.account_id)


def test_an_hour_each_look_in_the_trail_and_then_a_third_person() -> None:
    (contact, actor), (asker, _boss, second, third) = _world()
    now = clock.now()
    contact_support.escalate_contact(actor=actor, contact=contact, now=now)
    row = break_glass.ask_glass(actor=asker, contact_id=contact.pk, reason=REASON, now=now)
    break_glass.decide_glass(actor=second, pk=row.pk, grant=True, now=now)
    assert _code(lambda: break_glass.decide_glass(actor=third, pk=row.pk, grant=False, now=now)) == "glass_over"
    looks = AuditEntry.objects.filter(act="glass.ask", changes__has_key="looked")
    for number in (1, 2):
        seen = break_glass.look_through(actor=asker, pk=row.pk, now=now + dt.timedelta(minutes=59))
        assert "金丝雀在桥上" in [one.text for one in seen.said]
        assert looks.count() == number
    assert _code(lambda: break_glass.look_through(actor=second, pk=row.pk, now=now)) == "not_found"
    late = now + dt.timedelta(minutes=60)
    assert _code(lambda: break_glass.look_through(actor=asker, pk=row.pk, now=late)) == "glass_over"
    review = {"pk": row.pk, "justified": True, "findings": "理由成立，看了两次，都有必要。"}
    assert _code(lambda: break_glass.review_glass(actor=third, now=now, **review)) == "glass_open"
    assert _code(lambda: break_glass.review_glass(actor=second, now=late, **review)) == "glass_third"
    break_glass.review_glass(actor=third, now=late, **review)
    shown = break_glass.glass_of(contact.pk)[0]
    assert (shown.views, shown.justified, shown.reviewed_by) == (2, True, third.account_id)
    assert REASON not in str(list(AuditEntry.objects.values_list("changes", "reason")))


def test_a_refusal_opens_nothing() -> None:
    (contact, actor), (asker, _boss, second, third) = _world()
    now = clock.now()
    contact_support.escalate_contact(actor=actor, contact=contact, now=now)
    row = break_glass.ask_glass(actor=asker, contact_id=contact.pk, reason=REASON, now=now)
    break_glass.decide_glass(actor=second, pk=row.pk, grant=False, now=now)
    assert _code(lambda: break_glass.look_through(actor=asker, pk=row.pk, now=now)) == "not_found"
    assert _code(lambda: break_glass.decide_glass(actor=third, pk=row.pk, grant=True, now=now)) == "glass_over"
