"""Cases: the list, one case, what is written in it; opening one, finding one again by the caller's code."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongzhou.desks.casework.policies import KEEP_RULES, READ_CASE, WRITE_CASE
from tongzhou.desks.casework.services import forms
from tongzhou.desks.casework.services.cases import ENTRIES, case_days
from tongzhou.desks.casework.services.keeping import contact_days
from tongzhou.desks.casework.types import CASE_WAYS, CaseStage, PaperKind
from tongzhou.flows import keep_case
from tongzhou.flows.contact_read import lines_of, readable_contact
from tongzhou.flows.forget_cases import set_keeping
from tongzhou.kernel import clock, ids
from tongzhou.kernel.access import may, route
from tongzhou.kernel.errors import Refusal
from tongzhou.screens.casework.scene import actor_of, answer, asked, rows_of

__all__ = ["assign", "entry", "keep_for", "known", "one", "open_one", "own", "stage"]


@route(READ_CASE)
@require_GET
def own(request: HttpRequest) -> HttpResponse:
    """Cases of the actor, and those they supervise; nothing of what is in them."""
    return _list(request)


def _list(request: HttpRequest, trouble: Refusal | None = None) -> HttpResponse:
    actor = actor_of(request)
    lines = lines_of(actor) if may(actor, KEEP_RULES) else []
    kept = [{"line": line, "contact": contact_days(line.pk), "case": case_days(line.pk)} for line in lines]
    said = {"cases": keep_case.own_cases(actor), "kept": kept, "trouble": trouble}
    return render(request, "screens/casework/cases.html", said, status=trouble.status if trouble else 200)


@route(KEEP_RULES)
@require_POST
def keep_for(request: HttpRequest) -> HttpResponse:
    """How long a line keeps conversations and cases."""
    actor, asked_for = actor_of(request), ids.parse_id(str(request.POST.get("line", "")))
    line = next((one for one in lines_of(actor) if one.pk == asked_for), None)
    days = [str(request.POST.get(name, "")) for name in ("contact", "case")]
    try:
        if line is None or not all(one.isascii() and one.isdigit() and len(one) < 6 for one in days):
            raise Refusal("keeping_days")
        set_keeping(actor=actor, line=line, contact_days=int(days[0]), case_days=int(days[1]))
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return _list(request, refusal)
    messages.success(request, _("保留的天数改好了。"))
    return redirect("casework:cases")


def _opening(request: HttpRequest, pk: uuid.UUID, trouble: Refusal | None = None, code: str = "") -> HttpResponse:
    contact = readable_contact(actor=actor_of(request), contact_id=pk)
    form = forms.current("case", contact.line_id)
    given = asked(request, form) if trouble else {}
    missing = str(trouble.params.get("codes", "")) if trouble else ""
    said = {
        "rows": rows_of(form, given, missing), "hint": form.words("hint"), "code": code,
        "days": case_days(contact.line_id), "ticked": request.POST.get("consent") == "1",
    }  # fmt: skip
    return answer(request, "opening", said, contact=contact, trouble=trouble)


@route(WRITE_CASE)
@require_http_methods(["GET", "POST"])
def open_one(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Open a case with the caller's consent; their code is shown once."""
    if request.method != "POST":
        return _opening(request, pk)
    actor = actor_of(request)
    contact = readable_contact(actor=actor, contact_id=pk)
    try:
        case, code = keep_case.open_case(
            actor=actor, contact=contact, consent=request.POST.get("consent") == "1",
            answers=asked(request, forms.current("case", contact.line_id)), now=clock.now(),
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return _opening(request, pk, refusal)
    return answer(request, "opened", {"case": case, "code": code}, contact=contact)


@route(WRITE_CASE)
@require_POST
def known(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A returning caller told their code."""
    actor = actor_of(request)
    contact = readable_contact(actor=actor, contact_id=pk)
    code = str(request.POST.get("code", ""))[:40]
    try:
        case = keep_case.attach_by_code(actor=actor, contact=contact, code=code, now=clock.now())
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return _opening(request, pk, refusal, code)
    return answer(request, "opened", {"case": case, "code": ""}, contact=contact)


def _case_page(request: HttpRequest, pk: uuid.UUID, trouble: Refusal | None = None, typed: str = "") -> HttpResponse:
    actor = actor_of(request)
    case, papers = keep_case.read_case(actor=actor, pk=pk)
    first = next((one for one in papers if one.paper.kind == PaperKind.CASE), None)
    said: dict[str, Any] = {
        "case": case,
        "rows": rows_of(forms.edition("case", first.paper.form_version), first.answers) if first else [],
        "entries": [one for one in papers if one.paper.kind != PaperKind.CASE],
        "kinds": [(one, PaperKind(one).label) for one in ENTRIES],
        "ways": [(one, CaseStage(one).label) for one in CASE_WAYS[case.stage]],
        "colleagues": keep_case.colleagues(case.line_id) if case.supervisor_id == actor.account_id else [],
        "trouble": trouble,
        "typed": typed,
    }
    return render(request, "screens/casework/case.html", said, status=trouble.status if trouble else 200)


@route(READ_CASE)
@require_GET
def one(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One case; the look is logged."""
    return _case_page(request, pk)


@route(WRITE_CASE)
@require_POST
def entry(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Write something into it."""
    text = str(request.POST.get("text", ""))
    try:
        keep_case.write_entry(
            actor=actor_of(request), pk=pk, kind=str(request.POST.get("kind", "")), text=text, now=clock.now()
        )
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return _case_page(request, pk, refusal, text)
    messages.success(request, _("写进个案了。"))
    return redirect("casework:case", pk=pk)


@route(WRITE_CASE)
@require_POST
def stage(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Pause it, go on, close it."""
    reason = str(request.POST.get("reason", ""))
    try:
        keep_case.move_case(
            actor=actor_of(request), pk=pk, stage=str(request.POST.get("stage", "")), reason=reason, now=clock.now()
        )
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return _case_page(request, pk, refusal, reason)
    return redirect("casework:case", pk=pk)


@route(WRITE_CASE)
@require_POST
def assign(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The supervisor gives it to another counsellor."""
    account = ids.parse_id(str(request.POST.get("account", "")))
    actor = actor_of(request)
    if keep_case.readable_case(actor=actor, pk=pk).supervisor_id != actor.account_id:
        raise Refusal("not_found")
    if account is None:
        return _case_page(request, pk, Refusal("bad_request"))
    keep_case.assign_case(actor=actor, pk=pk, account_id=account)
    messages.success(request, _("个案转给了同事；原来的援助员不再能看。"))
    return redirect("casework:cases")
