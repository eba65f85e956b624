"""The doors of setting up that this actor may open."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tongzhou.kernel.access import PUBLIC, SIGNED_IN, Act, may, route
from tongzhou.screens.setup.scene import actor_of

__all__ = ["index"]

#: (address, name, what it is for). A page that is not there, or not for this actor, is left out.
DOORS = (
    ("/setup/responses/", _("应急响应"), _("开始、修改、结束一次响应；可以同时有几次。")),
    ("/setup/stages/", _("阶段"), _("各地处在疫情的哪个阶段；决定求助和帮忙页面先列什么，不隐藏任何一项。")),
    ("/setup/catalogue/", _("类别目录"), _("这次响应用哪些物资和服务、几天后再核实、多少算可疑。")),
    ("/setup/places/", _("地方"), _("行政区划，以及街道以下的小区、居委会、院区和大家的叫法。")),
    ("/orgs/papers/", _("单位要核实的材料"), _("各类单位要出示什么，才算有效。")),
    ("/setup/people/", _("账号与角色"), _("谁可以登录，在哪条线、哪个地区做什么。")),
    ("/setup/teams/", _("团队"), _("一起负责一个地方、一条线的人")),
    ("/setup/channels/", _("通知渠道"), _("邮件、企业微信、钉钉、飞书、短信网关、回调；哪一个现在发不出去。")),
    ("/guidance/examples/", _("专业指南的示例"), _("每个人群一份，放进来是草稿，由专业人员改过、审过再发布。")),
    ("/setup/audit/", _("操作记录"), _("谁在什么时候做了什么、看了什么。")),
)


@route(SIGNED_IN)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What can be set up."""
    doors = [{"path": path, "name": name, "about": about} for path, name, about in DOORS if _opens(request, path)]
    return render(request, "screens/setup/index.html", {"doors": doors})


def _opens(request: HttpRequest, path: str) -> bool:
    try:
        declared = getattr(resolve(path).func, "tongzhou_access", None)
    except Resolver404:
        return False
    return declared in (PUBLIC, SIGNED_IN) or (isinstance(declared, Act) and may(actor_of(request), declared))
