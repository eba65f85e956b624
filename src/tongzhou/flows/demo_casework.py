"""The demo's papers of the line: one conversation that was written up, its case, and contacts to count. All made up."""

from __future__ import annotations

import datetime as dt
import random

from tongzhou.desks.casework.models import ContactForm
from tongzhou.desks.casework.services import forms
from tongzhou.desks.hotline.models import Contact
from tongzhou.desks.hotline.types import CallType, Channel, SeatState, State
from tongzhou.desks.professionals.models import ServiceLine
from tongzhou.flows import contact_end, contact_note, contact_papers, keep_case
from tongzhou.flows.contact_begin import begin_contact
from tongzhou.flows.contact_say import say_as_caller, say_as_team
from tongzhou.flows.contact_take import sit, take_contact
from tongzhou.kernel import changes, clock, ids
from tongzhou.kernel.access import Actor
from tongzhou.registers.people.actors import actor_for
from tongzhou.registers.people.models import Account

__all__ = ["papers_of_the_demo"]

_SAID = (
    ("caller", "（合成）一个人隔离第十天了，晚上睡不着，总想着医院里的家人。"),
    ("team", "（合成）我在。您愿意从最难熬的那一段说起吗？"),
    ("caller", "（合成）凌晨三四点，手机一响就心慌。"),
)
_TOPICS = (("sleep", "general"), ("anxiety", "general"), ("illness", "families"), ("bereavement", "bereaved"),
           ("information", "patients"), ("family", "older"))  # fmt: skip
_CONTACTS, _SEED = 240, 20200206


def papers_of_the_demo(*, actor: Actor, line: ServiceLine) -> None:
    """Write them. The counsellor is the demo's own."""
    now = clock.now()
    counsellor = actor_for(Account.objects.get(login="demo-counsellor"), second_factor=True)
    _conversation(counsellor, line, now)
    _counted(actor, line, now)


def _conversation(counsellor: Actor, line: ServiceLine, now: dt.datetime) -> None:
    begun = begin_contact(line=line, now=now, topic="illness")
    sit(actor=counsellor, line_id=line.pk, state=SeatState.OPEN, now=now)
    contact = take_contact(actor=counsellor, contact_id=begun.contact.pk, now=now)
    for number, (side, text) in enumerate(_SAID):
        if side == "caller":
            say_as_caller(contact=contact, client_id=f"demo-line-{number}", text=text, now=now)
        else:
            say_as_team(actor=counsellor, contact=contact, client_id=f"demo-line-{number}", text=text, now=now)
    note = "（合成）睡眠差，有支持，无自伤想法。"
    contact_note.keep_note(actor=counsellor, contact=contact, text=note, base=0, now=now)
    calm = {"now": "no", "harm": "no", "wish": "no", "thoughts": "no", "recent": "no"}
    contact_papers.screen_contact(actor=counsellor, contact=contact, answers=calm, now=now)
    plan = {"signs": "（合成）凌晨醒来就刷消息", "myself": "（合成）把手机放到另一间屋", "people": "（合成）同事老搭档"}
    contact_papers.keep_plan(actor=counsellor, contact=contact, answers=plan, now=now)
    said = {"called": "（合成）三楼的人", "reason": "（合成）隔离期间每周联系一次", "goals": "（合成）睡得着"}
    case, _code = keep_case.open_case(actor=counsellor, contact=contact, consent=True, answers=said, now=now)
    keep_case.write_entry(actor=counsellor, pk=case.pk, kind="planned", text="（合成）下周三再联系。", now=now)
    contact_end.team_ends(actor=counsellor, contact=contact, now=now)
    fresh = Contact.objects.get(pk=contact.pk)
    contact_end.finish(
        actor=counsellor, contact=fresh, call_type=CallType.SUPPORT, hard=False, then=SeatState.OFF, now=now
    )


def _counted(actor: Actor, line: ServiceLine, now: dt.datetime) -> None:
    """Contacts without words, of this month so far and a little before: what the figures are made of."""
    chance, rows, made = random.Random(_SEED), [], []
    version = forms.current("contact").version
    for number in range(_CONTACTS):
        at = now - dt.timedelta(minutes=60 + number * 100 + chance.randrange(90))
        answered = at + dt.timedelta(seconds=chance.randrange(4, 60)) if chance.random() < 0.9 else None
        ended = (answered or at) + dt.timedelta(seconds=chance.randrange(240, 2400))
        row = Contact(
            line_id=line.pk, channel=Channel.CHAT, arrived_at=at, queued_at=at, answered_at=answered, ended_at=ended,
            done_at=ended if answered else None, state=State.ENDED if answered else State.ABANDONED,
            counsellor_id=ids.new_id() if answered else None, call_type=CallType.SUPPORT if answered else "",
        )  # fmt: skip
        rows.append(row)
        if answered:
            topic, group = chance.choices(_TOPICS, weights=(8, 7, 5, 2, 3, 1))[0]
            made.append(
                ContactForm(
                    contact_id=row.pk, line_id=line.pk, form_version=version, topic=topic, group=group,
                    stage="outbreak", outcome="calmer", at=ended,
                )
            )  # fmt: skip
    changes.create_many(rows, actor=actor, act="demo.mark", reason="演示")
    ContactForm.objects.bulk_create(made, batch_size=500)
