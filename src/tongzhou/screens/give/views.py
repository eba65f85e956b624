"""Offering help: what there is, where, how much, until when; and the honest "do not send yet"."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods

from tongzhou.chain.intake.forms.public import from_our_page
from tongzhou.chain.intake.types import Channel
from tongzhou.flows.submit_need import sent_before
from tongzhou.flows.submit_offer import submit_offer
from tongzhou.kernel import clock
from tongzhou.kernel.access import ANONYMOUS, PUBLIC, route
from tongzhou.kernel.errors import Refusal
from tongzhou.screens.give.forms import GiveForm, GoodsForm, MoneyForm, ServiceForm
from tongzhou.screens.give.selectors import categories_for, chosen_response

__all__ = ["give"]

FORMS: dict[str, type[GiveForm]] = {"goods": GoodsForm, "service": ServiceForm, "money": MoneyForm}


@csrf_exempt  # checked below, so that the form comes back filled in
@route(PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
@gzip_page
def give(request: HttpRequest, kind: str) -> HttpResponse:
    """One of the forms of offering."""
    slug = str(request.POST.get("response") or request.GET.get("response") or "")[:40]
    response, others = chosen_response(ANONYMOUS, slug)
    form_class = FORMS[kind]

    def show(form: GiveForm, status: int = 200, **more: Any) -> HttpResponse:
        said = {"form": form, "kind": kind, "response": response, "others": others, **more}
        said["categories"] = categories_for(response, kind)
        answer = render(request, f"screens/give/{kind}.html", said, status=status)
        if status == 429:
            answer["Retry-After"] = str(more["trouble"].params["seconds"])
        return answer

    if request.method != "POST":
        return show(form_class())
    if not from_our_page(request):
        words = {name: request.POST.get(name) for name in request.POST}
        return show(form_class(initial=words), 403, trouble=Refusal("form_expired"))
    form = form_class(request.POST)
    if not form.is_valid():
        return show(form, 422)
    try:
        done = submit_offer(
            actor=ANONYMOUS, response=response, key=form.cleaned_data["key"], said=form.said(response.pk),
            channel=Channel.FORM, now=clock.now(), address=request.client_address,  # type: ignore[attr-defined]
            language=get_language() or "zh-hans", trapped=form.trapped,
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code != "key_reused":
            return show(form, refusal.status, trouble=refusal)
        fresh = request.POST.copy()
        fresh["key"] = form_class().fields["key"].initial
        earlier = sent_before(response=response, key=form.cleaned_data["key"])
        again = form_class(fresh)
        again.is_valid()
        return show(again, 409, trouble=Refusal("sent_before"), earlier=earlier)
    return redirect("progress:sent", code=done.code, secret=done.secret)
