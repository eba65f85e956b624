"""What the demo makes up about others: who covers something already, and what people say is wrong. All of it marked."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tongzhou.chain.evaluation.services.feedback import give_feedback, handle_feedback
from tongzhou.chain.evaluation.types import About
from tongzhou.kernel import clock, ids
from tongzhou.kernel.access import ANONYMOUS, Actor
from tongzhou.registers.catalogue.models import Category
from tongzhou.registers.cover.services import add_cover
from tongzhou.registers.cover.types import CoverBy
from tongzhou.registers.places.models import Place
from tongzhou.registers.responses.models import Response

__all__ = ["covered_already", "said_by_people"]

_SOURCE = "合成：演示编造的通知，没有真的来源"
#: (category, place, who, name, base units; None: all of it, days since it began, days it still lasts; None: open).
_COVER: tuple[tuple[str, str, CoverBy, str, int | None, int, int | None], ...] = (
    ("surgical_mask", "4211", CoverBy.GOVERNMENT, "合成市指挥部物资组", 3_000, 2, None),
    ("surgical_mask", "420102", CoverBy.COMPANY, "合成口罩厂", 1_000, 1, 14),
    ("protective_suit", "4209", CoverBy.GOVERNMENT, "合成市卫生部门", 200, 1, 7),
    ("goggles", "420106", CoverBy.ORGANISATION, "合成校友会", 100, 3, None),
    ("errand_medicine", "420106", CoverBy.COMMITTEE, "合成社区居委会", None, 1, None),
)
_FEEDBACK: tuple[tuple[About, str, str], ...] = (
    (About.UNHELPED, "合成：三天前登记的护目镜，到现在没有人联系我们科。", ""),
    (About.DOUBLE, "合成：两家单位给同一个社区送了消毒水，多出来的没有地方放。", ""),
    (About.WRONG, "合成：卡片上写的收货时间是上午，门口说只有下午收。", "合成：已改成下午两点以后，并告诉了对方。"),
    (About.PAGE, "合成：老人机上字太小，看不清编号。", ""),
)


@transaction.atomic
def covered_already(*, actor: Actor, response: Response) -> int:
    """Made-up cover in places of the demo; how many rows. Called before the plan, which counts it."""
    now = clock.now()
    today = clock.beijing(now).date()
    for category, place, by, name, quantity, since, lasts in _COVER:
        add_cover(
            actor=actor, response=response, place=Place.objects.get(code=place),
            category=Category.objects.get(key=category), by=by, by_name=name, quantity=quantity, source=_SOURCE,
            starts_on=today - dt.timedelta(days=since),
            ends_on=None if lasts is None else today + dt.timedelta(days=lasts), now=now,
        )  # fmt: skip
    return len(_COVER)


@transaction.atomic
def said_by_people(*, actor: Actor, response: Response) -> int:
    """Made-up feedback, one piece of it handled; how many."""
    now = clock.now()
    for about, words, outcome in _FEEDBACK:
        row = give_feedback(
            actor=ANONYMOUS, response=response, about=about, words=words, key=str(ids.new_id()), now=now, language="zh"
        )
        if outcome:
            handle_feedback(actor=actor, feedback=row, outcome=outcome, now=now)
    return len(_FEEDBACK)
