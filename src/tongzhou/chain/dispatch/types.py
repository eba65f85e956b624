"""Choices of dispatch. Values are stored and exported: they never change their meaning."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

__all__ = [
    "COUNTS_FOR_NEED",
    "ENTRANCE_DAYS",
    "LAPSES_AFTER",
    "LIVE",
    "MOST_CLAIMS",
    "TAKES_STOCK",
    "AssignmentState",
    "Balance",
    "DeclineReason",
    "Via",
]

#: An assignment nobody answers goes back after this.
LAPSES_AFTER = dt.timedelta(hours=2)
#: A team's entrance stays open so many days unless somebody says otherwise.
ENTRANCE_DAYS = 7
#: So many claims one volunteer may have open at once.
MOST_CLAIMS = 3


class AssignmentState(models.TextChoices):
    """Where an assignment stands."""

    PROPOSED = "proposed", pgettext_lazy("assignment", "等人接下")
    ACCEPTED = "accepted", pgettext_lazy("assignment", "已接下")
    IN_TRANSIT = "in_transit", pgettext_lazy("assignment", "在路上")
    DELIVERED = "delivered", pgettext_lazy("assignment", "已送到，等对方确认")
    CONFIRMED = "confirmed", pgettext_lazy("assignment", "对方已确认")
    DECLINED = "declined", pgettext_lazy("assignment", "没有接")
    LAPSED = "lapsed", pgettext_lazy("assignment", "超时没有人接")
    WITHDRAWN = "withdrawn", pgettext_lazy("assignment", "已收回")


#: Something of it is still to happen.
LIVE = (
    AssignmentState.PROPOSED,
    AssignmentState.ACCEPTED,
    AssignmentState.IN_TRANSIT,
    AssignmentState.DELIVERED,
)


class Balance(models.TextChoices):
    """Where a quantity of an assignment is. Every movement takes it out of one balance and puts it into another."""

    OUTSIDE = "outside", pgettext_lazy("balance", "未派出")
    PLANNED = "planned", pgettext_lazy("balance", "已批准，等人接下")
    ACCEPTED = "accepted", pgettext_lazy("balance", "已接下")
    IN_TRANSIT = "in_transit", pgettext_lazy("balance", "在路上")
    RECEIVED = "received", pgettext_lazy("balance", "收到")
    REFUSED = "refused", pgettext_lazy("balance", "对方没有收")
    MISSING = "missing", pgettext_lazy("balance", "少了")
    RETURNED = "returned", pgettext_lazy("balance", "退回")


#: What of an offer is no longer free. Refused goods count until they are back.
TAKES_STOCK = (
    Balance.PLANNED, Balance.ACCEPTED, Balance.IN_TRANSIT, Balance.RECEIVED, Balance.REFUSED, Balance.MISSING,
)  # fmt: skip
#: What of a need is being looked after or has arrived.
COUNTS_FOR_NEED = (Balance.PLANNED, Balance.ACCEPTED, Balance.IN_TRANSIT, Balance.RECEIVED)


class DeclineReason(models.TextChoices):
    """Why somebody did not take it."""

    NO_STOCK = "no_stock", _("已经没有了")
    NO_TRANSPORT = "no_transport", _("送不了")
    TOO_FAR = "too_far", _("太远")
    NO_TIME = "no_time", _("没有时间")
    UNSAFE = "unsafe", _("不安全")
    NOT_OURS = "not_ours", _("不在我们的范围")
    OTHER = "other", _("其他")


class Via(models.TextChoices):
    """How somebody said it."""

    PAGE = "page", _("网页")
    PHONE = "phone", _("电话")
    SLIP = "slip", _("纸条")
    OFFLINE = "offline", _("离线后补传")
    API = "api", _("接口")
    SYSTEM = "system", _("系统")
