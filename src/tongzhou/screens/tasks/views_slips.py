"""Paper for people without a smartphone: a slip to carry, and the page where what stands on it is typed in."""

from __future__ import annotations

import uuid
from typing import Any

import segno
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongzhou.chain.delivery.types import Difference
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.policies import ENTER_RESULTS, PRINT_SLIP
from tongzhou.chain.dispatch.selectors import crew
from tongzhou.chain.dispatch.types import AssignmentState
from tongzhou.flows.enter_results import enter_result
from tongzhou.flows.finish_task import in_hand
from tongzhou.flows.reveal_delivery_contact import reveal
from tongzhou.kernel import clock, ids
from tongzhou.kernel.access import Actor, may, route, scope
from tongzhou.kernel.errors import Refusal
from tongzhou.screens.tasks.forms import SlipForm
from tongzhou.screens.tasks.views_list import actor_of
from tongzhou.screens.tasks.words import lines_of, unit_of

__all__ = ["slip", "slips"]

SHOWN = 100
#: What a slip may be about: still to be taken by whoever gets the slip, or on its way.
_OUT = (AssignmentState.PROPOSED, AssignmentState.ACCEPTED, AssignmentState.IN_TRANSIT, AssignmentState.DELIVERED)


def _looked_after(actor: Actor) -> QuerySet[Assignment]:
    """Assignments waiting or on their way in the actor's line and area."""
    inside = scope(actor, ENTER_RESULTS, organisation="")
    rows = Assignment.objects.filter(inside, state__in=_OUT)
    return rows.select_related("need", "place", "category", "team").order_by("urgency", "accepted_at", "id")


def _of(actor: Actor, code: str) -> Assignment:
    wanted = ids.parse_code(code)
    found = _looked_after(actor).filter(code=wanted).first() if wanted else None
    if found is None and wanted:
        found = crew.team_tasks(actor).filter(code=wanted, holder_id=actor.account_id, state__in=_OUT).first()
    if found is None:
        raise Refusal("not_found")
    return found


@route(PRINT_SLIP)
@require_http_methods(["GET", "HEAD", "POST"])
def slip(request: HttpRequest, code: str) -> HttpResponse:
    """A5: code, what, tick boxes, signature. The contact is left to be written by hand, or (POST) opened and logged."""
    actor = actor_of(request)
    one = _of(actor, code)
    contact: dict[str, str] = {}
    if request.method == "POST":
        contact = reveal(actor=actor, assignment=one, now=clock.now())
    (line,) = lines_of([one], actor.account_id)
    address = request.build_absolute_uri(reverse("tasks:task", args=[one.code]))
    said: dict[str, Any] = {
        "one": one, "line": line, "contact": contact, "unit": unit_of(one), "now": clock.now(),
        "qr": segno.make(address, error="m").svg_data_uri(scale=5, border=1, light="#fff"),
        "reasons": [label for _value, label in Difference.choices], "enters": may(actor, ENTER_RESULTS),
    }  # fmt: skip
    return render(request, "screens/tasks/slip.html", said)


@route(ENTER_RESULTS)
@require_http_methods(["GET", "HEAD", "POST"])
def slips(request: HttpRequest) -> HttpResponse:
    """Find the slip's task by its code, type in what stands on it."""
    actor = actor_of(request)
    typed = str(request.POST.get("code") or request.GET.get("code") or "")[:40]
    one, trouble = None, None
    if typed:
        try:
            one = _of(actor, typed)
        except Refusal:
            trouble = True
    form = SlipForm(request.POST or None, total=in_hand(one), unit=unit_of(one)) if one is not None else None
    if one is not None and form is not None and request.method == "POST" and form.is_valid():
        done = _enter(request, actor, one, form)
        if done is not None:
            return done
    rows = list(_looked_after(actor)[: SHOWN + 1])
    more, rows = len(rows) > SHOWN, rows[:SHOWN]
    said = {
        "form": form, "typed": typed, "trouble": trouble, "line": lines_of([one], None)[0] if one else None,
        "rows": list(zip(lines_of(rows, None), rows, strict=True)), "more": more, "shown": SHOWN,
    }  # fmt: skip
    return render(request, "screens/tasks/slips.html", said, status=422 if form is not None and form.errors else 200)


def _enter(request: HttpRequest, actor: Actor, one: Assignment, form: SlipForm) -> HttpResponse | None:
    got = form.cleaned_data
    try:
        enter_result(
            actor=actor, assignment=one, name=got["name"], received=got["received"], refused=got["refused"],
            missing=form.missing, difference=got["difference"], note=got["note"],
            key=got["key"] or str(uuid.uuid4()), now=clock.now(),
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.status not in (400, 409, 422):
            raise
        form.add_error(None, f"{refusal.what} · {refusal.todo}")
        return None
    messages.success(request, _("记下了：%(code)s，纸条请存好。") % {"code": ids.format_code(one.code)})
    return redirect("tasks:slips")
