"""What somebody sees who scanned a team's code: who asks, the short form, or why it is not open."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from tongzhou.chain.dispatch.models import TeamEntrance
from tongzhou.chain.dispatch.selectors import crew
from tongzhou.chain.intake.forms.public import PublicForm, from_our_page
from tongzhou.flows.join_team import join as join_team
from tongzhou.flows.join_team import join_as
from tongzhou.kernel import clock, throttle
from tongzhou.kernel.access import PUBLIC, Actor, route
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.people.models import Account
from tongzhou.registers.people.selectors import area_names
from tongzhou.registers.people.types import VOLUNTEER
from tongzhou.screens.teams.forms import JoinAsForm, JoinForm

__all__ = ["join"]

#: A whole team may scan behind one address; guessing secrets is slow.
JOINS, MISSES, SECONDS = 100, 30, 600
#: Refusals that are a page of their own: nothing in the form would change them.
_SHUT = ("entrance_closed", "entrance_over", "entrance_full")


def _entrance(request: HttpRequest, secret: str) -> TeamEntrance:
    try:
        return crew.entrance_with(secret)
    except Refusal:
        throttle.hit("join-miss", str(request.client_address), limit=MISSES, seconds=SECONDS)  # type: ignore[attr-defined]
        raise


def _page(request: HttpRequest, template: str, one: TeamEntrance, status: int = 200, **more: Any) -> HttpResponse:
    said = {"entrance": one, "team": one.team, "area": area_names([one.team.area])[one.team.area], **more}
    return render(request, f"screens/teams/{template}.html", said, status=status)


@csrf_exempt  # checked below, so that the form comes back filled in instead of a page without it
@route(PUBLIC)
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """Come into the team."""
    one, now = _entrance(request, secret), clock.now()
    actor: Actor = request.actor  # type: ignore[attr-defined]
    member = VOLUNTEER in actor.roles and one.team_id in crew.own_team_ids(actor.account_id)
    if member and request.method != "POST":
        return redirect("/my/")
    try:
        crew.refuse_unless_open(one, now)
        if actor.signed_in and actor.roles - {VOLUNTEER}:
            raise Refusal("join_with_other")
        answer = _post(request, one, actor) if request.method == "POST" else None
    except Refusal as refusal:
        if refusal.code not in (*_SHUT, "join_with_other"):
            raise
        return _page(request, "shut", one, refusal.status, refusal=refusal)
    return answer or _show(request, one, JoinAsForm() if actor.signed_in else JoinForm())


def _show(request: HttpRequest, one: TeamEntrance, form: PublicForm, status: int = 200, **more: Any) -> HttpResponse:
    left = max(0, one.most - crew.joined_by(one))
    return _page(request, "join", one, status, form=form, left=left, known=isinstance(form, JoinAsForm), **more)


def _post(request: HttpRequest, one: TeamEntrance, actor: Actor) -> HttpResponse:
    form: PublicForm = JoinAsForm(request.POST) if actor.signed_in else JoinForm(request.POST)
    if not from_our_page(request):
        words = {name: request.POST.get(name) for name in request.POST if not name.startswith("password")}
        return _show(request, one, type(form)(initial=words), 403, trouble=Refusal("form_expired"))
    if not form.is_valid():
        return _show(request, one, form, 422)
    got = form.cleaned_data
    if form.trapped:
        raise Refusal("entrance_full", most=one.most)
    if actor.signed_in:
        join_as(actor=actor, entrance=one, healthy=got["healthy"], kit=got["kit"], now=clock.now())
        return redirect("/my/")
    if got["adult"] != "yes":
        return _page(request, "minor", one, name=got["name"])
    return _join_new(request, one, cast(JoinForm, form))


def _join_new(request: HttpRequest, one: TeamEntrance, form: JoinForm) -> HttpResponse:
    got = form.cleaned_data
    throttle.hit("join", str(request.client_address), limit=JOINS, seconds=SECONDS)  # type: ignore[attr-defined]
    try:
        done = join_team(
            entrance=one, name=got["name"], login=got["login"], password=got["password1"], adult=True,
            healthy=got["healthy"], kit=got["kit"], key=got["key"], now=clock.now(),
        )  # fmt: skip
    except ValidationError as error:
        form.add_error(None, error)
        return _show(request, one, form, 422)
    except Refusal as refusal:
        if refusal.code not in ("login_taken", "key_reused"):
            raise
        if refusal.code == "login_taken":
            form.add_error("login", _("这个登录名已经有人用了，请换一个，或者留空"))
            return _show(request, one, form, 422)
        return _show(request, one, form, refusal.status, trouble=refusal)
    if not done.account.check_password(got["password1"]):
        return redirect(f"{reverse('account_login')}?welcome=1")
    _sign_in(request, done.account)
    return redirect("/my/?welcome=1")


def _sign_in(request: HttpRequest, account: Account) -> None:
    """Whoever just chose the password is signed in with it."""
    account.backend = settings.AUTHENTICATION_BACKENDS[-1]  # type: ignore[attr-defined]
    record_authentication(request, account, "password", username=account.login)
    get_adapter(request).login(request, account)
