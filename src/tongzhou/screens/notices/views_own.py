"""What I was told, how I want to be told, my calendar."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongzhou.kernel import clock
from tongzhou.kernel.access import ANONYMOUS, SIGNED_IN, Actor, route
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.notices import selectors, services
from tongzhou.registers.notices.models import Channel, Notice
from tongzhou.registers.notices.wording import sentence, title
from tongzhou.registers.people.models import Account
from tongzhou.screens.notices.forms import WayForm

__all__ = ["calendar", "drop", "messages_page", "trial", "way"]

#: Notices shown; older ones are found on the things themselves.
SHOWN = 60


@dataclass(frozen=True, slots=True)
class _Line:
    about: str
    text: str
    path: str
    at: Any
    new: bool
    urgent: bool


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    return actor


def _account(request: HttpRequest) -> Account:
    account = request.user
    if not isinstance(account, Account):
        raise Refusal("not_found")
    return account


def _lines(notices: list[Notice]) -> list[_Line]:
    return [
        _Line(title(one.kind), sentence(one.kind, one.facts), one.path, one.created_at, one.read_at is None, one.urgent)
        for one in notices
    ]


@route(SIGNED_IN)
@require_safe
def messages_page(request: HttpRequest) -> HttpResponse:
    """The own notices, the newest first; looking marks them as read."""
    actor = _actor(request)
    found = list(selectors.notices_of(actor)[:SHOWN])
    lines = _lines(found)
    services.mark_read(actor=actor, notices=found, now=clock.now())
    chosen = selectors.preferences_of(actor)
    ways = [{"channel": one, "chosen": chosen.get(one.pk)} for one in selectors.personal_channels()]
    said = {"lines": lines, "ways": ways, "has_calendar": selectors.has_calendar(actor), "most": SHOWN}
    return render(request, "screens/notices/own.html", said)


def _channel(pk: uuid.UUID) -> Channel:
    found = next((one for one in selectors.personal_channels() if one.pk == pk), None)
    if found is None:
        raise Refusal("not_found")
    return found


def refused(form: forms.Form, write: Callable[[], Any], on: str) -> bool:
    """Run a write; a refusal about what was typed goes beside the field `on`. True when it was refused."""
    try:
        write()
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        form.add_error(on if on in form.fields else None, f"{refusal.what} · {refusal.todo}")
        return True
    return False


@route(SIGNED_IN)
@require_http_methods(["GET", "HEAD", "POST"])
def way(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Choose what to hear by one channel."""
    actor, channel = _actor(request), _channel(pk)
    chosen = selectors.preferences_of(actor).get(pk)
    form = WayForm(request.POST or None, channel=channel, chosen=chosen)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if not refused(
            form,
            lambda: services.set_preference(actor=actor, account=_account(request), channel=channel, **said),
            "address",
        ):
            messages.success(request, _("已保存。"))
            return redirect("notices:own")
    status = 422 if form.errors else 200
    return render(
        request, "screens/notices/way.html", {"channel": channel, "form": form, "chosen": chosen}, status=status
    )


@route(SIGNED_IN)
@require_POST
def drop(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """No more by this channel; the address is destroyed."""
    actor = _actor(request)
    chosen = selectors.preferences_of(actor).get(pk)
    if chosen is None:
        raise Refusal("not_found")
    services.drop_preference(actor=actor, preference=chosen)
    messages.success(request, _("不再往那里发；地址已经删去。"))
    return redirect("notices:own")


@route(SIGNED_IN)
@require_POST
def trial(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Send a message to the own address, to see whether it arrives."""
    actor = _actor(request)
    chosen = selectors.preferences_of(actor).get(pk)
    if chosen is None:
        raise Refusal("not_found")
    services.try_preference(actor=actor, preference=chosen)
    messages.success(request, _("一条测试消息正在路上，一般一分钟内到。没有到，这里会写出最后一次的原因。"))
    return redirect("notices:own")


@route(SIGNED_IN)
@require_POST
def calendar(request: HttpRequest) -> HttpResponse:
    """Make the secret address of the own calendar (shown once), or end it."""
    actor, account, now = _actor(request), _account(request), clock.now()
    if request.POST.get("do") == "end":
        services.end_calendar(actor=actor, account=account, now=now)
        messages.success(request, _("日历地址已停用。"))
        return redirect("notices:own")
    secret = services.make_calendar(actor=actor, account=account, now=now)
    address = request.build_absolute_uri(reverse("notices:feed", args=[secret]))
    return render(request, "screens/notices/calendar.html", {"address": address})
