"""Accounts, roles and tokens: the pages of an administrator. Writes ask for the password again after 15 minutes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongzhou.kernel.access import route
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.people import policies, selectors, services
from tongzhou.registers.people.models import Account
from tongzhou.screens.setup.people_common import actor_of_request, confirmed, form_page, page_of, try_write
from tongzhou.screens.setup.people_forms import (
    AccountForm,
    ConsentForm,
    EditAccountForm,
    GrantForm,
    ReasonForm,
    SearchForm,
    TokenForm,
)
from tongzhou.screens.setup.people_words import organisation_names, response_names

__all__ = [
    "account",
    "accounts",
    "close_account",
    "confirm_account",
    "consent",
    "grant",
    "invite",
    "new_account",
    "new_token",
    "open_account",
    "reset_factor",
    "revoke_grant",
    "revoke_token",
]

PER_PAGE = 50


@route(policies.LIST_ACCOUNTS)
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """Every account, by name, role and state."""
    form = SearchForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    rows = selectors.accounts(actor=actor_of_request(request), **wanted)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    roles = selectors.roles_of(actor=actor_of_request(request), accounts=list(page.object_list))
    for one in page.object_list:
        one.role_labels = roles.get(one.pk, [])
    waiting = selectors.waiting_for_second(actor=actor_of_request(request))
    return render(request, "screens/setup/people/accounts.html", {"form": form, "page": page, "waiting": waiting})


@route(policies.MAKE_ACCOUNT)
@confirmed
@form_page
def new_account(request: HttpRequest) -> HttpResponse:
    """Make an account; the next page invites it and gives it roles."""
    form = AccountForm(request.POST or None)
    made: list[Account] = []
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data

        def write() -> None:
            made.append(
                services.create_account(
                    actor=actor_of_request(request),
                    login=said["login"],
                    name=said["name"],
                    email=said["email"],
                    is_adult=said["kind"] != "minor",
                    is_program=said["kind"] == "program",
                )
            )

        if try_write(form, write, on="login"):
            messages.success(request, _("账号已建好。接着给它角色，再发邀请链接。"))
            return redirect("setup:account", account_id=made[0].pk)
    return page_of(request, "new_account.html", form)


@route(policies.LIST_ACCOUNTS)
@form_page
def account(request: HttpRequest, account_id: uuid.UUID) -> HttpResponse:
    """One account: who, which roles since when, tokens, teams."""
    actor = actor_of_request(request)
    found = selectors.get_account(actor=actor, account_id=account_id)
    form = EditAccountForm(
        request.POST or None, initial={"name": found.name, "email": found.email, "version": found.version}
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        write = lambda: services.change_account(  # noqa: E731
            actor=actor, account=found, expect=said["version"], name=said["name"], email=said["email"]
        )
        if try_write(form, write, on="email"):
            messages.success(request, _("已保存。"))
            return redirect("setup:account", account_id=account_id)
    held = selectors.account_page(actor=actor, account=found)
    lines = [*held["grants"], *held["past_grants"]]
    named: dict[str, Any] = {
        "organisations": organisation_names(actor, lines),
        "responses": response_names(actor, lines),
    }
    return page_of(request, "account.html", form, account=found, **held, **named)


@route(policies.INVITE)
@confirmed
@form_page
def invite(request: HttpRequest, account_id: uuid.UUID) -> HttpResponse:
    """Make a one-time link and show it, once."""
    actor = actor_of_request(request)
    found = selectors.get_account(actor=actor, account_id=account_id)
    form = ReasonForm(request.POST or None)
    links: list[str] = []
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if try_write(form, lambda: links.append(services.invite(actor=actor, account=found, reason=reason))):
            link = request.build_absolute_uri(reverse("people:invitation", args=[links[0]]))
            return render(request, "screens/setup/people/link.html", {"account": found, "link": link})
    title = _("发重设密码的链接") if found.has_usable_password() else _("发邀请链接")
    about = _("链接 7 天内有效，只能用一次，只显示一次。请当面或用可靠的方式交给本人。原来没用过的链接会作废。")
    return _reason(request, form, found, title, about, _("生成链接"))


def _reason(
    request: HttpRequest, form: forms.Form, account: Account, title: str, about: str, button: str, *, stop: bool = False
) -> HttpResponse:
    return page_of(request, "reason.html", form, account=account, title=title, about=about, button=button, stop=stop)


@route(policies.RECORD_CONSENT)
@confirmed
@form_page
def consent(request: HttpRequest, account_id: uuid.UUID) -> HttpResponse:
    """Record a guardian's consent; the minor's account opens with it."""
    actor = actor_of_request(request)
    found = selectors.get_account(actor=actor, account_id=account_id)
    if found.is_adult or found.consent_at is not None:
        raise Refusal("not_found")
    form = ConsentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        services.record_guardian_consent(
            actor=actor, account=found, relation=said["relation"], evidence=said["evidence"]
        )
        messages.success(request, _("已记录监护人的同意，账号已启用。"))
        return redirect("setup:account", account_id=account_id)
    title, about = _("记录监护人的同意"), _("未满 18 岁的人要有监护人书面同意才能参加。")
    return _reason(request, form, found, title, about, _("记录同意"))


def _with_reason(
    request: HttpRequest,
    account_id: uuid.UUID,
    write: Callable[..., Any],
    title: str,
    about: str,
    *,
    done: str,
    stop: bool,
) -> HttpResponse:
    """A page that asks why and then does one thing to an account."""
    actor = actor_of_request(request)
    found = selectors.get_account(actor=actor, account_id=account_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if try_write(form, lambda: write(actor=actor, account=found, reason=reason)):
            messages.success(request, done)
            return redirect("setup:account", account_id=account_id)
    return _reason(request, form, found, title, about, title, stop=stop)


@route(policies.CHANGE_ACCOUNT)
@confirmed
@form_page
def close_account(request: HttpRequest, account_id: uuid.UUID) -> HttpResponse:
    """Close an account."""
    about = _("马上退出登录，令牌和链接都失效。记录都保留，以后可以再启用。")
    return _with_reason(
        request, account_id, services.deactivate, _("停用账号"), about, done=_("账号已停用。"), stop=True
    )


@route(policies.CHANGE_ACCOUNT)
@confirmed
@form_page
def open_account(request: HttpRequest, account_id: uuid.UUID) -> HttpResponse:
    """Open a closed account again."""
    about = _("原来的角色只要还没到期、没被收回，就会恢复。")
    return _with_reason(
        request, account_id, services.activate, _("重新启用账号"), about, done=_("账号已启用。"), stop=False
    )


@route(policies.CONFIRM_LINK)
@confirmed
@form_page
def confirm_account(request: HttpRequest, account_id: uuid.UUID) -> HttpResponse:
    """A second administrator says that the person opened the link."""
    about = _("请先联系本人，当面或回拨登记的电话，问清密码是本人设的。确认以后，能看联系方式、能授权的角色才生效。")
    done = _("已确认，角色已经生效。")
    return _with_reason(request, account_id, services.confirm_link, _("确认是本人"), about, done=done, stop=False)


@route(policies.RESET_FACTOR)
@confirmed
@form_page
def reset_factor(request: HttpRequest, account_id: uuid.UUID) -> HttpResponse:
    """Forget the second factor of somebody who lost it."""
    about = _("请先确认是本人，例如当面或回拨登记的电话。本人下次用密码登录后，要重新设置第二重验证。")
    return _with_reason(
        request,
        account_id,
        services.reset_second_factor,
        _("重设第二重验证"),
        about,
        done=_("第二重验证已重设。"),
        stop=True,
    )


@route(policies.GIVE_ROLE)
@confirmed
@form_page
def grant(request: HttpRequest, account_id: uuid.UUID) -> HttpResponse:
    """Give a role."""
    actor = actor_of_request(request)
    found = selectors.get_account(actor=actor, account_id=account_id)
    form = GrantForm(request.POST or None, actor=actor)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data

        def write() -> None:
            services.grant_role(
                actor=actor,
                account=found,
                role=said["role"],
                line=said["line"],
                area=said["area"],
                response_id=said["response"].pk if said["response"] else None,
                organisation_id=said["organisation"].pk if said["organisation"] else None,
                valid_until=said["until"],
                reason=said["reason"],
            )

        if try_write(form, write, on="role"):
            messages.success(request, _("角色已授予，马上生效。"))
            return redirect("setup:account", account_id=account_id)
    return page_of(request, "grant.html", form, account=found)


@route(policies.TAKE_ROLE)
@confirmed
@form_page
def revoke_grant(request: HttpRequest, grant_id: uuid.UUID) -> HttpResponse:
    """Take a role back."""
    actor = actor_of_request(request)
    found = selectors.get_grant(actor=actor, grant_id=grant_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if try_write(form, lambda: services.revoke_grant(actor=actor, grant=found, reason=reason)):
            messages.success(request, _("角色已收回，马上生效。"))
            return redirect("setup:account", account_id=found.account_id)
    [line] = selectors.describe([found])
    about = f"{line.role} · {line.line} · {line.area}"
    return _reason(request, form, found.account, _("收回角色"), about, _("收回角色"), stop=True)


@route(policies.MAKE_TOKEN)
@confirmed
@form_page
def new_token(request: HttpRequest, account_id: uuid.UUID) -> HttpResponse:
    """Make a token and show its secret, once."""
    actor = actor_of_request(request)
    found = selectors.get_account(actor=actor, account_id=account_id)
    form = TokenForm(request.POST or None)
    made: list[str] = []
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data

        def write() -> None:
            made.append(
                services.create_token(
                    actor=actor,
                    account=found,
                    name=said["name"],
                    scopes=said["scopes"],
                    expires_at=said["until"],
                    reason=said["reason"],
                )[1]
            )

        if try_write(form, write):
            return render(request, "screens/setup/people/token.html", {"account": found, "secret": made[0]})
    return page_of(request, "new_token.html", form, account=found)


@route(policies.REVOKE_TOKEN)
@confirmed
@form_page
def revoke_token(request: HttpRequest, token_id: uuid.UUID) -> HttpResponse:
    """End a token."""
    actor = actor_of_request(request)
    found = selectors.get_token(actor=actor, token_id=token_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if try_write(form, lambda: services.revoke_token(actor=actor, token=found, reason=reason)):
            messages.success(request, _("令牌已作废，马上生效。"))
            return redirect("setup:account", account_id=found.account_id)
    about = _("用它的程序会马上连不上。")
    return _reason(
        request, form, found.account, _("作废令牌“%(name)s”") % {"name": found.name}, about, _("作废"), stop=True
    )
