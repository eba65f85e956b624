"""The end of a shift: what is still open, handed to a colleague or the supervisors; what was handed to oneself."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tongzhou.desks.casework.services.handing import LONGEST
from tongzhou.desks.casework.types import MatterKind
from tongzhou.desks.hotline.policies import SIT, TAKE_CONTACT
from tongzhou.flows import hand_shift
from tongzhou.flows.contact_read import lines_of
from tongzhou.flows.hand_shift import Matter
from tongzhou.kernel import clock, ids
from tongzhou.kernel.access import route
from tongzhou.kernel.errors import Refusal
from tongzhou.screens.calls.scene import account_of, actor_of, line_or_none

__all__ = ["give", "handover", "take"]


@route(SIT)
@require_GET
def handover(request: HttpRequest) -> HttpResponse:
    """What is open in my hands, what was handed to me; for a supervisor what lies in nobody's."""
    return _show(request)


def _show(request: HttpRequest, trouble: Refusal | None = None) -> HttpResponse:
    line = line_or_none(request)
    if line is None:
        return render(request, "screens/calls/none.html")
    actor, now = actor_of(request), clock.now()
    given = hand_shift.handed_to(actor)
    received = {one.item for one in given}
    mine = [one for one in hand_shift.own_matters(actor, now) if one.item not in received]
    watches = hand_shift.supervises(actor, line.pk)
    lying = hand_shift.left_open(actor, line, now) if watches else []
    lines = {one.line_id for one in (*mine, *lying)} | {line.pk}
    people = {one: hand_shift.colleagues_next(one, account_of(request), now) for one in lines}
    typed = request.POST if trouble else {}

    def rows(matters: list[Matter]) -> list[dict[str, Any]]:
        return [
            {
                "matter": one,
                "people": people.get(one.line_id, []),
                "path": _path(one),
                "settles": one.kind == MatterKind.ESCALATION and not one.going_on,
                "typed": typed if str(one.item) == typed.get("item") else {},
            }
            for one in matters
        ]

    others = [one for one in lying if one.item not in received and one.item not in {own.item for own in mine}]
    said: dict[str, Any] = {
        "line": line, "lines": lines_of(actor), "watches": watches, "mine": rows(mine), "given": rows(given),
        "lying": rows(others), "trouble": trouble, "longest": LONGEST, "now": now,
        "nobody_next": not people.get(line.pk),
    }  # fmt: skip
    return render(request, "screens/calls/handover.html", said, status=trouble.status if trouble else 200)


def _path(one: Matter) -> str:
    return f"/calls/callbacks/{one.item}/" if one.kind == MatterKind.CALLBACK else f"/calls/{one.item}/"


def _asked(request: HttpRequest) -> tuple[str, uuid.UUID]:
    """Kind and item that were sent. Raises ``not_found``."""
    item = ids.parse_id(str(request.POST.get("item", "")))
    kind = str(request.POST.get("kind", ""))
    if item is None or kind not in MatterKind.values:
        raise Refusal("not_found")
    return kind, item


@route(TAKE_CONTACT)
@require_POST
def give(request: HttpRequest) -> HttpResponse:
    """Hand one thing over, or say that nothing is left to do about it (`do`: ``settle``)."""
    actor, now = actor_of(request), clock.now()
    kind, item = _asked(request)
    try:
        if request.POST.get("do") == "settle":
            hand_shift.settle_matter(actor=actor, kind=kind, item=item, now=now)
            messages.success(request, _("记下了：这件事已经安排好。"))
        else:
            row = hand_shift.hand_matter(
                actor=actor, kind=kind, item=item, to=str(request.POST.get("to", "")),
                note=str(request.POST.get("note", "")), now=now,
            )  # fmt: skip
            messages.success(request, _("交给%(who)s了，对方会收到通知。") % {"who": row.to_name or _("督导")})
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return _show(request, refusal)
    return redirect("calls:handover")


@route(TAKE_CONTACT)
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Take over what was handed to me, or what lies in nobody's hands."""
    kind, item = _asked(request)
    try:
        hand_shift.take_matter(actor=actor_of(request), kind=kind, item=item, now=clock.now())
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return _show(request, refusal)
    if kind == MatterKind.CALLBACK:
        return redirect("calls:callback", pk=item)
    return redirect("calls:contact", pk=item)
