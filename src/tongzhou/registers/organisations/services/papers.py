"""A person looks at a paper and says what was seen."""

from __future__ import annotations

import datetime as dt
import re

from django.db import transaction
from django.utils.translation import gettext as _

from tongzhou.kernel import changes, clock
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.organisations.models import Organisation, Requirement, Verification
from tongzhou.registers.organisations.policies import VERIFY_ORGANISATION, allows_on
from tongzhou.registers.organisations.services.standing import settle
from tongzhou.registers.organisations.types import PaperState, end_of

__all__ = ["MOBILE", "verify_paper", "withdraw_paper"]

#: A mobile number in a text that must not hold a person's data.
MOBILE = re.compile(r"(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")


@transaction.atomic
def verify_paper(
    *,
    actor: Actor,
    organisation: Organisation,
    requirement: Requirement,
    accepted: bool,
    evidence: str,
    valid_until: dt.date | None = None,
) -> Verification:
    """Record that a person looked at a paper; the standing follows at once (the first, or back from suspension).

    valid_until: the last day printed on it. A requirement with `validity_days` ends the paper that many days from now
    at the latest. Raises ``Refusal("bad_form")``, ``not_found``.
    """
    _require(actor, organisation)
    if requirement.kind != organisation.kind or requirement.withdrawn_at is not None:
        raise Refusal("not_found")
    if requirement.charity_only and not organisation.is_charity:
        raise Refusal("not_found")
    now = clock.now()
    evidence = _evidence(evidence)
    if accepted and valid_until is not None and end_of(valid_until) <= now:
        raise Refusal("bad_form", fields={"valid_until": _("这份材料已经过期，不能按有效核实")})
    row = Verification(
        organisation=organisation, requirement=requirement, evidence=evidence, valid_until=valid_until,
        state=PaperState.ACCEPTED if accepted else PaperState.REFUSED, verified_at=now,
        ends_at=_ends_at(requirement, valid_until, now), verified_by=actor.account_id, verified_by_name=actor.name,
    )  # fmt: skip
    changes.create(row, actor=actor, act=VERIFY_ORGANISATION, reason=evidence)
    settle(actor=actor, act=VERIFY_ORGANISATION, organisation=organisation)
    return row


@transaction.atomic
def withdraw_paper(*, actor: Actor, verification: Verification, expect: int | None = None, reason: str) -> Verification:
    """Take back an accepted paper (it was forged, or accepted by mistake); the standing follows at once."""
    _require(actor, verification.organisation)
    if len(reason.strip()) < 4:
        raise Refusal("bad_form", fields={"reason": _("请写明原因（4 到 300 个字）")})
    if verification.state != PaperState.ACCEPTED:
        raise Refusal("version_stale")
    changes.apply(
        verification, actor=actor, act=VERIFY_ORGANISATION, expect=expect, reason=reason,
        state=PaperState.WITHDRAWN.value, withdrawn_at=clock.now(),
    )  # fmt: skip
    settle(actor=actor, act=VERIFY_ORGANISATION, organisation=verification.organisation, reason=reason)
    return verification


def _require(actor: Actor, organisation: Organisation) -> None:
    if organisation.withdrawn_at is not None or not allows_on(actor, VERIFY_ORGANISATION, organisation):
        raise Refusal("not_found")


def _evidence(text: str) -> str:
    text = " ".join(text.split())
    if not 4 <= len(text) <= 500:
        raise Refusal("bad_form", fields={"evidence": _("请写明看了什么、在哪里看的（4 到 500 个字）")})
    if MOBILE.search(text):
        raise Refusal("bad_form", fields={"evidence": _("请不要写个人手机号")})
    return text


def _ends_at(requirement: Requirement, valid_until: dt.date | None, now: dt.datetime) -> dt.datetime | None:
    days = requirement.validity_days
    own = end_of(valid_until) if valid_until is not None else None
    most = end_of(clock.beijing(now).date() + dt.timedelta(days=days)) if days is not None else None
    return min((end for end in (own, most) if end is not None), default=None)
