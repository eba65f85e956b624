"""Steering: pairs that people fix or forbid, and the order of principles for each kind of help."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.intake.policies import LIST_NEEDS, LIST_OFFERS, target_of
from tongzhou.chain.planning.models import Pin
from tongzhou.chain.planning.policies import LIST_PLANS, MAKE_PLAN, SET_PRINCIPLES, STEER_PLAN
from tongzhou.chain.planning.selectors.preview import preview_principles
from tongzhou.chain.planning.selectors.principles import choices_of, orders_in
from tongzhou.chain.planning.services.steering import choose_principles, set_pin, withdraw_pin
from tongzhou.chain.planning.types import Kind
from tongzhou.kernel import clock, ids
from tongzhou.kernel.access import Actor, allows, may, route
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.places.forms import show_refusal
from tongzhou.screens.plans import columns, selectors, words
from tongzhou.screens.plans.forms import FIX, OrderForm, PinForm
from tongzhou.screens.plans.requests import actor_of, response_of, scene

__all__ = ["new_pin", "order", "pins", "principles", "withdraw"]

PAGE = 50


@route(LIST_PLANS)
@require_safe
def pins(request: HttpRequest) -> HttpResponse:
    """Pairs fixed or forbidden, and the way to take each back."""
    here, actor = scene(request), actor_of(request)
    found = selectors.pins_of(actor, here.response) if here.response else Pin.objects.none()
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    said = {
        "scene": here,
        "page": page,
        "pins": [_pin(one) for one in page.object_list],
        "may_steer": may(actor, STEER_PLAN),
        "may_plan": may(actor, MAKE_PLAN),
    }
    return render(request, "screens/plans/pins.html", said)


def _pin(one: Pin) -> dict[str, Any]:
    return {
        "pin": one,
        "fixed": one.quantity > 0,
        "amount": words.amount(one.quantity, one.need.category) if one.quantity else "",
        "from": columns.giver(one.offer),
        "to": columns.receiver(one.need),
    }


def _record(actor: Actor, code: str, kind: type[Need] | type[Offer]) -> Any:
    """The need or offer of a code, as far as the actor may see it; None otherwise."""
    parsed = ids.parse_code(code[:20])
    if parsed is None:
        return None
    found = kind._default_manager.select_related("place", "category", "organisation").filter(code=parsed).first()
    act = LIST_NEEDS if kind is Need else LIST_OFFERS
    # An offer of another area is seen with the lines it stands in: whoever steers the need may name it.
    seen = found is not None and (kind is Offer or allows(actor, act, **target_of(found)))
    return found if seen else None


@route(STEER_PLAN)
@require_http_methods(["GET", "HEAD", "POST"])
def new_pin(request: HttpRequest) -> HttpResponse:
    """Fix or forbid a pair, with the reason."""
    actor = actor_of(request)
    first = {name: request.GET.get(name, "")[:20] for name in ("need", "offer", "quantity")}
    form = PinForm(request.POST or None, initial={**first, "how": FIX})
    need = _record(actor, request.POST.get("need") or first["need"], Need)
    offer = _record(actor, request.POST.get("offer") or first["offer"], Offer)
    if request.method == "POST" and form.is_valid():
        for name, found in (("need", need), ("offer", offer)):
            if found is None:
                form.add_error(name, _("没有这个编号，或者不在您的授权范围"))
        if need is not None and offer is not None and _set(actor, form, need, offer):
            messages.success(request, _("记下了。重新规划以后才起作用；现在的派单没有变。"))
            return redirect("plans:pins")
    said = {
        "form": form,
        "need": need,
        "offer": offer,
        "from": columns.giver(offer) if offer else "",
        "to": columns.receiver(need) if need else "",
    }
    return render(request, "screens/plans/pin.html", said, status=422 if form.errors else 200)


def _set(actor: Actor, form: PinForm, need: Need, offer: Offer) -> bool:
    said = form.cleaned_data
    try:
        set_pin(
            actor=actor, need=need, offer=offer, quantity=said["quantity"], reason=said["reason"], now=clock.now()
        )  # fmt: skip
    except Refusal as refusal:
        show_refusal(form, refusal)
        return False
    return True


@route(STEER_PLAN)
@require_POST
def withdraw(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a pin back."""
    actor = actor_of(request)
    found = Pin.objects.select_related("need", "offer", "response").filter(pk=pk).first()
    if found is None:
        raise Refusal("not_found")
    withdraw_pin(actor=actor, pin=found, now=clock.now())
    messages.success(request, _("收回了。重新规划以后，这一对又由规则来定。"))
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
        }
        for kind in Kind
        if kind in used
    ]
    said = {"scene": here, "kinds": listed, "may_choose": may(actor, SET_PRINCIPLES)}
    return render(request, "screens/plans/principles.html", said)


@route(SET_PRINCIPLES)
@require_http_methods(["GET", "HEAD", "POST"])
def order(request: HttpRequest, kind: str) -> HttpResponse:
    """Choose another order for one kind; who gains and who loses is shown before it is saved."""
    actor, response = actor_of(request), response_of(request)
    if kind not in Kind.values:
        raise Refusal("not_found")
    orders = [(key, short) for key, (short, _long) in words.ORDERS.items()]
    now_used = ",".join(orders_in(response.pk)[kind])
    wanted = request.GET.get("order", "")
    first = {"order": wanted if wanted in words.ORDERS else now_used}
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
        "preview": preview_principles(response, kind, tuple(wanted.split(","))) if wanted in words.ORDERS else None,
        "wanted": words.order_words(wanted) if wanted in words.ORDERS else None,
        "response": response,
    }
    return render(request, "screens/plans/order.html", said, status=422 if form.errors else 200)
