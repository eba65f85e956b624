"""The objects of line that rows of the permission table are about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from builders_professionals import a_shift
from permissions.world_professionals import _line
from tongzhou.desks.hotline.models import Contact
from tongzhou.desks.hotline.services import callbacks
from tongzhou.desks.professionals.models import Professional, ServiceLine
from tongzhou.flows import break_glass, contact_support, keep_case, phone_event, refer_contact
from tongzhou.flows.contact_begin import begin_contact
from tongzhou.flows.contact_callback import ask_line_callback
from tongzhou.flows.contact_take import sit, take_contact
from tongzhou.kernel import clock
from tongzhou.registers.people.actors import actor_for

__all__ = ["BODIES", "OBJECTS", "QUERIES"]


def _team(world: Any) -> ServiceLine:
    """The line of the world's professionals: `coun` and their supervisor `supe` on shift now."""
    line = _line(world)
    for column in ("coun", "supe"):
        person = Professional.objects.get(account=world.accounts[column], line=line)
        a_shift(person)
    return line


def _contact(world: Any) -> dict[str, Any]:
    line, now = _team(world), clock.now()
    actor = actor_for(world.accounts["coun"], second_factor=True)
    sit(actor=actor, line_id=line.pk, state="open", now=now)
    begun = begin_contact(line=line, now=now)
    return {"pk": take_contact(actor=actor, contact_id=begun.contact.pk, now=now).pk}


def _call(world: Any) -> dict[str, Any]:
    contact = Contact.objects.get(pk=world.arguments("contact")["pk"])
    line, now = ServiceLine.objects.get(pk=contact.line_id), clock.now()
    row, _ = ask_line_callback(line=line, phone="19000000021", words="", language="mandarin", address="", now=now)
    callbacks.take(actor=actor_for(world.accounts["coun"], second_factor=True), row=row, now=now)
    return {"pk": row.pk}


def _of_contact(world: Any) -> tuple[Contact, Any]:
    contact = Contact.objects.get(pk=world.arguments("contact")["pk"])
    return contact, actor_for(world.accounts["coun"], second_factor=True)


def _case(world: Any) -> dict[str, Any]:
    contact, actor = _of_contact(world)
    said = {"called": "测试", "reason": "测试"}
    case, _code = keep_case.open_case(actor=actor, contact=contact, consent=True, answers=said, now=clock.now())
    return {"pk": case.pk}


def _referral(world: Any) -> dict[str, Any]:
    contact, actor = _of_contact(world)
    return {"pk": contact.pk, "ref": refer_contact.refer_to_place(actor=actor, contact=contact, name="测试机构").pk}


def _glass(world: Any) -> dict[str, Any]:
    contact, actor = _of_contact(world)
    now = clock.now()
    contact_support.escalate_contact(actor=actor, contact=contact, now=now)
    asker, granter = (actor_for(world.accounts[who], second_factor=True) for who in ("coux", "supx"))
    row = break_glass.ask_glass(actor=asker, contact_id=contact.pk, reason="测试：马上有生命危险", now=now)
    break_glass.decide_glass(actor=granter, pk=row.pk, grant=True, now=now)
    return {"pk": row.pk}


def _exchange(world: Any) -> dict[str, Any]:
    contact, _actor = _of_contact(world)
    boss = actor_for(world.accounts["supe"], second_factor=True)
    return {
        "pk": phone_event.add_exchange(actor=boss, line=ServiceLine.objects.get(pk=contact.line_id), name="测试交换机")[
            0
        ].pk
    }


def _matter(world: Any) -> dict[str, Any]:
    """A contact of `coun` that waits to be written up, to be handed to the supervisors."""
    line, now = _team(world), clock.now()
    contact = Contact.objects.create(
        line_id=line.pk, state="wrapping", answered_at=now, ended_at=now, counsellor_id=world.accounts["coun"].pk
    )
    return {"kind": "contact", "item": contact.pk, "to": "supervisors", "note": ""}


#: What the addresses of an object are made of; the world holds the accounts of the columns.
OBJECTS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "contact": _contact, "linecall": _call, "linecase": _case, "lineref": _referral, "lineglass": _glass,
    "exchange": _exchange, "matter": _matter,
    "lform": lambda world: {"line_id": _line(world).pk, "name": "plan"},
}  # fmt: skip

#: What is sent, where the answer would otherwise be about an empty form.
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("calls:callback_outcome", "POST"): {"how": "missed"},
    ("calls:seat", "POST"): {"state": "off"},
}

#: Words after the question mark.
QUERIES: dict[str, str] = {}
