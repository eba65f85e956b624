"""What happens to rosters and whom it concerns: published, somebody ill, a swap - each with its notices."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from django.db import transaction

from tongzhou.desks.professionals.models import Professional, Roster, ServiceLine, Shift, ShiftSwap, Sickness
from tongzhou.desks.professionals.services import publishing, sickness, swaps
from tongzhou.desks.professionals.services.lapses import supervisors_to_ask
from tongzhou.desks.professionals.types import SicknessState, SwapState
from tongzhou.flows.notify import notify
from tongzhou.kernel.access import Actor
from tongzhou.registers.notices.types import NoticeKind

__all__ = [
    "answer_swap", "approve_swap", "ask_swap", "decline_swap", "fill_places", "publish_roster", "report_sick",
    "tell_line",
]  # fmt: skip


def tell_line(
    line: ServiceLine, accounts: Iterable[uuid.UUID | None], what: str, *, key: str, reason: str = "",
    path: str = "/line/my/", urgent: bool = False,
) -> int:  # fmt: skip
    """Tell these accounts of something on the line; how many."""
    return notify(
        accounts=[one for one in accounts if one is not None], kind=NoticeKind.ROSTER, path=path, urgent=urgent,
        facts={"what": what, "where": line.name, "reason": reason}, key=f"roster:{what}:{key}",
        response=line.response_id,
    )  # fmt: skip


def _supervisors(line: ServiceLine) -> list[uuid.UUID | None]:
    return list(supervisors_to_ask(line).values_list("account_id", flat=True))


@transaction.atomic
def publish_roster(*, actor: Actor, roster: Roster, expect: int, now: dt.datetime) -> Roster:
    """Put it into force and tell everybody on it. Raises what `services.publishing.publish` raises."""
    done, accounts = publishing.publish(actor=actor, roster=roster, expect=expect, now=now)
    last = done.start + dt.timedelta(days=done.days - 1)
    days = f"{done.start:%m-%d} – {last:%m-%d}"
    tell_line(done.line, accounts, "published", key=str(done.pk), reason=days)
    return done


def report_sick(
    *, actor: Actor, person: Professional, starts_at: dt.datetime, ends_at: dt.datetime, now: dt.datetime
) -> Sickness:
    """Somebody cannot come: kept first, then mended; those whose shifts change are told, supervisors of what is open.

    Raises what `services.sickness.report_sick` raises.
    """
    return fill_places(sickness.report_sick(actor=actor, person=person, starts_at=starts_at, ends_at=ends_at, now=now),
                       now)  # fmt: skip


def fill_places(row: Sickness, now: dt.datetime) -> Sickness:
    """The second half of it, for a report that is kept already; outside every transaction, for it takes seconds."""
    done = sickness.mend(row, now)
    with transaction.atomic():
        tell_line(row.line, done.told, "changed", key=str(row.pk), urgent=True)
        if done.sickness.state == SicknessState.SHORT:
            tell_line(
                row.line, _supervisors(row.line), "short", key=str(row.pk), reason=row.professional.alias,
                path=f"/line/rosters/{row.line_id}/", urgent=True,
            )  # fmt: skip
    return done.sickness


@transaction.atomic
def ask_swap(
    *, actor: Actor, shift: Shift, other: Professional, other_shift: Shift | None, now: dt.datetime
) -> ShiftSwap:
    """Ask, and tell the other one."""
    swap = swaps.ask_swap(actor=actor, shift=shift, other=other, other_shift=other_shift, now=now)
    tell_line(swap.line, [other.account_id], "swap_asked", key=str(swap.pk))
    return swap


@transaction.atomic
def answer_swap(*, actor: Actor, swap: ShiftSwap, accept: bool, now: dt.datetime) -> ShiftSwap:
    """Answer, and tell the asker; with a yes the supervisors too."""
    done = swaps.answer_swap(actor=actor, swap=swap, accept=accept, now=now)
    tell_line(done.line, [done.asker.account_id], "swap_answered", key=f"{done.pk}:{done.state}")
    if done.state == SwapState.ACCEPTED:
        tell_line(
            done.line, _supervisors(done.line), "swap_waits", key=str(done.pk), path=f"/line/rosters/{done.line_id}/"
        )
    return done


@transaction.atomic
def approve_swap(*, actor: Actor, swap: ShiftSwap, now: dt.datetime) -> ShiftSwap:
    """Carry it out, and tell both."""
    done = swaps.approve_swap(actor=actor, swap=swap, now=now)
    tell_line(done.line, [done.asker.account_id, done.other.account_id], "swap_answered", key=f"{done.pk}:approved")
    return done


@transaction.atomic
def decline_swap(*, actor: Actor, swap: ShiftSwap, now: dt.datetime) -> ShiftSwap:
    """Say no, and tell both."""
    done = swaps.decline_swap(actor=actor, swap=swap, now=now)
    tell_line(done.line, [done.asker.account_id, done.other.account_id], "swap_answered", key=f"{done.pk}:declined")
    return done
