"""Writing down what others cover, ending it, taking it back. Nothing is deleted."""

from __future__ import annotations

import datetime as dt
import re

from django.db import transaction
from django.utils.translation import gettext as _

from tongzhou.kernel import changes, clock
from tongzhou.kernel.access import Actor, require
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.quantity import LARGEST
from tongzhou.registers.catalogue.models import Category
from tongzhou.registers.cover.models import Cover
from tongzhou.registers.cover.policies import WRITE_COVER, target_of
from tongzhou.registers.cover.types import CoverBy
from tongzhou.registers.organisations.models import Organisation
from tongzhou.registers.places.models import Place
from tongzhou.registers.places.types import ancestor_codes
from tongzhou.registers.responses.models import Response

__all__ = ["add_cover", "end_cover", "withdraw_cover"]

#: A mobile number of a person has no place in what everybody reads.
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


@transaction.atomic
def add_cover(
    *,
    actor: Actor,
    response: Response,
    place: Place,
    category: Category,
    by: str,
    source: str,
    starts_on: dt.date,
    now: dt.datetime,
    quantity: int | None = None,
    ends_on: dt.date | None = None,
    organisation: Organisation | None = None,
    by_name: str = "",
) -> Cover:
    """Somebody covers so much (base units; None: all of it) of a category at a place and below, on these days.

    Raises ``Refusal``: ``not_found`` outside the actor's line and area, ``response_closed``, ``bad_form``.
    """
    row = Cover(
        response=response, place=place, category=category, line=category.line, by=by, organisation=organisation,
        by_name=" ".join(by_name.split()), quantity=quantity, starts_on=starts_on, ends_on=ends_on,
        source=" ".join(source.split()),
    )  # fmt: skip
    require(actor, WRITE_COVER, **target_of(row))
    if not response.is_open:
        raise Refusal("response_closed")
    wrong = _wrong(row, response, place)
    if wrong:
        raise Refusal("bad_form", fields=wrong)
    return changes.create(row, actor=actor, act=WRITE_COVER, reason=row.source)


def _wrong(row: Cover, response: Response, place: Place) -> dict[str, str]:
    """Field > what is wrong with it."""
    wrong: dict[str, str] = {}
    if response.area_id not in ancestor_codes(place.code):
        wrong["place"] = _("这个地方不在这次应急响应的范围里")
    if row.by not in CoverBy.values:
        wrong["by"] = _("请选一种")
    if row.organisation is None and len(row.by_name) < 2:
        wrong["by_name"] = _("请写是谁在供应（单位或部门的名称）")
    if len(row.by_name) > 120:
        wrong["by_name"] = _("太长了，最多 %(n)s 个字") % {"n": 120}
    if row.quantity is not None and not 0 < row.quantity <= LARGEST:
        wrong["quantity"] = _("请写大于 0 的整数；全部由对方供应就空着")
    if row.ends_on is not None and row.ends_on < row.starts_on:
        wrong["ends_on"] = _("最后一天不能早于第一天")
    if not 4 <= len(row.source) <= 300:
        wrong["source"] = _("请写明从哪里知道的（4 到 300 个字），例如：区指挥部 2 月 5 日通知")
    for name in ("source", "by_name"):
        if _MOBILE.search(getattr(row, name)):
            wrong[name] = _("这里大家都能看到，请不要写个人手机号")
    return wrong


@transaction.atomic
def end_cover(
    *, actor: Actor, cover: Cover, ends_on: dt.date, reason: str, now: dt.datetime, expect: int | None = None
) -> Cover:
    """Say its last day: today or later; what it counted for before stays so.

    Raises ``Refusal``: ``not_found``, ``cover_over``, ``bad_form``, ``version_stale``.
    """
    _open(actor, cover, now)
    wrong = {} if len(reason.strip()) >= 4 else {"reason": _("请写明原因（至少 4 个字）")}
    today = clock.beijing(now).date()
    if ends_on < max(today - dt.timedelta(days=1), cover.starts_on):
        wrong["ends_on"] = _("最后一天不能早于昨天，也不能早于第一天；从来没有供应过就撤回")
    if wrong:
        raise Refusal("bad_form", fields=wrong)
    return changes.apply(cover, actor=actor, act=WRITE_COVER, expect=expect, reason=reason.strip(), ends_on=ends_on)


@transaction.atomic
def withdraw_cover(
    *, actor: Actor, cover: Cover, reason: str, now: dt.datetime, expect: int | None = None
) -> Cover:  # fmt: skip
    """Take it back as if it had never been said: a mistake, a promise not kept. The row and its history stay.

    Raises ``Refusal``: ``not_found``, ``cover_over``, ``bad_form``, ``version_stale``.
    """
    _open(actor, cover, now)
    if len(reason.strip()) < 4:
        raise Refusal("bad_form", fields={"reason": _("请写明原因（至少 4 个字）")})
    return changes.apply(cover, actor=actor, act=WRITE_COVER, expect=expect, reason=reason.strip(), withdrawn_at=now)


def _open(actor: Actor, cover: Cover, now: dt.datetime) -> None:
    require(actor, WRITE_COVER, **target_of(cover))
    if cover.withdrawn_at is not None or (cover.ends_on is not None and cover.ends_on < clock.beijing(now).date()):
        raise Refusal("cover_over")
