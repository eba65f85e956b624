"""The receiver says what arrived. A need closes by this, not by what was sent."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from tongzhou.chain.delivery.models import Receipt
from tongzhou.chain.delivery.policies import CONFIRM, CONFIRMED_BY_CODE
from tongzhou.chain.delivery.services import codes, receipts
from tongzhou.chain.delivery.types import Difference, HowConfirmed
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.policies import ENTER_RESULTS, target_of
from tongzhou.chain.dispatch.selectors.balances import of_assignments, of_needs
from tongzhou.chain.dispatch.services import assignments, movements
from tongzhou.chain.dispatch.services.locking import lock_assignment, lock_need, lock_offer, require_version
from tongzhou.chain.dispatch.types import COUNTS_FOR_NEED, AssignmentState, Balance, Via
from tongzhou.chain.intake.models import Need
from tongzhou.chain.intake.policies import secret_fits
from tongzhou.chain.intake.services.submit import masked
from tongzhou.flows import events
from tongzhou.flows.carry_assignment import is_holder
from tongzhou.flows.release_need import settle_need, settle_offer
from tongzhou.kernel import ids, throttle
from tongzhou.kernel.access import Act, Actor, allows
from tongzhou.kernel.errors import Refusal

__all__ = ["NOBODY_HOME", "confirm", "correct"]

#: Tries of a code for one assignment in an hour, and from one network address for all of them.
MOST_TRIES, MOST_FROM_ADDRESS, SECONDS = 10, 60, 3600
#: Why an assignment ended that found nobody to hand it over to.
NOBODY_HOME = gettext_noop("没有人在")
_BY_CODE = (HowConfirmed.CODE, HowConfirmed.QR)
_VIA = {
    HowConfirmed.CALL: Via.PHONE, HowConfirmed.SLIP: Via.SLIP,
}  # fmt: skip


def confirm(
    *, actor: Actor, assignment: Assignment, received: int, refused: int = 0, missing: int = 0, difference: str = "",
    note: str = "", how: str, key: str, code: str = "", secret: str = "", address: str = "", now: dt.datetime,
    expect: int | None = None,
) -> Receipt:  # fmt: skip
    """Record what arrived. The right to: the receiver's `code`, the asker's `secret` link, or a role (`how`).

    Base units; what is neither received, refused nor missing stays on its way. `address`: the network address a code
    was typed from; `expect`: the version that was shown. The same `key` again gives the same receipt. Raises
    ``Refusal``: ``not_found``, ``wrong_code``, ``too_many``, ``own_delivery``, ``not_sent_yet``, ``assignment_over``,
    ``bad_split``, ``more_than_sent``, ``difference_missing``, ``key_reused``, ``version_stale``.
    """
    act = _right(actor, assignment, HowConfirmed(how), code, secret, address)
    with transaction.atomic():
        lock_offer(assignment.offer_id)
        lock_need(assignment.need_id)
        one = lock_assignment(assignment.pk)
        before = receipts.known(one, key, received=received, refused=refused, missing=missing)
        if before is not None:
            return before
        require_version(one, expect)
        sums = of_assignments([one.pk])[one.pk]
        steps = receipts.steps_of(one, sums, received=received, refused=refused, missing=missing)
        receipt = receipts.append(
            actor=actor, act=act, assignment=one, how=how, received=received, refused=refused, missing=missing,
            difference=difference, note=masked(note), key=key, now=now,
        )  # fmt: skip
        _carry_out(actor, act, one, receipt, steps, now)
        return receipt


def _right(actor: Actor, one: Assignment, how: HowConfirmed, code: str, secret: str, address: str) -> Act | str:
    """The act it stands under in the trail. Outside the transaction: a wrong code must count although it is refused."""
    if how in _BY_CODE:
        if address:
            throttle.hit("receipt-code-address", address, limit=MOST_FROM_ADDRESS, seconds=SECONDS)
        throttle.hit("receipt-code", str(one.pk), limit=MOST_TRIES, seconds=SECONDS)
        if not codes.fits(one, code):
            raise Refusal("wrong_code")
        return CONFIRMED_BY_CODE
    if how == HowConfirmed.LINK:
        kept = one.need.submission.secret_hash if one.need.submission is not None else ""
        if not secret_fits(secret, kept):
            raise Refusal("not_found")
        return CONFIRMED_BY_CODE
    act = ENTER_RESULTS if how == HowConfirmed.SLIP else CONFIRM
    if not allows(actor, act, **target_of(one)):
        raise Refusal("not_found")
    if is_holder(actor, one):
        raise Refusal("own_delivery")
    return act


def _carry_out(
    actor: Actor, act: Act | str, one: Assignment, receipt: Receipt, steps: list[receipts.Step], now: dt.datetime
) -> None:
    """Move the quantities, write the state that follows, close the need and the offer when they are done."""
    via = _VIA.get(HowConfirmed(receipt.how), Via.PAGE)
    sums = movements.append(actor=actor, assignment=one, steps=steps, key=receipt.key, now=now, via=via)
    delivered = {} if one.sent_at is not None else {"sent_at": now}
    assignments.into_state(
        actor=actor, one=one, act=act, sums=sums, ended=AssignmentState.WITHDRAWN,
        reason=NOBODY_HOME if _nobody_there(receipt) else "", now=now, present=AssignmentState.IN_TRANSIT, **delivered,
    )  # fmt: skip
    _tell(one, receipt, on_its_way=sums[Balance.IN_TRANSIT])
    settle_need(actor=actor, need=lock_need(one.need_id), now=now)
    settle_offer(actor=actor, offer=lock_offer(one.offer_id), now=now)


def _nobody_there(receipt: Receipt) -> bool:
    return not receipt.received and receipt.difference == Difference.NOT_HOME


def _tell(one: Assignment, receipt: Receipt, *, on_its_way: int) -> None:
    """Post what the receiver said; where nobody was there, that what was brought has to come back."""
    said: dict[str, Any] = {
        "accounts": [one.holder_id], "key": receipt.key, "received": receipt.received, "refused": receipt.refused,
        "missing": receipt.missing,
    }  # fmt: skip
    if _nobody_there(receipt):
        ended = one.state == AssignmentState.WITHDRAWN
        events.post("withdrawn" if ended else "return_asked", one, reason=NOBODY_HOME, **said)
        return
    short = on_its_way > 0 or receipt.refused > 0 or receipt.missing > 0
    events.post("short" if short else "confirmed", one, **said)


@transaction.atomic
def correct(
    *, actor: Actor, receipt: Receipt, received: int, refused: int = 0, missing: int = 0, difference: str = "",
    note: str, key: str, now: dt.datetime,
) -> Receipt:  # fmt: skip
    """Correct a receipt by another one: the old quantities go back on their way, the new ones are counted instead.

    `note` says why. All zeros: nothing had arrived after all. Raises ``Refusal``: ``not_found``, ``own_delivery``,
    ``correction_late``, ``below_returned`` (more of what was refused has come back), ``more_than_sent``,
    ``difference_missing``, ``over_need`` (others were given the rest).
    """
    assignment = receipt.assignment
    if not allows(actor, CONFIRM, **target_of(assignment)):
        raise Refusal("not_found")
    if is_holder(actor, assignment):
        raise Refusal("own_delivery")
    lock_offer(assignment.offer_id)
    need = lock_need(assignment.need_id)
    one = lock_assignment(assignment.pk)
    before = receipts.known(one, key, received=received, refused=refused, missing=missing)
    if before is not None:
        return before
    sums = of_assignments([one.pk])[one.pk]
    if receipt.corrected_by.exists():
        raise Refusal("correction_late")
    steps = receipts.steps_corrected(receipt, sums, received=received, refused=refused, missing=missing)
    _require_still_lacking(need, receipt, refused + missing)
    made = receipts.append(
        actor=actor, act=CONFIRM, assignment=one, how=receipt.how, received=received, refused=refused, missing=missing,
        difference=difference, note=masked(note), key=key, now=now, corrects=receipt,
    )  # fmt: skip
    _carry_out(actor, CONFIRM, one, made, steps, now)
    return made


def _require_still_lacking(need: Need, receipt: Receipt, not_there: int) -> None:
    """What was written off and now counts again must still fit into the need beside what others were given since."""
    sums = of_needs([need.pk])[need.pk]
    counted = sum(sums[one] for one in COUNTS_FOR_NEED)
    more = receipt.refused + receipt.missing - not_there
    lacking = (need.quantity_planned or 0) - counted
    if more > 0 and more > lacking:
        raise Refusal("over_need", number=ids.format_code(need.code), open=f"{max(0, lacking):,}", asked=f"{more:,}")
