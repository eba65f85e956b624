"""The page of an assignment, and every act on it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongzhou.chain.delivery.forms import CorrectForm, SettleForm
from tongzhou.chain.delivery.models import CashAdvance, Receipt
from tongzhou.chain.delivery.parts import paid_by_words
from tongzhou.chain.delivery.policies import CONFIRM, SEE_PHOTO, SETTLE_CASH
from tongzhou.chain.dispatch.forms import ActForm
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.policies import LIST_ASSIGNMENTS, SEE_DELIVERY_CONTACT
from tongzhou.chain.dispatch.selectors.assignments import get_assignment
from tongzhou.chain.dispatch.selectors.balances import Sums, of_assignments
from tongzhou.chain.dispatch.selectors.words import giver_of, how_much, receiver_of, typed, what_of
from tongzhou.chain.dispatch.types import Balance
from tongzhou.chain.intake.selectors.lists import needs, offers
from tongzhou.chain.planning.models import Plan
from tongzhou.chain.planning.selectors.plans import plans
from tongzhou.flows import record_cash
from tongzhou.flows.confirm_delivery import correct as correct_receipt
from tongzhou.flows.delivery_photos import reveal_photo
from tongzhou.flows.reveal_delivery_contact import reveal
from tongzhou.kernel import clock, idempotency, ids
from tongzhou.kernel.access import Actor, require, route
from tongzhou.kernel.errors import Refusal
from tongzhou.screens.assignments import selectors
from tongzhou.screens.assignments.acts import ACTS, Doing
from tongzhou.screens.assignments.rights import may_confirm, may_settle, rights_of, sees_people
from tongzhou.screens.assignments.tables import TONES, actor_of

__all__ = ["ACT_VIEWS", "act", "contact", "correct", "find", "one", "page", "photo", "settle"]

View = Callable[..., HttpResponse]
#: Acts that are one button on the page; each has a key of its own.
_QUICK = ("accept", "sent", "delivered", "confirm")


def find(actor: Actor, code: str) -> Assignment:
    """The assignment, if it is the actor's to see here. Volunteers have pages of their own."""
    require(actor, LIST_ASSIGNMENTS)
    return get_assignment(actor, code)


@route(LIST_ASSIGNMENTS)
@require_GET
def one(request: HttpRequest, code: str) -> HttpResponse:
    """Everything about an assignment but how to reach anybody. The number may be typed with blanks or hyphens."""
    found = find(actor_of(request), code)
    if code != found.code:
        return redirect("assignments:one", found.code)
    return page(request, found)


