"""Verifying a need: take it, record what the call found, take that back, close what nobody answers."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import transaction

from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.intake.policies import target_of
from tongzhou.chain.intake.services.change import release_held
from tongzhou.chain.intake.services.editing import refresh_search
from tongzhou.chain.intake.types import OPEN_NEEDS, NeedState, Urgency
from tongzhou.chain.triage.models import Check, Retry
from tongzhou.chain.triage.policies import CLOSE_UNREACHED, VERIFY_NEED
from tongzhou.chain.triage.selectors.queue import Filters, candidates, entered_by, still_waits
from tongzhou.chain.triage.services import checks, locks, retries
from tongzhou.chain.triage.types import Holding, Outcome, Tab, Verdict
from tongzhou.flows.compare_needs import compare_at_once
from tongzhou.flows.dispatch_standing import dispatch_standing
from tongzhou.flows.release_need import keep_in_step
from tongzhou.kernel import changes, clock, ids
from tongzhou.kernel.access import Actor, allows, require
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.models import AuditEntry

__all__ = ["close_unreached", "keep_trying", "take_back", "take_need", "take_next_need", "undo_check", "verify_need"]


def take_need(*, actor: Actor, need: Need, now: dt.datetime) -> Holding:
    """Take one need in hand for ten minutes. Raises ``not_found``, ``verify_closed``, ``own_entry``, ``lock_held``.

    Whoever holds it sees what it may be the same as, even when the worker is down.
    """
    require(actor, VERIFY_NEED, **target_of(need))
    _require_open(need)
    if entered_by(actor, [need]):
        raise Refusal("own_entry")
    holding = locks.take(actor=actor, record=need, now=now)
    compare_at_once(need=need, now=now)
    return holding


def take_next_need(*, actor: Actor, filters: Filters, now: dt.datetime, tab: str = "") -> Need:
    """Take the next need of a tab (without one: new ones, then those to be verified again).

    Two people at once get two different ones. Raises ``Refusal("queue_empty")``.
    """
    for one in [tab] if tab else [Tab.NEW, Tab.AGAIN]:
        for need in candidates(actor, "need", one, filters, now):
            try:
                take_need(actor=actor, need=need, now=now)
            except Refusal as refusal:
                if refusal.code in ("lock_held", "verify_closed"):
                    continue
                raise
            if still_waits(actor, need, one, filters, now):
                found: Need = need
                return found
            locks.release(actor=actor, record=need, now=now)  # somebody was faster between reading and taking
    raise Refusal("queue_empty")


@transaction.atomic
def verify_need(*, actor: Actor, need: Need, verdict: Verdict, expect: int, now: dt.datetime) -> Check:
    """Record what the call found, for a need in the actor's hands; it is put back and the contact hidden.

    `expect`: the version the verifier saw. A confirmed place may lie outside the actor's area: the need then moves to
    whoever looks after that place. Raises ``not_found``, ``own_entry``, ``lock_lost``, ``verify_closed``,
    ``version_stale``.
    """
    require(actor, VERIFY_NEED, **target_of(need))
    # Putting it back is the gate: of two answers sent at once (a double click) one passes; a rollback holds it again.
    if not locks.release(actor=actor, record=need, now=now):
        raise Refusal("lock_lost")
    _require_open(need)
    if entered_by(actor, [need]):
        raise Refusal("own_entry")
    group = ids.new_id()
    check = checks.append(actor=actor, record=need, verdict=verdict, act=VERIFY_NEED, group=group, now=now)
    fields = checks.need_fields(need, verdict, now)
    changes.apply(need, actor=actor, act=VERIFY_NEED, expect=expect, reason=verdict.note, group=group, **fields)
    if verdict.outcome == Outcome.UNREACHABLE:
        urgent = need.urgency_order == Urgency.LIFE
        retries.count_attempt(actor=actor, record=need, act=VERIFY_NEED, now=now, group=group, urgent=urgent)
    else:
        retries.reached(actor=actor, record=need, act=VERIFY_NEED, group=group)
    if need.state == NeedState.VERIFIED and need.submission and need.submission.held_reason:
        release_held(actor=actor, submission=need.submission)
    # Errands that somebody approved in advance leave at once; that they cannot never harms the verification.
    transaction.on_commit(lambda: dispatch_standing(need=need, now=now), robust=True)
    refresh_search(need)
    keep_in_step(record=need, actor=actor, now=now)
    return check


def _require_open(need: Need) -> None:
    if need.state not in (*OPEN_NEEDS, NeedState.EXPIRED):
        raise Refusal("verify_closed", state=need.get_state_display())


@transaction.atomic
def undo_check(*, actor: Actor, check: Check, now: dt.datetime) -> Check:
    """Take an outcome back: the record is as it was before the call, the check stays, marked.

    Raises ``not_found``, ``check_undone``, ``undo_stale`` (somebody changed the same fields since).
    """
    record = check.need or check.offer
    if record is None or check.group is None or not allows(actor, VERIFY_NEED, **target_of(record)):
        raise Refusal("not_found")
    if check.undone_at is not None:
        raise Refusal("check_undone")
    take_back(actor=actor, group=check.group, act=VERIFY_NEED.name)
    return checks.mark_undone(actor=actor, check=check, act=VERIFY_NEED, now=now)


def take_back(*, actor: Actor, group: uuid.UUID, act: str) -> None:
    """Revert what an outcome made of the record and of its next call; the check itself is not touched."""
    rows = AuditEntry.objects.filter(group=group, undoes=None).exclude(object_type=Check._meta.label_lower)
    for entry in rows.order_by("-id"):
        if entry.object_type == Retry._meta.label_lower and "attempts" in entry.changes and _made(entry):
            # The first attempt made the row; taken back, it stands at nothing.
            row = Retry.objects.get(pk=entry.object_id)
            changes.apply(row, actor=actor, act=act, undoes=entry, attempts=0, next_at=None, proposed_at=None)
            continue
        match changes.undo(entry, actor=actor, act=act):
            case Need() as need:
                keep_in_step(record=refresh_search(need), actor=actor, now=clock.now())
            case Offer() as offer:
                keep_in_step(record=refresh_search(offer), actor=actor, now=clock.now())


def _made(entry: AuditEntry) -> bool:
    pair: Any = entry.changes["attempts"]
    return isinstance(pair, list) and pair[0] is None


@transaction.atomic
def close_unreached(*, actor: Actor, need: Need, expect: int, reason: str = "", now: dt.datetime) -> Need:
    """Close a need that nobody answered for, after a person agreed to the proposal. It can be opened again."""
    require(actor, CLOSE_UNREACHED, **target_of(need))
    locks.require_free(actor=actor, record=need, now=now)
    _require_proposed(need)
    closed = changes.apply(
        need, actor=actor, act=CLOSE_UNREACHED, expect=expect, reason=reason, state=NeedState.EXPIRED,
        state_reason=reason[:300],
    )  # fmt: skip
    keep_in_step(record=closed, actor=actor, now=now)
    return closed


@transaction.atomic
def keep_trying(*, actor: Actor, need: Need, reason: str = "", now: dt.datetime) -> None:
    """Decline the proposal to close: it is called again at once and the count begins anew."""
    require(actor, CLOSE_UNREACHED, **target_of(need))
    _require_proposed(need)
    retries.again(actor=actor, record=need, act=CLOSE_UNREACHED, now=now, reason=reason)


def _require_proposed(need: Need) -> None:
    row = Retry.objects.filter(need=need).first()
    if row is None or row.proposed_at is None or need.state not in OPEN_NEEDS:
        raise Refusal("version_stale")
