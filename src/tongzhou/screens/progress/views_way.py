"""Without an account: whoever gives says yes, no, sent; whoever asked says what arrived; both say what went wrong."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tongzhou.chain.delivery.forms import BackForm, IncidentForm, ReceiptForm
from tongzhou.chain.delivery.selectors.receipts import doubted
from tongzhou.chain.delivery.types import HowConfirmed, IncidentKind
from tongzhou.chain.dispatch.forms import ActForm, DeclineForm, SentForm
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.selectors.assignments import assignment_of_code
from tongzhou.chain.dispatch.selectors.balances import of_assignments
from tongzhou.chain.dispatch.types import Balance
from tongzhou.chain.intake.forms.public import from_our_page
from tongzhou.chain.intake.models import Submission
from tongzhou.flows import answer_assignment, carry_assignment, report_incident
from tongzhou.flows.confirm_delivery import confirm
from tongzhou.flows.return_goods import returned
from tongzhou.flows.reveal_delivery_contact import reveal_by_link
from tongzhou.kernel import clock
from tongzhou.kernel.access import ANONYMOUS, PUBLIC, route
from tongzhou.kernel.errors import Refusal
from tongzhou.screens.progress.views import find, own_page
from tongzhou.screens.progress.ways import way_of

__all__ = ["arrived", "give", "trouble", "where"]

#: What the giver may do: the form, the title of its page, what is said afterwards.
_GIVING: dict[str, tuple[type[ActForm], Promise, Promise]] = {
    "accept": (ActForm, gettext_lazy("接下"), gettext_lazy("已接下，谢谢您。请看送到哪里，尽快送出。")),
    "decline": (DeclineForm, gettext_lazy("不接"), gettext_lazy("记下了。这一单马上还给别人。")),
    "sent": (SentForm, gettext_lazy("送出"), gettext_lazy("记下了：已经送出。")),
    "delivered": (ActForm, gettext_lazy("已送到"), gettext_lazy("记下了：已经送到，等对方确认。")),
    "return": (BackForm, gettext_lazy("东西退回来了"), gettext_lazy("记下了退回的数量。")),
}


def _mine(submission: Submission, number: str, *, giving: bool | None) -> Assignment:
    """The assignment of this submission's offer (`giving`) or need; None: either."""
    one = assignment_of_code(number)
    of_offer, of_need = one.offer.submission_id == submission.pk, one.need.submission_id == submission.pk
    if not (of_offer or of_need) or giving not in (None, of_offer):
        raise Refusal("not_found")
    return one


def _form_page(
    request: HttpRequest, submission: Submission, secret: str, one: Assignment, form: Any, *, status: int = 200,
    **more: Any,
) -> HttpResponse:  # fmt: skip
    giving = one.offer.submission_id == submission.pk
    way = way_of(one, of_assignments([one.pk])[one.pk], giving=giving)
    said = {"submission": submission, "secret": secret, "way": way, "form": form, "giving": giving}
    return render(request, "screens/progress/way.html", said | more, status=status)


@csrf_exempt  # checked below, so that what was typed comes back
@route(PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: HttpRequest, code: str, secret: str, number: str, act: str) -> HttpResponse:
    """An act of whoever gives, by the secret link: once, however often it is sent."""
    submission = find(request, code, secret)
    one = _mine(submission, number, giving=True)
    if act not in _GIVING:
        raise Refusal("not_found")
    kind, title, done = _GIVING[act]
    known: dict[str, Any] = {}
    if act == "return":
        known = {"most": of_assignments([one.pk])[one.pk][Balance.REFUSED], "doubted": doubted(one)}
    shown: dict[str, Any] = {"title": title}
    if request.method != "POST":
        return _form_page(request, submission, secret, one, kind(one=one, **known), **shown)
    if not from_our_page(request):
        words = {name: request.POST.get(name) for name in request.POST if name not in ("key", "version")}
        form = kind(one=one, initial=words, **known)
        return _form_page(
            request, submission, secret, one, form, status=403, trouble=Refusal("form_expired"), **shown
        )  # fmt: skip
    form = kind(request.POST, one=one, **known)
    if not form.is_valid():
        return _form_page(request, submission, secret, one, form, status=422, **shown)
    try:
        _carry_out(act, one, secret, form)
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        if kind is ActForm:
            return own_page(request, submission, secret, trouble=refusal, status=refusal.status)
        return _form_page(request, submission, secret, one, form, status=refusal.status, trouble=refusal, **shown)
    messages.success(request, str(done))
    return redirect("progress:own", code=submission.code, secret=secret)


