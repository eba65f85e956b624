"""Rows that are locked before anything about quantities is judged: offer, then need, then assignment, each by id.

The locks leave the keys free (``FOR NO KEY UPDATE``): a movement that points at a row does not wait for it. SQLite has
one writer, who waits at the start of the transaction, and needs no lock.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from tongzhou.chain.dispatch.models import Assignment, VolunteerProfile
from tongzhou.chain.intake.models import Need, Offer
from tongzhou.kernel.errors import Refusal

__all__ = [
    "lock_assignment", "lock_assignments", "lock_need", "lock_needs", "lock_offer", "lock_offers", "lock_profile",
    "require_version",
]  # fmt: skip


def lock_offer(offer_id: uuid.UUID) -> Offer:
    """The offer as it is now, locked."""
    return Offer.objects.select_for_update(no_key=True).get(pk=offer_id)


def lock_need(need_id: uuid.UUID) -> Need:
    """The need as it is now, locked."""
    return Need.objects.select_for_update(no_key=True).get(pk=need_id)


def lock_offers(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Offer]:
    """Offers as they are now, locked in the order of their ids."""
    rows = Offer.objects.select_for_update(no_key=True).filter(pk__in=set(ids)).order_by("pk")
    return {row.pk: row for row in rows}


def lock_needs(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Need]:
    """Needs as they are now, with submission and response, locked in the order of their ids."""
    rows = Need.objects.select_for_update(no_key=True, of=("self",)).select_related("submission", "response")
    return {row.pk: row for row in rows.filter(pk__in=set(ids)).order_by("pk")}


def lock_assignment(assignment_id: uuid.UUID) -> Assignment:
    """The assignment as it is now, locked; ``Refusal("not_found")``."""
    found = Assignment.objects.select_for_update(no_key=True).filter(pk=assignment_id).first()
    if found is None:
        raise Refusal("not_found")
    return found


def lock_assignments(ids: Iterable[uuid.UUID]) -> list[Assignment]:
    """Assignments as they are now, locked in the order of their ids."""
    return list(Assignment.objects.select_for_update(no_key=True).filter(pk__in=list(ids)).order_by("pk"))


def require_version(one: Assignment, expect: int | None) -> None:
    """It is still as whoever acts has seen it (None: does not matter); ``Refusal("version_stale")`` otherwise."""
    if expect is not None and one.version != expect:
        raise Refusal("version_stale")


def lock_profile(account_id: uuid.UUID) -> VolunteerProfile | None:
    """What the volunteer declared, locked: two phones of one person claim one after the other."""
    return VolunteerProfile.objects.select_for_update(no_key=True).filter(account_id=account_id).first()
