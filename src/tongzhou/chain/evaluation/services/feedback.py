"""Feedback: anybody gives it, whoever reads it is logged, it is answered with an outcome and forgotten in time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tongzhou.chain.evaluation.models import Feedback
from tongzhou.chain.evaluation.policies import FEEDBACK_GIVEN, READ_FEEDBACK
from tongzhou.chain.evaluation.selectors.feedback import one_feedback
from tongzhou.chain.evaluation.types import About, FeedbackState
from tongzhou.chain.intake.services.forgetting import FORGOTTEN, KEPT_DAYS
from tongzhou.chain.intake.services.submit import masked
from tongzhou.kernel import audit, changes, clock, crypto, idempotency, throttle
from tongzhou.kernel.access import SYSTEM, Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.responses.models import Response

__all__ = ["Opened", "forget_due", "give_feedback", "handle_feedback", "open_feedback"]

#: From one network address in an hour; a ward may share one.
MOST, SECONDS = 20, 3600
LONGEST = 2000
_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Opened:
    """A piece of feedback with its words, for whoever opened it (the look is logged)."""

    feedback: Feedback
    words: str = field(repr=False)
    reply_to: str = field(repr=False)


@transaction.atomic
def give_feedback(
    *, actor: Actor, response: Response | None, about: str, words: str, key: str, now: dt.datetime, reply_to: str = "",
    address: str = "", language: str = "",
) -> Feedback:  # fmt: skip
    """Keep what somebody says is wrong or missing; the same `key` again has no second effect.

    Raises ``Refusal``: ``bad_form``, ``key_reused``, ``too_many``.
    """
    words, reply_to = words.replace("\x00", "").strip(), " ".join(reply_to.replace("\x00", "").split())
    wrong: dict[str, str] = {}
    if about not in About.values:
        wrong["about"] = _("请选一种")
    if not 2 <= len(words) <= LONGEST:
        wrong["words"] = _("请写 2 到 %(n)s 个字") % {"n": LONGEST}
    if len(reply_to) > 100:
        wrong["reply_to"] = _("太长了，最多 %(n)s 个字") % {"n": 100}
    if wrong:
        raise Refusal("bad_form", fields=wrong)
    if address:
        throttle.hit("feedback", address, limit=MOST, seconds=SECONDS)

    def effect() -> str:
        row = Feedback(response=response, about=about, language=language[:10])
        crypto.prepare(row, f"response:{response.pk}" if response else "feedback")
        crypto.seal(row, words=words, reply_to=reply_to)
        return str(changes.create(row, actor=actor, act=FEEDBACK_GIVEN).pk)

    content = idempotency.fingerprint([about, words, reply_to])
    made, _is_new = idempotency.once(scope="feedback", key=key, content=content, effect=effect)
    return Feedback.objects.get(pk=made)


@transaction.atomic
def open_feedback(*, actor: Actor, feedback: Feedback) -> Opened:
    """What was written, logged as looked at. Raises ``Refusal``: ``not_found``, ``shredded``."""
    found = one_feedback(actor, feedback.pk)
    opened = Opened(found, crypto.unseal(found, "words"), crypto.unseal(found, "reply_to"))
    audit.looked(actor=actor, act=READ_FEEDBACK, obj=found, fields=["words", "reply_to"])
    return opened


@transaction.atomic
def handle_feedback(
    *, actor: Actor, feedback: Feedback, outcome: str, now: dt.datetime, expect: int | None = None
) -> Feedback:
    """Say what was done about it. Raises ``Refusal``: ``not_found``, ``feedback_handled``, ``bad_form``."""
    found = one_feedback(actor, feedback.pk)
    if found.state != FeedbackState.OPEN:
        raise Refusal("feedback_handled")
    outcome = masked(" ".join(outcome.split()))
    if not 4 <= len(outcome) <= 300:
        raise Refusal("bad_form", fields={"outcome": _("请写做了什么（4 到 300 个字）")})
    return changes.apply(
        found, actor=actor, act=READ_FEEDBACK, expect=expect, state=FeedbackState.HANDLED.value, outcome=outcome,
        handled_at=now, handled_by_name=actor.name[:100],
    )  # fmt: skip


def forget_due(now: dt.datetime | None = None) -> int:
    """Destroy the words 90 days after they were handled; how many. Called by the tick, safe to repeat."""
    before = (now or clock.now()) - dt.timedelta(days=KEPT_DAYS)
    due = Feedback.objects.filter(
        state=FeedbackState.HANDLED, handled_at__lt=before, record_key__isnull=False
    ).order_by("pk")
    done = 0
    for row in due[:_AT_ONCE]:
        with transaction.atomic():
            gone = Feedback.objects.filter(pk=row.pk, record_key__isnull=False).update(
                record_key=None, words=None, reply_to=None, version=F("version") + 1, updated_at=clock.now()
            )
            if gone:
                audit.record(actor=SYSTEM, act=FORGOTTEN, obj=row, reason=gettext_noop("保存期满"))
                done += 1
    return done