def _carry_out(act: str, one: Assignment, secret: str, form: Any) -> None:
    got, now = form.cleaned_data, clock.now()
    by_link: dict[str, Any] = {"assignment": one, "key": got["key"], "now": now}
    if act == "accept":
        answer_assignment.accept_by_link(offer=one.offer, secret=secret, **by_link)
    elif act == "decline":
        answer_assignment.decline_by_link(
            offer=one.offer, secret=secret, reason=got["reason"], note=got["note"], **by_link
        )  # fmt: skip
    elif act == "sent":
        carry_assignment.mark_sent(
            actor=ANONYMOUS, secret=secret, quantity=got["quantity"], rest_back=got["rest_back"], **by_link
        )  # fmt: skip
    elif act == "delivered":
        carry_assignment.mark_delivered(actor=ANONYMOUS, secret=secret, **by_link)
    else:
        returned(actor=ANONYMOUS, secret=secret, **form.amounts, **by_link)


@route(PUBLIC)
@require_http_methods(["POST"])
def where(request: HttpRequest, code: str, secret: str, number: str) -> HttpResponse:
    """Whom to send it to, after taking it on; each look stands in the trail."""
    submission = find(request, code, secret)
    one = _mine(submission, number, giving=True)
    try:
        opened = reveal_by_link(offer=one.offer, secret=secret, assignment=one, now=clock.now())
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return own_page(request, submission, secret, trouble=refusal, status=refusal.status)
    return own_page(
        request, submission, secret, opened=opened or {"note": _("对方没有留联系方式，请联系协调员。")}, opening=one.pk
    )  # fmt: skip


@csrf_exempt  # checked below
@route(PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
def arrived(request: HttpRequest, code: str, secret: str, number: str) -> HttpResponse:
    """Whoever asked says what arrived, was short or was not taken."""
    submission = find(request, code, secret)
    one = _mine(submission, number, giving=False)
    sums = of_assignments([one.pk])[one.pk]
    shown: dict[str, Any] = {"title": _("收到了多少")}
    if request.method != "POST":
        form = ReceiptForm(one=one, most=sums[Balance.IN_TRANSIT] or sums[Balance.ACCEPTED])
        return _form_page(request, submission, secret, one, form, **shown)
    if not from_our_page(request):
        words = {name: request.POST.get(name) for name in request.POST if name not in ("key", "version")}
        form = ReceiptForm(one=one, initial=words)
        return _form_page(
            request, submission, secret, one, form, status=403, trouble=Refusal("form_expired"), **shown
        )  # fmt: skip
    form = ReceiptForm(request.POST, one=one)
    if not form.is_valid():
        return _form_page(request, submission, secret, one, form, status=422, **shown)
    try:
        confirm(
            actor=ANONYMOUS, assignment=one, how=HowConfirmed.LINK, secret=secret, key=form.cleaned_data["key"],
            now=clock.now(), **form.amounts,
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return _form_page(request, submission, secret, one, form, status=refusal.status, trouble=refusal, **shown)
    messages.success(request, _("记下了，谢谢。少了的会接着找。"))
    return redirect("progress:own", code=submission.code, secret=secret)


@csrf_exempt  # checked below
@route(PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
def trouble(request: HttpRequest, code: str, secret: str, number: str) -> HttpResponse:
    """Say that something went wrong, by either link. That nothing came needs no more words."""
    submission = find(request, code, secret)
    one = _mine(submission, number, giving=None)
    shown: dict[str, Any] = {"title": pgettext("button", "出了问题"), "stop": True}
    if request.method != "POST":
        kind = request.GET.get("kind", "")
        form = IncidentForm(initial={"kind": kind} if kind in IncidentKind.values else {})
        return _form_page(request, submission, secret, one, form, **shown)
    if not from_our_page(request):
        form = IncidentForm(initial={"kind": request.POST.get("kind"), "text": request.POST.get("text")})
        return _form_page(
            request, submission, secret, one, form, status=403, trouble=Refusal("form_expired"), **shown
        )  # fmt: skip
    form = IncidentForm(request.POST)
    if not form.is_valid():
        return _form_page(request, submission, secret, one, form, status=422, **shown)
    got = form.cleaned_data
    try:
        report_incident.report(
            actor=ANONYMOUS, assignment=one, kind=got["kind"], text=got["text"], key=got["key"], secret=secret,
            now=clock.now(),
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return _form_page(request, submission, secret, one, form, status=refusal.status, trouble=refusal, **shown)
    messages.success(request, _("已报告，协调员会尽快处理。有危险请先打 120 或 110。"))
    return redirect("progress:own", code=submission.code, secret=secret)
