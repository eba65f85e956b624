"""Choices of delivery. Values are stored and exported: they never change their meaning."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

__all__ = ["Difference", "HowConfirmed", "IncidentKind", "IncidentState"]


class HowConfirmed(models.TextChoices):
    """How the receiver said what arrived."""

    CODE = "code", _("收货码")
    QR = "qr", _("扫码")
    CALL = "call", _("电话")
    LINK = "link", _("求助人的链接")
    OFFICER = "officer", _("接收单位经办人")
    SLIP = "slip", _("签字的纸条")


class Difference(models.TextChoices):
    """Why less arrived than was sent, or was not taken."""

    SHORT = "short", _("数量少了")
    DAMAGED = "damaged", _("坏了或过期")
    WRONG = "wrong", _("东西不对")
    STANDARD = "standard", _("标准不符合")
    NOT_NEEDED = "not_needed", _("已经不需要了")
    NOT_HOME = "not_home", _("没有人在")
    OTHER = "other", _("其他")


class IncidentKind(models.TextChoices):
    """What went wrong."""

    UNSAFE = "unsafe", _("上门不安全")
    WRONG_GOODS = "wrong_goods", _("东西不对")
    WRONG_NUMBER = "wrong_number", _("电话不对")
    NOT_ARRIVED = "not_arrived", _("没有送到")
    MONEY = "money", _("钱的问题")
    CONDUCT = "conduct", _("态度或行为不当")
    OTHER = "other", _("其他")


class IncidentState(models.TextChoices):
    """Where a report stands."""

    OPEN = "open", _("等人处理")
    HANDLED = "handled", _("已处理")
