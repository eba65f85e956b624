"""Showing a caller the way to help elsewhere: a place to turn to, or a need with what they chose to pass on."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from tongzhou.chain.intake.types import Channel, ForWhom, NeedLine, SaidContact, SaidNeed
from tongzhou.desks.casework.models import Referral
from tongzhou.desks.casework.policies import WRITE_CASE
from tongzhou.desks.casework.services import referrals
from tongzhou.desks.casework.types import ReferralState, ReferralTo
from tongzhou.desks.hotline.models import Contact
from tongzhou.desks.hotline.policies import READ_CONTACT, is_counsellor_of
from tongzhou.desks.professionals.models import ServiceLine
from tongzhou.flows.contact_say import say_as_team
from tongzhou.flows.submit_need import submit_need
from tongzhou.kernel import audit, ids
from tongzhou.kernel.access import ANONYMOUS, Actor
from tongzhou.kernel.errors import Refusal

__all__ = [
    "FIELDS", "Shown", "labels", "move_referral", "refer_to_need", "refer_to_place", "referrals_of", "show_first",
]  # fmt: skip

#: What may be passed on with a need; the notes, the screening and the conversation never are.
FIELDS = ("item", "quantity", "place", "name", "phone")
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Shown:
    """A referral, opened for somebody who may read it."""

    row: Referral
    target: str = field(repr=False)
    passed: dict[str, str] = field(repr=False)


def labels() -> dict[str, str]:
    """The fields in the reader's words."""
    return {
        "item": _("需要什么"), "quantity": _("数量"), "place": _("在哪里"), "name": _("怎样称呼"),
        "phone": _("联系电话"),
    }  # fmt: skip


def _own(actor: Actor, contact: Contact) -> None:
    if not is_counsellor_of(actor, contact):
        raise Refusal("not_found")


def _chosen(given: Mapping[str, str], chosen: frozenset[str]) -> dict[str, str]:
    """What the caller chose to pass on. Raises ``referral_empty`` when what a need must say is not among it."""
    found = {name: given.get(name, "").strip()[:_LONGEST] for name in FIELDS if name in chosen}
    found = {name: said for name, said in found.items() if said}
    quantity = found.get("quantity", "")
    if not {"item", "place", "phone"} <= found.keys() or (quantity and not (quantity.isascii() and quantity.isdigit())):
        raise Refusal("referral_empty")
    return found


@transaction.atomic
def show_first(
    *, actor: Actor, contact: Contact, given: Mapping[str, str], chosen: frozenset[str], now: dt.datetime
) -> None:
    """Put before the caller, in words, exactly what would be passed on; nothing leaves yet."""
    _own(actor, contact)
    found, said = _chosen(given, chosen), labels()
    lines = "\n".join(f"{said[name]}：{text}" for name, text in found.items())
    words = _("我们可以替您登记这项需求。会转给协调的人的只有下面这些，谈话内容不转。同意的话请告诉我：")
    say_as_team(actor=actor, contact=contact, client_id=ids.new_secret()[:40], text=f"{words}\n{lines}", now=now)


@transaction.atomic
def refer_to_place(*, actor: Actor, contact: Contact, name: str) -> Referral:
    """Tell of a place the directory lacks, by name; nothing is passed on. Raises ``referral_empty``, ``not_found``."""
    _own(actor, contact)
    return referrals.offer(
        actor=actor, act=WRITE_CASE, contact_id=contact.pk, line_id=contact.line_id, to=ReferralTo.DIRECTORY,
        target_name=name,
    )  # fmt: skip


@transaction.atomic
def refer_to_need(
    *, actor: Actor, contact: Contact, given: Mapping[str, str], chosen: frozenset[str], consent: bool, key: str,
    now: dt.datetime,
) -> tuple[Referral, str]:  # fmt: skip
    """Enter a need with what the caller chose; (the referral, the code of the need). The same `key` again is one need.

    Raises ``referral_consent``, ``referral_empty``, ``not_found`` and what `submit_need` refuses.
    """
    _own(actor, contact)
    if not consent:
        raise Refusal("referral_consent")
    found = _chosen(given, chosen)
    line = ServiceLine.objects.select_related("response").get(pk=contact.line_id)
    quantity = found.get("quantity")
    said = SaidNeed(
        for_whom=ForWhom.OTHER, lines=(NeedLine(item=found["item"], quantity=int(quantity) if quantity else None),),
        contact=SaidContact(name=found.get("name", ""), phone=found["phone"]), place_text=found["place"], consent=True,
        raw=found,
    )  # fmt: skip
    done = submit_need(actor=ANONYMOUS, response=line.response, key=key, said=said, channel=Channel.FORM, now=now)
    before = Referral.objects.filter(contact_id=contact.pk, target_id=str(done.submission)).first()
    if before is not None:
        return before, done.code
    row = referrals.offer(
        actor=actor, act=WRITE_CASE, contact_id=contact.pk, line_id=contact.line_id, to=ReferralTo.NEED,
        target_name=done.code, target_id=str(done.submission), passed=found, consent_at=now,
        state=ReferralState.ACCEPTED,
    )  # fmt: skip
    return row, done.code


@transaction.atomic
def referrals_of(*, actor: Actor, contact: Contact) -> list[Shown]:
    """Referrals of a contact the actor may read (asked before); the look is logged when there are any."""
    rows = list(Referral.objects.filter(contact_id=contact.pk, record_key__isnull=False).order_by("created_at"))
    if rows:
        audit.looked(actor=actor, act=READ_CONTACT, obj=contact, fields=["referrals"])
    return [Shown(row, referrals.target_of(row), referrals.passed_on(row)) for row in rows]


@transaction.atomic
def move_referral(*, actor: Actor, contact: Contact, ref: uuid.UUID, state: str) -> None:
    """Accepted, rejected, done. Raises ``referral_state``, ``not_found``."""
    _own(actor, contact)
    row = Referral.objects.filter(pk=ref, contact_id=contact.pk).first()
    if row is None:
        raise Refusal("not_found")
    referrals.move(actor=actor, act=WRITE_CASE, row=row, state=state)
