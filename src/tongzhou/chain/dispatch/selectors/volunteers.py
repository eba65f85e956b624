"""Who of a team may take a task at this moment."""

from __future__ import annotations

import datetime as dt
import uuid

from tongzhou.chain.dispatch.models import VolunteerProfile
from tongzhou.registers.people.models import Account, TeamMember

__all__ = ["DECLARED_FOR", "declared", "is_member", "of_age"]

#: How long a declaration of health and kit counts.
DECLARED_FOR = dt.timedelta(days=14)


def is_member(account_id: uuid.UUID, team_id: uuid.UUID) -> bool:
    """True for a present member of an open team."""
    rows = TeamMember.objects.filter(account_id=account_id, team_id=team_id, left_at=None, team__closed_at=None)
    return rows.filter(account__is_active=True).exists()


def declared(profile: VolunteerProfile | None, now: dt.datetime) -> bool:
    """True when health and kit were declared within a fortnight."""
    if profile is None or profile.healthy_at is None or profile.kit_at is None:
        return False
    return min(profile.healthy_at, profile.kit_at) > now - DECLARED_FOR


def of_age(account: Account, profile: VolunteerProfile) -> bool:
    """True for adults, and for minors whose guardian's consent is recorded."""
    return account.consent_at is not None or (account.is_adult and profile.adult)
