"""Changing one record: edit with a version check, close or open again, promote a lead, undo."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tongzhou.chain.intake.models import Lead, Need, Offer
from tongzhou.chain.intake.policies import CHANGE_LEAD, target_of
from tongzhou.chain.intake.selectors.trail import field_word, trail_of, value_words
from tongzhou.chain.intake.services import editing
from tongzhou.flows import undo_change
from tongzhou.flows.edit_need import edit_record, move_record
from tongzhou.flows.promote_lead import promote_lead
from tongzhou.kernel.access import SIGNED_IN, Actor, require, route
from tongzhou.kernel.errors import Refusal
from tongzhou.screens.records.forms import PromoteForm, StateForm, edit_form
from tongzhou.screens.records.kinds import LEADS, Kind
from tongzhou.screens.records.requests import actor_of
from tongzhou.screens.records.views_list import View

__all__ = ["edit", "promote", "state", "undo"]


def _mine(kind: Kind, actor: Actor, code: str) -> Any:
    """The record, if the actor may change it; absent and forbidden are the same."""
    found = kind.read(actor, code)
    require(actor, editing.change_act(found), **target_of(found))
    return found


def _done(request: HttpRequest, kind: Kind, record: Need | Offer | Lead, text: str) -> HttpResponse:
    entry = undo_change.newest(record)
    messages.success(request, text)
    if entry is not None and entry.undoes_id is None:
        undo_change.offer_undo(request.session, entry, text)
    return redirect(f"records:{kind.name}", record.code)


def edit(kind: Kind) -> View:
    """The edit form. When somebody was first, both versions stand side by side and what was typed is kept."""

    @route(kind.change_act)
    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest, code: str) -> HttpResponse:
        actor = actor_of(request)
        found = _mine(kind, actor, code)
        form = edit_form(found, request.POST if request.method == "POST" else None)
        said: dict[str, Any] = {"kind": kind, "record": found, "form": form}
        if request.method != "POST" or not form.is_valid():
            return render(request, "screens/records/edit.html", said, status=422 if form.is_bound else 200)
        seen, before = form.cleaned_data["version"], found.version
        try:
            if seen != found.version:
                raise Refusal("version_stale")
            edit_record(actor=actor, record=found, expect=seen, reason=form.cleaned_data["reason"], **form.wanted())
        except Refusal as refusal:
            found = _mine(kind, actor, code)
            fresh = edit_form(found, _with_version(request, found.version))
            fresh.is_valid()
            said |= {"record": found, "form": fresh, "refusal": refusal}
            if refusal.code == "version_stale":
                said |= {"conflict": fresh.differences(), "since": _since(found, seen)}
            return render(request, "screens/records/edit.html", said, status=refusal.status)
        if found.version == before:
            messages.info(request, _("没有改动"))
            return redirect(f"records:{kind.name}", found.code)
        return _done(request, kind, found, _("已修改 %(item)s") % {"item": found.item or code})

    return view


def _with_version(request: HttpRequest, version: int) -> Any:
    data = request.POST.copy()
    data["version"] = str(version)
    return data


def _since(record: Need | Offer | Lead, seen: int) -> list[Any]:
    """What happened after the version the editor saw."""
    changed = [line for line in trail_of(record) if line.changes]
    return changed[: max(record.version - seen, 1)]


def state(kind: Kind) -> View:
    """Close it or open it again, with the reason."""

    @route(kind.change_act)
    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest, code: str) -> HttpResponse:
        actor = actor_of(request)
        found = _mine(kind, actor, code)
        form = StateForm(found, request.POST if request.method == "POST" else None)
        said: dict[str, Any] = {"kind": kind, "record": found, "form": form, "moves": editing.moves(found)}
        if request.method != "POST" or not form.is_valid():
            return render(request, "screens/records/state.html", said, status=422 if form.is_bound else 200)
        clean = form.cleaned_data
        try:
            moved = move_record(
                actor=actor,
                record=found,
                expect=clean["version"],
                state=clean["state"],
                reason=clean["reason"],
                solved_by=clean.get("solved_by", ""),
            )
        except Refusal as refusal:
            found = _mine(kind, actor, code)
            fresh = StateForm(found, _with_version(request, found.version))
            fresh.is_valid()
            said |= {"record": found, "form": fresh, "refusal": refusal, "since": _since(found, clean["version"])}
            return render(request, "screens/records/state.html", said, status=refusal.status)
        words = value_words(moved, "state", moved.state)
        return _done(request, kind, moved, _("%(what)s改为：%(state)s") % {"what": field_word("state"), "state": words})

    return view


@route(CHANGE_LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def promote(request: HttpRequest, code: str) -> HttpResponse:
    """A lead that committed becomes an offer."""
    actor = actor_of(request)
    lead = _mine(LEADS, actor, code)
    first = {"version": lead.version, "item": lead.item, "quantity": lead.quantity, "unit": lead.unit}
    form = PromoteForm(request.POST if request.method == "POST" else None, initial=first)
    said: dict[str, Any] = {"kind": LEADS, "record": lead, "form": form}
    if request.method != "POST" or not form.is_valid():
        return render(request, "screens/records/promote.html", said, status=422 if form.is_bound else 200)
    clean = form.cleaned_data
    try:
        offer = promote_lead(
            actor=actor,
            lead=lead,
            expect=clean["version"],
            item=clean["item"],
            quantity=clean["quantity"],
            unit=clean["unit"],
            reason=clean["reason"],
        )
    except Refusal as refusal:
        return render(request, "screens/records/promote.html", said | {"refusal": refusal}, status=refusal.status)
    text = _("线索已转为供给，等待核实")
    messages.success(request, text)
    if entry := undo_change.newest(lead):
        undo_change.offer_undo(request.session, entry, text)
    return redirect("records:offer", offer.code)


@route(SIGNED_IN)
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """The undo bar and the undo buttons of a history: take it back, or put the bar away."""
    after = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(
        after, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        after = "/desk/"
    key = request.POST.get("entry", "")
    offered = request.session.get("undo") or {}
    if request.POST.get("act") != "keep":
        try:
            count = undo_change.undo(actor=actor_of(request), what=undo_change.find(key))
        except Refusal as refusal:
            if refusal.code != "undo_stale":
                raise
            messages.error(request, f"{refusal.what}。{refusal.todo}")
        else:
            messages.success(request, _("已撤销（%(count)s 条）") % {"count": count})
    if str(offered.get("entry")) == key:
        request.session.pop("undo", None)
    return redirect(after)
