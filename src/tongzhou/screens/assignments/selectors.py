"""What the page of an assignment shows: where how much is, what happened, who waits, what went wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from tongzhou.chain.delivery.models import CashAdvance, DeliveryPhoto, IncidentReport, Receipt
from tongzhou.chain.delivery.selectors.receipts import receipts_of
from tongzhou.chain.delivery.types import Difference
from tongzhou.chain.dispatch.models import Assignment, Movement, Reserve
from tongzhou.chain.dispatch.selectors.words import how_much
from tongzhou.chain.dispatch.services.carrying import UNUSABLE
from tongzhou.chain.dispatch.types import Balance, DeclineReason, Via
from tongzhou.chain.intake.types import reason_words
from tongzhou.chain.planning.types import LineState
from tongzhou.kernel import kept

__all__ = [
    "Event", "Part", "advances_of", "command_said", "events_of", "incidents_of", "parts_of", "photos_of",
    "receipts_shown", "reserves_of", "why_declined",
]  # fmt: skip

#: In the order of the way.
_WAY = (
    Balance.PLANNED, Balance.ACCEPTED, Balance.IN_TRANSIT, Balance.RECEIVED, Balance.REFUSED, Balance.MISSING,
    Balance.RETURNED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """A balance as a figure and as a piece of the bar (in hundredths of its length)."""

    key: str
    label: str
    amount: str
    x: str
    width: str
    empty: bool


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, in words."""

    at: dt.datetime
    what: list[str]
    who: str
    via: str
    reason: str = ""
    order: int = 0
    tone: str = ""
    more: list[str] = field(default_factory=list)


def parts_of(one: Assignment, sums: Mapping[Balance, int]) -> list[Part]:
    """Where the quantity is: the five figures of the way always, the rest when there is any."""
    inside = sum(sums[one_] for one_ in _WAY)
    whole, at, found = max(one.quantity, inside, 1), 0, []
    for balance in _WAY:
        many = sums[balance]
        if not many and balance in (Balance.REFUSED, Balance.MISSING, Balance.RETURNED):
            continue
        found.append(
            Part(
                str(balance), _word(balance), how_much(one.category, many), f"{100 * at / whole:.2f}",
                f"{100 * many / whole:.2f}", not many,
            )
        )  # fmt: skip
        at += many
    return found


def _word(balance: Balance) -> str:
    return {Balance.PLANNED: _("等人接下"), Balance.REFUSED: _("对方没收"), Balance.RETURNED: _("已退回")}.get(
        balance, str(balance.label)
    )


def events_of(one: Assignment, *, people: bool) -> list[Event]:
    """Movements as acts, the oldest first; steps of one act (one key) are one line. Two queries with the receipts."""
    rows = list(Movement.objects.filter(assignment=one).order_by("id"))
    receipts = {receipt.key: receipt for receipt in receipts_of(one)}
    found: list[Event] = []
    groups: dict[str, list[Movement]] = {}
    for row in rows:
        groups.setdefault(row.key, []).append(row)
    for key, steps in groups.items():
        first, receipt = steps[0], receipts.get(key)
        said = _receipt_words(receipt, one) if receipt is not None else [_step(step, one) for step in steps]
        who = first.by_name if people and first.via != Via.SYSTEM else ""
        via = "" if first.via in (Via.PAGE, Via.SYSTEM) else str(Via(first.via).label)
        note = receipt.note if receipt is not None else _why(steps)
        # The platform's own reasons are translated; what people wrote is for people of the assignment.
        note = _in_words(note) if note and (people or receipt is None) else ""
        found.append(Event(first.at, said, who, via, note, int(first.pk)))
    return sorted(found, key=lambda event: (event.at, event.order))


def _why(steps: Iterable[Movement]) -> str:
    """The reason of an act; that something came back unusable is said by its step."""
    return next((step.reason for step in steps if step.reason and step.reason != UNUSABLE), "")


def _in_words(reason: str) -> str:
    """A kept reason in the reader's language; a volunteer's is the code of a choice."""
    if reason in DeclineReason.values:
        return str(DeclineReason(reason).label)
    return reason_words(kept.shown(reason))


