"""What was sent in: by code and secret link, what may stand in public (no contact ever), who waits for a call."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import replace

from django.db.models import Q, QuerySet

from tongzhou.chain.intake import policies
from tongzhou.chain.intake.models import CallbackRequest, Need, Offer, Submission
from tongzhou.chain.intake.policies import secret_fits
from tongzhou.chain.intake.types import CallState, ForWhom, NeedState, OfferState, SubmissionKind
from tongzhou.kernel import ids
from tongzhou.kernel.access import ALL_LINES, Actor, may, scope
from tongzhou.kernel.errors import Refusal

__all__ = [
    "callbacks",
    "last_moved",
    "own_submission",
    "public_needs",
    "public_offers",
    "public_title",
    "records_of",
    "submission_of_code",
]

#: Compared when there is no such submission, so that a wrong code takes as long as a wrong secret.
_NOBODYS = "0" * 64


def callbacks(actor: Actor) -> QuerySet[CallbackRequest]:
    """Wishes to be called that still wait and lie in the actor's area; those without a place are everybody's."""
    if not may(actor, policies.LIST_CALLBACKS):
        return CallbackRequest.objects.none()
    # What a caller needs is not known before the call, so the line does not count; a place may be unknown too.
    anybody = replace(actor, grants=tuple(replace(grant, line=ALL_LINES) for grant in actor.grants))
    inside = scope(anybody, policies.LIST_CALLBACKS, line="", organisation="")
    # An empty condition is every row, and must not be narrowed by what is joined to it.
    mine = inside | (Q(place=None) & _responses_of(actor)) if inside else Q()
    return CallbackRequest.objects.filter(mine, state=CallState.WAITING).select_related("place", "response")


def _responses_of(actor: Actor) -> Q:
    roles = policies.LIST_CALLBACKS.roles
    bounds = [grant.response for grant in actor.grants if grant.role in roles]
    return Q() if actor.is_system or None in bounds else Q(response_id__in=bounds)


def public_needs(response_id: uuid.UUID, now: dt.datetime) -> QuerySet[Need]:
    """What may stand on a public list: verified, still open, not expired, not held. Never with its contact."""
    return (
        Need.objects.filter(response_id=response_id, state=NeedState.VERIFIED)
        .filter(Q(expires_at=None) | Q(expires_at__gt=now))
        .filter(Q(submission=None) | Q(submission__held_reason=""))
        .select_related("place", "category")
        .defer("note", "contact")
    )


def public_offers(response_id: uuid.UUID) -> QuerySet[Offer]:
    """Offers that may stand on a public list: verified ones."""
    return Offer.objects.filter(response_id=response_id, state=OfferState.VERIFIED).select_related("place", "category")


def public_title(record: Need | Offer) -> str:
    """What a public page calls it: the category's name; a person's own words only after somebody has read them."""
    if record.category is not None:
        return record.category.label
    known = isinstance(record, Offer) or record.for_whom == ForWhom.FACILITY or record.verified_at is not None
    return record.item if known else ""


def submission_of_code(typed: str) -> Submission:
    """The submission of a typed code (its own, or that of one of its lines); ``Refusal("not_found")``."""
    code = ids.parse_code(typed[:40])
    found = _submissions().filter(code=code).first() if code else None
    if found is None and code:
        line: Need | Offer | None = Need.objects.filter(code=code).first() or Offer.objects.filter(code=code).first()
        found = _submissions().filter(pk=line.submission_id).first() if line and line.submission_id else None
    if found is None or found.response.is_exercise:
        raise Refusal("not_found")
    return found


def own_submission(typed: str, secret: str) -> Submission:
    """The submission that a secret link opens. A wrong secret and an unknown code give the same answer."""
    try:
        found = submission_of_code(typed)
    except Refusal:
        secret_fits(secret, _NOBODYS)
        raise
    if not secret_fits(secret, found.secret_hash):
        raise Refusal("not_found")
    return found


def _submissions() -> QuerySet[Submission]:
    return Submission.objects.select_related("response", "contact")


def records_of(submission: Submission) -> list[Need] | list[Offer]:
    """The needs or offers that came with a submission, in the order they were written."""
    if submission.kind == SubmissionKind.OFFER:
        return list(Offer.objects.filter(submission=submission).select_related("place", "category").order_by("id"))
    found = Need.objects.filter(submission=submission).select_related("place", "category", "merged_into")
    return list(found.order_by("id"))


def last_moved(submission: Submission, records: Sequence[Need | Offer]) -> dt.datetime:
    """When anything about it last moved."""
    moments = [submission.moved_at, submission.updated_at, *(record.updated_at for record in records)]
    if submission.contact is not None:
        moments.append(submission.contact.updated_at)
    return max(moments)
