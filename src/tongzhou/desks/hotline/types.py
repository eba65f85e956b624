"""Choices and small facts of the line."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

__all__ = [
    "CALLER_GONE_AFTER",
    "GOING_ON",
    "HELD_FOR_SAME",
    "NON_DATA",
    "OPEN_STATES",
    "RESUMABLE_FOR",
    "SEAT_LOST_AFTER",
    "CallType",
    "CallbackState",
    "Channel",
    "EndedBy",
    "EventKind",
    "SeatState",
    "State",
    "Urgency",
]

#: A counsellor's browser that says nothing for so long is lost: whoever it spoke with goes back to the front.
SEAT_LOST_AFTER = dt.timedelta(seconds=60)
#: A caller who says nothing and listens no more for so long has gone.
CALLER_GONE_AFTER = dt.timedelta(minutes=3)
#: Somebody who asked for the same counsellor is kept for them so long, then anybody may answer.
HELD_FOR_SAME = dt.timedelta(minutes=5)
#: A conversation that broke off can be taken up again so long.
RESUMABLE_FOR = dt.timedelta(hours=24)


class Channel(models.TextChoices):
    """How somebody reaches the line."""

    CHAT = "chat", _("文字")
    VOICE = "voice", _("语音")
    CALLBACK = "callback", pgettext_lazy("line", "回电")
    PHONE = "phone", pgettext_lazy("line", "电话")


class State(models.TextChoices):
    """Where a contact stands."""

    WAITING = "waiting", _("在排队")
    OFFERED = "offered", _("正在接通")
    ACTIVE = "active", _("正在谈")
    WRAPPING = "wrapping", _("谈完，在整理")
    ENDED = "ended", pgettext_lazy("line", "已结束")
    ABANDONED = "abandoned", _("没等到就离开了")
    MISSED = "missed", _("没人接")


#: States in which somebody waits, is spoken with, or is written about.
OPEN_STATES = (State.WAITING.value, State.OFFERED.value, State.ACTIVE.value, State.WRAPPING.value)


#: States in which a caller waits or is spoken with.
GOING_ON = (State.WAITING.value, State.OFFERED.value, State.ACTIVE.value)


class EndedBy(models.TextChoices):
    """Who ended it."""

    CALLER = "caller", _("来访者")
    COUNSELLOR = "counsellor", pgettext_lazy("line", "援助员")
    SYSTEM = "system", _("系统")


class CallType(models.TextChoices):
    """What it was; the last four are not contacts and count apart."""

    SUPPORT = "support", _("情绪支持")
    INFORMATION = "information", _("问信息")
    REFERRAL = "referral", _("转介")
    CRISIS = "crisis", _("危机干预")
    FOLLOW_UP = "follow_up", _("再次联系")
    OTHER = "other", pgettext_lazy("call type", "其他")
    SILENT = "silent", _("没有说话")
    WRONG = "wrong", _("打错了")
    ABUSIVE = "abusive", _("骚扰")
    TEST = "test", _("测试")


#: Not contacts: kept apart in every figure.
NON_DATA = frozenset({CallType.SILENT.value, CallType.WRONG.value, CallType.ABUSIVE.value, CallType.TEST.value})


class SeatState(models.TextChoices):
    """What a counsellor's seat is doing."""

    OPEN = "open", _("可以接")
    BUSY = "busy", pgettext_lazy("seat", "正在谈")
    WRAPPING = "wrapping", pgettext_lazy("seat", "在整理")
    BREAK = "break", pgettext_lazy("seat", "休息")
    OFF = "off", pgettext_lazy("seat", "不在")


class Urgency(models.IntegerChoices):
    """Who is answered first."""

    NOW = 0, _("正有危险")
    SOON = 1, _("很急")
    ROUTINE = 2, pgettext_lazy("line", "一般")


class CallbackState(models.TextChoices):
    """Where a wish to be called stands."""

    WAITING = "waiting", _("等回电")
    REACHED = "reached", _("已通话")
    WRONG = "wrong", _("号码不对或不需要")
    GIVEN_UP = "given_up", _("多次未接")


class EventKind(models.TextChoices):
    """What happened to a contact; never what was said."""

    ARRIVED = "arrived", _("来了")
    HELD = "held", _("同一网络来得太多，排在后面")
    OFFERED = "offered", pgettext_lazy("line event", "正在接通")
    ANSWERED = "answered", _("接起")
    RETURNED = "returned", _("援助员掉线，回到队首")
    CALLER_LEFT = "caller_left", _("来访者离开")
    RESUMED = "resumed", _("来访者回来")
    ENDED = "ended", pgettext_lazy("line event", "结束")
    ABANDONED = "abandoned", pgettext_lazy("line event", "没等到就离开")
    MISSED = "missed", pgettext_lazy("line event", "没人接")
    DONE = "done", _("整理完")
    SUPPORT_ASKED = "support_asked", _("请督导悄悄支持")
    SUPPORT_OVER = "support_over", _("支持结束")
    JOINED = "joined", _("督导加入")
    ESCALATED = "escalated", _("升级")
    HANDED_OVER = "handed_over", pgettext_lazy("line event", "交班")
    CALLBACK = "callback", _("请求回电")
    VOICE = "voice", _("语音接通")
    SCREENED = "screened", _("做了风险筛查")
    BLOCKED = "blocked", _("按督导的决定暂停接听")