def why_declined(one: Assignment) -> list[str]:
    """Why it stands as it stands: what was chosen, and what was said besides."""
    chosen = _in_words(one.decline_reason) if one.decline_reason else ""
    said = _in_words(one.state_reason) if one.state_reason else ""
    return [text for text in dict.fromkeys((chosen, said)) if text]


def command_said(one: Assignment) -> str:
    """What the command that allocates the goods answered when its line was approved; "" when it was not asked."""
    line = one.plan_line
    return kept.shown(line.decided_reason) if line is not None and line.state == LineState.APPROVED else ""


def photos_of(one: Assignment) -> list[DeliveryPhoto]:
    """Pictures of what was handed over that can still be opened, the oldest first; without the pictures themselves."""
    rows = DeliveryPhoto.objects.filter(assignment=one).exclude(record_key=None).defer("content")
    return list(rows.order_by("created_at", "pk"))


def _receipt_words(receipt: Receipt, one: Assignment) -> list[str]:
    start = _("改正收货：") if receipt.corrects_id else ""
    said = [start + _("收到 %(amount)s") % {"amount": how_much(one.category, receipt.received)}]
    if receipt.refused:
        said.append(_("没收 %(amount)s") % {"amount": how_much(one.category, receipt.refused)})
    if receipt.missing:
        said.append(_("少了 %(amount)s") % {"amount": how_much(one.category, receipt.missing)})
    if receipt.difference:
        said.append(str(Difference(receipt.difference).label))
    return said


def _step(step: Movement, one: Assignment) -> str:
    words = {
        (Balance.OUTSIDE, Balance.PLANNED): _("派出 %(amount)s，等人接下"),
        (Balance.PLANNED, Balance.ACCEPTED): _("接下 %(amount)s"),
        (Balance.PLANNED, Balance.OUTSIDE): _("%(amount)s没有人接，还给计划"),
        (Balance.ACCEPTED, Balance.OUTSIDE): _("%(amount)s没有送，还给计划"),
        (Balance.ACCEPTED, Balance.IN_TRANSIT): _("送出 %(amount)s"),
        (Balance.IN_TRANSIT, Balance.RETURNED): _("%(amount)s没有送到，退回"),
        (Balance.REFUSED, Balance.RETURNED): _("%(amount)s对方没收，退回"),
        (Balance.REFUSED, Balance.MISSING): _("%(amount)s退回时已不能用"),
        (Balance.IN_TRANSIT, Balance.MISSING): _("%(amount)s退回时已不能用"),
    }
    text = words.get((Balance(step.source), Balance(step.target)))
    amount = how_much(one.category, step.quantity)
    if text is None:
        return f"{Balance(step.source).label} → {Balance(step.target).label} {amount}"
    return text % {"amount": amount}


def receipts_shown(one: Assignment, sums: Mapping[Balance, int]) -> list[dict[str, Any]]:
    """Receipts, newest first: whether one counts now (was not corrected), and whether a correction can change it."""
    rows = list(receipts_of(one))
    corrected = {row.corrects_id for row in rows}
    return [
        {
            "receipt": row, "said": _receipt_words(row, one), "how": row.get_how_display(),
            "now": row.pk not in corrected, "open": row.pk not in corrected and _can_change(row, sums),
        }
        for row in reversed(rows)
    ]  # fmt: skip


def _can_change(row: Receipt, sums: Mapping[Balance, int]) -> bool:
    """Not when all it is about was refused and is back with the giver."""
    gone = max(0, row.refused - sums[Balance.REFUSED])
    return row.received + row.refused + row.missing - gone + sums[Balance.IN_TRANSIT] > 0


def reserves_of(one: Assignment) -> list[Reserve]:
    """Who would take it when it comes back, in their order."""
    rows = Reserve.objects.filter(assignment=one, left_at=None).select_related("account")
    return list(rows.order_by("created_at", "pk")[:50])


def incidents_of(one: Assignment) -> list[IncidentReport]:
    """What went wrong, without the words: those are sealed."""
    return list(IncidentReport.objects.filter(assignment=one).defer("text").order_by("-created_at")[:50])


def advances_of(one: Assignment) -> list[CashAdvance]:
    """Money laid out for it, the oldest first."""
    return list(CashAdvance.objects.filter(assignment=one).order_by("created_at", "pk")[:50])
