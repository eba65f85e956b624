"""Cases: opened with consent, moved from stage to stage with a reason, handed to another counsellor, closed."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping

from django.db import transaction

from tongzhou.desks.casework.models import Case, CaseContact, KeepingRule, Profile
from tongzhou.desks.casework.policies import WRITE_CASE
from tongzhou.desks.casework.services import forms, papers
from tongzhou.desks.casework.types import CASE_WAYS, CaseStage, PaperKind
from tongzhou.kernel import changes, crypto, ids
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal

__all__ = ["ENTRIES", "add_entry", "assign", "attach", "case_days", "known_again", "move", "open_case"]

#: What may be written into a case that is open.
ENTRIES = (PaperKind.NOTE.value, PaperKind.REFERRAL.value, PaperKind.PLANNED.value)
#: Characters of one entry.
LONGEST_ENTRY = 10_000


def _mac(line_id: uuid.UUID, code: str) -> str:
    return crypto.mac("line-profile", f"{line_id}|{code}".encode())


def case_days(line_id: uuid.UUID) -> int:
    """How many days the line keeps a case."""
    row = KeepingRule.objects.filter(line_id=line_id).first()
    return (row or KeepingRule()).case_days


@transaction.atomic
def open_case(
    *, actor: Actor, line_id: uuid.UUID, contact_id: uuid.UUID, supervisor_id: uuid.UUID | None, consent: bool,
    answers: Mapping[str, str], now: dt.datetime,
) -> tuple[Case, str]:  # fmt: skip
    """Open a case out of a contact; (the case, the code the caller keeps, shown once).

    Raises ``case_consent``, ``case_there`` (the contact belongs to one already), and what the form refuses.
    """
    if not consent:
        raise Refusal("case_consent")
    if actor.account_id is None:
        raise Refusal("not_found")
    if CaseContact.objects.filter(contact_id=contact_id).exists():
        raise Refusal("case_there")
    form = forms.current("case", line_id)
    checked = form.checked(answers)
    code, scope = ids.new_code(), f"line:{line_id}"
    profile = Profile(line_id=line_id, code_mac=_mac(line_id, code), agreed_at=now)
    crypto.prepare(profile, scope)
    changes.create(profile, actor=actor, act=WRITE_CASE)
    case = Case(
        line_id=line_id, profile=profile, counsellor_id=actor.account_id, supervisor_id=supervisor_id, opened_at=now,
        keep_until=(now + dt.timedelta(days=case_days(line_id))).date(),
    )  # fmt: skip
    crypto.prepare(case, scope)
    changes.create(case, actor=actor, act=WRITE_CASE)
    CaseContact.objects.create(case=case, contact_id=contact_id, at=now)
    forms.kept(form)
    papers.add(
        owner=case, kind=PaperKind.CASE, form_version=form.version, answers=checked, account_id=actor.account_id,
        now=now,
    )  # fmt: skip
    return case, code


def known_again(*, line_id: uuid.UUID, code: str) -> Case | None:
    """The newest case of whoever keeps this code; None for a wrong one."""
    known = ids.parse_code(code)
    if known is None:
        return None
    rows = Case.objects.filter(profile__code_mac=_mac(line_id, known), record_key__isnull=False)
    return rows.exclude(stage=CaseStage.CLOSED).order_by("-opened_at").first()


@transaction.atomic
def attach(*, case: Case, contact_id: uuid.UUID, now: dt.datetime) -> None:
    """Another contact belongs to the case. Raises ``case_there`` when it belongs to another one."""
    row, _new = CaseContact.objects.get_or_create(contact_id=contact_id, defaults={"case": case, "at": now})
    if row.case_id != case.pk:
        raise Refusal("case_there")


def _entry(case: Case, text: str) -> str:
    said = text.strip()
    if case.record_key is None:
        raise Refusal("shredded")
    if not said:
        raise Refusal("message_empty")
    if len(said) > LONGEST_ENTRY:
        raise Refusal("message_long", most=LONGEST_ENTRY, length=len(said))
    return said


@transaction.atomic
def add_entry(*, actor: Actor, case: Case, kind: str, text: str, now: dt.datetime) -> None:
    """Write something into a case that is not closed. Raises ``case_closed``, ``message_empty``, ``message_long``."""
    if kind not in ENTRIES or actor.account_id is None:
        raise Refusal("bad_request")
    fresh = Case.objects.select_for_update().get(pk=case.pk)
    if fresh.stage == CaseStage.CLOSED:
        raise Refusal("case_closed")
    papers.add(
        owner=fresh, kind=kind, form_version=0, answers={"text": _entry(fresh, text)}, account_id=actor.account_id,
        now=now,
    )  # fmt: skip


@transaction.atomic
def move(*, actor: Actor, case: Case, stage: str, reason: str, now: dt.datetime) -> Case:
    """Pause it, go on, close it; the reason is kept as an entry. Raises ``case_stage``, ``message_empty``."""
    fresh = Case.objects.select_for_update().get(pk=case.pk)
    if stage not in CASE_WAYS[fresh.stage]:
        raise Refusal("case_stage")
    if actor.account_id is None:
        raise Refusal("not_found")
    papers.add(
        owner=fresh, kind=PaperKind.NOTE, form_version=0, answers={"text": _entry(fresh, reason), "stage": stage},
        account_id=actor.account_id, now=now,
    )  # fmt: skip
    closed = now if stage == CaseStage.CLOSED else None
    return changes.apply(fresh, actor=actor, act=WRITE_CASE, stage=stage, closed_at=closed)


@transaction.atomic
def assign(*, actor: Actor, case: Case, counsellor_id: uuid.UUID, supervisor_id: uuid.UUID | None) -> Case:
    """Another counsellor goes on with it; the one before reads it no longer."""
    fresh = Case.objects.select_for_update().get(pk=case.pk)
    if fresh.stage == CaseStage.CLOSED:
        raise Refusal("case_closed")
    return changes.apply(fresh, actor=actor, act=WRITE_CASE, counsellor_id=counsellor_id, supervisor_id=supervisor_id)
