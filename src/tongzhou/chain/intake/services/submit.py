"""Writing down what came in: the sealed contact, the sealed raw form, and the tidy records made of it.

Called inside a flow's transaction. Nothing of the contact reaches a tidy column: a phone number typed into the name of
a thing is masked there and stays whole in the sealed raw form.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tongzhou.chain.intake.models import Contact, Lead, Need, Offer, Submission
from tongzhou.chain.intake.services import amounts, photos
from tongzhou.chain.intake.services.codes import free_code, hash_secret, secret_of
from tongzhou.chain.intake.services.search import fill_search
from tongzhou.chain.intake.types import (
    ForWhom,
    Line,
    NeedLine,
    OfferLine,
    SaidContact,
    SaidNeed,
    SaidOffer,
    Spot,
    SubmissionKind,
    Urgency,
)
from tongzhou.kernel import changes, crypto, ids
from tongzhou.kernel.access import Act, Actor
from tongzhou.registers.catalogue.types import Effective
from tongzhou.registers.responses.models import Response

__all__ = [
    "Arrival",
    "address_index",
    "lifetimes",
    "masked",
    "record_needs",
    "record_offers",
    "scope_of",
    "urgency_order",
]

#: Days until a need without a category must be looked at again.
USUAL_DAYS = 5
#: A need nobody confirms for so many times its days leaves the public lists.
EXPIRES_AFTER = 3
#: Medicine that lasts at most so many days is urgent, until a person has judged it.
FEW_DAYS = 3

#: A standard (GB 19083-2010) has as many digits as a phone, and must stay readable.
_STANDARD = r"(?P<standard>\b(?:GB|YY|WS|EN|ISO|NIOSH)(?:/T)?\s?\d{1,5}(?:\.\d)?(?:[-—]\d{4})?(?!\d))"
_LONG_NUMBER = re.compile(rf"{_STANDARD}|\d(?:[\s\-—.]?\d){{6,}}", re.IGNORECASE)
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d(?:[\s\-—.]?\d){8}(?!\d)")


@dataclass(frozen=True, slots=True)
class Arrival:
    """How something came in: the response, the client-made key, channel, language and moment; `held`: see `Held`."""

    response: Response
    key: str
    channel: str
    now: dt.datetime
    language: str = "zh-hans"
    held: str = ""
    synthetic: bool = False


def scope_of(response_id: uuid.UUID) -> str:
    """The key scope of a response: one plea sent to two organisations is seen as one there."""
    return f"response:{response_id}"


def masked(text: str) -> str:
    """`text` without numbers long enough to be a phone or an identity number."""
    return _LONG_NUMBER.sub(lambda found: found["standard"] or "…", text)


def address_index(address: str, scope: str) -> str:
    """Keyed hash of an address made plain ("" for none), so that the same door is recognised and never read."""
    plain = re.sub(r"[\W_]+", "", address).lower()
    return crypto.mac(f"address|{scope}", plain.encode())[:32] if plain else ""


def urgency_order(said: int | None, days_left: int | None) -> int:
    """What a queue sorts by before a person has judged: the asker's word, else few days left, else important."""
    if said is not None:
        return said
    return Urgency.URGENT if days_left is not None and days_left <= FEW_DAYS else Urgency.IMPORTANT


