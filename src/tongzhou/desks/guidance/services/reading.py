"""What the front line does with a guide: acknowledge it, ask about it; and the answer."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from tongzhou.chain.intake.services.submit import masked
from tongzhou.desks.guidance.models import Acknowledgement, GuideVersion, Question, Step
from tongzhou.desks.guidance.policies import ACKNOWLEDGE, ANSWER, ASK
from tongzhou.desks.guidance.services.checking import plain
from tongzhou.desks.guidance.types import GuideState
from tongzhou.kernel import changes, throttle
from tongzhou.kernel.access import Actor, require
from tongzhou.kernel.errors import Refusal

__all__ = ["acknowledge", "answer", "ask"]

#: Questions of one account in an hour.
MOST, SECONDS = 20, 3600
LONGEST_QUESTION, LONGEST_ANSWER, LONGEST_ANSWER_EN = 300, 500, 900


def _account(actor: Actor) -> uuid.UUID:
    if actor.account_id is None:
        raise Refusal("not_found")
    return actor.account_id


def _in_force(edition: GuideVersion) -> GuideVersion:
    """The version as it stands now; ``guide_not_current`` when another one holds, or none."""
    found = GuideVersion.objects.select_for_update(no_key=True).get(pk=edition.pk)
    if found.state != GuideState.PUBLISHED:
        raise Refusal("guide_not_current", state=found.get_state_display())
    return found


@transaction.atomic
def acknowledge(*, actor: Actor, edition: GuideVersion, now: dt.datetime) -> Acknowledgement:
    """The actor has read this version; saying so twice is once. Raises ``not_found``, ``guide_not_current``."""
    require(actor, ACKNOWLEDGE)
    found, account = _in_force(edition), _account(actor)
    before = Acknowledgement.objects.filter(account=account, edition=found).first()
    if before is not None:
        return before
    return changes.create(Acknowledgement(account_id=account, edition=found, at=now), actor=actor, act=ACKNOWLEDGE)


@transaction.atomic
def ask(*, actor: Actor, edition: GuideVersion, text: str, step: int | None = None) -> Question:
    """A question about a version in force, or about one step of it (by its number); the same one twice is once.

    Long numbers are masked: a question holds no contact. Raises ``Refusal``: ``not_found``, ``guide_not_current``,
    ``bad_form``, ``too_many``.
    """
    require(actor, ASK)
    found, account = _in_force(edition), _account(actor)
    text = masked(plain(text))
    wrong = {}
    if not 4 <= len(text) <= LONGEST_QUESTION:
        wrong["text"] = _("请写 %(few)s 到 %(n)s 个字") % {"few": 4, "n": LONGEST_QUESTION}
    about = Step.objects.filter(edition=found, position=step).first() if step is not None else None
    if step is not None and about is None:
        wrong["step"] = _("没有这一步")
    if wrong:
        raise Refusal("bad_form", fields=wrong)
    before = Question.objects.filter(edition=found, account=account, step=about, text=text).first()
    if before is not None:
        return before
    throttle.hit("guide-question", str(account), limit=MOST, seconds=SECONDS)
    role = sorted(actor.roles)[0]
    asked = Question(edition=found, step=about, text=text, account_id=account, role=role)
    return changes.create(asked, actor=actor, act=ASK)


@transaction.atomic
def answer(
    *, actor: Actor, question: Question, edition: GuideVersion, text: str, now: dt.datetime, text_en: str = "",
    expect: int | None = None,
) -> Question:  # fmt: skip
    """Answer a question in `edition` (in the making, or in force) of the same guide; readers see it with that version.

    Raises ``Refusal``: ``not_found``, ``question_answered``, ``bad_form``, ``version_stale``.
    """
    require(actor, ANSWER)
    found = Question.objects.select_for_update(no_key=True, of=("self",)).get(pk=question.pk)
    if found.answer:
        raise Refusal("question_answered")
    held = (GuideState.DRAFT, GuideState.IN_REVIEW, GuideState.APPROVED, GuideState.PUBLISHED)
    if edition.guide_id != found.edition.guide_id or edition.state not in held:
        raise Refusal("not_found")
    text, text_en = masked(plain(text)), masked(plain(text_en))
    wrong = {}
    if not 2 <= len(text) <= LONGEST_ANSWER:
        wrong["answer"] = _("请写 %(few)s 到 %(n)s 个字") % {"few": 2, "n": LONGEST_ANSWER}
    if len(text_en) > LONGEST_ANSWER_EN:
        wrong["answer_en"] = _("太长了，最多 %(n)s 个字") % {"n": LONGEST_ANSWER_EN}
    if wrong:
        raise Refusal("bad_form", fields=wrong)
    return changes.apply(
        found, actor=actor, act=ANSWER, expect=expect, answer=text, answer_en=text_en, answered_in_id=edition.pk,
        answered_by_id=actor.account_id, answered_at=now,
    )  # fmt: skip
