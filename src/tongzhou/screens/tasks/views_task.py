"""One task, from claim to receipt. Every act has a plain form; where scripts run it goes through the phone's outbox."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from tongzhou.chain.delivery.models import CashAdvance, DeliveryPhoto, IncidentReport, Receipt
from tongzhou.chain.delivery.parts import paid_by_words
from tongzhou.chain.delivery.policies import ADD_PHOTO, RECORD_CASH, REPORT_INCIDENT, SEE_PHOTO
from tongzhou.chain.dispatch.models import Assignment, Reserve
from tongzhou.chain.dispatch.policies import CARRY, CLAIM, LIST_TASKS, SEE_DELIVERY_CONTACT
from tongzhou.chain.dispatch.selectors import crew
from tongzhou.chain.dispatch.types import AssignmentState, Via
from tongzhou.chain.intake.services.photos import LARGEST_BYTES
from tongzhou.desks.guidance.selectors import guides_for
from tongzhou.desks.guidance.types import groups_of
from tongzhou.flows.delivery_photos import add_photo, reveal_photo
from tongzhou.flows.record_cash import record as record_cash
from tongzhou.flows.reveal_delivery_contact import reveal
from tongzhou.kernel import clock, ids
from tongzhou.kernel.access import route
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.words import in_english
from tongzhou.screens.tasks.acts import Asked, Outcome, carry_out, form_for, refused
from tongzhou.screens.tasks.forms import CashForm, PhotoForm
from tongzhou.screens.tasks.views_list import actor_of
from tongzhou.screens.tasks.words import as_text, lines_of, unit_of

__all__ = ["cash", "claim", "contact", "done", "incident", "photo", "picture", "sent", "task", "unclaim"]

#: A contact kept on the phone is thrown away after this, whatever happens.
KEPT_HOURS = 24


def _get(request: HttpRequest, code: str) -> Assignment:
    return crew.get_task(actor_of(request), code)


@route(LIST_TASKS)
@require_safe
def task(request: HttpRequest, code: str) -> HttpResponse:
    """What it is; for its holder everything that can be done with it."""
    one = _get(request, code)
    if code != one.code:
        return redirect("tasks:task", code=one.code)
    return _page(request, one)


def _page(request: HttpRequest, one: Assignment, status: int = 200, **more: Any) -> HttpResponse:
    actor, now = actor_of(request), clock.now()
    (line,) = lines_of([one], actor.account_id)
    address = request.build_absolute_uri(reverse("tasks:task", args=[one.code]))
    open_ = line.mine and line.state in (
        AssignmentState.ACCEPTED, AssignmentState.IN_TRANSIT, AssignmentState.DELIVERED,
    )  # fmt: skip
    said: dict[str, Any] = {
        "one": one, "line": line, "now": now, "unit": unit_of(one), "open": open_, "text": as_text(line, address),
        "steps": _steps(one), "fitness": crew.fitness(actor.account_id, now), "claim_key": uuid.uuid4(),
        "reserve": _reserve(one, actor.account_id),
        "free": line.state == AssignmentState.PROPOSED and one.lapses_at > now,
        "labels": _labels(), "kept_hours": KEPT_HOURS,
        "guides": guides_for(
            category=one.category_id, group=groups_of(one.need.vulnerability), role=actor.roles, place=one.place_id,
            response=one.response_id,
        ),
    }  # fmt: skip
    if open_:
        said |= _holder(one)
    if line.mine:
        said["receipts"] = Receipt.objects.filter(assignment=one).order_by("at")
    return render(request, "screens/tasks/task.html", said | more, status=status)


def _holder(one: Assignment) -> dict[str, Any]:
    """The forms of whoever has it in hand, and what was added to it so far."""
    return {
        "done_form": form_for("done", one), "unclaim_form": form_for("unclaim", one),
        "incident_form": form_for("incident", one), "cash_form": CashForm(), "photo_form": PhotoForm(),
        "photos": DeliveryPhoto.objects.filter(assignment=one).defer("content").order_by("created_at"),
        "advances": [_advance(row) for row in CashAdvance.objects.filter(assignment=one).order_by("created_at")],
        "incidents": IncidentReport.objects.filter(assignment=one).order_by("created_at"),
    }  # fmt: skip


def _advance(row: CashAdvance) -> dict[str, Any]:
    yuan = f"{row.amount_fen // 100:,}.{row.amount_fen % 100:02d}"
    return {"yuan": yuan, "paid_by": paid_by_words(row.paid_by), "settled_at": row.settled_at}


def _reserve(one: Assignment, account_id: uuid.UUID | None) -> int | None:
    waiting = list(
        Reserve.objects.filter(assignment=one, left_at=None)
        .order_by("created_at", "pk")
        .values_list("account_id", flat=True)
    )
    return waiting.index(account_id) + 1 if account_id in waiting else None


def _labels() -> dict[str, str]:
    return {"name": _("称呼"), "phone": _("电话"), "address": _("地址")}


def _steps(one: Assignment) -> list[dict[str, Any]]:
    """How far it is."""
    order = [
        (pgettext("step", "接下"), one.accepted_at), (pgettext("step", "出发"), one.sent_at),
        (pgettext("step", "送到"), one.delivered_at), (pgettext("step", "对方确认"), one.confirmed_at),
    ]  # fmt: skip
    done = [bool(at) for _title, at in order]
    reached = max((number + 1 for number, there in enumerate(done) if there), default=0)
    states = ["done" if n < reached else "here" if n == reached else "ahead" for n in range(len(order))]
    return [{"title": title, "at": at, "state": state} for (title, at), state in zip(order, states, strict=True)]


def _act(request: HttpRequest, code: str, act: str) -> HttpResponse:
    """An act from its plain form: done and back to the page, or the page with what to correct."""
    one = _get(request, code)
    key = ids.parse_id(str(request.POST.get("key", ""))) or uuid.uuid4()
    outcome = carry_out(act, Asked(
        actor_of(request), one, request.POST, str(key), Via.PAGE, clock.now(), request.client_address,  # type: ignore[attr-defined]
    ))  # fmt: skip
    if outcome.recorded:
        messages.success(request, _sentences(outcome.text, outcome.todo))
        return redirect("tasks:list") if act == "unclaim" else redirect("tasks:task", code=one.code)
    return _again(request, one, act, outcome)


def _sentences(text: str, todo: str) -> str:
    return text + (". " if in_english() else "。") + todo if todo else text


def _again(request: HttpRequest, one: Assignment, act: str, outcome: Outcome) -> HttpResponse:
    fresh = _get(request, one.code)
    typed = {f"{act}_form": outcome.form} if outcome.form is not None else {}
    if act in ("done", "unclaim", "incident") and fresh.holder_id != actor_of(request).account_id:
        typed = {}  # somebody else's by now: what was typed is in the words of the refusal, there is no form to show
    return _page(request, fresh, outcome.status, outcome=outcome, act=act, **typed)


@route(CLAIM)
@require_POST
def claim(request: HttpRequest, code: str) -> HttpResponse:
    """Take it, or stand in reserve."""
    return _act(request, code, "claim")


@route(CLAIM)
@require_POST
def unclaim(request: HttpRequest, code: str) -> HttpResponse:
    """Give it back."""
    return _act(request, code, "unclaim")


@route(CARRY)
@require_POST
def sent(request: HttpRequest, code: str) -> HttpResponse:
    """On the way."""
    return _act(request, code, "sent")


@route(CARRY)
@require_POST
def done(request: HttpRequest, code: str) -> HttpResponse:
    """Brought; with the receiver's code, confirmed."""
    return _act(request, code, "done")


