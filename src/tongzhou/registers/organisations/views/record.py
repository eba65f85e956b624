"""The record of an organisation: what it is, and changing that."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongzhou.kernel.access import SIGNED_IN, route
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.organisations import selectors, services
from tongzhou.registers.organisations.forms import OrganisationForm, OwnOrganisationForm, ReasonForm, ScopeForm
from tongzhou.registers.organisations.models import Organisation
from tongzhou.registers.organisations.policies import (
    ADD_ORGANISATION,
    CHANGE_ORGANISATION,
    CHANGE_OWN_ORGANISATION,
    LIST_ORGANISATIONS,
    allows_on,
)
from tongzhou.registers.organisations.views.common import actor_of, organisation_of, record_page
from tongzhou.registers.places.forms import show_refusal

__all__ = ["add", "edit", "record", "scope", "withdraw", "withdraw_scope"]

_GET_POST = ["GET", "HEAD", "POST"]


@route(LIST_ORGANISATIONS)
@require_safe
def record(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One organisation: standing, papers, scope, history."""
    return render(request, "organisations/record.html", record_page(request, organisation_of(request, pk)))


@route(ADD_ORGANISATION)
@require_http_methods(_GET_POST)
def add(request: HttpRequest) -> HttpResponse:
    """Record an organisation."""
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            done = services.add_organisation(actor=actor_of(request), **form.cleaned_data)
            return redirect("organisations:record", done.pk)
        except Refusal as refusal:
            show_refusal(form, refusal)
    return _form_page(request, form, None)


@route(SIGNED_IN)
@require_http_methods(_GET_POST)
def edit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Correct the record; an officer sees the fields that are the organisation's own to say."""
    actor, organisation = actor_of(request), organisation_of(request, pk)
    whole = allows_on(actor, CHANGE_ORGANISATION, organisation)
    if not whole and not allows_on(actor, CHANGE_OWN_ORGANISATION, organisation):
        raise Refusal("not_found")
    kind = OrganisationForm if whole else OwnOrganisationForm
    form = kind(request.POST or None, initial=_initial(organisation, kind))
    if request.method == "POST" and form.is_valid():
        try:
            version = request.POST.get("version", "")
            services.change_organisation(
                actor=actor,
                organisation=organisation,
                expect=int(version) if version.isdigit() else 0,
                **form.cleaned_data,
            )
            return redirect("organisations:record", pk)
        except Refusal as refusal:
            show_refusal(form, refusal)
    return _form_page(request, form, organisation)


def _initial(organisation: Organisation, form: type[OwnOrganisationForm]) -> dict[str, Any]:
    return {name: getattr(organisation, name) for name in form.base_fields}


def _form_page(request: HttpRequest, form: OwnOrganisationForm, organisation: Organisation | None) -> HttpResponse:
    said = {"form": form, "organisation": organisation}
    return render(request, "organisations/edit.html", said, status=422 if form.errors else 200)


@route(CHANGE_ORGANISATION)
@require_POST
def scope(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Add a line of scope."""
    organisation = organisation_of(request, pk)
    form = ScopeForm(request.POST, prefix="scope")
    if form.is_valid():
        said = form.cleaned_data
        try:
            services.add_scope(
                actor=actor_of(request),
                organisation=organisation,
                area=said["area"],
                category=said["what"],
                line=said["line"],
            )
            return redirect("organisations:record", pk)
        except Refusal as refusal:
            show_refusal(form, refusal)
    return render(request, "organisations/record.html", record_page(request, organisation, scope_form=form), status=422)


@route(CHANGE_ORGANISATION)
@require_POST
def withdraw_scope(request: HttpRequest, pk: uuid.UUID, scope_id: uuid.UUID) -> HttpResponse:
    """Take a line of scope back."""
    found = selectors.scopes(organisation_of(request, pk)).filter(pk=scope_id).first()
    if found is None:
        raise Refusal("not_found")
    services.withdraw_scope(actor=actor_of(request), scope=found)
    return redirect("organisations:record", pk)


@route(CHANGE_ORGANISATION)
@require_POST
def withdraw(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take the record out of use."""
    organisation = organisation_of(request, pk)
    form = ReasonForm(request.POST, prefix="withdraw")
    if form.is_valid():
        try:
            services.withdraw_organisation(actor=actor_of(request), organisation=organisation, **form.cleaned_data)
            return redirect("organisations:list")
        except Refusal as refusal:
            show_refusal(form, refusal)
    return render(
        request, "organisations/record.html", record_page(request, organisation, reason_form=form), status=422
    )
