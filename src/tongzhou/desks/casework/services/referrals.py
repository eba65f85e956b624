"""Referrals: what is passed on is what the caller saw and chose, field by field; never the notes."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from tongzhou.desks.casework.models import Referral
from tongzhou.desks.casework.types import REFERRAL_WAYS, ReferralState, ReferralTo
from tongzhou.kernel import changes, crypto
from tongzhou.kernel.access import Act, Actor
from tongzhou.kernel.errors import Refusal

__all__ = ["agree", "move", "offer", "passed_on", "place_of", "target_of"]


@transaction.atomic
def offer(
    *, actor: Actor, act: Act, contact_id: uuid.UUID, line_id: uuid.UUID, to: str, target_name: str,
    target_id: str = "", passed: Mapping[str, Any] | None = None, consent_at: dt.datetime | None = None,
    state: str = "offered", place: Mapping[str, Any] | None = None,
) -> Referral:  # fmt: skip
    """Write a referral down; `place` is the entry of the directory as it stands.

    Raises ``referral_consent`` (something is passed on without it), ``referral_empty``.
    """
    if passed and consent_at is None:
        raise Refusal("referral_consent")
    if to not in ReferralTo.values or not target_name.strip():
        raise Refusal("referral_empty")
    row = Referral(
        contact_id=contact_id, line_id=line_id, to=to, target_id=target_id, consent_at=consent_at, state=state
    )  # fmt: skip
    crypto.prepare(row, f"line:{line_id}")
    crypto.seal(row, target=target_name.strip()[:200])
    if passed:
        crypto.seal(row, passed=json.dumps(dict(passed), ensure_ascii=False))
    if place:
        crypto.seal(row, place=json.dumps(dict(place), ensure_ascii=False))
    return changes.create(row, actor=actor, act=act)


@transaction.atomic
def move(*, actor: Actor, act: Act, row: Referral, state: str) -> Referral:
    """Accepted, rejected, done. Raises ``referral_state``."""
    fresh = Referral.objects.select_for_update().get(pk=row.pk)
    if state not in REFERRAL_WAYS[fresh.state]:
        raise Refusal("referral_state")
    return changes.apply(fresh, actor=actor, act=act, state=state)


@transaction.atomic
def agree(*, actor: Actor, act: Act, row: Referral, now: dt.datetime) -> Referral:
    """The caller wants to see it; saying so twice is once. Raises ``referral_state`` when they said no before."""
    fresh = Referral.objects.select_for_update().get(pk=row.pk)
    if fresh.state == ReferralState.REJECTED:
        raise Refusal("referral_state")
    if fresh.consent_at is not None:
        return fresh
    return changes.apply(fresh, actor=actor, act=act, consent_at=now)


def passed_on(row: Referral) -> dict[str, str]:
    """What was passed on ({} for nothing, or once it was destroyed)."""
    if row.record_key is None or row.passed is None:
        return {}
    found: dict[str, str] = json.loads(crypto.unseal(row, "passed"))
    return found


def target_of(row: Referral) -> str:
    """What the place was called on the day of the referral ("" once it was destroyed)."""
    return crypto.unseal(row, "target") if row.record_key is not None else ""


def place_of(row: Referral) -> dict[str, Any]:
    """The entry of the directory as it stood on the day of the referral ({} for a typed name, or once destroyed)."""
    if row.record_key is None or row.place is None:
        return {}
    found: dict[str, Any] = json.loads(crypto.unseal(row, "place"))
    return found
