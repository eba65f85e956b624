"""The written forms of a line: a new edition drafted by one of its supervisors, put in force by another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from tongzhou.desks.casework.models import FormDefinition
from tongzhou.desks.casework.policies import EDIT_FORMS
from tongzhou.desks.casework.services import editions, forms
from tongzhou.desks.casework.services.forms import Form
from tongzhou.desks.professionals.models import ServiceLine
from tongzhou.flows.hand_shift import supervises
from tongzhou.kernel import audit
from tongzhou.kernel.access import Actor, may
from tongzhou.kernel.errors import Refusal

__all__ = ["Stand", "drop_draft", "release_draft", "save_draft", "stand_of", "stands"]


@dataclass(frozen=True, slots=True)
class Stand:
    """One form of a line: the edition in force, and the draft of the next one."""

    name: str
    now: Form
    own: bool
    draft: FormDefinition | None


def _require(actor: Actor, line: ServiceLine) -> None:
    if not (may(actor, EDIT_FORMS) and supervises(actor, line.pk)):
        raise Refusal("not_found")


def stands(*, actor: Actor, line: ServiceLine) -> list[Stand]:
    """Every form of the line. Raises ``not_found`` for whoever does not supervise it."""
    _require(actor, line)
    return [_stand(name, line) for name in editions.NAMES]


def _stand(name: str, line: ServiceLine) -> Stand:
    now = forms.current(name, line.pk)
    return Stand(name, now, now.version >= editions.FIRST_OWN, editions.draft_of(name, line.pk))


def stand_of(*, actor: Actor, line: ServiceLine, name: str) -> Stand:
    """One of them. Raises ``not_found``."""
    _require(actor, line)
    if name not in editions.NAMES:
        raise Refusal("not_found")
    return _stand(name, line)


def _told(actor: Actor, line: ServiceLine, row: FormDefinition, what: str) -> None:
    said = {"form": [None, f"{row.name} {row.version} {what}"]}
    audit.record(actor=actor, act=EDIT_FORMS, obj=line, changes=said)


@transaction.atomic
def save_draft(*, actor: Actor, line: ServiceLine, name: str, body: Mapping[str, Any]) -> FormDefinition:
    """Write the next edition. Raises ``form_broken``, ``not_found``."""
    _require(actor, line)
    row = editions.save_draft(actor=actor, name=name, line_id=line.pk, body=body)
    _told(actor, line, row, "draft")
    return row


@transaction.atomic
def release_draft(*, actor: Actor, line: ServiceLine, name: str, now: dt.datetime) -> FormDefinition:
    """Put it in force: contacts that are written up from now on use it, earlier ones keep theirs.

    Raises ``form_two``, ``form_no_draft``, ``not_found``.
    """
    _require(actor, line)
    row = editions.release(actor=actor, name=name, line_id=line.pk, now=now)
    _told(actor, line, row, "released")
    return row


@transaction.atomic
def drop_draft(*, actor: Actor, line: ServiceLine, name: str) -> None:
    """Throw the draft away. Raises ``form_no_draft``, ``not_found``."""
    _require(actor, line)
    _told(actor, line, editions.drop(name=name, line_id=line.pk), "dropped")
