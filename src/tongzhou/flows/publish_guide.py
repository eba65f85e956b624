"""A guide comes into force, is withdrawn, or answers a question; whom it concerns is told in the same act."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction

from tongzhou.desks.guidance import services
from tongzhou.desks.guidance.comparing import differing
from tongzhou.desks.guidance.models import Acknowledgement, GuideVersion, Question
from tongzhou.desks.guidance.selectors import text_of
from tongzhou.desks.guidance.types import GuideState
from tongzhou.flows.notify import notify
from tongzhou.kernel.access import Actor
from tongzhou.registers.notices.types import NoticeKind

__all__ = ["answer_question", "publish_guide", "withdraw_guide"]


def _facts(edition: GuideVersion, event: str, **more: object) -> dict[str, object]:
    """What a notice says of a guide: its title in both languages, the number of the version, what happened."""
    return {"what": edition.title, "what_en": edition.title_en, "number": edition.number, "event": event, **more}


def _last_read(edition: GuideVersion) -> dict[uuid.UUID, GuideVersion]:
    """Everybody who acknowledged a version of this guide, with the newest one they acknowledged."""
    rows = Acknowledgement.objects.filter(edition__guide=edition.guide_id, account__is_active=True)
    return {row.account_id: row.edition for row in rows.select_related("edition").order_by("edition__number")}


@transaction.atomic
def publish_guide(
    *, actor: Actor, edition: GuideVersion, now: dt.datetime, expect: int | None = None
) -> tuple[GuideVersion, int]:
    """Put an approved version in force, and remind whoever acknowledged steps that are not the same any more.

    Returns the version and how many were reminded. Raises what `services.publish` raises.
    """
    found, _old = services.publish(actor=actor, edition=edition, now=now, expect=expect)
    steps = text_of(found).steps
    by_read: dict[uuid.UUID, tuple[GuideVersion, set[uuid.UUID]]] = {}
    for account, read in _last_read(found).items():
        if read.steps_digest != found.steps_digest:
            by_read.setdefault(read.pk, (read, set()))[1].add(account)
    told = 0
    for read, accounts in by_read.values():
        told += notify(
            accounts=accounts, kind=NoticeKind.GUIDANCE, path=f"/guidance/{found.guide.slug}/",
            facts=_facts(found, "changed", steps=differing(text_of(read).steps, steps)), key=f"guide:{found.pk}",
        )  # fmt: skip
    for question in Question.objects.filter(answered_in=found):
        _tell_answered(found, question)
    return found, told


def _tell_answered(edition: GuideVersion, question: Question) -> None:
    notify(
        accounts={question.account_id}, kind=NoticeKind.GUIDANCE, path=f"/guidance/{edition.guide.slug}/",
        facts=_facts(edition, "answered"), key=f"guide-answer:{question.pk}",
    )  # fmt: skip


@transaction.atomic
def withdraw_guide(
    *, actor: Actor, edition: GuideVersion, reason: str, now: dt.datetime, expect: int | None = None
) -> tuple[GuideVersion, int]:
    """Take a version out of force, and tell whoever works by this guide; how many were told."""
    found = services.withdraw(actor=actor, edition=edition, reason=reason, now=now, expect=expect)
    told = notify(
        accounts=_last_read(found), kind=NoticeKind.GUIDANCE, path=f"/guidance/{found.guide.slug}/", urgent=True,
        facts=_facts(found, "withdrawn", reason=found.withdrawn_reason), key=f"guide-withdrawn:{found.pk}",
    )  # fmt: skip
    return found, told


@transaction.atomic
def answer_question(
    *, actor: Actor, question: Question, edition: GuideVersion, text: str, now: dt.datetime, text_en: str = "",
    expect: int | None = None,
) -> Question:  # fmt: skip
    """Answer a question of the front line in a version; whoever asked is told when readers can see the answer."""
    answered = services.answer(
        actor=actor, question=question, edition=edition, text=text, text_en=text_en, now=now, expect=expect
    )
    if edition.state == GuideState.PUBLISHED:
        _tell_answered(edition, answered)
    return answered