def lifetimes(category: Effective | None, urgency: int, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """When a need must be verified again, and when it leaves the public lists by itself if nobody does."""
    days = category.stale_days if category else USUAL_DAYS
    days = min(days, {Urgency.LIFE: 1, Urgency.URGENT: 3}.get(Urgency(urgency), days))
    return now + dt.timedelta(days=days), now + dt.timedelta(days=days * EXPIRES_AFTER)


def record_needs(
    *, actor: Actor, arrival: Arrival, said: SaidNeed, spot: Spot, categories: Mapping[str, Effective], act: Act | str
) -> tuple[Submission, list[Need], str]:
    """Write a plea: (submission, needs, secret of its link). Each line becomes one need."""
    submission, contact, secret = _submission(
        actor, arrival, SubmissionKind.NEED, said.contact, said.raw, said.organisation, act,
        for_whom=said.for_whom, consent=said.consent,
    )  # fmt: skip
    rows = [photos.attach(submission, contact, photo) for photo in said.photos]
    changes.create_many(rows, actor=actor, act=act)
    needs = [
        _need(arrival, said, line, spot, categories.get(line.category or ""), submission, code)
        for line, code in zip(said.lines, _codes(submission.code, len(said.lines)), strict=True)
    ]
    for need in needs:
        changes.create(need, actor=actor, act=act)
    return submission, needs, secret


def record_offers(
    *, actor: Actor, arrival: Arrival, said: SaidOffer, spot: Spot, categories: Mapping[str, Effective], act: Act | str
) -> tuple[Submission, list[Offer], str]:
    """Write an offer: (submission, offers, secret of its link). Each line becomes one offer."""
    submission, _contact, secret = _submission(
        actor, arrival, SubmissionKind.OFFER, said.contact, said.raw, said.organisation, act
    )
    offers = [
        _offer(arrival, said, line, spot, categories.get(line.category or ""), submission, code)
        for line, code in zip(said.lines, _codes(submission.code, len(said.lines)), strict=True)
    ]
    for offer in offers:
        changes.create(offer, actor=actor, act=act)
    return submission, offers, secret


def _codes(first: str, count: int) -> Iterable[str]:
    """A code for each line; the first line bears the submission's own, so that one plea has one number."""
    return [first, *(free_code(Submission, Need, Offer, Lead) for _line in range(count - 1))]


def _submission(
    actor: Actor, arrival: Arrival, kind: str, said: SaidContact, raw: Mapping[str, object],
    organisation: uuid.UUID | None, act: Act | str, **more: object,
) -> tuple[Submission, Contact, str]:  # fmt: skip
    response = arrival.response
    contact = _contact(response.pk, said)
    changes.create(contact, actor=actor, act=act)
    submission = Submission(
        response=response, kind=kind, channel=arrival.channel, contact=contact, organisation_id=organisation,
        code=free_code(Submission, Need, Offer, Lead), moved_at=arrival.now, language=arrival.language,
        held_reason=arrival.held, **more,
    )  # fmt: skip
    secret = secret_of(arrival.key, submission.pk)
    submission.secret_hash = hash_secret(secret)
    crypto.prepare(submission, scope_of(response.pk))
    crypto.seal(submission, raw=json.dumps(dict(raw), ensure_ascii=False, default=str) if raw else "")
    changes.create(submission, actor=actor, act=act)
    return submission, contact, secret


def _contact(response_id: uuid.UUID, said: SaidContact) -> Contact:
    scope = scope_of(response_id)
    contact = Contact(response_id=response_id)
    crypto.prepare(contact, scope)
    crypto.seal(
        contact, name=said.name, phone=said.phone, wechat=said.wechat, address=said.address, medicine=said.medicine,
        private_note=said.private_note,
    )  # fmt: skip
    contact.phone_index = crypto.phone_index(said.phone, scope)
    contact.address_index = address_index(said.address, scope)
    return contact


def _need(
    arrival: Arrival, said: SaidNeed, line: NeedLine, spot: Spot, category: Effective | None, submission: Submission,
    code: str,
) -> Need:  # fmt: skip
    quantity, unit, flag = amounts.in_base_units(line.quantity, line.unit, category)
    order = urgency_order(said.urgency_said, line.days_left)
    stale_at, expires_at = lifetimes(category, order, arrival.now)
    need = Need(
        id=ids.new_id(), code=code, response=arrival.response, line=category.line if category else Line.SUPPLIES,
        place_id=spot.place, place_certain=spot.certain, site_id=spot.site, organisation_id=said.organisation,
        for_whom=said.for_whom, requester=said.requester if said.for_whom == ForWhom.FACILITY else "",
        category_id=category.key if category else None, item=masked(line.item)[:200],
        specification=masked(line.specification)[:300], quantity_asked=quantity, unit=unit[:20],
        quantity_flag=line.flag or flag or amounts.plausibility(quantity, category, said.for_whom),
        days_left=line.days_left, prescription=line.prescription, urgency_said=said.urgency_said, urgency_order=order,
        vulnerability=list(said.vulnerability), needed_by=said.needed_by, note=masked(said.note),
        channel=arrival.channel, submission=submission, contact=submission.contact, stale_at=stale_at,
        expires_at=expires_at, synthetic=arrival.synthetic,
    )  # fmt: skip
    fill_search(need)
    return need


def _offer(
    arrival: Arrival, said: SaidOffer, line: OfferLine, spot: Spot, category: Effective | None, submission: Submission,
    code: str,
) -> Offer:  # fmt: skip
    quantity, unit, _flag = amounts.in_base_units(line.quantity, line.unit, category)
    offer = Offer(
        id=ids.new_id(), code=code, response=arrival.response, line=category.line if category else Line.SUPPLIES,
        place_id=spot.place, place_certain=spot.certain, site_id=spot.site, organisation_id=said.organisation,
        giver=said.giver, category_id=category.key if category else None, item=masked(line.item)[:200],
        specification=masked(line.specification)[:300],
        standard=_MOBILE.sub("…", line.standard)[:200],
        quantity=quantity, unit=unit[:20], may_go=list(said.may_go), remote=line.remote,
        available_from=said.available_from, available_until=said.available_until, goods_expire_on=line.goods_expire_on,
        can_deliver=said.can_deliver, earmark=masked(said.earmark)[:300],
        note=masked(said.note), channel=arrival.channel,
        submission=submission, contact=submission.contact,
        stale_at=lifetimes(category, Urgency.ROUTINE, arrival.now)[0],
        synthetic=arrival.synthetic,
    )  # fmt: skip
    fill_search(offer)
    return offer
