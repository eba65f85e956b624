"""Words of guidance. Values are stored: they never change their meaning."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongzhou.kernel.words import local
from tongzhou.registers.people.types import COORDINATOR, COUNSELLOR, OFFICER, SUPERVISOR, VERIFIER, VOLUNTEER

__all__ = [
    "FRONT_LINE", "GROUP_OF_ROLE", "GROUP_OF_VULNERABILITY", "OPEN_STATES", "READABLE_STATES", "RESERVED", "Change",
    "Differ", "Group", "GuideKind", "GuideState", "SaidGuide", "SaidSource", "SaidStep", "SaidText", "groups_of",
]  # fmt: skip


class GuideKind(TextChoices):
    """What a guide is for."""

    ALL = "all", _("给所有人")
    GROUP = "group", _("按人群")
    HANDBOOK = "handbook", _("保护与资源手册")


class Group(TextChoices):
    """The people a guide helps to help."""

    OLDER = "older", _("老年人")
    DISABLED = "disabled", _("残障人士")
    CHILDREN = "children", _("儿童")
    HARDSHIP = "hardship", _("困难家庭")
    PATIENTS = "patients", _("患者")
    BEREAVED = "bereaved", _("失去亲人的人")
    HEALTH = "health", _("医护人员")
    VOLUNTEERS = "volunteers", pgettext_lazy("group of guidance", "志愿者")


class GuideState(TextChoices):
    """Where a version stands."""

    DRAFT = "draft", _("草稿")
    IN_REVIEW = "in_review", _("在审")
    APPROVED = "approved", _("已审，待发布")
    PUBLISHED = "published", pgettext_lazy("version of guidance", "已发布")
    REPLACED = "replaced", _("已被新版本代替")
    WITHDRAWN = "withdrawn", pgettext_lazy("version of guidance", "已撤回")


#: A guide has one version in the making at a time.
OPEN_STATES = (GuideState.DRAFT, GuideState.IN_REVIEW, GuideState.APPROVED)
#: What anybody may read: what is published, and what once was.
READABLE_STATES = (GuideState.PUBLISHED, GuideState.REPLACED, GuideState.WITHDRAWN)

#: Who works with people: they acknowledge what they have read, unless a guide names its readers.
FRONT_LINE = frozenset({VOLUNTEER, VERIFIER, COORDINATOR, COUNSELLOR, SUPERVISOR, OFFICER})

#: A need's vulnerability says which group's guide helps.
GROUP_OF_VULNERABILITY = {
    "older": Group.OLDER, "disabled": Group.DISABLED, "child": Group.CHILDREN, "poverty": Group.HARDSHIP,
}  # fmt: skip
#: Some guides are for whoever reads them.
GROUP_OF_ROLE = {VOLUNTEER: Group.VOLUNTEERS}

#: Words the addresses of guidance need for themselves.
RESERVED = frozenset({"work", "new", "examples", "acknowledged", "handbook"})


class Differ(TextChoices):
    """How a step stands to the version before."""

    SAME = "same", _("没有变")
    CHANGED = "changed", _("改过")
    ADDED = "added", _("新增")
    REMOVED = "removed", _("去掉了")


@dataclass(frozen=True, slots=True)
class Change:
    """One step beside the version before: `old` blank when it is new, `new` blank when it was taken out."""

    differ: str
    key: str
    old: SaidStep | None
    new: SaidStep | None

    @property
    def label(self) -> str:
        """The difference in a word."""
        return str(Differ(self.differ).label)


@dataclass(frozen=True, slots=True)
class SaidStep:
    """A step as somebody wrote it. `key` is blank for a new one, and stays the same over versions."""

    text: str
    text_en: str = ""
    caution: bool = False
    key: str = ""

    @property
    def label(self) -> str:
        """The step in the reader's language."""
        return local(self.text, self.text_en)


@dataclass(frozen=True, slots=True)
class SaidSource:
    """Where it is taken from; `date` is a year, a month or a day: ``2020``, ``2020-03``, ``2020-03-18``.

    `unconfirmed`: whoever wrote it down did not find the title in a public text; readers are told.
    """

    title: str
    publisher: str
    url: str = ""
    date: str = ""
    unconfirmed: bool = False


@dataclass(frozen=True, slots=True)
class SaidText:
    """Everything a version says, as somebody wrote it; `review_by` is an ISO date or blank."""

    title: str
    steps: tuple[SaidStep, ...]
    sources: tuple[SaidSource, ...] = ()
    title_en: str = ""
    summary: str = ""
    summary_en: str = ""
    what_changed: str = ""
    what_changed_en: str = ""
    why: str = ""
    why_en: str = ""
    review_by: str = ""
    is_example: bool = False


@dataclass(frozen=True, slots=True)
class SaidGuide:
    """Where a guide belongs: empty `stages` and `roles` mean all of them."""

    slug: str
    kind: str
    group: str = ""
    stages: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    category: str = ""


def groups_of(vulnerability: Iterable[str]) -> frozenset[str]:
    """The groups that a need's vulnerabilities mean."""
    return frozenset(str(GROUP_OF_VULNERABILITY[one]) for one in vulnerability if one in GROUP_OF_VULNERABILITY)