@route(REPORT_INCIDENT)
@require_POST
def incident(request: HttpRequest, code: str) -> HttpResponse:
    """Something went wrong."""
    return _act(request, code, "incident")


@route(SEE_DELIVERY_CONTACT)
@require_POST
def contact(request: HttpRequest, code: str) -> HttpResponse:
    """The receiver's address and phone, once, logged: as a page, or for the phone's own drawer as JSON."""
    one = _get(request, code)
    shown = reveal(actor=actor_of(request), assignment=one, now=clock.now())
    fields = [{"name": name, "label": _labels().get(name, name), "text": text} for name, text in shown.items()]
    if "json" in request.headers.get("Accept", ""):
        return JsonResponse({"code": one.code, "fields": fields, "hours": KEPT_HOURS})
    return _page(request, one, contact=fields, looked=True)


@route(RECORD_CASH)
@require_POST
def cash(request: HttpRequest, code: str) -> HttpResponse:
    """Money laid out."""
    one = _get(request, code)
    form = CashForm(request.POST)
    if not form.is_valid():
        return _page(request, one, 422, cash_form=form)
    got = form.cleaned_data
    try:
        record_cash(
            actor=actor_of(request), assignment=one, amount_fen=form.fen, note=got["note"], key=got["key"],
            paid_by=got["paid_by"], now=clock.now(),
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code != "key_reused":
            raise
        # An old form with another sum: the first stands in the list, this one needs a key of its own.
        form = CashForm({**request.POST.dict(), "key": str(uuid.uuid4())})
        form.add_error("yuan", _("这张表已经记过一笔，见上面。还要记这一笔，请再按一次“记一笔”。"))
        return _page(request, one, refusal.status, cash_form=form)
    messages.success(request, _("记下了：%(yuan)s 元。交账时和小票一起给协调员。") % {"yuan": got["yuan"]})
    return redirect("tasks:task", code=one.code)


@route(ADD_PHOTO)
@require_POST
def photo(request: HttpRequest, code: str) -> HttpResponse:
    """A photo of what was handed over; a phone that kept it gets its answer as JSON."""
    if "json" in request.headers.get("Accept", ""):
        outcome = _kept_photo(request, code)
        said = {"state": outcome.state, "text": outcome.text, "todo": outcome.todo, "code": outcome.code}
        return JsonResponse(said, status=outcome.status)
    one = _get(request, code)
    form = PhotoForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, one, 422, photo_form=form)
    got = form.cleaned_data
    try:
        _add_photo(request, one, got)
    except Refusal as refusal:
        if refusal.code not in ("too_large", "photo_bad", "photos_enough"):
            raise
        form.add_error("photo", _sentences(refusal.what, refusal.todo))
        return _page(request, one, refusal.status, photo_form=form)
    messages.success(request, _("照片收到了，加密保存。"))
    return redirect("tasks:task", code=one.code)


