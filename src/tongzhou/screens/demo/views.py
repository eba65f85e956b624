"""The guided tour and the way in as a role; every view answers 404 unless this is the demo."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from tongzhou.kernel.access import ANONYMOUS, PUBLIC, Actor, route
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.people.services import sign_in_as_demo_role
from tongzhou.screens.demo import selectors

__all__ = ["enter", "look_as", "sheet", "tour"]


def _only_in_the_demo() -> None:
    if settings.TONGZHOU_DEMO is not True:
        raise Refusal("not_found")


def _next(request: HttpRequest, said: str) -> str:
    """Where to go: a page of this site, else the desk."""
    fine = url_has_allowed_host_and_scheme(said, allowed_hosts=None, require_https=request.is_secure())
    return said if fine and said.startswith("/") else "/desk/"


@route(PUBLIC)
@require_safe
def tour(request: HttpRequest) -> HttpResponse:
    """Five steps, the roles, and how much of it is made up."""
    _only_in_the_demo()
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    listed = selectors.roles()
    names = {one.login: gettext(one.name) for one in listed}
    page = {
        "roles": listed, "me": str(actor.account_id or ""), "totals": selectors.totals(),
        "steps": [{"step": one, "name": names.get(one.login, "")} for one in selectors.steps()],
        "next": _next(request, request.GET.get("next", "/desk/")),
    }  # fmt: skip
    return render(request, "screens/demo/tour.html", page)


@route(PUBLIC)
@require_safe
def enter(request: HttpRequest) -> HttpResponse:
    """The first page of a visitor: the desk, as the first role."""
    _only_in_the_demo()
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    first = selectors.first_role()
    if first is None:
        return redirect("demo:tour")
    if not actor.signed_in:
        sign_in_as_demo_role(request, first)
    return redirect(_next(request, request.GET.get("next", "/desk/")))


@route(PUBLIC)
@require_POST
def look_as(request: HttpRequest) -> HttpResponse:
    """Go on as another role (以…身份看)."""
    _only_in_the_demo()
    account = selectors.role_of(request.POST.get("role", ""))
    if account is None:
        raise Refusal("not_found")
    sign_in_as_demo_role(request, account)
    return redirect(_next(request, request.POST.get("next", "/desk/")))


@route(PUBLIC)
@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """The made-up hospital sheet of the first step."""
    _only_in_the_demo()
    answer = HttpResponse(
        selectors.sample_sheet(), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    answer["Content-Disposition"] = 'attachment; filename="synthetic-hospital.xlsx"'
    return answer
