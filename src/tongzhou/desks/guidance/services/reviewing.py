"""Reviewing: by somebody who wrote nothing in it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _

from tongzhou.desks.guidance.comparing import digest_of
from tongzhou.desks.guidance.models import GuideVersion, Remark
from tongzhou.desks.guidance.policies import PUBLISH, REVIEW, is_writer
from tongzhou.desks.guidance.selectors.versions import text_of
from tongzhou.desks.guidance.services.checking import plain
from tongzhou.desks.guidance.types import GuideState
from tongzhou.kernel import changes
from tongzhou.kernel.access import Actor, may, require
from tongzhou.kernel.errors import Refusal

__all__ = ["approve", "send_back"]


def _found(edition: GuideVersion) -> GuideVersion:
    return GuideVersion.objects.select_for_update(no_key=True).get(pk=edition.pk)


@transaction.atomic
def approve(
    *, actor: Actor, edition: GuideVersion, now: dt.datetime, note: str = "", still_example: bool = True,
    expect: int | None = None,
) -> GuideVersion:  # fmt: skip
    """A professional has looked at every step and source. `still_example` False takes the example's mark away.

    Raises ``Refusal``: ``not_found``, ``guide_state``, ``guide_own``, ``version_stale``.
    """
    require(actor, REVIEW)
    found = _found(edition)
    if found.state != GuideState.IN_REVIEW:
        raise Refusal("guide_state", state=found.get_state_display())
    if is_writer(actor, found):
        raise Refusal("guide_own")
    said = replace(text_of(found), is_example=found.is_example and still_example)
    return changes.apply(
        found, actor=actor, act=REVIEW, expect=expect, state=GuideState.APPROVED.value, reviewer_id=actor.account_id,
        reviewed_at=now, review_note=plain(note)[:300], is_example=said.is_example, digest=digest_of(said),
    )  # fmt: skip


@transaction.atomic
def send_back(*, actor: Actor, edition: GuideVersion, note: str, expect: int | None = None) -> GuideVersion:
    """Back to the author with what to correct: by a reviewer, or by a publisher who will not publish what is approved.

    What was said stays as a `Remark`; the version is handed in again only with an answer to it.

    Raises ``Refusal``: ``not_found``, ``guide_state``, ``guide_own``, ``bad_form``, ``version_stale``.
    """
    if actor.account_id is None or not (may(actor, REVIEW) or may(actor, PUBLISH)):
        raise Refusal("not_found")
    found = _found(edition)
    act = {GuideState.IN_REVIEW.value: REVIEW, GuideState.APPROVED.value: PUBLISH}.get(found.state)
    if act is None or not may(actor, act):
        raise Refusal("guide_state", state=found.get_state_display())
    if is_writer(actor, found):
        raise Refusal("guide_own")
    note = plain(note)
    if not 2 <= len(note) <= 300:
        raise Refusal("bad_form", fields={"note": _("请写要改什么（2 到 300 个字）")})
    remark = Remark(edition=found, state=found.state, text=note, by_id=actor.account_id)
    changes.apply(
        found, actor=actor, act=act, expect=expect, reason=note, state=GuideState.DRAFT.value, review_note="",
        reviewer_id=None, reviewed_at=None,
    )  # fmt: skip
    changes.create(remark, actor=actor, act=act)
    return found
