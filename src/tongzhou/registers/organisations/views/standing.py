"""Papers and decisions: each its own short page, so that it can be done from a phone and nothing typed is lost."""

from __future__ import annotations

import uuid

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongzhou.kernel.access import route
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.organisations import selectors, services
from tongzhou.registers.organisations.forms import PaperForm, ReasonForm, TermForm
from tongzhou.registers.organisations.models import Organisation, Verification
from tongzhou.registers.organisations.policies import JUDGE_ORGANISATION, VERIFY_ORGANISATION, allows_on
from tongzhou.registers.organisations.views.common import DECISIONS, actor_of, organisation_of
from tongzhou.registers.places.forms import show_refusal

__all__ = ["judge", "verify", "withdraw_paper"]

_GET_POST = ["GET", "HEAD", "POST"]


def _page(request: HttpRequest, organisation: Organisation, form: forms.Form, **more: object) -> HttpResponse:
    said = {"organisation": organisation, "form": form, **more}
    return render(request, "organisations/act.html", said, status=422 if form.errors else 200)


@route(VERIFY_ORGANISATION)
@require_http_methods(_GET_POST)
def verify(request: HttpRequest, pk: uuid.UUID, requirement: uuid.UUID) -> HttpResponse:
    """Say what was seen of one paper: accepted, or refused with what was wrong."""
    actor, organisation = actor_of(request), organisation_of(request, pk)
    paper = selectors.requirements(organisation.kind).filter(pk=requirement).first()
    if paper is None or not allows_on(actor, VERIFY_ORGANISATION, organisation):
        raise Refusal("not_found")
    form = PaperForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        accepted = request.POST.get("act") != "refuse"
        try:
            services.verify_paper(
                actor=actor, organisation=organisation, requirement=paper, accepted=accepted, **form.cleaned_data
            )
            return redirect("organisations:record", pk)
        except Refusal as refusal:
            show_refusal(form, refusal)
    acts = [("accept", _("属实，有效"), ""), ("refuse", _("不通过"), "button--second")]
    return _page(request, organisation, form, title=paper.label, about=paper.about, acts=acts, paper=paper)


@route(VERIFY_ORGANISATION)
@require_http_methods(_GET_POST)
def withdraw_paper(request: HttpRequest, pk: uuid.UUID, verification: uuid.UUID) -> HttpResponse:
    """Take an accepted paper back."""
    actor, organisation = actor_of(request), organisation_of(request, pk)
    seen = Verification.objects.filter(pk=verification, organisation=organisation).select_related("requirement").first()
    if seen is None or not allows_on(actor, VERIFY_ORGANISATION, organisation):
        raise Refusal("not_found")
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.withdraw_paper(actor=actor, verification=seen, reason=form.cleaned_data["reason"])
            return redirect("organisations:record", pk)
        except Refusal as refusal:
            show_refusal(form, refusal)
    title = _("撤回核实：%(paper)s") % {"paper": seen.requirement.label}
    about = _("撤回后，如果少了必需的材料，单位马上暂停。")
    return _page(request, organisation, form, title=title, about=about, acts=[("do", _("撤回"), "button--stop")])


@route(JUDGE_ORGANISATION)
@require_http_methods(_GET_POST)
def judge(request: HttpRequest, pk: uuid.UUID, what: str) -> HttpResponse:
    """Suspend, reinstate, revoke, or set the term; always with a reason."""
    actor, organisation = actor_of(request), organisation_of(request, pk)
    if what not in DECISIONS or not allows_on(actor, JUDGE_ORGANISATION, organisation):
        raise Refusal("not_found")
    present = organisation.present
    initial = {"ends_on": present.term_ends_on} if present else {}
    form: forms.Form = (TermForm if what == "term" else ReasonForm)(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        act = {"suspend": services.suspend, "reinstate": services.reinstate, "revoke": services.revoke}.get(what)
        try:
            (act or services.set_term)(actor=actor, organisation=organisation, **form.cleaned_data)
            return redirect("organisations:record", pk)
        except Refusal as refusal:
            show_refusal(form, refusal)
    title, about, tone = _words(what)
    return _page(request, organisation, form, title=title, about=about, acts=[("do", title, tone)])


def _words(what: str) -> tuple[str, str, str]:
    return {
        "suspend": (_("暂停"), _("暂停期间不能接新的派单；只有人能解除。"), "button--stop"),
        "reinstate": (_("恢复"), _("恢复到暂停或撤销之前；缺材料的，补齐之前仍是暂停。"), ""),
        "term": (_("改期限"), _("到这一天结束为止有效，之后自动到期；到期后改期限就是续期。"), ""),
        "revoke": (_("撤销资格"), _("补材料不会让它恢复，只有人能恢复。"), "button--stop"),
    }[what]
