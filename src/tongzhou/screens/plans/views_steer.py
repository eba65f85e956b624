"""Steering: pairs that people fix or forbid, and the order of principles for each kind of help."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.intake.policies import LIST_NEEDS, LIST_OFFERS, target_of
from tongzhou.chain.intake.selectors.said import item_words
from tongzhou.chain.intake.types import OfferState
from tongzhou.chain.planning.models import Pin, Plan, PlanLine
from tongzhou.chain.planning.policies import LIST_PLANS, SET_PRINCIPLES, STEER_PLAN
from tongzhou.chain.planning.selectors import seen
from tongzhou.chain.planning.selectors.plans import plans
from tongzhou.chain.planning.selectors.principles import choices_of, orders_in
from tongzhou.chain.planning.services.previewing import Gain, Preview, ask_preview, preview_of, told_by
from tongzhou.chain.planning.services.steering import choose_principles, set_pin, withdraw_pin
from tongzhou.chain.planning.types import JobState, Kind, PlanState
from tongzhou.flows.pin_and_replan import pin_and_replan, scope_again
from tongzhou.kernel import clock, ids
from tongzhou.kernel.access import Actor, allows, may, route
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.catalogue.models import Category
from tongzhou.registers.catalogue.types import LINE_OF_KIND
from tongzhou.registers.catalogue.types import Kind as CategoryKind
from tongzhou.registers.places.forms import show_refusal
from tongzhou.registers.places.models import Place
from tongzhou.registers.responses.models import Response
from tongzhou.screens.plans import words
from tongzhou.screens.plans.forms import FIX, FORBID, OrderForm, PinForm
from tongzhou.screens.plans.requests import actor_of, doors, response_of, scene

__all__ = ["new_pin", "order", "pins", "principles", "withdraw"]

PAGE = 50
_REFUSED = {
    "need": gettext_lazy("没有这个编号，或者不在您的授权范围"),
    "offer": gettext_lazy("没有这个编号，或者计划不能把它用到这项需求上"),
}
#: Plans looked through for one the reader may ask again.
LOOKED_BACK = 20


@route(LIST_PLANS)
@require_safe
def pins(request: HttpRequest) -> HttpResponse:
    """Pairs fixed or forbidden, and the way to take each back."""
    here, actor = scene(request), actor_of(request)
    found = seen.pins_of(actor, here.response) if here.response else Pin.objects.none()
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    said = {
        "scene": here,
        "page": page,
        "pins": [_pin(one) for one in page.object_list],
        "again": _latest(actor, here.response) if here.response else None,
        "may_steer": may(actor, STEER_PLAN),
        **doors(actor),
    }
    return render(request, "screens/plans/pins.html", said)


def _pin(one: Pin) -> dict[str, Any]:
    return {
        "pin": one,
        "fixed": one.quantity > 0,
        "amount": words.amount(one.quantity, one.need.category) if one.quantity else "",
        "from": words.giver(one.offer),
        "to": words.receiver(one.need),
    }


def _latest(actor: Actor, response: Response) -> dict[str, Any] | None:
    """The newest plan whose question the actor may ask again, among the last few."""
    for one in plans(actor, response).exclude(state=PlanState.CANCELLED)[:LOOKED_BACK]:
        if (again := scope_again(actor, one)) is not None:
            return {"plan": one, "scope": words.scope_words(one, again)}
    return None


def _need(actor: Actor, code: str) -> Need | None:
    """The need of a code, as far as the actor may see it; None otherwise."""
    parsed = ids.parse_code(code[:20])
    found = Need.objects.select_related("place", "category", "organisation").filter(code=parsed).first()
    return found if found is not None and allows(actor, LIST_NEEDS, **target_of(found)) else None


def _offer(actor: Actor, code: str, need: Need | None) -> Offer | None:
    """The offer of a code: of the actor's own area and line, or one that a plan could use for the actor's need,
    wherever it lies; of such a one nothing is shown that a line of a plan would not show (`_offer_words`)."""
    parsed = ids.parse_code(code[:20])
    found = Offer.objects.select_related("place", "category", "organisation").filter(code=parsed).first()
    if found is None or allows(actor, LIST_OFFERS, **target_of(found)):
        return found
    if need is None or not allows(actor, STEER_PLAN, **target_of(need)):
        return None
    usable = found.state == OfferState.VERIFIED and (found.response_id, found.line) == (need.response_id, need.line)
    return found if usable or PlanLine.objects.filter(need=need, offer=found).exists() else None


def _offer_words(actor: Actor, offer: Offer) -> str:
    """The thing: as its giver wrote it for who may see the offer, else its category, as plans say it."""
    if offer.category is None or allows(actor, LIST_OFFERS, **target_of(offer)):
        return item_words(offer)
    return str(offer.category.label)


def _read_in(actor: Actor, number: str) -> Plan | None:
    """The plan a pair was read in, when the actor may ask its question again."""
    wanted = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
    found = plans(actor).filter(number=wanted).first() if wanted else None
    return found if found is not None and scope_again(actor, found) is not None else None


@route(STEER_PLAN)
@require_http_methods(["GET", "HEAD", "POST"])
def new_pin(request: HttpRequest) -> HttpResponse:
    """Fix or forbid a pair, with the reason; from a line of a plan also plan the same scope again in the same press."""
    actor = actor_of(request)
    first = {name: request.GET.get(name, "")[:20] for name in ("need", "offer", "quantity")}
    how = FORBID if request.GET.get("how") == FORBID else FIX
    form = PinForm(request.POST or None, initial={**first, "how": how})
    need = _need(actor, str(request.POST.get("need") or first["need"]))
    offer = _offer(actor, str(request.POST.get("offer") or first["offer"]), need)
    plan = _read_in(actor, str(request.POST.get("plan") or request.GET.get("plan") or ""))
    if request.method == "POST" and form.is_valid():
        for name, found in (("need", need), ("offer", offer)):
            if found is None:
                form.add_error(name, _REFUSED[name])
        if need is not None and offer is not None:
            again = plan if request.POST.get("do") == "again" else None
            if (done := _set(request, form, need, offer, again)) is not None:
                return done
    said = {
        "form": form,
        "need": need,
        "offer": offer,
        "from": words.giver(offer) if offer else "",
        "offer_item": _offer_words(actor, offer) if offer else "",
        "to": words.receiver(need) if need else "",
        "plan": plan,
        **(_asked_again(actor, plan) if plan else {}),
    }
    return render(request, "screens/plans/pin.html", said, status=422 if form.errors else 200)


def _asked_again(actor: Actor, plan: Plan) -> dict[str, Any]:
    """What the page says about the plan that would be made: its scope, and orders chosen since that differ."""
    now = orders_in(plan.response_id)
    moved = [
        f"{Kind(kind).label}：{words.order_words(now[Kind(kind)])[0]}"
        for kind, order in plan.principles.items()
        if kind in Kind and Kind(kind) in now and list(now[Kind(kind)]) != list(order)
    ]
    return {
        "plan_name": words.plan_name(plan),
        "scope": words.scope_words(plan, scope_again(actor, plan)),
        "moved": moved,
    }


def _set(request: HttpRequest, form: PinForm, need: Need, offer: Offer, again: Plan | None) -> HttpResponse | None:
    said = form.cleaned_data
    pin: dict[str, Any] = {
        "actor": actor_of(request), "need": need, "offer": offer, "quantity": said["quantity"],
        "reason": said["reason"], "now": clock.now(),
    }  # fmt: skip
    try:
        if again is None:
            set_pin(**pin)
            messages.success(request, _("记下了。重新规划以后才起作用；现在的派单没有变。"))
            return redirect("plans:pins")
        made = pin_and_replan(plan=again, **pin)
    except Refusal as refusal:
        show_refusal(form, refusal)
        return None
    messages.success(request, _("记下了，正按同样的范围重新规划；现在的派单没有变。"))
    return redirect("plans:plan", made.number)


@route(STEER_PLAN)
@require_POST
def withdraw(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a pin back."""
    actor = actor_of(request)
    found = Pin.objects.select_related("need", "offer", "response").filter(pk=pk).first()
    if found is None:
        raise Refusal("not_found")
    withdraw_pin(actor=actor, pin=found, now=clock.now())
    messages.success(request, _("收回了。重新规划以后，这一对又由原则来定。"))
    return redirect("plans:pins")


