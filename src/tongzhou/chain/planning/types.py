"""Choices of planning. Values are stored and exported: they never change their meaning."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

__all__ = [
    "ALIVE",
    "CLOSED_PLANS",
    "RUNNING",
    "Broken",
    "Change",
    "JobState",
    "Kind",
    "LeftOutRule",
    "LineState",
    "Pair",
    "PlanState",
    "Scope",
    "Step",
]

#: A text in Chinese and in English.
Pair = tuple[str, str]


class PlanState(models.TextChoices):
    """Where a plan stands."""

    QUEUED = "queued", pgettext_lazy("plan", "排队等待计算")
    RUNNING = "running", pgettext_lazy("plan", "正在计算")
    READY = "ready", pgettext_lazy("plan", "等待批准")
    APPROVED = "approved", pgettext_lazy("plan", "已批准")
    #: Made, and nothing can be sent: nobody has to approve it.
    EMPTY = "empty", pgettext_lazy("plan", "没有能派的，不用批准")
    REJECTED = "rejected", pgettext_lazy("plan", "没有批准")
    SUPERSEDED = "superseded", pgettext_lazy("plan", "已被新计划取代")
    CANCELLED = "cancelled", pgettext_lazy("plan", "已取消")
    FAILED = "failed", pgettext_lazy("plan", "没有算成")


#: A worker is, or will be, at it.
RUNNING = (PlanState.QUEUED, PlanState.RUNNING)
#: Nothing more happens to it.
CLOSED_PLANS = (
    PlanState.EMPTY, PlanState.REJECTED, PlanState.SUPERSEDED, PlanState.CANCELLED, PlanState.FAILED,
)  # fmt: skip


class JobState(models.TextChoices):
    """Where work in the background stands."""

    QUEUED = "queued", pgettext_lazy("job", "排队等待")
    RUNNING = "running", pgettext_lazy("job", "正在进行")
    DONE = "done", pgettext_lazy("job", "做完了")
    CANCELLED = "cancelled", pgettext_lazy("job", "已停下")
    FAILED = "failed", pgettext_lazy("job", "没有做成")


#: A worker is, or will be, at it.
ALIVE = (JobState.QUEUED, JobState.RUNNING)


class LineState(models.TextChoices):
    """Where a line of a plan stands."""

    PROPOSED = "proposed", pgettext_lazy("plan line", "待批准")
    APPROVED = "approved", pgettext_lazy("plan line", "已批准")
    STRUCK = "struck", pgettext_lazy("plan line", "批准时划掉")
    #: The world moved between snapshot and approval: it could not be taken over as it stands.
    STALE = "stale", pgettext_lazy("plan line", "情况已变，没有派出")


class Change(models.TextChoices):
    """A line beside the plan in force."""

    NEW = "new", _("新增")
    CHANGED = "changed", _("数量有变")
    KEPT = "kept", _("不变")
    GONE = "gone", _("不再派")


class Kind(models.TextChoices):
    """The kinds of help; each has an order of principles."""

    GOODS = "goods", _("物资")
    FUNDS = "funds", _("资金")
    IN_PERSON = "in_person", _("上门服务")
    REMOTE = "remote", _("远程服务")


class LeftOutRule(models.TextChoices):
    """The rule that keeps an offer, a need or a pair out of a plan or stops an assignment."""

    STANDING = "standing", _("组织资格不是有效状态")
    SCOPE = "scope", _("不在组织登记的业务范围或地域内")
    LICENCE = "licence", _("这一类需要许可，组织没有核实过的许可")
    EARMARK_PLACE = "earmark_place", _("捐赠人指定了地区")
    EARMARK_RECEIVER = "earmark_receiver", _("捐赠人指定了接受的人或单位")
    EARMARK_CATEGORY = "earmark_category", _("捐赠人指定了用途")
    EARMARK_UNREAD = "earmark_unread", _("捐赠意愿没有读懂，要人先看")
    STANDARD = "standard", _("不符合接受方要求的标准")
    SHELF_LIFE = "shelf_life", _("已过有效期")
    QUANTITY_UNKNOWN = "quantity_unknown", _("数量未知，先问清")
    NOT_VERIFIED = "not_verified", _("还没有核实")
    CATEGORY_UNKNOWN = "category_unknown", _("类别未定")
    COVERED = "covered", _("政府或企业已经覆盖")
    ON_HOLD = "on_hold", _("在别人手里核实")


class Step(models.TextChoices):
    """What a worker is doing for a plan (`Plan.step`), in this order."""

    READING = "reading", _("读取此刻的需求和供给")
    SOLVING = "solving", _("按原则逐级计算")
    PINS = "pins", _("计算人工固定的代价")
    WORDING = "wording", _("写出每一行的理由")
    WRITING = "writing", _("存下计划")


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that an offer or a pair breaks (`LeftOutRule` value), and the fact, in both languages."""

    rule: str
    text_zh: str
    text_en: str


@dataclass(frozen=True, slots=True)
class Scope:
    """What a plan is about. Blank: every line, the whole area of the response, every category."""

    line: str = ""
    area: str = ""
    category: str = ""
