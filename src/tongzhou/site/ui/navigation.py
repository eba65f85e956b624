"""The main navigation: the pages that exist and that this actor may open, in the order of the work."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongzhou.kernel import access
from tongzhou.registers.people.types import VOLUNTEER

__all__ = ["IN_ROW", "MOST_IN_ROW", "items"]

#: (path, name). A page that is not there, or not for this actor, is left out.
SIGNED_IN = (
    ("/my/", _("我的")),
    ("/tasks/", _("任务")),
    ("/desk/", _("台面")),
    ("/calls/", _("热线")),
    ("/cases/", pgettext_lazy("navigation", "个案")),
    ("/line/my/", _("我的班次")),
    ("/verify/", _("核实")),
    ("/callbacks/", _("回电")),
    ("/entry/", _("录入")),
    ("/needs/", _("需求")),
    ("/offers/", _("供给")),
    ("/leads/", _("线索")),
    ("/plans/", _("计划")),
    ("/assignments/", _("派单")),
    ("/imports/", _("导入")),
    ("/gaps/", pgettext_lazy("navigation", "缺口")),
    ("/situation/", pgettext_lazy("navigation", "简报")),
    ("/line/figures/", _("热线的数字")),
    ("/line/people/", _("热线的人")),
    ("/line/rosters/", _("排班")),
    ("/orgs/", _("组织")),
    ("/guidance/", _("指南")),
    ("/bulletins/desk/", pgettext_lazy("navigation", "信息台")),
    ("/my/messages/", _("通知")),
    ("/setup/", _("设置")),
)
#: Pages of the daily way of the work stand in the row; where there are more than fit, the others open under “更多”.
IN_ROW = frozenset(
    {
        "/my/",
        "/tasks/",
        "/desk/",
        "/calls/",
        "/cases/",
        "/line/my/",
        "/verify/",
        "/callbacks/",
        "/needs/",
        "/offers/",
        "/plans/",
        "/assignments/",
    }
)
MOST_IN_ROW = 8
#: What stands there can only be read by whoever has no other roles than these: they are not led to it.
NOTHING_TO_DO = {"/setup/": frozenset({VOLUNTEER})}
ANYBODY = (
    ("/help/", _("求助")),
    ("/give/", _("帮忙")),
    ("/needed/", pgettext_lazy("navigation", "需要什么")),
    ("/r/", _("查进度")),
    ("/talk/", _("找人说说")),
    ("/bulletins/", pgettext_lazy("navigation", "权威信息")),
    ("/directory/", pgettext_lazy("navigation", "去哪里求助")),
)


def items(request: HttpRequest) -> list[dict[str, Any]]:
    """[{path, label, here, more}] for the reader of this request; `more`: it stands under “更多”."""
    actor: access.Actor = getattr(request, "actor", access.ANONYMOUS)
    listed = SIGNED_IN if actor.signed_in else ANYBODY
    opening = [(path, label) for path, label in listed if _opens(actor, path) and not _idle(actor, path)]
    # The longest path that fits is the page one is on: /my/messages/ is not /my/.
    here = max((path for path, _label in opening if request.path.startswith(path)), key=len, default="")
    crowded = len(opening) > MOST_IN_ROW
    return [
        {"path": path, "label": label, "here": path == here, "more": crowded and path not in IN_ROW}
        for path, label in opening
    ]


def _idle(actor: access.Actor, path: str) -> bool:
    return path in NOTHING_TO_DO and actor.roles <= NOTHING_TO_DO[path]


def _opens(actor: access.Actor, path: str) -> bool:
    """True when there is a page at `path` and its declaration lets the actor in."""
    declared = _declared(path, settings.ROOT_URLCONF)
    if isinstance(declared, access.Gate):
        return not declared.needs_account or actor.signed_in
    return declared is not None and access.may(actor, declared)


@cache
def _declared(path: str, routes: str) -> access.Act | access.Gate | None:
    """The declaration of the page at `path` (None: no page), worked out once in a process, as routes do not change."""
    from tongzhou.site.declared import declaration

    try:
        match = resolve(path, routes)
    except Resolver404:
        return None
    return declaration(match.func, match)
