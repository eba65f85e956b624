"""`/a/<number>/`: whoever stands at the door types the receiver's code and what arrived. No account, no contact."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods

from tongzhou.chain.delivery.forms import CodeForm
from tongzhou.chain.delivery.types import HowConfirmed
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.selectors.assignments import assignment_of_code
from tongzhou.chain.dispatch.selectors.balances import of_assignments
from tongzhou.chain.dispatch.selectors.words import how_much, sender_of, what_of
from tongzhou.chain.dispatch.types import AssignmentState, Balance
from tongzhou.chain.intake.forms.public import from_our_page
from tongzhou.flows.confirm_delivery import confirm
from tongzhou.kernel import clock, throttle
from tongzhou.kernel.access import ANONYMOUS, PUBLIC, route
from tongzhou.kernel.errors import Refusal
from tongzhou.screens.assignments.tables import TONES

__all__ = ["arrived"]

#: Looks from one address in ten minutes, and how many of them may be wrong.
MOST_LOOKS, MOST_WRONG, SECONDS = 120, 20, 600
_GOING = (AssignmentState.ACCEPTED, AssignmentState.IN_TRANSIT, AssignmentState.DELIVERED)


def _find(request: HttpRequest, code: str) -> Assignment:
    """The assignment of a number; guessing is slowed down."""
    address = str(request.client_address)  # type: ignore[attr-defined]
    throttle.hit("assignment-look", address, limit=MOST_LOOKS, seconds=SECONDS)
    try:
        return assignment_of_code(code)
    except Refusal:
        throttle.hit("assignment-wrong", address, limit=MOST_WRONG, seconds=SECONDS)
        raise


@csrf_exempt  # checked below, so that what was typed comes back
@route(PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
@gzip_page
def arrived(request: HttpRequest, code: str) -> HttpResponse:
    """What it is and how it stands; with the receiver's code (typed, or in a scanned address), what arrived."""
    one = _find(request, code)
    if code != one.code:
        return redirect("assignments:arrived", one.code)
    sums = of_assignments([one.pk])[one.pk]
    most = sums[Balance.IN_TRANSIT] or sums[Balance.ACCEPTED]
    scanned = request.GET.get("c", "")[:20]
    if request.method != "POST":
        return _page(request, one, CodeForm(one=one, most=most, initial={"code": scanned}), most)
    if not from_our_page(request):
        words = {name: request.POST.get(name) for name in request.POST if name not in ("key", "version")}
        return _page(request, one, CodeForm(one=one, initial=words), most, status=403, trouble=Refusal("form_expired"))
    form = CodeForm(request.POST, one=one)
    if not form.is_valid():
        return _page(request, one, form, most, status=422)
    typed = form.cleaned_data["code"]
    try:
        confirm(
            actor=ANONYMOUS, assignment=one, how=HowConfirmed.QR if scanned and scanned == typed else HowConfirmed.CODE,
            code=typed, key=form.cleaned_data["key"], now=clock.now(),
            address=str(request.client_address), **form.amounts,  # type: ignore[attr-defined]
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        if refusal.code == "wrong_code":
            form.add_error("code", _("收货码不对，请看着对方的 6 位数字再输一次。连错 10 次要等一小时。"))
        return _page(request, one, form, most, status=refusal.status, trouble=refusal)
    messages.success(request, _("记下了，谢谢。"))
    return redirect("assignments:arrived", one.code)


def _page(
    request: HttpRequest, one: Assignment, form: CodeForm, most: int, *, status: int = 200, **more: Any
) -> HttpResponse:
    sums = of_assignments([one.pk])[one.pk]
    said = {
        "one": one, "what": what_of(one), "sender": sender_of(one), "amount": how_much(one.category, one.quantity),
        "tone": TONES.get(one.state, ""), "form": form, "open": one.state in _GOING,
        "waits": how_much(one.category, most), "received": sums[Balance.RECEIVED],
        "received_words": how_much(one.category, sums[Balance.RECEIVED]),
    }  # fmt: skip
    return render(request, "screens/assignments/arrived.html", said | more, status=status)
