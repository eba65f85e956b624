"""The objects of line that rows of the permission table are about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from builders_professionals import a_shift
from permissions.world_professionals import _line
from tongzhou.desks.hotline.models import Contact
from tongzhou.desks.hotline.services import callbacks
from tongzhou.desks.professionals.models import Professional, ServiceLine
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


#: What the addresses of an object are made of; the world holds the accounts of the columns.
OBJECTS: dict[str, Callable[[Any], dict[str, Any]]] = {"contact": _contact, "linecall": _call}

#: What is sent, where the answer would otherwise be about an empty form.
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("calls:callback_outcome", "POST"): {"how": "missed"},
    ("calls:seat", "POST"): {"state": "off"},
}

#: Words after the question mark.
QUERIES: dict[str, str] = {}
