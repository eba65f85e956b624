"""Choices of what is said and written."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

__all__ = [
    "AGREED_BY_DEFAULT",
    "CASE_WAYS",
    "LONGEST_MESSAGE",
    "LONGEST_NOTE",
    "REFERRAL_WAYS",
    "Audience",
    "CaseStage",
    "Level",
    "MatterKind",
    "PaperKind",
    "Purpose",
    "ReferralState",
    "ReferralTo",
    "Side",
]

#: Characters of one message.
LONGEST_MESSAGE = 2_000
#: Characters of the notes of one contact.
LONGEST_NOTE = 20_000


class Side(models.TextChoices):
    """Who said it."""

    CALLER = "caller", pgettext_lazy("casework", "来访者")
    COUNSELLOR = "counsellor", pgettext_lazy("casework", "援助员")
    SUPERVISOR = "supervisor", pgettext_lazy("casework", "督导")
    SYSTEM = "system", pgettext_lazy("casework", "系统")


class Audience(models.TextChoices):
    """Who reads it: both sides, or the counsellor and the supervisor only."""

    BOTH = "both", _("双方")
    TEAM = "team", _("援助员和督导")


class PaperKind(models.TextChoices):
    """What a sealed paper is."""

    SCREENING = "screening", _("风险筛查")
    PLAN = "plan", _("安全计划")
    CASE = "case", pgettext_lazy("casework", "个案")
    NOTE = "note", pgettext_lazy("casework", "记录")
    REFERRAL = "referral", pgettext_lazy("casework", "转介")
    PLANNED = "planned", pgettext_lazy("casework", "计划")


class Level(models.TextChoices):
    """What a screening says, worst last."""

    NONE = "none", pgettext_lazy("risk", "没有发现")
    LOW = "low", pgettext_lazy("risk", "低")
    HIGH = "high", pgettext_lazy("risk", "高")
    IMMINENT = "imminent", pgettext_lazy("risk", "迫在眉睫")


class CaseStage(models.TextChoices):
    """Where a case stands."""

    OPEN = "open", pgettext_lazy("case", "进行中")
    PAUSED = "paused", pgettext_lazy("case", "暂停")
    CLOSED = "closed", pgettext_lazy("case", "已结案")


#: From each stage of a case, the stages it may go to. A closed case stays closed.
CASE_WAYS = {
    CaseStage.OPEN.value: (CaseStage.PAUSED.value, CaseStage.CLOSED.value),
    CaseStage.PAUSED.value: (CaseStage.OPEN.value, CaseStage.CLOSED.value),
    CaseStage.CLOSED.value: (),
}


class ReferralTo(models.TextChoices):
    """Where somebody is referred to."""

    DIRECTORY = "directory", _("求助目录里的机构")
    NEED = "need", _("登记一项需求")


class ReferralState(models.TextChoices):
    """Where a referral stands."""

    OFFERED = "offered", pgettext_lazy("referral", "提出了")
    ACCEPTED = "accepted", pgettext_lazy("referral", "愿意")
    REJECTED = "rejected", pgettext_lazy("referral", "不需要")
    DONE = "done", pgettext_lazy("referral", "已对接")


REFERRAL_WAYS = {
    ReferralState.OFFERED.value: (ReferralState.ACCEPTED.value, ReferralState.REJECTED.value),
    ReferralState.ACCEPTED.value: (ReferralState.DONE.value, ReferralState.REJECTED.value),
    ReferralState.REJECTED.value: (),
    ReferralState.DONE.value: (),
}


class MatterKind(models.TextChoices):
    """What is still open when a shift ends."""

    CONTACT = "contact", _("没有写完的来访")
    ESCALATION = "escalation", _("升级过的来访")
    CALLBACK = "callback", _("答应过的回电")


class Purpose(models.TextChoices):
    """What a caller agrees to, each by itself."""

    CARE = "care", _("继续帮助我")
    STATISTICS = "statistics", _("计入不带姓名的统计")
    TRAINING = "training", _("改写、去掉身份后用于培训")


#: What holds while the caller has said nothing: their own care and counting; never training.
AGREED_BY_DEFAULT = {Purpose.CARE.value: True, Purpose.STATISTICS.value: True, Purpose.TRAINING.value: False}
