"""Who may do what with needs, offers, leads, contacts and callbacks, and what an object is to a grant."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from tongzhou.chain.intake.models import Lead, Need, Offer, Submission
from tongzhou.kernel.access import act
from tongzhou.registers.people.types import ANALYST, COORDINATOR, LIAISON, OFFICER, VERIFIER

__all__ = [
    "CALLBACK_ASKED",
    "CHANGE_LEAD",
    "CHANGE_NEED",
    "CHANGE_OFFER",
    "CREATE_LEAD",
    "CREATE_NEED",
    "CREATE_OFFER",
    "ENTER_NEED",
    "IMPORT_SHEETS",
    "LIST_CALLBACKS",
    "LIST_LEADS",
    "LIST_NEEDS",
    "LIST_OFFERS",
    "OFFER_SUBMITTED",
    "OWN_ADDED",
    "OWN_CLOSED",
    "OWN_CORRECTED",
    "OWN_STILL",
    "OWN_UNDONE",
    "READ_RAW",
    "RELEASE_HELD",
    "SEE_CONTACT",
    "SUBMITTED",
    "TAKE_CALLBACK",
    "hash_secret",
    "secret_fits",
    "target_of",
]

_READERS = {COORDINATOR, VERIFIER, LIAISON, OFFICER, ANALYST}
_WRITERS = {COORDINATOR, VERIFIER, OFFICER}

LIST_NEEDS = act("need.list", _READERS)
CREATE_NEED = act("need.create", _WRITERS, writes=True)
CHANGE_NEED = act("need.change", _WRITERS, writes=True)
#: The fast entry by keyboard and telephone: for others, so not for an officer of one organisation.
ENTER_NEED = act("need.enter", {COORDINATOR, VERIFIER}, writes=True)
#: A plea that was held (a shared address, a flood) is let into the queue.
RELEASE_HELD = act("need.release", {COORDINATOR, VERIFIER}, writes=True)
LIST_OFFERS = act("offer.list", _READERS)
CREATE_OFFER = act("offer.create", _WRITERS, writes=True)
CHANGE_OFFER = act("offer.change", _WRITERS, writes=True)
LIST_LEADS = act("lead.list", {COORDINATOR, VERIFIER, LIAISON, ANALYST})
CREATE_LEAD = act("lead.create", {COORDINATOR, VERIFIER}, writes=True)
CHANGE_LEAD = act("lead.change", {COORDINATOR, VERIFIER}, writes=True)
#: Sheets, pasted tables and the round trip with Excel.
IMPORT_SHEETS = act("need.import", {COORDINATOR, OFFICER}, writes=True)
#: A contact is opened by whoever holds the record's lock (triage checks that) or owns the record's organisation.
SEE_CONTACT = act("need.contact", {COORDINATOR, VERIFIER, OFFICER}, contacts=True)
#: The raw form as it came in.
READ_RAW = act("need.raw", {COORDINATOR, VERIFIER}, contacts=True)
LIST_CALLBACKS = act("callback.list", {COORDINATOR, VERIFIER})
TAKE_CALLBACK = act("callback.take", {COORDINATOR, VERIFIER}, writes=True, contacts=True)

# What somebody without an account does stands in the trail under these names; the secret link is their right.
SUBMITTED = "need.submitted"
OFFER_SUBMITTED = "offer.submitted"
CALLBACK_ASKED = "callback.asked"
OWN_ADDED = "own.added"
OWN_CORRECTED = "own.corrected"
OWN_CLOSED = "own.closed"
OWN_STILL = "own.still_needed"
OWN_UNDONE = "own.undone"


def target_of(record: Need | Offer | Lead | Submission) -> dict[str, Any]:
    """A record as `access.allows` and `access.require` want it described."""
    if isinstance(record, Submission):
        return {"response": record.response_id, "organisation": record.organisation_id}
    return {
        "line": record.line,
        "area": record.place_id,
        "response": record.response_id,
        "organisation": record.organisation_id,
    }


def hash_secret(secret: str) -> str:
    """What is kept of a secret link. It has 128 random bits, so a plain SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def secret_fits(secret: str, kept: str) -> bool:
    """True when `secret` is the one whose hash was kept; takes the same time for every wrong one."""
    return hmac.compare_digest(hash_secret(secret), kept) and bool(kept)
