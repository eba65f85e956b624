"""Words of triage. Values are stored: they never change their meaning."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

__all__ = [
    "CLOSING",
    "KEYS",
    "Basis",
    "Decision",
    "Holding",
    "Likeness",
    "Outcome",
    "Planned",
    "Sign",
    "Tab",
    "Verdict",
]


class Outcome(models.TextChoices):
    """What a verification call found; one key each."""

    CONFIRMED = "confirmed", pgettext_lazy("outcome", "属实")
    CHANGED = "changed", pgettext_lazy("outcome", "属实，内容有改")
    UNREACHABLE = "unreachable", pgettext_lazy("outcome", "联系不上")
    SOLVED = "solved", pgettext_lazy("outcome", "已经解决")
    FALSE = "false", pgettext_lazy("outcome", "不属实")
    WITHDRAWN = "withdrawn", pgettext_lazy("outcome", "对方撤回")


#: The key that records each outcome.
KEYS: dict[str, Outcome] = {str(number): outcome for number, outcome in enumerate(Outcome, start=1)}
#: Outcomes after which nothing more is to be done.
CLOSING = (Outcome.SOLVED, Outcome.FALSE, Outcome.WITHDRAWN)


class Decision(models.TextChoices):
    """What was decided about two needs that look alike."""

    OPEN = "open", _("待判断")
    SAME = "same", _("同一件事")
    DIFFERENT = "different", _("不是同一件事")


class Tab(models.TextChoices):
    """The parts of the queue."""

    NEW = "new", _("待核实")
    AGAIN = "again", _("要重新核实")
    LATER = "later", _("稍后再打")
    CLOSING = "closing", _("建议关闭")
    HELD = "held", _("先看一眼")


class Basis(models.TextChoices):
    """Where a planned quantity comes from. Everything but `CONFIRMED` is marked as not a confirmed number."""

    CONFIRMED = "confirmed", _("核实过的数量")
    ASKED = "asked", _("求助人说的数量")
    CAPPED = "capped", _("求助人说的数量超过合理上限，按上限计")
    ESTIMATE = "estimate", _("估计的数量")
    MINIMUM = "minimum", _("数量未知，按最小包装计")
    UNKNOWN = "unknown", _("类别未定，暂不计数")


@dataclass(frozen=True, slots=True)
class Planned:
    """A planned quantity (base units; None when the category is unknown), where it comes from, and the flag to show."""

    quantity: int | None
    basis: str
    flag: str = ""


class Sign(models.TextChoices):
    """Why two needs look like the same plea."""

    PHONE = "phone", _("同一个电话")
    ADDRESS = "address", _("同一个地址")
    ORGANISATION = "organisation", _("同一个单位")
    NAME = "name", _("单位名称相同")
    NAME_LIKE = "name_like", _("单位名称相近")
    CATEGORY = "category", _("同一类别")
    ITEM = "item", _("写的东西相近")
    TEXT = "text", _("文字几乎相同")
    QUANTITY = "quantity", _("数量相同")
    PLACE = "place", _("同一个地方")
    NEAR_DATE = "near_date", _("几天之内提交")
    PLACE_APART = "place_apart", _("地方不同")
    LONG_AGO = "long_ago", _("相隔很久")


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two needs are: 0 to 100, and the signs (`Sign` values) for and against it."""

    score: int
    signs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Holding:
    """What somebody has in hand: until when, and the seconds left at the moment it was read."""

    object_type: str
    object_id: uuid.UUID
    taken_at: dt.datetime
    until: dt.datetime
    seconds_left: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the call found. None and "" mean "as it was"; `quantity` counts the base unit of the category."""

    outcome: str
    quantity: int | None = None
    urgency: int | None = None
    place: str = ""
    category: str = ""
    solved_by: str = ""
    note: str = field(default="", repr=False)
