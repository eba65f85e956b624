"""The roles, lines and languages an account can have, and what a sign-in has to prove."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

__all__ = [
    "ADMIN",
    "ALL",
    "ANALYST",
    "AUTHOR",
    "COORDINATOR",
    "COUNSELLOR",
    "DESK_ROLES",
    "FUNDS",
    "INVITATION_DAYS",
    "LIAISON",
    "NEEDS_SECOND_FACTOR",
    "OFFICER",
    "PUBLISHER",
    "REVIEWER",
    "ROLES",
    "SEES_CONTACTS",
    "SERVICES",
    "SUPERVISOR",
    "SUPPLIES",
    "TOKEN_LONGEST",
    "TOKEN_SCOPES",
    "VERIFIER",
    "VOLUNTEER",
    "Language",
    "Line",
    "Purpose",
    "Relation",
    "Role",
    "Second",
    "Theme",
]


class Role(models.TextChoices):
    """What somebody is here to do. A grant gives a role on a line in an area."""

    COORDINATOR = "coordinator", _("协调员")
    VERIFIER = "verifier", _("核实员")
    LIAISON = "liaison", _("政府联络员")
    OFFICER = "officer", _("组织经办人")
    VOLUNTEER = "volunteer", _("志愿者")
    ANALYST = "analyst", _("分析员")
    ADMIN = "admin", _("管理员")
    AUTHOR = "author", _("撰稿人")
    REVIEWER = "reviewer", _("审稿专家")
    PUBLISHER = "publisher", _("发布人")
    COUNSELLOR = "counsellor", _("心理援助员")
    SUPERVISOR = "supervisor", _("督导")


class Line(models.TextChoices):
    """The functional department (条) a grant works on."""

    SUPPLIES = "supplies", _("物资")
    SERVICES = "services", _("服务")
    FUNDS = "funds", _("资金")
    ALL = "all", _("全部条线")


class Language(models.TextChoices):
    """The language an account reads; blank follows the browser."""

    CHINESE = "zh-hans", "简体中文"
    ENGLISH = "en", "English"


class Theme(models.TextChoices):
    """Colours; blank follows the device."""

    LIGHT = "light", _("浅色")
    DARK = "dark", _("深色")


class Relation(models.TextChoices):
    """Who a guardian is to the minor (Civil Code of the PRC, article 27)."""

    PARENT = "parent", _("父母")
    GRANDPARENT = "grandparent", _("祖父母或外祖父母")
    SIBLING = "sibling", _("成年兄姐")
    OTHER = "other", _("其他监护人")


class Purpose(models.TextChoices):
    """Why a one-time link was made."""

    INVITE = "invite", _("邀请")
    RESET = "reset", _("重设密码")


class Second(models.TextChoices):
    """A second administrator's word that a link was opened by the person it was made for; blank: not asked for."""

    WAITS = "waits", _("等第二位管理员确认")
    CONFIRMED = "confirmed", _("第二位管理员已确认")
    ALONE = "alone", _("当时只有一位管理员，没有第二人确认")


COORDINATOR, VERIFIER, LIAISON, OFFICER, VOLUNTEER, ANALYST, ADMIN, *_DESKS = (str(role.value) for role in Role)
AUTHOR, REVIEWER, PUBLISHER, COUNSELLOR, SUPERVISOR = _DESKS
SUPPLIES, SERVICES, FUNDS, ALL = (str(line.value) for line in Line)

#: Every role, for acts open to whoever works here.
ROLES = frozenset(str(role.value) for role in Role)

#: The roles of the desks beside the chain: guidance, bulletins, the line.
DESK_ROLES = frozenset(_DESKS)

#: Roles that can see a contact: they must sign in with an authenticator or a passkey.
SEES_CONTACTS = frozenset({COORDINATOR, VERIFIER, OFFICER, COUNSELLOR, SUPERVISOR})

#: Who must sign in with a second factor: those, and whoever gives roles to others.
NEEDS_SECOND_FACTOR = SEES_CONTACTS | {ADMIN}

#: How long a one-time link lives.
INVITATION_DAYS = 7

_BOTH = (
    "response", "need", "offer", "lead", "organisation", "place", "category", "stage", "plan", "assignment", "task",
    "delivery", "incident", "cover",
)  # fmt: skip
#: What a token may be allowed. No token opens a contact: that needs a person, a lock and a second factor.
TOKEN_SCOPES = (
    *(f"{subject}:{verb}" for subject in _BOTH for verb in ("read", "write")),
    "guide:write", "line:read", "line_people:read", "line_roster:read", "line_shift:read", "line_shift:write",
    "line_contact:read", "line_callback:read",
)  # fmt: skip

#: A token lives at most this long.
TOKEN_LONGEST = dt.timedelta(days=366)
