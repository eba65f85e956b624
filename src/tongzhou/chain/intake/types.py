"""Choices of intake. Values are stored and exported: they never change their meaning."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

__all__ = [
    "OPEN_NEEDS",
    "OPEN_OFFERS",
    "CallState",
    "Channel",
    "Flag",
    "ForWhom",
    "Held",
    "LeadState",
    "Line",
    "NeedLine",
    "NeedState",
    "OfferLine",
    "OfferState",
    "Photo",
    "Reason",
    "SaidContact",
    "SaidNeed",
    "SaidOffer",
    "SolvedBy",
    "Spot",
    "SubmissionKind",
    "Submitted",
    "Urgency",
    "Vulnerability",
    "WantedTime",
    "reason_words",
]


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


class Flag(models.TextChoices):
    """Why a quantity should be asked about."""

    IMPLAUSIBLE = "implausible", _("超过一家单位可能需要的数量")
    HOUSEHOLD = "household", _("对一个家庭来说很多")
    UNIT = "unit", _("单位对不上，无法换算")
    UNREAD = "unread", _("数量没有读懂，见原文")


class Held(models.TextChoices):
    """Why a plea waits for a person to look at it first; it is kept and never refused."""

    ADDRESS = "address", _("同一个网络地址短时间内提交很多")
    PHONE = "phone", _("同一个电话短时间内提交很多")
    TRAP = "trap", _("填了人看不见的栏目，可能是程序提交")


class Reason(models.TextChoices):
    """Why the platform itself closed or destroyed something. Stored as a code, where a person's own words stand too."""

    NOT_CONFIRMED = "auto:not_confirmed", _("到期没有再次核实")
    DAYS_OVER = "auto:days_over", _("过了可以提供的日子")
    GOODS_EXPIRED = "auto:goods_expired", _("物品过了有效期")
    KEPT_LONG_ENOUGH = "auto:kept_long_enough", _("保存期满")
    SHEET_CHANGED = "auto:sheet_changed", _("在导出的表里改的")
    SHEET_WITHOUT = "auto:sheet_without", _("来源表里不再有这一行")
    IMPORT_UNDONE = "auto:import_undone", _("导入已撤销")


def reason_words(stored: str) -> str:
    """A stored reason in the reader's language: a code of ours, the Chinese text that stood for it once, else as is."""
    if stored in Reason.values:
        return str(Reason(stored).label)
    return gettext(stored) if stored else ""


class CallState(models.TextChoices):
    """Where a wish to be called back stands."""

    WAITING = "waiting", _("等待回电")
    REACHED = "reached", _("已通话")
    GIVEN_UP = "given_up", _("多次打不通，已停止")
    WRONG = "wrong", _("号码不对或不需要")


class WantedTime(models.TextChoices):
    """When somebody would like to be called, Beijing time."""

    ANY = "any", _("什么时候都可以")
    MORNING = "morning", _("上午（8–12 点）")
    AFTERNOON = "afternoon", _("下午（12–18 点）")
    EVENING = "evening", _("晚上（18–22 点）")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something is: a division code, whether that is certain, and the compound or campus when it is known."""

    place: str
    certain: bool = True
    site: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo made anew without its hidden data: JPEG bytes."""

    content: bytes = field(repr=False)
    content_type: str = "image/jpeg"


@dataclass(frozen=True, slots=True)
class SaidContact:
    """How to reach somebody, as it was said. Never shown in a log: every field is left out of the repr."""

    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    wechat: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    medicine: str = field(default="", repr=False)
    private_note: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class NeedLine:
    """One thing lacking. `quantity` counts `unit` as written, None is "not said"; `category` is a catalogue key."""

    item: str
    quantity: int | None = None
    unit: str = ""
    category: str | None = None
    specification: str = ""
    days_left: int | None = None
    prescription: bool | None = None
    flag: str = ""


@dataclass(frozen=True, slots=True)
class SaidNeed:
    """A plea as it was said: who, where, what. `raw` is the form as it came, kept sealed for ever."""

    for_whom: str
    lines: tuple[NeedLine, ...]
    contact: SaidContact
    spot: Spot | None = None
    place_text: str = field(default="", repr=False)
    requester: str = ""
    organisation: uuid.UUID | None = None
    urgency_said: int | None = None
    vulnerability: tuple[str, ...] = ()
    needed_by: dt.date | None = None
    note: str = ""
    consent: bool = False
    photos: tuple[Photo, ...] = ()
    raw: Mapping[str, object] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class OfferLine:
    """One thing that somebody can give; see `NeedLine`."""

    item: str
    quantity: int | None = None
    unit: str = ""
    category: str | None = None
    specification: str = ""
    standard: str = ""
    goods_expire_on: dt.date | None = None
    remote: bool = False


@dataclass(frozen=True, slots=True)
class SaidOffer:
    """An offer as it was said. `may_go`: division codes it may go to, none means anywhere."""

    lines: tuple[OfferLine, ...]
    contact: SaidContact
    spot: Spot | None = None
    place_text: str = field(default="", repr=False)
    giver: str = ""
    organisation: uuid.UUID | None = None
    may_go: tuple[str, ...] = ()
    available_from: dt.date | None = None
    available_until: dt.date | None = None
    can_deliver: bool | None = None
    earmark: str = ""
    note: str = ""
    raw: Mapping[str, object] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Submitted:
    """What came of a submission. `secret` opens it for changes; it is kept nowhere and not in the repr.

    `repeated` is True when the same form had come before: nothing new was made.
    """

    code: str
    secret: str = field(repr=False)
    submission: uuid.UUID
    records: tuple[uuid.UUID, ...]
    repeated: bool = False
    held: str = ""