def page(request: HttpRequest, found: Assignment, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page; `more`: an opened contact, or what was refused."""
    actor, now = actor_of(request), clock.now()
    sums = of_assignments([found.pk])[found.pk]
    rights = rights_of(actor, found, sums, now)
    people = sees_people(actor, found)
    waits = sums[Balance.IN_TRANSIT] or sums[Balance.ACCEPTED]
    said = {
        "one": found, "what": what_of(found), "giver": giver_of(found), "receiver": receiver_of(found),
        "tone": TONES.get(found.state, ""), "parts": selectors.parts_of(found, sums), "rights": rights,
        "quantity": how_much(found.category, found.quantity), "events": selectors.events_of(found, people=people),
        "receipts": selectors.receipts_shown(found, sums), "people": people, "now": now,
        "photos": selectors.photos_of(found) if rights.photos else [], "declined": selectors.why_declined(found),
        "reserves": selectors.reserves_of(found) if people else [],
        "incidents": selectors.incidents_of(found) if rights.incidents or people else [],
        "cash": _cash(found) if rights.cash or rights.settle else [], "links": _links(actor, found),
        "keys": {name: str(ids.new_id()) for name in _QUICK}, "waits_typed": typed(found.category, waits),
        "waits_words": how_much(found.category, waits),
        "holds_words": how_much(found.category, sums[Balance.ACCEPTED]),
    }  # fmt: skip
    return render(request, "screens/assignments/one.html", said | more, status=status)


def _cash(found: Assignment) -> list[dict[str, Any]]:
    return [
        {
            "row": row, "amount": f"¥{row.amount_fen / 100:,.2f}", "whose": paid_by_words(row.paid_by),
            "spent": "" if row.spent_fen is None else f"¥{row.spent_fen / 100:,.2f}",
        }
        for row in selectors.advances_of(found)
    ]  # fmt: skip


def _links(actor: Actor, found: Assignment) -> dict[str, Any]:
    """The records on both sides and the plan it came from, as far as the reader may open them."""
    plan = Plan.objects.filter(pk=found.plan_id).only("number").first() if found.plan_id else None
    sees_plan = plan is not None and plans(actor).filter(pk=plan.pk).exists()
    return {
        "need": needs(actor).filter(pk=found.need_id).exists(),
        "offer": offers(actor).filter(pk=found.offer_id).exists(),
        "plan": plan.number if plan is not None else None,
        "plan_href": _there(f"/plans/{plan.number}/") if plan is not None and sees_plan else "",
        "command": selectors.command_said(found) if sees_plan else "",
    }


def _there(path: str) -> str:
    """The address of a page that may not be there."""
    try:
        resolve(path)
    except Resolver404:
        return ""
    return path


def _act_page(
    request: HttpRequest, doing: Doing | None, found: Assignment, form: ActForm, sums: Sums, *, status: int = 200,
    **more: Any,
) -> HttpResponse:  # fmt: skip
    """A form by itself, with what it is about. Everything typed stays in it."""
    said = {
        "one": found, "what": what_of(found), "giver": giver_of(found), "receiver": receiver_of(found), "form": form,
        "parts": selectors.parts_of(found, sums), "tone": TONES.get(found.state, ""),
        "quantity": how_much(found.category, found.quantity),
    }  # fmt: skip
    if doing is not None:
        said |= {"title": doing.title, "button": doing.button, "hint": doing.hint, "stop": doing.stop}
    return render(request, "screens/assignments/act.html", said | more, status=status)


def _again(request: HttpRequest, found: Assignment) -> Any:
    """What was typed, with the version of now: whoever sends it again has seen how it stands."""
    data = request.POST.copy()
    data["version"] = str(found.version)
    return data


def act(doing: Doing) -> View:
    """An act: GET shows its form, POST carries it out once, however often it is sent."""

    @route(doing.act)
    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest, code: str) -> HttpResponse:
        actor = actor_of(request)
        found = find(actor, code)
        if not doing.may(actor, found):
            raise Refusal("not_found")
        sums = of_assignments([found.pk])[found.pk]
        form = doing.form(request.POST if request.method == "POST" else None, found, sums)
        if request.method != "POST" or not form.is_valid():
            return _act_page(request, doing, found, form, sums, status=422 if form.is_bound else 200)
        try:
            doing.run(actor, found, form, clock.now())
        except Refusal as refusal:
            if refusal.code == "not_found":
                raise
            found = find(actor, code)
            sums = of_assignments([found.pk])[found.pk]
            if type(form) is ActForm:  # nothing was typed: the whole page says how it stands now
                return page(request, found, trouble=refusal, status=refusal.status)
            fresh = doing.form(_again(request, found), found, sums)
            fresh.is_valid()
            return _act_page(request, doing, found, fresh, sums, trouble=refusal, status=refusal.status)
        messages.success(request, doing.said(actor, found, form))
        return redirect("assignments:one", found.code)

    return view


@route(SEE_DELIVERY_CONTACT)
@require_POST
def contact(request: HttpRequest, code: str) -> HttpResponse:
    """Open the receiver's contact; each look stands in the trail."""
    actor = actor_of(request)
    found = find(actor, code)
    try:
        opened = reveal(actor=actor, assignment=found, now=clock.now())
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return page(request, found, trouble=refusal, status=refusal.status)
    return page(request, found, opened=opened or {"note": _("对方没有留联系方式。")})


@route(SEE_PHOTO)
@require_GET
def photo(request: HttpRequest, code: str, photo_id: uuid.UUID) -> HttpResponse:
    """A photo of what was handed over, as JPEG; each look stands in the trail."""
    actor = actor_of(request)
    content = reveal_photo(actor=actor, assignment=find(actor, code), photo_id=photo_id)
    return HttpResponse(content, content_type="image/jpeg")


@route(CONFIRM)
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, code: str, receipt: uuid.UUID) -> HttpResponse:
    """Correct a receipt by another one."""
    actor = actor_of(request)
    found = find(actor, code)
    row = Receipt.objects.select_related("assignment").filter(pk=receipt, assignment=found).first()
    if row is None or not may_confirm(actor, found):
        raise Refusal("not_found")
    first = {
        "received": row.received, "refused": row.refused or None, "missing": row.missing or None,
        "difference": row.difference,
    }  # fmt: skip
    form = CorrectForm(request.POST if request.method == "POST" else None, one=found, initial=first)
    sums = of_assignments([found.pk])[found.pk]
    said = {"title": _("改正收货"), "button": _("改正"), "hint": _("原来的留在历史里。还没有送到的话，都写 0。")}
    if request.method != "POST" or not form.is_valid():
        return _act_page(request, None, found, form, sums, status=422 if form.is_bound else 200, **said)
    try:
        correct_receipt(actor=actor, receipt=row, key=form.cleaned_data["key"], now=clock.now(), **form.amounts)
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return _act_page(request, None, found, form, sums, trouble=refusal, status=refusal.status, **said)
    messages.success(request, _("已改正，原来的留在历史里。"))
    return redirect("assignments:one", found.code)


@route(SETTLE_CASH)
@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: HttpRequest, code: str, advance: uuid.UUID) -> HttpResponse:
    """Settle an advance; nobody settles an errand of their own."""
    actor = actor_of(request)
    found = find(actor, code)
    row = CashAdvance.objects.select_related("assignment").filter(pk=advance, assignment=found).first()
    if row is None or not may_settle(actor, found):
        raise Refusal("not_found")
    form = SettleForm(
        request.POST if request.method == "POST" else None, one=found, initial={"spent": row.amount_fen}
    )  # fmt: skip
    sums = of_assignments([found.pk])[found.pk]
    said = {"title": _("结清垫付 %(amount)s") % {"amount": f"¥{row.amount_fen / 100:,.2f}"}, "button": _("结清")}
    if request.method != "POST" or not form.is_valid():
        return _act_page(request, None, found, form, sums, status=422 if form.is_bound else 200, **said)
    spent = form.cleaned_data["spent"] or 0

    def effect() -> str:
        return str(record_cash.settle(actor=actor, advance=row, spent_fen=spent, now=clock.now()).pk)

    try:
        idempotency.once(
            scope=f"settle:{actor.account_id}", key=form.cleaned_data["key"],
            content=idempotency.fingerprint([str(row.pk), spent]), effect=effect,
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return _act_page(request, None, found, form, sums, trouble=refusal, status=refusal.status, **said)
    messages.success(request, _("已结清。"))
    return redirect("assignments:one", found.code)


#: Name of its address > the view of an act.
ACT_VIEWS: dict[str, View] = {doing.name: act(doing) for doing in ACTS}
