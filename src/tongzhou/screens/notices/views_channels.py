"""The ways out of the house, for an administrator: set up, change, see how they do."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongzhou.flows.send_messages import SENT_KINDS
from tongzhou.kernel.access import route
from tongzhou.registers.notices import selectors, services
from tongzhou.registers.notices.policies import MANAGE_CHANNELS
from tongzhou.registers.responses.models import Response
from tongzhou.screens.notices.forms import ChangeChannelForm, ChannelForm
from tongzhou.screens.notices.views_own import _actor, refused

__all__ = ["channel", "channels", "new", "trial"]


@route(MANAGE_CHANNELS)
@require_safe
def channels(request: HttpRequest) -> HttpResponse:
    """Every channel with how it does, and what waits to be sent."""
    actor = _actor(request)
    said = {"channels": selectors.channels(actor), "waiting": selectors.waiting(actor, SENT_KINDS)}
    return render(request, "screens/notices/channels.html", said)


@route(MANAGE_CHANNELS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Set up a channel."""
    form = ChannelForm(request.POST or None, responses=Response.objects.order_by("slug"))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data | {"language": form.cleaned_data["language"] or "zh-hans"}
        if not refused(form, lambda: services.add_channel(actor=_actor(request), **said), "address"):
            messages.success(request, _("渠道已设好。地址和密钥已加密，以后不再显示。"))
            return redirect("notices:channels")
    status = 422 if form.errors else 200
    return render(request, "screens/notices/channel_new.html", {"form": form}, status=status)


@route(MANAGE_CHANNELS)
@require_http_methods(["GET", "HEAD", "POST"])
def channel(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change a channel."""
    actor = _actor(request)
    found = selectors.get_channel(actor, pk)
    form = ChangeChannelForm(request.POST or None, channel=found)
    if request.method == "POST" and form.is_valid():
        said = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        expect = form.cleaned_data["version"]
        if not refused(
            form, lambda: services.change_channel(actor=actor, channel=found, expect=expect, **said), "address"
        ):
            messages.success(request, _("已保存。"))
            return redirect("notices:channels")
    status = 422 if form.errors else 200
    return render(request, "screens/notices/channel.html", {"channel": found, "form": form}, status=status)


@route(MANAGE_CHANNELS)
@require_POST
def trial(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Send a message to the channel's own group or mailbox, to see whether it arrives."""
    actor = _actor(request)
    services.try_channel(actor=actor, channel=selectors.get_channel(actor, pk))
    messages.success(request, _("一条测试消息正在路上，一般一分钟内到。没有到，这里会写出最后一次的原因。"))
    return redirect("notices:channels")
