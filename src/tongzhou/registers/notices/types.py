"""Words of notices. Values are stored: they never change their meaning."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

__all__ = ["GATEWAYS", "PERSONAL", "SCHEMES", "TRIAL", "ChannelKind", "NoticeKind"]


class ChannelKind(models.TextChoices):
    """A way out of the house."""

    EMAIL = "email", _("邮件")
    WECOM = "wecom", _("企业微信")
    DINGTALK = "dingtalk", _("钉钉")
    FEISHU = "feishu", _("飞书")
    SMS = "sms", _("短信网关")
    WEBHOOK = "webhook", _("通用回调")


class NoticeKind(models.TextChoices):
    """What somebody may want to hear of."""

    TASK = "task", _("有新任务")
    RESERVE = "reserve", _("候补的任务空出来了")
    LAPSING = "lapsing", _("任务快到时间了")
    ASSIGNMENT = "assignment", _("有新的派单")
    WITHDRAWN = "withdrawn", _("派单收回")
    PLAN_READY = "plan_ready", _("计划等待批准")
    DELIVERED = "delivered", _("送到了，请确认")
    CONFIRMED = "confirmed", _("对方已确认")
    INCIDENT = "incident", _("出了问题")
    CALL_OUT = "call_out", _("招募志愿者")
    GUIDANCE = "guidance", _("指南有变")
    BULLETIN = "bulletin", _("信息退回或改好")
    ROSTER = "roster", _("热线的班次")


#: Kind of a message that only tries a way: nobody chooses to hear it, and it is no notice.
TRIAL = "trial"
#: Spoken to by our own signed requests; the others by apprise.
GATEWAYS = (ChannelKind.SMS, ChannelKind.WEBHOOK)
#: Carry notices to single persons; chats' robots only speak to their group.
PERSONAL = (ChannelKind.EMAIL, ChannelKind.SMS, ChannelKind.WEBHOOK)
#: How an address of each kind may begin.
SCHEMES: dict[str, tuple[str, ...]] = {
    ChannelKind.EMAIL: ("mailtos", "mailto"),
    ChannelKind.WECOM: ("wecombot",),
    ChannelKind.DINGTALK: ("dingtalk",),
    ChannelKind.FEISHU: ("feishu",),
    ChannelKind.SMS: ("https",),
    ChannelKind.WEBHOOK: ("https",),
}
