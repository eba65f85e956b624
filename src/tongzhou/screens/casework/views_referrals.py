"""Referrals of a contact: a place to turn to, a need put down with what the caller chose to pass on."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tongzhou.desks.casework.types import REFERRAL_WAYS, ReferralState
from tongzhou.desks.hotline.models import Contact
from tongzhou.desks.hotline.policies import READ_CONTACT, TAKE_CONTACT, is_counsellor_of
from tongzhou.flows import refer_contact
from tongzhou.flows.contact_read import readable_contact
from tongzhou.kernel import clock, ids
from tongzhou.kernel.access import route
from tongzhou.kernel.errors import Refusal
from tongzhou.screens.casework.scene import actor_of, answer

__all__ = ["move", "refer", "refer_need"]


def _show(request: HttpRequest, contact: Contact, *, trouble: Refusal | None = None, told: str = "") -> HttpResponse:
    actor = actor_of(request)
    labels = refer_contact.labels()
    shown = refer_contact.referrals_of(actor=actor, contact=contact)
    typed = request.POST if trouble or told else {}
    said: dict[str, Any] = {
        "mine": is_counsellor_of(actor, contact),
        "rows": [
            {
                "row": one.row,
                "target": one.target,
                "passed": [(labels[name], text) for name, text in one.passed.items()],
                "ways": [(way, ReferralState(way).label) for way in REFERRAL_WAYS[one.row.state]],
            }
            for one in shown
        ],
        "fields": [
            {"name": name, "label": label, "said": typed.get(name, ""), "chosen": not typed or f"pass_{name}" in typed}
            for name, label in labels.items()
        ],
        "place": typed.get("target", ""),
        "key": typed.get("key") or ids.new_secret(),
        "told": told,
    }
    return answer(request, "referral", said, contact=contact, trouble=trouble)


@route(READ_CONTACT)
@require_http_methods(["GET", "POST"])
def refer(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The referrals; telling of a place to turn to."""
    actor = actor_of(request)
    contact = readable_contact(actor=actor, contact_id=pk)
    if request.method != "POST":
        return _show(request, contact)
    try:
        refer_contact.refer_to_place(actor=actor, contact=contact, name=str(request.POST.get("target", "")))
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return _show(request, contact, trouble=refusal)
    return _show(request, contact)


@route(TAKE_CONTACT)
@require_http_methods(["POST"])
def refer_need(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show the caller what would be passed on, or put the need down once they agreed."""
    actor, now = actor_of(request), clock.now()
    contact = readable_contact(actor=actor, contact_id=pk)
    given = {name: str(request.POST.get(name, "")) for name in refer_contact.FIELDS}
    chosen = frozenset(name for name in refer_contact.FIELDS if f"pass_{name}" in request.POST)
    try:
        if request.POST.get("do") == "show":
            refer_contact.show_first(actor=actor, contact=contact, given=given, chosen=chosen, now=now)
            return _show(request, contact, told=_("已发给来访者看，等对方同意再登记。"))
        _row, code = refer_contact.refer_to_need(
            actor=actor, contact=contact, given=given, chosen=chosen, consent=request.POST.get("consent") == "1",
            key=str(request.POST.get("key", ""))[:64], now=now,
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return _show(request, contact, trouble=refusal)
    return _show(request, contact, told=_("登记好了，编号 %(code)s。") % {"code": code})


@route(TAKE_CONTACT)
@require_POST
def move(request: HttpRequest, pk: uuid.UUID, ref: uuid.UUID) -> HttpResponse:
    """Accepted, rejected, done."""
    actor = actor_of(request)
    contact = readable_contact(actor=actor, contact_id=pk)
    refer_contact.move_referral(actor=actor, contact=contact, ref=ref, state=str(request.POST.get("state", "")))
    return _show(request, contact)