@route(LIST_PLANS)
@require_safe
def principles(request: HttpRequest) -> HttpResponse:
    """The order of principles this response uses for each kind of help."""
    here, actor = scene(request), actor_of(request)
    used = orders_in(here.response.pk) if here.response else {}
    chosen = choices_of(here.response.pk) if here.response else {}
    listed = [
        {
            "kind": kind,
            "label": kind.label,
            "words": words.order_words(used[kind]),
            "choice": chosen.get(kind),
            "may_choose": here.response is not None and _may_choose(actor, here.response, kind),
        }
        for kind in Kind
        if kind in used
    ]
    said = {"scene": here, "kinds": listed, **doors(actor)}
    return render(request, "screens/plans/principles.html", said)


def _may_choose(actor: Actor, response: Response, kind: str) -> bool:
    """An order holds for a whole response, so it takes a right to all of it."""
    line = str(LINE_OF_KIND[CategoryKind(kind)])
    return allows(actor, SET_PRINCIPLES, line=line, area=response.area_id, response=response.pk)


#: So many places of each side of a comparison.
_SHOWN = 20


def _preview(found: Preview) -> dict[str, Any]:
    """Who gains and who loses, by name; the largest change first."""
    shown = (*found.gains[:_SHOWN], *found.losses[:_SHOWN])
    places = Place.objects.in_bulk(sorted({one.place for one in shown}))
    kinds = Category.objects.in_bulk(sorted({one.category for one in shown}))

    def named(one: Gain) -> dict[str, str]:
        kind = kinds.get(one.category)
        return {
            "place": places[one.place].full_label if one.place in places else one.place,
            "what": kind.label if kind else one.category,
            "now": words.amount(one.now, kind),
            "then": words.amount(one.then, kind),
            "planned": words.amount(one.planned, kind),
        }

    most = [named(side[0]) if side else None for side in (found.gains, found.losses)]
    return {
        "needs": found.needs,
        "same": found.same,
        "told": _told_plainly(len(found.gains), len(found.losses), most),
        "rest": _rest(len(found.gains) - _SHOWN, len(found.losses) - _SHOWN),
        "unchanged": found.order == found.present,
        "sides": [
            (_("多得的"), len(found.gains), [named(one) for one in found.gains[:_SHOWN]]),
            (_("少得的"), len(found.losses), [named(one) for one in found.losses[:_SHOWN]]),
        ],
    }