def _add_photo(request: HttpRequest, one: Assignment, got: dict[str, Any]) -> None:
    if got["photo"].size > LARGEST_BYTES:
        raise Refusal("too_large", limit="10 MB")
    add_photo(actor=actor_of(request), assignment=one, content=got["photo"].read(), key=got["key"])


def _kept_photo(request: HttpRequest, code: str) -> Outcome:
    """A photo that waited on a phone: every refusal is an answer about this photo, so that the phone knows."""
    form, actor, thanks = PhotoForm(request.POST, request.FILES), actor_of(request), _("照片收到了，加密保存。")
    key = ids.parse_id(str(request.POST.get("key", "")))
    if key is not None and DeliveryPhoto.objects.filter(key=str(key), by_id=actor.account_id).exists():
        return Outcome("done", thanks)  # it came before, and the answer was lost on the way
    try:
        one = _get(request, code)
        if not form.is_valid():
            raise Refusal("photo_bad")
        _add_photo(request, one, form.cleaned_data)
    except Refusal as refusal:
        if refusal.status == 404:
            return Outcome(
                "conflict",
                _("这个任务已经不在您手里，照片没有收"),
                _("需要的话先存到手机，再发给协调员。"),
                refusal.code,
            )
        return refused(refusal)
    return Outcome("done", thanks)


@route(SEE_PHOTO)
@require_safe
def picture(request: HttpRequest, code: str, photo_id: uuid.UUID) -> HttpResponse:
    """A photo, for its holder while the task is open."""
    content = reveal_photo(actor=actor_of(request), assignment=_get(request, code), photo_id=photo_id)
    return HttpResponse(content, content_type="image/jpeg")
