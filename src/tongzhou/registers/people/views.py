"""The own account, its second factor, and the link that opens an account."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from allauth.account import views as account_views
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from tongzhou.kernel import audit, throttle
from tongzhou.kernel.access import PUBLIC, SIGNED_IN, Actor, route
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.people import selectors, services
from tongzhou.registers.people.actors import actor_of
from tongzhou.registers.people.adapters import SecondFactorAdapter
from tongzhou.registers.people.forms import FirstPasswordForm, PreferencesForm
from tongzhou.registers.people.models import Account
from tongzhou.registers.people.policies import BEFORE_SECOND_FACTOR, CHANGE_OWN
from tongzhou.registers.people.types import COORDINATOR, LIAISON, VERIFIER, VOLUNTEER

__all__ = ["factor_page", "invitation", "landing", "own", "password", "remember_choices", "second_factor"]

View = Callable[..., HttpResponseBase]
_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def _actor(request: HttpRequest) -> Actor:
    return actor_of(request)


def _account(request: HttpRequest) -> Account:
    """The signed-in account (the declaration of the view made sure there is one)."""
    return cast(Account, request.user)


def _has_factor(account: Account) -> bool:
    return bool(Authenticator.objects.filter(user=account, type__in=_FACTORS).exists())


def _factors_of(account: Account) -> list[tuple[int, str]]:
    return sorted((row.pk, str(row.type)) for row in Authenticator.objects.filter(user=account).only("pk", "type"))


def remember_choices(response: HttpResponse, account: Account) -> HttpResponse:
    """The account's language and colours as this browser's cookies."""
    if account.language:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, account.language, max_age=settings.LANGUAGE_COOKIE_AGE, samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )  # fmt: skip
    if account.theme:
        response.set_cookie(
            "theme",
            account.theme,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response


@route(SIGNED_IN)
@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """Where a sign-in leads: who works on needs to the desk, volunteers to their tasks, others to the own account."""
    roles = _actor(request).roles
    works = settings.LOGIN_REDIRECT_URL if roles & {COORDINATOR, VERIFIER, LIAISON} else ""
    tasks = settings.VOLUNTEER_REDIRECT_URL if VOLUNTEER in roles else ""
    return remember_choices(redirect(works or tasks or "people:own"), _account(request))


@route(SIGNED_IN)
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """The own account: roles, safety of the sign-in, language and colours."""
    account = _account(request)
    form = PreferencesForm(request.POST or None, initial={"language": account.language, "theme": account.theme})
    if request.method == "POST" and form.is_valid():
        row = Account.objects.get(pk=account.pk)  # request.user is a lazy stand-in, not a row to write
        services.set_preferences(actor=_actor(request), account=row, **form.cleaned_data)
        return remember_choices(redirect("people:own"), row)
    context = {"account": account, "form": form, **selectors.own_page(actor=_actor(request), account=account)}
    return render(request, "people/own.html", context, status=422 if form.errors else 200)


@route(SIGNED_IN)
def password(request: HttpRequest) -> HttpResponseBase:
    """A new password; an account that has none (the demo's roles) has no such page."""
    if not _account(request).has_usable_password():
        raise Refusal("not_found")
    answer: HttpResponseBase = account_views.password_change(request)
    return answer


def _next_path(request: HttpRequest) -> str:
    wanted = request.GET.get("next", "")
    allowed = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if allowed else reverse("people:landing")


@route(BEFORE_SECOND_FACTOR)
@require_safe
def second_factor(request: HttpRequest) -> HttpResponse:
    """Why a role needs a second factor, and the way to set one up or to confirm it."""
    account, actor = _account(request), _actor(request)
    if not actor.lacks_second_factor:
        return redirect(_next_path(request))
    context = {
        "account": account,
        "has_factor": _has_factor(account),
        "next": _next_path(request),
        "roles": selectors.role_names(actor),
    }
    return render(request, "people/second_factor.html", context)


def _may_remove(request: HttpRequest, account: Account, key: int) -> bool:
    """False, with a message, when a role needs a factor and this is the last."""
    found = Authenticator.objects.filter(pk=key, user=account).first()
    if found is None or get_adapter().can_delete_authenticator(found):
        return True
    messages.error(request, str(SecondFactorAdapter.error_messages["cannot_delete_authenticator"]))
    return False


def factor_page(view: View, *, confirms: bool = False, removes: bool = False) -> View:
    """A page of allauth about the second factor, opened only to a session that used the factor there is.

    Without this, somebody with a stolen password could replace the authenticator. Setting up the first one counts as
    having used it: the code was typed, or the passkey answered, a moment ago.
    """

    @route(BEFORE_SECOND_FACTOR)
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        account = _account(request)
        had = _has_factor(account)
        if had and not _actor(request).second_factor and not confirms:
            return redirect("people:second_factor")
        if removes and not _may_remove(request, account, kwargs["pk"]):
            return redirect("mfa_list_webauthn")
        with transaction.atomic():
            before = _factors_of(account)
            response = view(request, *args, **kwargs)
            after = _factors_of(account) if request.method == "POST" else before
            if before != after:
                said = {"second_factor": [[kind for _, kind in before], [kind for _, kind in after]]}
                audit.record(actor=actor_of(request), act=CHANGE_OWN, obj=account, changes=said)
        if confirms and response.headers.get("Location") == reverse(settings.LOGIN_URL):
            return redirect(request.get_full_path())  # allauth's own answer to a bad passkey leads away from here
        proven = [row for row in after if row[1] in _FACTORS]
        if not had and proven:
            record_authentication(request, account, "mfa", id=proven[0][0], type=proven[0][1], reauthenticated=True)
            request.session.cycle_key()
        return response

    guarded.__dict__.pop("__wrapped__", None)
    return guarded


@route(PUBLIC)
@sensitive_post_parameters()
@sensitive_variables("secret")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """The one-time link: choose a password, then sign in."""
    throttle.hit("invitation", request.META.get("REMOTE_ADDR", ""), limit=60, seconds=600)
    found = services.find_invitation(secret)
    form = FirstPasswordForm(request.POST or None, account=found.account)
    if request.method == "POST" and form.is_valid():
        try:
            services.accept_invitation(secret=secret, password=form.cleaned_data["password1"])
        except ValidationError as error:
            form.add_error("password1", error)
        else:
            return redirect(f"{reverse('account_login')}?welcome=1")
    context = {"form": form, "account": found.account, "purpose": found.purpose, "expires_at": found.expires_at}
    return render(request, "people/invitation.html", context, status=422 if form.errors else 200)
