"""Changes that come from whoever sent a submission (the secret link is the right to make them).

Each goes through the one door for changes: history is kept, nothing is overwritten unseen, a stale page is told so.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tongzhou.chain.intake import policies
from tongzhou.chain.intake.models import Contact, Need, Offer, Submission
from tongzhou.chain.intake.services import amounts, photos
from tongzhou.chain.intake.services.search import fill_search
from tongzhou.chain.intake.services.submit import address_index, lifetimes, masked, scope_of
from tongzhou.chain.intake.types import (
    OPEN_NEEDS,
    OPEN_OFFERS,
    NeedState,
    OfferState,
    Photo,
    SolvedBy,
    Spot,
)
from tongzhou.kernel import audit, changes, clock, crypto
from tongzhou.kernel.access import Act, Actor, allows
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.models import AuditEntry
from tongzhou.registers.catalogue import selectors as catalogue
from tongzhou.registers.catalogue.types import Effective

__all__ = [
    "LONGEST_NOTE",
    "add_note",
    "add_photo",
    "close",
    "correct_contact",
    "correct_need",
    "correct_offer",
    "last_own_closing",
    "raw_of",
    "release_held",
    "reopen",
    "still_there",
]

#: Everything that was ever added to one submission, in characters.
LONGEST_NOTE = 20_000
#: States in which the asker may still say something about it.
_ANSWERABLE = (*OPEN_NEEDS, NeedState.EXPIRED)
_OFFER_ANSWERABLE = (*OPEN_OFFERS, OfferState.EXPIRED)


def _contact(submission: Submission) -> Contact:
    """The contact as it is now, locked: words added by two at once are both kept."""
    if submission.contact_id is None:
        raise Refusal("shredded")
    contact = Contact.objects.select_for_update().get(pk=submission.contact_id)
    if contact.record_key is None:
        raise Refusal("shredded")
    submission.contact = contact
    return contact


@transaction.atomic
def add_note(*, actor: Actor, submission: Submission, text: str, now: dt.datetime) -> Contact:
    """Add words to what only the people who verify can read; what stood there before stays."""
    contact = _contact(submission)
    before = crypto.unseal(contact, "private_note")
    stamp = clock.beijing(now).strftime("%Y-%m-%d %H:%M")
    whole = f"{before}\n[{stamp}] {text}".strip()
    if len(whole) > LONGEST_NOTE:
        raise Refusal("too_large", limit=_("%(n)s 字") % {"n": LONGEST_NOTE})
    sealed = crypto.seal_bytes(contact, "private_note", whole.encode())
    return changes.apply(contact, actor=actor, act=policies.OWN_ADDED, private_note=sealed)


@transaction.atomic
def add_photo(*, actor: Actor, submission: Submission, photo: Photo) -> None:
    """Add a photo, sealed."""
    contact = _contact(submission)
    changes.create(photos.attach(submission, contact, photo), actor=actor, act=policies.OWN_ADDED)


@transaction.atomic
def correct_contact(
    *, actor: Actor, submission: Submission, phone: str = "", wechat: str = "", address: str = ""
) -> Contact:
    """Replace phone, WeChat id or address; blank leaves it. The old one stays in the trail, as ciphertext."""
    contact, scope = _contact(submission), scope_of(submission.response_id)
    fields: dict[str, Any] = {}
    if phone:
        fields["phone"] = crypto.seal_bytes(contact, "phone", phone.encode())
        fields["phone_index"] = crypto.phone_index(phone, scope)
    if wechat:
        fields["wechat"] = crypto.seal_bytes(contact, "wechat", wechat.encode())
    if address:
        fields["address"] = crypto.seal_bytes(contact, "address", address.encode())
        fields["address_index"] = address_index(address, scope)
    if not fields:
        return contact
    return changes.apply(contact, actor=actor, act=policies.OWN_CORRECTED, **fields)


def _category(record: Need | Offer) -> Effective | None:
    return catalogue.category(record.category_id, record.response_id) if record.category_id else None


@transaction.atomic
def correct_need(
    *, actor: Actor, need: Need, expect: int, now: dt.datetime, amount: amounts.Amount | None = None, item: str = "",
    category: Effective | None = None, spot: Spot | None = None,
) -> Need:  # fmt: skip
    """Correct the quantity, the thing or the place. What was verified before must be verified again."""
    if need.state not in _ANSWERABLE:
        raise Refusal("need_closed")
    fields: dict[str, Any] = {}
    if item:
        fields |= {"item": masked(item)[:200], "category_id": category.key if category else None}
        if category:
            fields["line"] = category.line
    of = category if item else _category(need)
    if amount is not None:
        quantity, unit, flag = amounts.in_base_units(amount.quantity, amount.unit, of)
        flag = flag or amounts.plausibility(quantity, of, need.for_whom)
        fields |= {"quantity_asked": quantity, "unit": unit[:20], "quantity_flag": flag}
    if spot is not None:
        fields |= {"place_id": spot.place, "place_certain": spot.certain, "site_id": spot.site}
    if need.state == NeedState.VERIFIED and fields:
        fields["stale_at"] = now
    changed = changes.apply(need, actor=actor, act=policies.OWN_CORRECTED, expect=expect, **fields)
    return _searchable(changed)


@transaction.atomic
def correct_offer(*, actor: Actor, offer: Offer, expect: int, now: dt.datetime, amount: amounts.Amount) -> Offer:
    """Correct how much there is. What was verified before must be verified again."""
    if offer.state not in _OFFER_ANSWERABLE:
        raise Refusal("need_closed")
    quantity, unit, _flag = amounts.in_base_units(amount.quantity, amount.unit, _category(offer))
    more: dict[str, Any] = {"stale_at": now} if offer.state == OfferState.VERIFIED else {}
    return changes.apply(
        offer, actor=actor, act=policies.OWN_CORRECTED, expect=expect, quantity=quantity, unit=unit[:20], **more
    )


def _searchable(need: Need) -> Need:
    """Bring the searchable words up to date: derived from the row, so neither audited nor versioned."""
    before = need.search
    if fill_search(need) != before:
        Need.objects.filter(pk=need.pk).update(search=need.search)
    return need


@transaction.atomic
def close(*, actor: Actor, record: Need | Offer, expect: int, how: str, now: dt.datetime) -> Need | Offer:
    """Close it on its sender's word: ``withdrawn``, or who solved it (`SolvedBy`); ``used_up`` for offers.

    It leaves every list of open ones with this transaction. A merged need cannot be closed alone: the one it was merged
    into is to be verified again at once.
    """
    if isinstance(record, Offer):
        return _close_offer(actor, record, expect, how)
    if record.state == NeedState.MERGED and record.merged_into is not None:
        survivor = record.merged_into
        if survivor.state in OPEN_NEEDS:
            reason = _("并入的另一条来信说：%(how)s") % {"how": how}
            changes.apply(survivor, actor=actor, act=policies.OWN_CLOSED, reason=reason, stale_at=now)
        return record
    if how == "withdrawn":
        fields: dict[str, Any] = {"state": NeedState.WITHDRAWN, "solved_by": ""}
    else:
        fields = {"state": NeedState.SOLVED, "solved_by": SolvedBy(how).value}
    if record.state == fields["state"]:
        return record
    if record.state not in _ANSWERABLE:
        raise Refusal("need_closed")
    return changes.apply(record, actor=actor, act=policies.OWN_CLOSED, expect=expect, **fields)


def _close_offer(actor: Actor, offer: Offer, expect: int, how: str) -> Offer:
    state = OfferState.WITHDRAWN if how == "withdrawn" else OfferState.USED_UP
    if offer.state == state:
        return offer
    if offer.state not in _OFFER_ANSWERABLE:
        raise Refusal("need_closed")
    return changes.apply(offer, actor=actor, act=policies.OWN_CLOSED, expect=expect, state=state)


def last_own_closing(record: Need | Offer) -> AuditEntry | None:
    """The closing that its sender may still take back: the newest thing that happened to it, not undone yet."""
    newest = audit.history(record).exclude(changes={}).first()
    return newest if newest is not None and newest.act == policies.OWN_CLOSED else None


@transaction.atomic
def reopen(*, actor: Actor, record: Need | Offer) -> Need | Offer:
    """Take the own closing back; ``Refusal("undo_stale")`` when something else happened since."""
    entry = last_own_closing(record)
    if entry is None:
        raise Refusal("undo_stale")
    changes.undo(entry, actor=actor, act=policies.OWN_UNDONE)
    record.refresh_from_db()
    return record


@transaction.atomic
def still_there(*, actor: Actor, record: Need | Offer, expect: int, now: dt.datetime) -> Need | Offer:
    """The asker says it is still needed (or still to be had): it expires later; an expired one is open again."""
    if isinstance(record, Offer):
        if record.state not in _OFFER_ANSWERABLE:
            raise Refusal("need_closed")
        fields: dict[str, Any] = {"stale_at": lifetimes(_category(record), 3, now)[0]}
        if record.state == OfferState.EXPIRED:
            fields["state"] = OfferState.RECEIVED
        return changes.apply(record, actor=actor, act=policies.OWN_STILL, expect=expect, **fields)
    if record.state not in _ANSWERABLE:
        raise Refusal("need_closed")
    stale_at, expires_at = lifetimes(_category(record), record.urgency_order, now)
    fields = {"expires_at": expires_at}
    if record.state == NeedState.EXPIRED:
        # Nobody has looked at it for long: it starts again, at the end of the queue of its urgency.
        fields |= {"state": NeedState.RECEIVED, "state_reason": "", "stale_at": stale_at}
    return changes.apply(record, actor=actor, act=policies.OWN_STILL, expect=expect, **fields)


@transaction.atomic
def release_held(*, actor: Actor, submission: Submission, reason: str = "") -> Submission:
    """Let a held plea into the public life of the others. Needs a role in its response."""
    _require_any(actor, policies.RELEASE_HELD, submission)
    return changes.apply(submission, actor=actor, act=policies.RELEASE_HELD, reason=reason, held_reason="")


def _require_any(actor: Actor, act: Act, submission: Submission) -> None:
    """The right to one of its records is the right to the submission."""
    records: list[Need | Offer] = [
        *Need.objects.filter(submission=submission),
        *Offer.objects.filter(submission=submission),
    ]
    if not any(allows(actor, act, **policies.target_of(record)) for record in records):
        raise Refusal("not_found")


@transaction.atomic
def raw_of(*, actor: Actor, submission: Submission) -> dict[str, object]:
    """The raw form as it came in; logged. The caller has checked that the actor holds the record (triage's lock)."""
    _require_any(actor, policies.READ_RAW, submission)
    audit.looked(actor=actor, act=policies.READ_RAW, obj=submission, fields=["raw"])
    text = crypto.unseal(submission, "raw")
    found: dict[str, object] = json.loads(text) if text else {}
    return found
