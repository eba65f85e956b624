"""A case: opened out of a contact, found again by the caller's code, written in, moved on, handed over."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping

from django.db import transaction

from tongzhou.desks.casework.models import Case, Conversation
from tongzhou.desks.casework.policies import READ_CASE, WRITE_CASE, readable_cases
from tongzhou.desks.casework.services import cases, keeping, papers
from tongzhou.desks.casework.services.papers import Opened
from tongzhou.desks.casework.types import PaperKind, Purpose
from tongzhou.desks.hotline import policies
from tongzhou.desks.hotline.models import Contact
from tongzhou.desks.professionals.models import Professional
from tongzhou.desks.professionals.types import PersonState
from tongzhou.kernel import audit
from tongzhou.kernel.access import Actor, may
from tongzhou.kernel.errors import Refusal

__all__ = [
    "assign_case", "attach_by_code", "colleagues", "move_case", "open_case", "own_cases", "read_case", "readable_case",
    "write_entry",
]  # fmt: skip


def own_cases(actor: Actor) -> list[Case]:
    """Cases the actor may read, those that are open first."""
    rows = Case.objects.filter(readable_cases(actor))
    return sorted(rows.order_by("-opened_at")[:200], key=lambda case: case.stage == "closed")


def readable_case(*, actor: Actor, pk: uuid.UUID) -> Case:
    """A case the actor may read. Raises ``not_found``."""
    case = Case.objects.filter(readable_cases(actor), pk=pk).first()
    if case is None:
        raise Refusal("not_found")
    return case


@transaction.atomic
def read_case(*, actor: Actor, pk: uuid.UUID) -> tuple[Case, list[Opened]]:
    """The case and everything written in it, oldest first; the look is logged."""
    case = readable_case(actor=actor, pk=pk)
    audit.looked(actor=actor, act=READ_CASE, obj=case, fields=["entries"])
    kinds = (PaperKind.CASE, PaperKind.NOTE, PaperKind.REFERRAL, PaperKind.PLANNED)
    return case, papers.papers_of(case, *kinds)


@transaction.atomic
def open_case(
    *, actor: Actor, contact: Contact, consent: bool, answers: Mapping[str, str], now: dt.datetime
) -> tuple[Case, str]:
    """Open a case out of the contact in hand; (the case, the code for the caller, shown once)."""
    if not (may(actor, WRITE_CASE) and policies.is_counsellor_of(actor, contact)):
        raise Refusal("not_found")
    case, code = cases.open_case(
        actor=actor, line_id=contact.line_id, contact_id=contact.pk, supervisor_id=contact.supervisor_id,
        consent=consent, answers=answers, now=now,
    )  # fmt: skip
    keeping.consent(
        conversation=Conversation.objects.get(pk=contact.pk), purpose=Purpose.CARE, given=True,
        account_id=actor.account_id, now=now,
    )  # fmt: skip
    return case, code


@transaction.atomic
def attach_by_code(*, actor: Actor, contact: Contact, code: str, now: dt.datetime) -> Case:
    """A returning caller tells their code: the contact joins the case. Raises ``case_unknown``, ``case_there``."""
    if not policies.is_counsellor_of(actor, contact):
        raise Refusal("not_found")
    case = cases.known_again(line_id=contact.line_id, code=code)
    if case is None or not Case.objects.filter(readable_cases(actor), pk=case.pk).exists():
        raise Refusal("case_unknown")
    cases.attach(case=case, contact_id=contact.pk, now=now)
    audit.record(actor=actor, act=WRITE_CASE, obj=case, changes={"contact": [None, str(contact.pk)]})
    return case


@transaction.atomic
def write_entry(*, actor: Actor, pk: uuid.UUID, kind: str, text: str, now: dt.datetime) -> None:
    """Write a note, a referral or a plan into a case. Raises ``case_closed``, ``message_empty``, ``message_long``."""
    case = readable_case(actor=actor, pk=pk)
    cases.add_entry(actor=actor, case=case, kind=kind, text=text, now=now)
    audit.record(actor=actor, act=WRITE_CASE, obj=case, changes={kind: [None, "sealed"]})


@transaction.atomic
def move_case(*, actor: Actor, pk: uuid.UUID, stage: str, reason: str, now: dt.datetime) -> None:
    """Pause, go on or close. Raises ``case_stage``, ``message_empty`` (a reason is wanted)."""
    cases.move(actor=actor, case=readable_case(actor=actor, pk=pk), stage=stage, reason=reason, now=now)


def colleagues(line_id: uuid.UUID) -> list[Professional]:
    """Who may take a case of the line over."""
    rows = Professional.objects.filter(line_id=line_id, state=PersonState.ACTIVE, account__isnull=False)
    return list(rows.select_related("group__supervisor").order_by("code"))


@transaction.atomic
def assign_case(*, actor: Actor, pk: uuid.UUID, account_id: uuid.UUID) -> None:
    """The supervisor of a case gives it to another counsellor of the line. Raises ``not_found``, ``case_closed``."""
    case = readable_case(actor=actor, pk=pk)
    found = next((one for one in colleagues(case.line_id) if one.account_id == account_id), None)
    if case.supervisor_id != actor.account_id or found is None:
        raise Refusal("not_found")
    group = found.group
    supervisor = group.supervisor.account_id if group is not None else case.supervisor_id
    cases.assign(actor=actor, case=case, counsellor_id=account_id, supervisor_id=supervisor)