def _rest(gains: int, losses: int) -> str:
    """How many more gain and lose than the tables list, so that nobody takes them for unchanged."""
    if gains <= 0 and losses <= 0:
        return _("没有写出来的地方一样多。")
    return _("每边只列前 %(shown)s 处；另有 %(gains)s 处多得、%(losses)s 处少得没有列出，其余的地方一样多。") % {
        "shown": _SHOWN, "gains": f"{max(0, gains):,}", "losses": f"{max(0, losses):,}",
    }  # fmt: skip


def _told_plainly(gains: int, losses: int, most: list[dict[str, str] | None]) -> list[str]:
    """Who gains and who loses in whole sentences; a place counts once for each kind of thing."""
    said = [
        _("换了以后，%(gains)s 处多得，%(losses)s 处少得（一个区县的一类东西算一处）。")
        % {"gains": f"{gains:,}", "losses": f"{losses:,}"}
    ]
    for one, text in zip(
        most,
        (
            _("多得最多的是%(place)s的%(what)s：从 %(now)s 到 %(then)s。"),
            _("少得最多的是%(place)s的%(what)s：从 %(now)s 到 %(then)s。"),
        ),
        strict=True,
    ):
        if one is not None:
            said.append(text % one)
    return said


def _look(request: HttpRequest, actor: Actor, response: Response, kind: str) -> HttpResponse:
    """Ask the worker what an order would change; the page then shows how far it is, and the answer."""
    wanted = str(request.POST.get("order", ""))
    if wanted not in words.ORDERS:
        raise Refusal("principles_choice")
    ask_preview(actor=actor, response=response, kind=kind, order=wanted, now=clock.now())
    return redirect(f"{request.path}?{urlencode({'order': wanted, 'response': response.slug})}")


@route(SET_PRINCIPLES)
@require_http_methods(["GET", "HEAD", "POST"])
def order(request: HttpRequest, kind: str) -> HttpResponse:
    """Choose another order for one kind; who gains and who loses is shown before it is saved."""
    actor, response = actor_of(request), response_of(request)
    if kind not in Kind.values or not _may_choose(actor, response, kind):
        raise Refusal("not_found")
    orders = [(key, short) for key, (short, _long) in words.ORDERS.items()]
    now_used = ",".join(orders_in(response.pk)[kind])
    wanted = str(request.GET.get("order") or request.POST.get("order", ""))
    job = preview_of(response, kind, wanted, now_used, clock.now()) if wanted in words.ORDERS else None
    first = {"order": wanted if wanted in words.ORDERS else now_used}
    if request.POST.get("do") == "look":
        return _look(request, actor, response, kind)
    form = OrderForm(request.POST or None, orders=orders, initial=first)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        chosen = tuple(said["order"].split(","))
        try:
            choose_principles(actor=actor, response=response, kind=kind, order=chosen, reason=said["reason"])
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("记下了。以后的计划按这个顺序；已经批准的不变。"))
            return redirect("plans:principles")
    said = {
        "form": form,
        "kind": kind,
        "label": Kind(kind).label,
        "orders": [(key, short, long, key == now_used) for key, (short, long) in words.ORDERS.items()],
        "chosen": form["order"].value(),
        "job": job,
        "failure": words.failure(job.failure) if job else None,
        "preview": _preview(told_by(job)) if job and job.state == JobState.DONE else None,
        "wanted": words.order_words(wanted) if job else None,
        "response": response,
    }
    return render(request, "screens/plans/order.html", said, status=422 if form.errors else 200)
