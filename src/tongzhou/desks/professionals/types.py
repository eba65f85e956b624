"""Words of the people of the line. Values are stored: they never change their meaning."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

__all__ = [
    "DONE_STATES",
    "HOLE_CODES",
    "WAITING_STATES",
    "WORKING_STATES",
    "CallState",
    "DayOffKind",
    "ImportState",
    "ItemKind",
    "LicenceKind",
    "OnShift",
    "PersonState",
    "RosterState",
    "SicknessState",
    "Spoken",
    "SwapState",
    "Verdict",
]


class LicenceKind(models.TextChoices):
    """What a professional is licensed or registered as."""

    PSYCHIATRIST = "psychiatrist", _("精神科医师")
    PSYCHOTHERAPIST = "psychotherapist", _("心理治疗师")
    COUNSELLOR = "counsellor", _("心理咨询师（注册系统）")
    SOCIAL_WORKER = "social_worker", _("社会工作者")
    PHYSICIAN = "physician", _("其他执业医师")
    NURSE = "nurse", _("执业护士")


class Spoken(models.TextChoices):
    """Languages and dialects in which somebody can be helped."""

    MANDARIN = "mandarin", _("普通话")
    WUHAN = "wuhan", _("武汉话")
    HUBEI = "hubei", _("湖北其他方言")
    CANTONESE = "cantonese", _("粤语")
    SICHUAN = "sichuan", _("四川话")
    WU = "wu", _("吴语")
    MINNAN = "minnan", _("闽南话")
    ENGLISH = "english", _("英语")
    SIGN = "sign", _("手语")


class CallState(models.TextChoices):
    """Whether a call for people still takes applications."""

    OPEN = "open", pgettext_lazy("recruitment", "招募中")
    MET = "met", pgettext_lazy("recruitment", "人够了")
    CLOSED = "closed", pgettext_lazy("recruitment", "已停止")


class PersonState(models.TextChoices):
    """How far somebody is on the way to the line."""

    APPLIED = "applied", pgettext_lazy("professional", "已报名")
    CHECKED = "checked", pgettext_lazy("professional", "资质已核对")
    TRAINED = "trained", pgettext_lazy("professional", "培训已完成")
    ACTIVE = "active", pgettext_lazy("professional", "在岗")
    PAUSED = "paused", pgettext_lazy("professional", "暂停")
    ENDED = "ended", pgettext_lazy("professional", "已退出")
    REFUSED = "refused", pgettext_lazy("professional", "未通过")


#: Waits for somebody of the association, or for the person.
WAITING_STATES = (PersonState.APPLIED, PersonState.CHECKED, PersonState.TRAINED)
#: Can be rostered.
WORKING_STATES = (PersonState.ACTIVE,)
DONE_STATES = (PersonState.ENDED, PersonState.REFUSED)


class ItemKind(models.TextChoices):
    """What has to be read and acknowledged before a shift."""

    TRAINING = "training", _("培训")
    CONDUCT = "conduct", _("行为守则")


class DayOffKind(models.TextChoices):
    """Whether a date off is a wish or cannot be otherwise."""

    WISH = "wish", _("希望休息")
    CANNOT = "cannot", _("不能来")


class ImportState(models.TextChoices):
    """What became of a workbook."""

    READY = "ready", pgettext_lazy("import", "等您确认")
    ACCEPTED = "accepted", pgettext_lazy("import", "已收下")
    DISCARDED = "discarded", pgettext_lazy("import", "没有收")


class RosterState(models.TextChoices):
    """A roster on its way: made by the engine, published by a second person, replaced by a later one."""

    QUEUED = "queued", pgettext_lazy("roster", "排队")
    RUNNING = "running", pgettext_lazy("roster", "正在排班")
    DRAFT = "draft", pgettext_lazy("roster", "草稿")
    PUBLISHED = "published", pgettext_lazy("roster", "已发布")
    REPLACED = "replaced", pgettext_lazy("roster", "已被取代")
    CANCELLED = "cancelled", pgettext_lazy("roster", "已取消")
    FAILED = "failed", pgettext_lazy("roster", "没有排成")


class SwapState(models.TextChoices):
    """An exchange of shifts: asked, accepted by the other, judged by the rules, approved by a supervisor."""

    ASKED = "asked", pgettext_lazy("swap", "等对方答复")
    ACCEPTED = "accepted", pgettext_lazy("swap", "对方同意，等督导批准")
    APPROVED = "approved", pgettext_lazy("swap", "已换")
    DECLINED = "declined", pgettext_lazy("swap", "没有换成")
    WITHDRAWN = "withdrawn", pgettext_lazy("swap", "已撤回")


class SicknessState(models.TextChoices):
    """What became of a report that somebody cannot come."""

    REPORTED = "reported", pgettext_lazy("sickness", "正在找人顶班")
    COVERED = "covered", pgettext_lazy("sickness", "已有人顶班")
    SHORT = "short", pgettext_lazy("sickness", "还有空缺")


#: Why somebody on the roster cannot take contacts (refusal codes of the kernel's catalogue).
HOLE_CODES = ("shift_none", "shift_paused", "shift_licence", "shift_training", "shift_conduct")


@dataclass(frozen=True, slots=True)
class OnShift:
    """Somebody who has a shift of a line at this moment.

    places: division codes the person knows well (empty: anywhere). supervisor_account_id: a supervisor of the line who
    can be reached now - the one of the own group when on shift or reachable, else another one; None: nobody.
    """

    account_id: uuid.UUID
    professional_id: uuid.UUID
    skills: frozenset[str]
    languages: frozenset[str]
    places: tuple[str, ...]
    is_supervisor: bool
    supervisor_account_id: uuid.UUID | None
    skill: str
    shift_id: uuid.UUID
    starts_at: dt.datetime
    ends_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether somebody may take contacts now.

    code: "" or the refusal that says why not (``shift_none``, ``shift_paused``, ``shift_licence``, ``shift_training``,
    ``shift_conduct``). With ok and code ``shift_no_supervisor`` nobody supervises at this moment: contacts may be
    taken, but none of high risk (`high_risk` is False).
    """

    ok: bool
    code: str
    high_risk: bool
