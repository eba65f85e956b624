"""Kinds of shift: how a day is cut. A new one takes the place of the one with its code; past rosters keep their own."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence

from django.db import transaction

from tongzhou.desks.professionals.models import ServiceLine, ShiftKind
from tongzhou.desks.professionals.policies import SET_SHIFTS, require_on
from tongzhou.kernel import changes
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal

__all__ = ["MOST_SEATS", "drop_kind", "set_kind"]

MOST_SEATS = 50
_CODE = re.compile(r"[A-Z][A-Z0-9]{0,7}")
_DAY, _STEP = 1440, 30


def _judge(start: int, minutes: int, breaks: Sequence[Sequence[int]]) -> None:
    """Raise ``kind_times`` for what is no shift of whole half hours with breaks inside, apart from each other."""
    ends, sound = 0, 0 <= start < _DAY and _STEP <= minutes <= _DAY and not start % _STEP and not minutes % _STEP
    for after, length in sorted((one[0], one[1]) for one in breaks):
        sound = sound and ends <= after and length > 0 and not after % _STEP and not length % _STEP
        ends = after + length
    if not sound or ends > minutes:
        raise Refusal("kind_times")


@transaction.atomic
def set_kind(
    *, actor: Actor, line: ServiceLine, code: str, name: str, start_minute: int, minutes: int, now: dt.datetime,
    name_en: str = "", breaks: Sequence[Sequence[int]] = (), least: Mapping[str, int] | None = None,
) -> ShiftKind:  # fmt: skip
    """Add a kind of shift, or put another in the place of the one with this code: past rosters keep their own.

    start_minute: minutes after midnight; minutes: how long; breaks: (minutes after the start, length); least: seats of
    a skill that are filled in any case. Raises ``Refusal`` kind_code, kind_times, kind_seats, not_found.
    """
    require_on(actor, SET_SHIFTS, line)
    if not _CODE.fullmatch(code) or not name.strip():
        raise Refusal("kind_code")
    _judge(start_minute, minutes, breaks)
    wanted = {skill: seats for skill, seats in (least or {}).items() if seats}
    known = set(line.skills.filter(withdrawn_at=None).values_list("code", flat=True))
    if not wanted.keys() <= known or not all(0 < seats <= MOST_SEATS for seats in wanted.values()):
        raise Refusal("kind_seats", most=MOST_SEATS)
    for old in ShiftKind.objects.select_for_update().filter(line=line, code=code, withdrawn_at=None):
        changes.apply(old, actor=actor, act=SET_SHIFTS, withdrawn_at=now)
    kind = ShiftKind(
        line=line, code=code, name=name.strip(), name_en=name_en.strip(), start_minute=start_minute, minutes=minutes,
        breaks=[list(one) for one in breaks], least=wanted,
    )  # fmt: skip
    return changes.create(kind, actor=actor, act=SET_SHIFTS)


@transaction.atomic
def drop_kind(*, actor: Actor, line: ServiceLine, code: str, now: dt.datetime) -> ShiftKind:
    """New rosters do without it. Raises ``Refusal`` kind_last (a line keeps one), not_found."""
    require_on(actor, SET_SHIFTS, line)
    rows = list(ShiftKind.objects.select_for_update().filter(line=line, withdrawn_at=None))
    found = next((one for one in rows if one.code == code), None)
    if found is None:
        raise Refusal("not_found")
    if len(rows) == 1:
        raise Refusal("kind_last")
    return changes.apply(found, actor=actor, act=SET_SHIFTS, withdrawn_at=now)
