"""Forms of a contact: screening, safety plan, categories. Counsellor and supervisor read them; each look is logged."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from tongzhou.desks.casework.models import ContactForm, Conversation
from tongzhou.desks.casework.services import forms, keeping, papers
from tongzhou.desks.casework.services.papers import Opened
from tongzhou.desks.casework.types import Level, PaperKind, Purpose
from tongzhou.desks.hotline import policies
from tongzhou.desks.hotline.models import Contact
from tongzhou.desks.hotline.services.events import happened
from tongzhou.desks.hotline.types import EventKind, State
from tongzhou.flows.contact_read import readable_contact
from tongzhou.flows.contact_support import escalate_contact
from tongzhou.kernel import audit
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal

__all__ = ["Overview", "give_plan", "keep_categories", "keep_plan", "open_paper", "overview", "screen_contact"]


@dataclass(frozen=True, slots=True)
class Overview:
    """Which papers a contact has; what is in them is behind one more look."""

    kinds: frozenset[str]
    categories: ContactForm | None
    agreed: dict[str, bool]


def _account(actor: Actor) -> uuid.UUID:
    if actor.account_id is None:
        raise Refusal("not_found")
    return actor.account_id


def _own(actor: Actor, contact: Contact) -> Conversation:
    if not policies.is_counsellor_of(actor, contact):
        raise Refusal("not_found")
    return Conversation.objects.get(pk=contact.pk)


def overview(*, actor: Actor, contact_id: uuid.UUID) -> tuple[Contact, Overview]:
    """The contact and which papers there are. Raises ``not_found``."""
    contact = readable_contact(actor=actor, contact_id=contact_id)
    conversation = Conversation.objects.get(pk=contact.pk)
    kinds = frozenset(conversation.papers.filter(sealed__isnull=False).values_list("kind", flat=True))
    categories = ContactForm.objects.filter(contact_id=contact.pk).first()
    return contact, Overview(kinds, categories, keeping.agreed(conversation))


@transaction.atomic
def open_paper(*, actor: Actor, contact_id: uuid.UUID, kind: str) -> Opened | None:
    """The newest paper of a kind; None when there is none. The look is logged with it."""
    contact = readable_contact(actor=actor, contact_id=contact_id)
    audit.looked(actor=actor, act=policies.READ_CONTACT, obj=contact, fields=[kind])
    return papers.newest(Conversation.objects.get(pk=contact.pk), kind)


@transaction.atomic
def screen_contact(*, actor: Actor, contact: Contact, answers: Mapping[str, str], now: dt.datetime) -> Level:
    """Keep a screening; danger to life escalates at once. Raises ``form_incomplete``, ``form_value``, ``not_found``.

    The event says that there was a screening, never what it said.
    """
    conversation, form = _own(actor, contact), forms.current("screening", contact.line_id)
    checked = form.checked(answers)
    level = forms.level_of(form, checked)
    forms.kept(form)
    papers.add(
        owner=conversation, kind=PaperKind.SCREENING, form_version=form.version, answers={**checked, "level": level},
        account_id=_account(actor), now=now,
    )  # fmt: skip
    happened(contact, EventKind.SCREENED, now=now, account_id=actor.account_id)
    audit.record(actor=actor, act=policies.TAKE_CONTACT, obj=contact, changes={"screening": [None, "sealed"]})
    if level == Level.IMMINENT and contact.state in (State.ACTIVE, State.WRAPPING):
        escalate_contact(actor=actor, contact=contact, now=now)
    return level


@transaction.atomic
def keep_plan(*, actor: Actor, contact: Contact, answers: Mapping[str, str], now: dt.datetime) -> None:
    """Keep the safety plan as it stands. Raises ``form_long``, ``not_found``."""
    conversation, form = _own(actor, contact), forms.current("plan", contact.line_id)
    checked = form.checked(answers)
    if not checked:
        raise Refusal("message_empty")
    forms.kept(form)
    papers.add(
        owner=conversation, kind=PaperKind.PLAN, form_version=form.version, answers=checked,
        account_id=_account(actor), now=now,
    )  # fmt: skip
    audit.record(actor=actor, act=policies.TAKE_CONTACT, obj=contact, changes={"plan": [None, "sealed"]})


@transaction.atomic
def give_plan(*, actor: Actor, contact: Contact) -> None:
    """The caller may read and print the plan on their own page."""
    papers.give(owner=_own(actor, contact), kind=PaperKind.PLAN)
    audit.record(actor=actor, act=policies.TAKE_CONTACT, obj=contact, changes={"plan": ["sealed", "given"]})


@transaction.atomic
def keep_categories(*, actor: Actor, contact: Contact, answers: Mapping[str, str], now: dt.datetime) -> None:
    """Keep the categories, unless the caller said no to being counted. Raises ``form_incomplete``, ``form_value``."""
    conversation, form = _own(actor, contact), forms.current("contact", contact.line_id)
    checked = form.checked(answers)
    if not keeping.agreed(conversation)[Purpose.STATISTICS]:
        return
    papers.categories(contact_id=contact.pk, line_id=contact.line_id, form=form, answers=checked, now=now)
    Contact.objects.filter(pk=contact.pk).update(form_version=form.version)
    audit.record(actor=actor, act=policies.TAKE_CONTACT, obj=contact, changes={"categories": [None, "kept"]})
