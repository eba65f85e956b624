"""Papers: filled in once, sealed under the key of the conversation or the case, the newest counts, none is changed."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F, Max

from tongzhou.desks.casework.models import Case, ContactForm, Conversation, Paper
from tongzhou.desks.casework.services import forms
from tongzhou.desks.casework.services.forms import Form
from tongzhou.kernel import crypto
from tongzhou.kernel.errors import Refusal

__all__ = ["Opened", "add", "categories", "give", "given_plan", "newest", "papers_of"]


@dataclass(frozen=True, slots=True)
class Opened:
    """A paper, opened for somebody who may read it."""

    paper: Paper
    answers: dict[str, str] = field(repr=False)


def _name(paper: Paper) -> str:
    return f"{paper.kind} {paper.number}"


def _owned(owner: Conversation | Case) -> dict[str, Conversation | Case]:
    return {"conversation" if isinstance(owner, Conversation) else "case": owner}


@transaction.atomic
def add(
    *, owner: Conversation | Case, kind: str, form_version: int, answers: Mapping[str, str], account_id: uuid.UUID,
    now: dt.datetime,
) -> Paper:  # fmt: skip
    """Keep one more paper. Raises ``shredded`` when the owner was destroyed."""
    type(owner)._default_manager.filter(pk=owner.pk).update(version=F("version"))  # ours until the commit
    owner.refresh_from_db(fields=["record_key"])
    last = Paper.objects.filter(**_owned(owner), kind=kind).aggregate(last=Max("number"))["last"] or 0
    paper = Paper(**_owned(owner), kind=kind, number=last + 1, form_version=form_version, account_id=account_id, at=now)
    plain = json.dumps(dict(answers), ensure_ascii=False).encode()
    paper.sealed = crypto.seal_bytes(owner, _name(paper), plain)
    paper.save(force_insert=True)
    return paper


def papers_of(owner: Conversation | Case, *kinds: str) -> list[Opened]:
    """Everything kept, oldest first; none once it was destroyed. Who may read it was asked before, and logged."""
    if owner.record_key is None:
        return []
    rows = list(Paper.objects.filter(**_owned(owner), kind__in=kinds, sealed__isnull=False).order_by("id"))
    texts = crypto.unseal_many([(owner, _name(row), bytes(row.sealed or b"")) for row in rows])
    return [Opened(row, json.loads(text)) for row, text in zip(rows, texts, strict=True)]


def newest(owner: Conversation | Case, kind: str) -> Opened | None:
    """How it stands now."""
    found = papers_of(owner, kind)
    return found[-1] if found else None


@transaction.atomic
def give(*, owner: Conversation, kind: str) -> None:
    """Let the caller see the newest paper of a kind; they ask for it on their own page."""
    last = Paper.objects.filter(conversation=owner, kind=kind).order_by("-number").first()
    if last is None:
        raise Refusal("paper_missing")
    Paper.objects.filter(pk=last.pk).update(given=True)


def given_plan(owner: Conversation) -> Opened | None:
    """The newest safety plan that was given to the caller."""
    found = [one for one in papers_of(owner, "plan") if one.paper.given]
    return found[-1] if found else None


@transaction.atomic
def categories(
    *, contact_id: uuid.UUID, line_id: uuid.UUID, form: Form, answers: Mapping[str, str], now: dt.datetime
) -> ContactForm:
    """Keep (or correct) the categories of a contact."""
    forms.kept(form)
    said = {name: answers[name] for name in ("topic", "group", "stage", "outcome")}
    row, _new = ContactForm.objects.update_or_create(
        contact_id=contact_id, defaults={**said, "line_id": line_id, "form_version": form.version, "at": now}
    )
    return row
