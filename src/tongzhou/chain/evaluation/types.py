"""Choices of evaluation. Values are stored and exported: they never change their meaning."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

__all__ = ["About", "FeedbackState", "GapReason", "OverlapKind", "PublicState"]


class About(models.TextChoices):
    """What somebody says is wrong or missing."""

    WRONG = "wrong", _("写的不对（页面、电话、公告）")
    UNHELPED = "unhelped", _("有人没有得到帮助")
    DOUBLE = "double", _("重复了、送多了、浪费了")
    CONDUCT = "conduct", _("态度或行为不当")
    PAGE = "page", _("网页不好用、打不开")
    OTHER = "other", _("别的")


class FeedbackState(models.TextChoices):
    """Where a piece of feedback stands."""

    OPEN = "open", pgettext_lazy("feedback", "等人看")
    HANDLED = "handled", pgettext_lazy("feedback", "处理过了")


class PublicState(models.TextChoices):
    """What the public is told of a category at a place."""

    NEEDED = "needed", pgettext_lazy("needed", "仍需要")
    TAKEN = "taken", pgettext_lazy("needed", "已有人接")
    #: A plan gave it to somebody who has not accepted yet.
    ARRANGED = "arranged", pgettext_lazy("needed", "已安排，先不要寄")
    ENOUGH = "enough", pgettext_lazy("needed", "已够、请不要再寄")
    #: There is need, but no plan has looked at it yet.
    PENDING = "pending", pgettext_lazy("needed", "正在核对，先不要寄")


class OverlapKind(models.TextChoices):
    """What is double or too much."""

    DOUBLE = "double", _("两家以上，超出需要")
    OVER = "over", _("派的比缺的多")
    UNEVEN = "uneven", _("这里不止一家，邻近没有人")


class GapReason(models.TextChoices):
    """Why something is lacking: codes of the engine, what people forbade, and what the plan would serve."""

    NO_OFFER = "no_offer", pgettext_lazy("gap", "没有人提供")
    NOT_AUTHORISED = "not_authorised", pgettext_lazy("gap", "无权前往")
    FORBIDDEN = "forbidden", pgettext_lazy("gap", "被人工禁止")
    WINDOW = "window", pgettext_lazy("gap", "时间不合")
    MORE_URGENT_FIRST = "more_urgent_first", pgettext_lazy("gap", "让给更急的")
    NEARER_FIRST = "nearer_first", pgettext_lazy("gap", "让给更近的")
    SHARED_FAIRLY = "shared_fairly", pgettext_lazy("gap", "公平分配后不足")
    #: The plan serves all of it, and nobody has approved it yet.
    AWAITING_APPROVAL = "awaiting_approval", pgettext_lazy("gap", "计划里有，等人批准")
    #: The approved plan served all of it: new needs, or lines that were declined or came back.
    SINCE_PLAN = "since_plan", pgettext_lazy("gap", "计划之后又缺的，等下一次计划")
