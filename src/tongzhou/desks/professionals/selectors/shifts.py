"""Who is on shift now, and who may take contacts: what the line asks before it offers anybody a caller."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from tongzhou.desks.professionals.models import Acknowledgement, Professional, ServiceLine, Shift, TrainingItem
from tongzhou.desks.professionals.selectors.guides import guide_read
from tongzhou.desks.professionals.types import ItemKind, OnShift, PersonState, Verdict

__all__ = [
    "able",
    "can_take_contacts",
    "coming_or_here",
    "current_shift",
    "items_wanted",
    "licence_valid",
    "on_shift",
    "own_professional",
    "reachable_supervisors",
    "running_shifts",
]


def licence_valid(professional: Professional, line: ServiceLine, at: dt.datetime) -> bool:
    """Whether the licence holds on the day of `at` in the line's time zone (its last day counts)."""
    return professional.licence_until >= at.astimezone(line.zone).date()


def running_shifts(line_id: uuid.UUID, now: dt.datetime) -> QuerySet[Shift]:
    """Shifts of published rosters that run at `now`, of people who have an account."""
    rows = Shift.objects.filter(line_id=line_id, in_force=True, starts_at__lte=now, ends_at__gt=now)
    return rows.filter(professional__account__isnull=False).select_related(
        "line", "professional", "professional__group__supervisor"
    )


def items_wanted(line_id: uuid.UUID, at: dt.datetime) -> list[TrainingItem]:
    """The versions of training and conduct that were current at `at` (the start of a shift)."""
    rows = TrainingItem.objects.filter(line_id=line_id, published_at__lte=at)
    return list(rows.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=at)).defer("body", "body_en"))


def _unread(items: Iterable[TrainingItem], read: set[uuid.UUID], account_id: uuid.UUID | None, at: dt.datetime) -> str:
    """The refusal code of what has not been acknowledged, "" when everything has."""
    for item in items:
        if not (guide_read(item.guide, account_id, at) if item.guide else item.pk in read):
            return "shift_conduct" if item.kind == ItemKind.CONDUCT else "shift_training"
    return ""


def able(professional: Professional, line: ServiceLine, *, since: dt.datetime, now: dt.datetime) -> str:
    """Why this person cannot work a shift that starts at `since`: a refusal code, or "" when nothing is in the way."""
    if professional.state != PersonState.ACTIVE:
        return "shift_paused"
    if not licence_valid(professional, line, now):
        return "shift_licence"
    read = Acknowledgement.objects.filter(professional=professional).values_list("item_id", flat=True)
    return _unread(items_wanted(line.pk, since), set(read), professional.account_id, since)


def reachable_supervisors(line: ServiceLine, now: dt.datetime) -> list[uuid.UUID]:
    """Accounts of the line's supervisors who are on shift, or said they can be reached now; on shift first."""
    rows = Professional.objects.filter(line=line, is_supervisor=True, state=PersonState.ACTIVE, account__isnull=False)
    today = now.astimezone(line.zone).date()
    rows = rows.filter(licence_until__gte=today)
    here = Shift.objects.filter(line=line, in_force=True, hole_code="", starts_at__lte=now, ends_at__gt=now)
    on = list(rows.filter(pk__in=here.values("professional")).order_by("code").values_list("account_id", flat=True))
    called = rows.filter(reachable_until__gt=now).order_by("code").values_list("account_id", flat=True)
    return [one for one in dict.fromkeys([*on, *called]) if one is not None]


def on_shift(line_id: uuid.UUID, now: dt.datetime) -> list[OnShift]:
    """Everybody with a shift of the line at `now`, in order of the shift's start; two queries or three.

    Whether somebody may take contacts is another question: `can_take_contacts`.
    """
    shifts = [one for one in running_shifts(line_id, now) if one.professional.state == PersonState.ACTIVE]
    if not shifts:
        return []
    supervisors = reachable_supervisors(shifts[0].line, now)
    return [_said(shift, supervisors) for shift in shifts]


def _said(shift: Shift, supervisors: list[uuid.UUID]) -> OnShift:
    person = shift.professional
    if person.account_id is None:
        raise ValueError("a running shift of somebody without an account")
    own = person.group.supervisor.account_id if person.group is not None else None
    others = [one for one in supervisors if one != person.account_id]
    return OnShift(
        account_id=person.account_id, professional_id=person.pk, skills=frozenset(person.skills),
        languages=frozenset(person.languages), places=tuple(person.places), is_supervisor=person.is_supervisor,
        supervisor_account_id=own if own in others else next(iter(others), None), skill=shift.skill,
        shift_id=shift.pk, starts_at=shift.starts_at, ends_at=shift.ends_at,
    )  # fmt: skip


def coming_or_here(line_id: uuid.UUID, now: dt.datetime, within: dt.timedelta) -> list[Shift]:
    """Who is on shift now or within so long, each person once with the shift that ends last; in order of start."""
    rows = Shift.objects.filter(line_id=line_id, in_force=True, ends_at__gt=now, starts_at__lt=now + within)
    rows = rows.filter(professional__account__isnull=False, professional__state=PersonState.ACTIVE)
    latest = {one.professional_id: one for one in rows.select_related("professional", "line").order_by("ends_at")}
    return sorted(latest.values(), key=lambda one: (one.starts_at, one.professional.alias))


def current_shift(account_id: uuid.UUID, now: dt.datetime, line_id: uuid.UUID | None = None) -> Shift | None:
    """The shift the account has now (of one line, or of any)."""
    rows = Shift.objects.filter(in_force=True, starts_at__lte=now, ends_at__gt=now)
    rows = rows.filter(professional__account_id=account_id).select_related("line", "professional")
    return (rows.filter(line_id=line_id) if line_id else rows).order_by("starts_at").first()


def can_take_contacts(account_id: uuid.UUID, now: dt.datetime, line_id: uuid.UUID | None = None) -> Verdict:
    """Whether the account may take contacts at this moment; see `Verdict` for the codes."""
    shift = current_shift(account_id, now, line_id)
    if shift is None:
        return Verdict(ok=False, code="shift_none", high_risk=False)
    code = able(shift.professional, shift.line, since=shift.starts_at, now=now)
    if code:
        return Verdict(ok=False, code=code, high_risk=False)
    others = reachable_supervisors(shift.line, now)
    if not others:
        return Verdict(ok=True, code="shift_no_supervisor", high_risk=False)
    return Verdict(ok=True, code="", high_risk=True)


def own_professional(account_id: uuid.UUID | None, line_id: uuid.UUID | None = None) -> Professional | None:
    """The account's own record on a line (or its latest one), None when it is nobody of the lines."""
    if account_id is None:
        return None
    rows = Professional.objects.filter(account_id=account_id).select_related("line", "group")
    rows = rows.filter(line_id=line_id) if line_id else rows
    return rows.exclude(state__in=[PersonState.ENDED, PersonState.REFUSED]).order_by("-created_at").first()
