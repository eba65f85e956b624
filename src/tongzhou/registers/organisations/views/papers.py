"""Which papers are asked of whom."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongzhou.kernel.access import may, route
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.organisations import selectors, services
from tongzhou.registers.organisations.forms import ReasonForm, RequirementForm
from tongzhou.registers.organisations.models import Requirement
from tongzhou.registers.organisations.policies import CHANGE_REQUIREMENT, LIST_ORGANISATIONS
from tongzhou.registers.organisations.types import OrganisationKind
from tongzhou.registers.organisations.views.common import actor_of
from tongzhou.registers.places.forms import show_refusal

__all__ = ["papers", "withdraw_requirement"]

_GET_POST = ["GET", "HEAD", "POST"]


@route(LIST_ORGANISATIONS)
@require_http_methods(_GET_POST)
def papers(request: HttpRequest) -> HttpResponse:
    """The papers asked of each kind of organisation; an administrator adds one."""
    actor = actor_of(request)
    may_change = may(actor, CHANGE_REQUIREMENT)
    form = RequirementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_requirement(actor=actor, **form.cleaned_data)
            return redirect("organisations:requirements")
        except Refusal as refusal:
            show_refusal(form, refusal)
    rows: dict[str, list[Requirement]] = {}
    for row in selectors.requirements():
        rows.setdefault(row.kind, []).append(row)
    kinds = [(kind.label, rows.get(kind.value, [])) for kind in OrganisationKind]
    said = {"kinds": kinds, "form": form, "may_change": may_change}
    return render(request, "organisations/requirements.html", said, status=422 if form.errors else 200)


@route(CHANGE_REQUIREMENT)
@require_http_methods(_GET_POST)
def withdraw_requirement(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """No longer ask for a paper."""
    row = selectors.requirements().filter(pk=pk).first()
    if row is None:
        raise Refusal("not_found")
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.withdraw_requirement(actor=actor_of(request), requirement=row, **form.cleaned_data)
            return redirect("organisations:requirements")
        except Refusal as refusal:
            show_refusal(form, refusal)
    title = _("不再要求：%(paper)s") % {"paper": row.label}
    about = _("只差这一项的单位马上恢复。")
    said = {"form": form, "title": title, "about": about, "acts": [("do", _("不再要求"), "button--stop")]}
    return render(request, "organisations/act.html", said, status=422 if form.errors else 200)
