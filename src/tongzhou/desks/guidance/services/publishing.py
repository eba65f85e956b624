"""Publishing, replacing, withdrawing; and where in the work a guide is shown."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from tongzhou.desks.guidance.models import Guide, GuideVersion
from tongzhou.desks.guidance.policies import PUBLISH, is_writer
from tongzhou.desks.guidance.services.checking import plain
from tongzhou.desks.guidance.types import GuideState
from tongzhou.kernel import changes, clock
from tongzhou.kernel.access import Actor, require
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.catalogue.models import Category
from tongzhou.registers.people.types import ROLES
from tongzhou.registers.stages.types import Stage

__all__ = ["place", "publish", "withdraw"]


@transaction.atomic
def publish(
    *, actor: Actor, edition: GuideVersion, now: dt.datetime, expect: int | None = None
) -> tuple[GuideVersion, GuideVersion | None]:
    """Put an approved version in force; the version and the one it replaces. What is published never changes.

    Raises ``Refusal``: ``not_found``, ``guide_state``, ``guide_own``, ``version_stale``.
    """
    require(actor, PUBLISH)
    Guide.objects.select_for_update(no_key=True).get(pk=edition.guide_id)
    found = GuideVersion.objects.select_for_update(no_key=True).get(pk=edition.pk)
    if found.state != GuideState.APPROVED:
        raise Refusal("guide_state", state=found.get_state_display())
    if is_writer(actor, found):
        raise Refusal("guide_own")
    old = GuideVersion.objects.filter(guide=found.guide_id, state=GuideState.PUBLISHED).first()
    if old is not None:
        changes.apply(old, actor=actor, act=PUBLISH, state=GuideState.REPLACED.value)
    changes.apply(
        found, actor=actor, act=PUBLISH, expect=expect, state=GuideState.PUBLISHED.value,
        publisher_id=actor.account_id, published_at=now, valid_from=clock.beijing(now).date(),
    )  # fmt: skip
    return found, old


@transaction.atomic
def withdraw(
    *, actor: Actor, edition: GuideVersion, reason: str, now: dt.datetime, expect: int | None = None
) -> GuideVersion:
    """Take what is in force out of force; the reason shows at the same address.

    Raises ``Refusal``: ``not_found``, ``guide_state``, ``bad_form``, ``version_stale``.
    """
    require(actor, PUBLISH)
    found = GuideVersion.objects.select_for_update(no_key=True).get(pk=edition.pk)
    if found.state != GuideState.PUBLISHED:
        raise Refusal("guide_state", state=found.get_state_display())
    reason = plain(reason)
    if not 2 <= len(reason) <= 300:
        raise Refusal("bad_form", fields={"reason": _("请写为什么撤回（2 到 300 个字），读者会看到")})
    return changes.apply(
        found, actor=actor, act=PUBLISH, expect=expect, reason=reason, state=GuideState.WITHDRAWN.value,
        withdrawn_by_id=actor.account_id, withdrawn_at=now, withdrawn_reason=reason,
    )  # fmt: skip


@transaction.atomic
def place(
    *, actor: Actor, guide: Guide, stages: tuple[str, ...], roles: tuple[str, ...], category: str,
    expect: int | None = None,
) -> Guide:  # fmt: skip
    """Where in the work it is shown, and who should read it. Raises ``Refusal``: ``not_found``, ``bad_form``."""
    require(actor, PUBLISH)
    wrong = {}
    if not set(stages) <= set(Stage.values) or not set(roles) <= ROLES:
        wrong["stages"] = _("请选一种")
    if category and not Category.objects.filter(pk=category).exists():
        wrong["category"] = _("没有这个类别，请从目录里选")
    if wrong:
        raise Refusal("bad_form", fields=wrong)
    return changes.apply(
        guide, actor=actor, act=PUBLISH, expect=expect, stages=list(stages), roles=list(roles),
        category_id=category or None,
    )  # fmt: skip
