"""Two people exchange shifts, or one gives a shift away: asked, answered, judged by the rules, approved."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction

from tongzhou.desks.professionals.models import Professional, Shift, ShiftSwap
from tongzhou.desks.professionals.policies import LEAD_SHIFT, WORK_SHIFT, require_on
from tongzhou.desks.professionals.services.task import assignments_of, unpack
from tongzhou.desks.professionals.types import PersonState, SwapState
from tongzhou.kernel import changes, ids
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.words import in_english
from tongzhou_engines.staffing import swap_allowed

__all__ = ["answer_swap", "approve_swap", "ask_swap", "decline_swap", "faults_of", "withdraw_swap"]


def _coming(shift: Shift, now: dt.datetime) -> None:
    if not shift.in_force or shift.starts_at <= now:
        raise Refusal("shift_over")


def faults_of(shift: Shift, other: Professional, other_shift: Shift | None) -> list[dict[str, str]]:
    """The rules this exchange would newly break, as the engine's independent check names them."""
    task, _frame = unpack(shift.roster)
    known = {one.code for one in task.people}
    if str(other.pk) not in known:
        return [{
            "rule": "unknown_person", "zh": "对方不在这期排班的名单里，排好下一期就可以。",
            "en": "the other person is not among those this roster was made for; the next one can have them",
        }]  # fmt: skip
    judged = swap_allowed(
        task, assignments_of(shift.roster, task), one=(str(shift.professional_id), shift.date),
        other=(str(other.pk), other_shift.date if other_shift is not None else None),
    )  # fmt: skip
    return [{"rule": fault.rule, "zh": fault.zh, "en": fault.en} for fault in judged.faults]


def _why(faults: list[dict[str, str]]) -> str:
    return "；".join(dict.fromkeys(one["en" if in_english() else "zh"] for one in faults[:3]))


@transaction.atomic
def ask_swap(
    *, actor: Actor, shift: Shift, other: Professional, other_shift: Shift | None, now: dt.datetime
) -> ShiftSwap:
    """Ask somebody to take a shift of one's own, or to exchange it for one of theirs.

    Raises ``Refusal`` swap_rule (what the rules do not allow is said at once), swap_open, shift_over, not_found.
    """
    require_on(actor, WORK_SHIFT, shift.line)
    asker = shift.professional
    if asker.account_id != actor.account_id or other.line_id != shift.line_id or other.pk == asker.pk:
        raise Refusal("not_found")
    if other.state != PersonState.ACTIVE:
        raise Refusal("not_found")
    if other_shift is not None and (
        other_shift.professional_id != other.pk or other_shift.roster_id != shift.roster_id
    ):
        raise Refusal("not_found")
    _coming(shift, now)
    if other_shift is not None:
        _coming(other_shift, now)
    if faults := faults_of(shift, other, other_shift):
        raise Refusal("swap_rule", why=_why(faults))
    swap = ShiftSwap(line=shift.line, shift=shift, asker=asker, other=other, other_shift=other_shift)
    try:
        with transaction.atomic():
            return changes.create(swap, actor=actor, act=WORK_SHIFT)
    except IntegrityError as error:
        raise Refusal("swap_open") from error


def _in_state(swap: ShiftSwap, *states: str) -> ShiftSwap:
    row = ShiftSwap.objects.select_for_update().select_related("line", "shift__roster__line").get(pk=swap.pk)
    if row.state not in states:
        raise Refusal("swap_state", state=row.get_state_display())
    return row


@transaction.atomic
def answer_swap(*, actor: Actor, swap: ShiftSwap, accept: bool, now: dt.datetime) -> ShiftSwap:
    """The other one says yes or no. Raises ``Refusal`` swap_state, not_found."""
    require_on(actor, WORK_SHIFT, swap.line)
    if swap.other.account_id != actor.account_id:
        raise Refusal("not_found")
    row = _in_state(swap, SwapState.ASKED)
    state = SwapState.ACCEPTED if accept else SwapState.DECLINED
    return changes.apply(row, actor=actor, act=WORK_SHIFT, state=state, answered_at=now)


@transaction.atomic
def withdraw_swap(*, actor: Actor, swap: ShiftSwap) -> ShiftSwap:
    """The asker takes it back. Raises ``Refusal`` swap_state, not_found."""
    if actor.account_id is None or swap.asker.account_id != actor.account_id:
        raise Refusal("not_found")
    row = _in_state(swap, SwapState.ASKED, SwapState.ACCEPTED)
    return changes.apply(row, actor=actor, act=WORK_SHIFT, state=SwapState.WITHDRAWN)


@transaction.atomic
def decline_swap(*, actor: Actor, swap: ShiftSwap, now: dt.datetime) -> ShiftSwap:
    """A supervisor says no. Raises ``Refusal`` swap_state, not_found."""
    require_on(actor, LEAD_SHIFT, swap.line)
    row = _in_state(swap, SwapState.ASKED, SwapState.ACCEPTED)
    return changes.apply(
        row, actor=actor, act=LEAD_SHIFT, state=SwapState.DECLINED, decided_by=actor.account_id, decided_at=now
    )


@transaction.atomic
def approve_swap(*, actor: Actor, swap: ShiftSwap, now: dt.datetime) -> ShiftSwap:
    """Carry it out, if the rules still allow it now.

    Raises ``Refusal`` swap_rule, swap_state, shift_over, check_own (one's own swap), not_found.
    """
    require_on(actor, LEAD_SHIFT, swap.line)
    row = _in_state(swap, SwapState.ACCEPTED)
    if actor.account_id is not None and actor.account_id in (row.asker.account_id, row.other.account_id):
        raise Refusal("swap_own")
    _coming(row.shift, now)
    if row.other_shift is not None:
        _coming(row.other_shift, now)
    if faults := faults_of(row.shift, row.other, row.other_shift):
        raise Refusal("swap_rule", why=_why(faults))
    moved = [(row.shift, row.other)] + ([(row.other_shift, row.asker)] if row.other_shift is not None else [])
    for shift, _to in moved:
        changes.apply(shift, actor=actor, act=LEAD_SHIFT, in_force=False, withdrawn_at=now)
    changes.create_many([_copied(shift, to) for shift, to in moved], actor=actor, act=LEAD_SHIFT)
    return changes.apply(
        row, actor=actor, act=LEAD_SHIFT, state=SwapState.APPROVED, decided_by=actor.account_id, decided_at=now
    )


def _copied(shift: Shift, to: Professional) -> Shift:
    same: dict[str, Any] = {
        name: getattr(shift, name) for name in ("roster", "line", "date", "kind", "skill", "starts_at", "ends_at")
    }
    return Shift(id=ids.new_id(), professional=to, in_force=True, **same)
