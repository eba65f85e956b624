"""The door of the line: crisis numbers, the truth about waiting, and three ways in. No account, no name."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongzhou.desks.hotline.types import GOING_ON
from tongzhou.desks.professionals.models import ServiceLine
from tongzhou.flows.contact_begin import begin_contact, contact_of_secret, take_up_again
from tongzhou.flows.contact_callback import ask_line_callback
from tongzhou.flows.contact_read import heard_by_caller
from tongzhou.kernel import clock, throttle
from tongzhou.kernel.access import PUBLIC, route
from tongzhou.kernel.errors import Refusal
from tongzhou.screens.talk import caller
from tongzhou.screens.talk.forms import BackForm, BeginForm, CallMeForm

__all__ = ["back", "callback", "door", "kept", "quit_talk"]


def _address(request: HttpRequest) -> str:
    return str(request.client_address)  # type: ignore[attr-defined]


def _about(line: ServiceLine | None, lines: list[ServiceLine]) -> dict[str, Any]:
    """What the door says about a line, as it is now."""
    now = clock.now()
    if line is None:
        return {"line": None, "lines": []}
    seen, minutes = heard_by_caller(line.pk, now)
    return {
        "line": line,
        "lines": lines,
        "is_open": line.is_open(now),
        "waiting": len(seen.queue),
        "seats": seen.open_seats,
        "minutes": minutes,
    }


@route(PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
def door(request: HttpRequest) -> HttpResponse:
    """The door; a POST begins to wait."""
    line, lines = caller.chosen_line(request)
    said = _about(line, lines) | {"going_on": caller.own_contact_or_none(request)}
    if line is None:
        return render(request, "screens/talk/none.html", said, status=404 if request.method == "POST" else 200)
    if request.method != "POST":
        return render(request, "screens/talk/door.html", said | {"form": BeginForm(line=line)})
    if said["going_on"] is not None and said["going_on"].state in GOING_ON:
        return redirect("talk:room")  # pressed twice, or back: the one conversation goes on
    form = BeginForm(request.POST, line=line)
    if not form.is_valid():
        return render(request, "screens/talk/door.html", said | {"form": form}, status=422)
    typed = form.cleaned_data
    try:
        begun = begin_contact(
            line=line, now=clock.now(), language=typed["language"], place_id=typed["place"], topic=typed["topic"],
            urgent=typed["urgent"], again_code=typed["code"], address=_address(request),
        )  # fmt: skip
    except Refusal as refusal:
        return render(
            request, "screens/talk/door.html", said | {"form": form, "trouble": refusal}, status=refusal.status
        )
    answer = redirect("talk:room")
    caller.keep(answer, begun.secret)
    return answer


@route(PUBLIC)
@require_GET
def kept(request: HttpRequest) -> HttpResponse:
    """What is kept, for how long, who can read it."""
    return render(request, "screens/talk/kept.html")


@route(PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
def callback(request: HttpRequest) -> HttpResponse:
    """Leave a number; taken when the line is closed, too."""
    line, lines = caller.chosen_line(request)
    if line is None:
        return render(request, "screens/talk/none.html", _about(line, lines), status=404)
    said: dict[str, Any] = {"line": line, "lines": lines}
    if request.method != "POST":
        return render(request, "screens/talk/callback.html", said | {"form": CallMeForm(line=line)})
    form = CallMeForm(request.POST, line=line)
    if not form.is_valid():
        return render(request, "screens/talk/callback.html", said | {"form": form}, status=422)
    typed = form.cleaned_data
    try:
        ask_line_callback(
            line=line, phone=typed["phone"], words=typed["words"], language=typed["language"],
            address=_address(request), now=clock.now(), contact=caller.own_contact_or_none(request),
        )  # fmt: skip
    except Refusal as refusal:
        said |= {"form": form, "trouble": refusal}
        return render(request, "screens/talk/callback.html", said, status=refusal.status)
    return render(request, "screens/talk/callback_done.html", said | {"is_open": line.is_open(clock.now())})


@route(PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
def back(request: HttpRequest) -> HttpResponse:
    """Go on with a key, on this device or another one."""
    form = BackForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, "screens/talk/back.html", {"form": form})
    throttle.hit("line-back", _address(request), limit=20, seconds=600)
    secret = "".join(str(request.POST.get("key", "")).split())[:64]
    contact = contact_of_secret(secret, clock.now())
    if contact is None:
        if form.is_valid():
            form.add_error("key", _("没有找到：也许抄错了，也许已经过了 24 小时。可以重新开始，不用解释。"))
        return render(request, "screens/talk/back.html", {"form": form}, status=422)
    take_up_again(contact_id=contact.pk)
    answer = redirect("talk:room")
    caller.keep(answer, secret)
    return answer


@route(PUBLIC)
@require_POST
def quit_talk(request: HttpRequest) -> HttpResponse:
    """Leave no way back in this browser. The conversation waits three minutes, then pauses."""
    answer = redirect("home:front")
    caller.forget(answer)
    return answer
