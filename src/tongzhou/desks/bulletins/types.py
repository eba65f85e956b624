"""Kinds, states and words of bulletins and of the directory."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

__all__ = [
    "CORRECTABLE", "Brought", "BulletinState", "CapType", "CorrectionState", "Group", "Kind", "SaidBulletin",
    "ServiceState", "Severity", "Showing", "Topic", "Verdict",
]  # fmt: skip


class Kind(TextChoices):
    """What a bulletin is."""

    NOTICE = "notice", _("权威信息")
    RUMOUR = "rumour", _("谣言与回答")
    HELP = "help", _("去哪里求助")


class BulletinState(TextChoices):
    """How far a bulletin has come. That it is past its time, or corrected, is worked out when somebody looks."""

    DRAFT = "draft", _("草稿")
    VERIFIED = "verified", _("已核实，待发布")
    PUBLISHED = "published", _("已发布")
    ENDED = "ended", _("已结束")


class Showing(TextChoices):
    """What a published bulletin is at the moment somebody looks."""

    CURRENT = "current", pgettext_lazy("bulletin", "有效")
    CORRECTED = "corrected", pgettext_lazy("bulletin", "有效，更正过")
    COMING = "coming", pgettext_lazy("bulletin", "还没有生效")
    EXPIRED = "expired", pgettext_lazy("bulletin", "已过期")
    ENDED = "ended", pgettext_lazy("bulletin", "已结束")


class Verdict(TextChoices):
    """What is true of a rumour."""

    FALSE = "false", pgettext_lazy("rumour", "不属实")
    PARTLY = "partly", pgettext_lazy("rumour", "部分属实")
    UNPROVEN = "unproven", pgettext_lazy("rumour", "没有证据")
    TRUE = "true", pgettext_lazy("rumour", "属实")


class Severity(TextChoices):
    """How much is at stake, in the words of CAP 1.2."""

    EXTREME = "Extreme", pgettext_lazy("severity", "特别严重")
    SEVERE = "Severe", pgettext_lazy("severity", "严重")
    MODERATE = "Moderate", pgettext_lazy("severity", "中等")
    MINOR = "Minor", pgettext_lazy("severity", "轻微")
    UNKNOWN = "Unknown", pgettext_lazy("severity", "不明")


class CorrectionState(TextChoices):
    """A correction is written by one person and published by another."""

    PROPOSED = "proposed", _("等另一个人发布")
    PUBLISHED = "published", _("已更正")
    DROPPED = "dropped", _("不改了")


class CapType(TextChoices):
    """What a CAP message does."""

    ALERT = "Alert", "Alert"
    UPDATE = "Update", "Update"
    CANCEL = "Cancel", "Cancel"


class Brought(TextChoices):
    """How a page from the web was brought in."""

    FILE = "file", _("上传的文件")
    PASTE = "paste", _("粘贴的文字")
    FETCH = "fetch", _("按网址取回")


class Group(TextChoices):
    """Whom a service is for; none: everybody."""

    OLDER = "older", _("老年人")
    DISABLED = "disabled", _("残障人士")
    CHILD = "child", _("儿童")
    PREGNANT = "pregnant", _("孕产妇")
    POVERTY = "poverty", _("困难家庭")
    PATIENT = "patient", _("患者")
    BEREAVED = "bereaved", _("丧亲者")
    HEALTH_WORKER = "health_worker", _("医务人员")
    VOLUNTEER = "volunteer", _("志愿者")


class Topic(TextChoices):
    """What kind of help a service is."""

    EMERGENCY = "emergency", pgettext_lazy("directory", "紧急求助")
    MENTAL = "mental", pgettext_lazy("directory", "心理援助")
    HEALTH = "health", pgettext_lazy("directory", "就医与健康咨询")
    MEDICINE = "medicine", pgettext_lazy("directory", "买药送药")
    LIVING = "living", pgettext_lazy("directory", "生活与食物")
    SHELTER = "shelter", pgettext_lazy("directory", "住处")
    PROTECTION = "protection", pgettext_lazy("directory", "保护与法律")
    OTHER = "other", pgettext_lazy("directory", "其他")


class ServiceState(TextChoices):
    """The status of a service, in the words of HSDS 3."""

    ACTIVE = "active", pgettext_lazy("service", "正在提供")
    INACTIVE = "inactive", pgettext_lazy("service", "没有提供")
    CLOSED = "temporarily closed", pgettext_lazy("service", "暂停")
    DEFUNCT = "defunct", pgettext_lazy("service", "已停办")


#: What a correction may change of a published bulletin.
CORRECTABLE = (
    "title", "title_en", "body", "body_en", "said", "said_en", "verdict", "evidence", "source_name", "source_url",
    "source_number", "severity", "valid_until",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SaidBulletin:
    """What a bulletin says, as it is written down (times are aware; places are division codes)."""

    kind: str
    title: str
    body: str
    source_name: str
    places: tuple[str, ...]
    title_en: str = ""
    body_en: str = ""
    said: str = ""
    said_en: str = ""
    verdict: str = ""
    evidence: str = ""
    source_url: str = ""
    source_number: str = ""
    severity: str = Severity.UNKNOWN.value
    stages: tuple[str, ...] = ()
    valid_from: object = None
    valid_until: object = None
