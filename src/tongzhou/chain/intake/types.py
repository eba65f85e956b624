"""Choices of intake. Values are stored and exported: they never change their meaning."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

__all__ = ["OPEN_NEEDS", "OPEN_OFFERS", "Channel", "ForWhom", "LeadState", "Line", "NeedState", "OfferState", "SolvedBy",
           "SubmissionKind", "Urgency", "Vulnerability"]


class Line(models.TextChoices):
    """The functional line (条) that looks after something."""

    SUPPLIES = "supplies", _("物资")
    SERVICES = "services", _("服务")
    FUNDS = "funds", _("资金")


class Channel(models.TextChoices):
    """How it came in."""

    FORM = "form", _("网页表单")
    PHONE = "phone", _("电话")
    ENTRY = "entry", _("协调员录入")
    PASTE = "paste", _("从表格粘贴")
    SHEET = "sheet", _("导入表格")
    API = "api", _("接口")


class SubmissionKind(models.TextChoices):
    """What was sent in."""

    NEED = "need", _("求助")
    OFFER = "offer", _("帮忙")


class ForWhom(models.TextChoices):
    """Who lacks something."""

    SELF = "self", _("为自己或家人")
    OTHER = "other", _("替别人（对方同意）")
    FACILITY = "facility", _("为医院、社区或机构")


class Urgency(models.IntegerChoices):
    """Strictly ordered; 0 is life-critical."""

    LIFE = 0, _("危及生命")
    URGENT = 1, _("紧急")
    IMPORTANT = 2, _("重要")
    ROUTINE = 3, _("一般")


class Vulnerability(models.TextChoices):
    """Why, among equally urgent needs of one place, one comes first."""

    OLDER = "older", _("老年人")
    DISABLED = "disabled", _("残障人士")
    CHILD = "child", _("儿童")
    PREGNANT = "pregnant", _("孕产妇")
    POVERTY = "poverty", _("困难家庭")
    ALONE = "alone", _("独居")


class NeedState(models.TextChoices):
    """Where a need stands. Everything after `VERIFIED` is closed."""

    RECEIVED = "received", _("已收到，等待核实")
    WAITING = "waiting", _("联系不上，会再打")
    VERIFIED = "verified", _("已核实")
    SOLVED = "solved", _("已解决")
    WITHDRAWN = "withdrawn", _("已撤回")
    REFUSED = "refused", _("核实不成立")
    MERGED = "merged", _("已并入另一条")
    EXPIRED = "expired", _("已过期")


OPEN_NEEDS = (NeedState.RECEIVED, NeedState.WAITING, NeedState.VERIFIED)


class SolvedBy(models.TextChoices):
    """Who solved it, as far as is known."""

    SELF = "self", _("自己解决了")
    COMMITTEE = "committee", _("社区（居委会）解决了")
    HELPED = "helped", _("通过同舟得到帮助")
    OTHER = "other", _("别处得到帮助")


class OfferState(models.TextChoices):
    """Where an offer stands."""

    RECEIVED = "received", _("已收到，等待核实")
    WAITING = "waiting", _("联系不上，会再打")
    VERIFIED = "verified", _("已核实")
    USED_UP = "used_up", _("已用完")
    WITHDRAWN = "withdrawn", _("已撤回")
    REFUSED = "refused", _("核实不成立")
    MERGED = "merged", _("已并入另一条")
    EXPIRED = "expired", _("已过期")


OPEN_OFFERS = (OfferState.RECEIVED, OfferState.WAITING, OfferState.VERIFIED)


class LeadState(models.TextChoices):
    """A possible source nobody has committed yet."""

    NEW = "new", _("还没有联系")
    CALLED = "called", _("联系过")
    PROMOTED = "promoted", _("已成为供给")
    DROPPED = "dropped", _("放弃")
